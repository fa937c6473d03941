import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { afterAll, assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { commit, type HubServer, serve } from "./support/hubServer.ts"
import { temporaryFolder } from "./support/idxFile.ts"

const { folder, remove } = temporaryFolder()
afterAll(remove)

const big = Uint8Array.from({ length: 3_000_000 }, (_, index) => (index * 7919) % 251)

/** A process of its own that asks for the file and prints its path, or the message of what went wrong. */
const started = (hub: HubServer, cache: string, before = ""): ChildProcess => {
  const options = {
    repo: "datasets/tiny/set",
    revision: commit,
    path: "big.bin",
    endpoint: hub.endpoint,
    cache,
    waitSeconds: 0
  }
  const program = `
    ${before}
    const Effect = await import(${JSON.stringify(import.meta.resolve("effect/Effect"))})
    const Hub = await import(${JSON.stringify(new URL("../src/Hub.ts", import.meta.url))})
    const file = Hub.file(${JSON.stringify(options)})
    console.log(await Effect.runPromise(Effect.catch(file, (error) => Effect.succeed(error.message))))`
  const flags = ["--conditions=@etude/source", "--input-type=module", "--eval", program]
  return spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] })
}

const outputOf = async (child: ChildProcess): Promise<string> => {
  let text = ""
  for await (const chunk of child.stdout!) text += chunk
  return text.trim()
}

it.live("a download whose process is killed goes on in the next one", () =>
  Effect.gen(function* () {
    const hub = yield* serve({ "big.bin": big })
    const cache = path.join(folder, "killed")
    hub.body = (bytes) => ({ bytes: bytes.subarray(0, 1_000_000), breaks: false })
    hub.trouble = (request, response) => {
      if (request.url === "/cdn/big.bin" && request.headers.range === undefined) response.end = () => response
      return false
    }
    const child = started(hub, cache)
    const blobs = path.join(cache, new URL(hub.endpoint).host.replace(":", "_"), "datasets--tiny--set", "blobs")
    const partSize = () =>
      fs.existsSync(blobs)
        ? Math.max(0, ...fs.readdirSync(blobs).map((name) => fs.statSync(path.join(blobs, name)).size))
        : 0
    while (partSize() < 1_000_000) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    child.kill("SIGKILL")
    yield* Effect.promise(() => once(child, "exit"))
    hub.trouble = () => false
    hub.body = (bytes) => ({ bytes, breaks: false })
    const file = yield* Effect.promise(() => outputOf(started(hub, cache)))
    assert.isTrue(fs.readFileSync(file).equals(big), file)
    assert.strictEqual(hub.requests.at(-1), "GET /cdn/big.bin bytes=1000000-2999999")
    assert.strictEqual(fs.readdirSync(blobs).length, 1)
  })
)

it.live("three processes that ask at once get the same whole file", () =>
  Effect.gen(function* () {
    const hub = yield* serve({ "big.bin": big })
    const cache = path.join(folder, "three")
    hub.body = (bytes) => ({ bytes: bytes.subarray(0, 700_000), breaks: bytes.length > 700_000 })
    const paths = yield* Effect.promise(() => Promise.all([1, 2, 3].map(() => outputOf(started(hub, cache)))))
    assert.strictEqual(new Set(paths).size, 1, paths.join("\n"))
    assert.isTrue(fs.readFileSync(paths[0]!).equals(big))
    const repository = path.join(cache, new URL(hub.endpoint).host.replace(":", "_"), "datasets--tiny--set")
    assert.strictEqual(fs.readdirSync(path.join(repository, "blobs")).length, 1)
    assert.deepStrictEqual(fs.readdirSync(path.join(repository, "snapshots", commit)), ["big.bin"])
  })
)

it.live("without the client's package, it says how to install it", () =>
  Effect.gen(function* () {
    const hub = yield* serve({ "big.bin": big })
    const hidden = `
      import { registerHooks } from "node:module"
      const resolve = (name, context, next) => next(name.replace("@huggingface/hub", "no-such-package"), context)
      registerHooks({ resolve })`
    const output = yield* Effect.promise(() => outputOf(started(hub, path.join(folder, "none"), hidden)))
    assert.match(
      output,
      /^@huggingface\/hub: no such package\. Install the hub's client with `npm install @huggingface\/hub`\.$/
    )
  })
)
