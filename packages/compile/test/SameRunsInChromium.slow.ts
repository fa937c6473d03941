import { createRequire } from "node:module"
import path from "node:path"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Digests from "./support/Digests.ts"
import * as Pages from "./support/Pages.ts"

/** Where the backend's own files are. */
const folder = path.dirname(
  createRequire(createRequire(import.meta.url).resolve("@etude/backend/package.json")).resolve(
    "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"
  )
)

it.live("a run is the same in a page of Chromium: LeNet-5, with threads and without", (context) =>
  Effect.gen(function* () {
    const reason = Pages.unavailable()
    if (reason !== undefined) return context.skip(reason)
    const address = yield* Pages.serve({ script: yield* Pages.bundle("./Digests.ts", "digests"), folder })
    const browser = yield* Pages.open
    for (const [site, threads] of [
      ["plain", [1]],
      ["isolated", [1, 2, 3]]
    ] as const) {
      for (const count of threads) {
        const tab = yield* Effect.promise(() => browser.newPage())
        yield* Effect.promise(() => tab.goto(`${address}/${site}/`))
        const digest = yield* Effect.promise(() => tab.evaluate<string>(`digests.inPage(${count})`))
        assert.strictEqual(digest, Digests.lenet5.digest, `${site}, threads: ${count}`)
        yield* Effect.promise(() => tab.close())
      }
    }
  }).pipe(Effect.scoped)
)
