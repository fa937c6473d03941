/** A server on the loopback that gives one file by ranges, in the ways that servers do. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"

/**
 * "busy" refuses every other request for now, "cut" cuts every other answer off, "whole" ignores ranges, "refusing" always
 * refuses, "shifted" answers with other bytes.
 */
export type Behaviour = "ranges" | "busy" | "cut" | "whole" | "absent" | "refusing" | "shifted"

export const rangeServer = (file: Uint8Array) =>
  Effect.gen(function* () {
    const state = { behaviour: "ranges" as Behaviour, tag: '"one"', url: "" }
    let requests = 0
    const server = http.createServer((request, response) => {
      requests++
      const { behaviour, tag } = state
      if (behaviour === "absent") return response.writeHead(404).end("no such file")
      if (behaviour === "refusing" || (behaviour === "busy" && requests % 2 === 0)) {
        return response.writeHead(429, { "retry-after": "0" }).end()
      }
      const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "")
      if (behaviour === "whole" || range === null) return response.writeHead(200, { etag: tag }).end(file)
      const shift = behaviour === "shifted" && range[1] !== "0" ? 1 : 0
      const [begin, end] = [Number(range[1]) - shift, Number(range[2]) - shift]
      const bytes = file.subarray(begin, end + 1)
      const contentRange = `bytes ${begin}-${end}/${file.length}`
      response.writeHead(206, { etag: tag, "content-range": contentRange, "content-length": bytes.length })
      if (behaviour !== "cut" || requests % 2 === 1) return response.end(bytes)
      response.write(bytes.subarray(0, bytes.length >> 1))
      return response.destroy()
    })
    yield* Effect.acquireRelease(
      Effect.promise(() => new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))),
      () =>
        Effect.promise(() => {
          server.closeAllConnections()
          return new Promise<void>((closed) => server.close(() => closed()))
        })
    )
    state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/table.parquet`
    return state
  })
