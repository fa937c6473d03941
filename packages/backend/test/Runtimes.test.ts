/** Where module hooks are missing, as in Bun: on Node, from which they are taken away. */
import { execFile } from "node:child_process"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Auto from "../src/Auto.ts"

const source = (file: string) => pathToFileURL(path.join(import.meta.dirname, "..", "src", file)).href
const effect = import.meta.resolve("effect/Effect")
const core = import.meta.resolve("@etude/core/Backend")

const withoutHooks =
  "data:text/javascript," +
  encodeURIComponent(
    'import { createRequire } from "node:module"; const m = createRequire("file:///")("node:module"); ' +
      "m.registerHooks = undefined; m.findPackageJSON = undefined; m.syncBuiltinESMExports()"
  )

const runs = (program: string, env: NodeJS.ProcessEnv = {}) =>
  Effect.promise(async () => {
    const args = ["--conditions=@etude/source", "--import", withoutHooks, "--input-type=module", "-e", program]
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { ...process.env, ETUDE_BACKEND: "", ...env }
    })
    return stdout.trim()
  })

const choosing = `
  import * as Effect from ${JSON.stringify(effect)}
  import * as Backend from ${JSON.stringify(core)}
  import { Auto } from ${JSON.stringify(source("index.ts"))}
  const chosen = Effect.map(Backend.Backend, ({ name, reason }) => name + ": " + reason)
  console.log(await Effect.runPromise(Effect.provide(chosen, Auto.layer).pipe(
    Effect.catchTag("BackendUnavailable", ({ _tag, message }) => Effect.succeed(_tag + ": " + message)))))
`

describe("where a runtime has no module hooks", () => {
  it.live("all of @etude/backend loads, and WASM is chosen", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* runs(choosing),
        "wasm: native is not available: this runtime has no `registerHooks` in node:module, which loading its library " +
          "needs; wasm is the fastest one available"
      )
    })
  )
  it.live("native is not available, with what can be used instead", () =>
    Effect.gen(function* () {
      const told = yield* runs(choosing, { ETUDE_BACKEND: "native" })
      assert.match(
        told,
        /^BackendUnavailable: The native backend is not available: this runtime has no `registerHooks`/
      )
      assert.include(told, "or the WASM backend, which runs everywhere")
    })
  )
})

describe("a backend whose module does not load", () => {
  it.live("is not available, with what was thrown", () =>
    Effect.gen(function* () {
      const broken = Auto.acquireOf("wasm", () => Promise.reject(new Error("no such export")))
      const { _tag, message } = yield* Effect.flip(Effect.scoped(broken))
      assert.strictEqual(_tag, "BackendUnavailable")
      assert.match(message, /^The wasm backend is not available: its module can't be loaded: no such export\./)
    })
  )
})
