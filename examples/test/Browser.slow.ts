import { readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { createRequire } from "node:module"
import type { AddressInfo } from "node:net"
import path from "node:path"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chromium as browserType } from "playwright-core"
import { chromium } from "../../vitest.chromium.ts"
import { bundle } from "./support/bundle.ts"

/** What a page has in place of what the example takes from Node: backend and executor by name, and a check that throws. */
const forBrowsers = {
  "@etude/backend": `
    import * as Own from "@etude/backend/Wasm"
    export const Wasm = { layer: Own.layerWith({ paths: "/" }) }`,
  "@etude/compile": `export * as PlanExecutor from "@etude/compile/PlanExecutor"`,
  "@etude/data": `export * as Arrays from "@etude/data/Arrays"`,
  "node:assert/strict": `export default { ok: (holds) => { if (!holds) throw new Error("The check does not hold.") } }`
}

const example = readFileSync(new URL("../src/regression.ts", import.meta.url), "utf8")
const wasmFolder = path.dirname(
  createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm")
)

const serve = (script: string) =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      const server = createServer(({ url = "/" }, response) => {
        const [type, body] =
          url === "/"
            ? ["text/html", '<!doctype html><title>regression</title><script type="module" src="/main.js"></script>']
            : url === "/main.js"
              ? ["text/javascript", script]
              : url.endsWith(".wasm")
                ? ["application/wasm", readFileSync(path.join(wasmFolder, path.basename(url)))]
                : ["image/x-icon", ""]
        response.writeHead(200, { "content-type": type as string }).end(body)
      }).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )

it.live("the regression trains in a browser on WASM, and its own check holds", (context) =>
  Effect.gen(function* () {
    const executablePath = chromium()
    if (executablePath === undefined)
      return context.skip("there is no Chromium, and it cannot be installed; ETUDE_CHROMIUM may name one")
    const { script } = yield* Effect.promise(() => bundle(`${example}\nglobalThis.trained = true`, forBrowsers))
    const server = yield* serve(script)
    const browser = yield* Effect.acquireRelease(
      Effect.promise(() => browserType.launch({ executablePath, args: ["--no-sandbox"] })),
      (open) => Effect.promise(() => open.close())
    )
    const page = yield* Effect.promise(() => browser.newPage())
    const [lines, errors]: [Array<string>, Array<string>] = [[], []]
    page.on("console", (message) => void (message.type() === "error" ? errors : lines).push(message.text()))
    page.on("pageerror", (error) => void errors.push(error.message))
    yield* Effect.promise(() => page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`))
    yield* Effect.promise(() => page.waitForFunction("globalThis.trained === true").catch(() => undefined))
    assert.deepStrictEqual(errors, [])
    assert.match(
      lines.at(-1) ?? "nothing was printed",
      /^y = (3\.0|2\.9)\d x \+ (2\.0|1\.9)\d, mean squared error 0\.01\d\d$/
    )
  }).pipe(Effect.scoped)
)
