import { assert, describe, it } from "@effect/vitest"
import * as Backend from "@etude/core/Backend"
import * as Effect from "effect/Effect"
import * as Auto from "../src/Auto.ts"
import { Machine } from "../src/native/Machine.ts"
import { machine, onMachine, temporary } from "./native/FakeMachine.ts"
import { isInstalled } from "./native/Installed.ts"

/** What is chosen where these variables are set and tfjs-node is missing. */
const chosenWith = (env: Readonly<Record<string, string>>) =>
  Effect.provide(Backend.Backend, Auto.layer).pipe(onMachine(machine(() => undefined, env)))

describe("choosing a backend", () => {
  it.live("without native takes WASM, and says why", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const { name, reason } = yield* chosenWith({ ETUDE_CACHE: cache })
      assert.strictEqual(name, "wasm")
      assert.strictEqual(
        reason,
        "native is not available: the package @tensorflow/tfjs-node cannot be used: it is not installed; " +
          "wasm is the fastest one available"
      )
    }).pipe(Effect.scoped)
  )

  it.live("takes the one that ETUDE_BACKEND names", () =>
    Effect.gen(function* () {
      const { name, reason } = yield* chosenWith({ ETUDE_BACKEND: "cpu" })
      assert.strictEqual(name, "cpu")
      assert.strictEqual(reason, "ETUDE_BACKEND requests it")
    })
  )

  it.live("takes no other one when the named one is unavailable", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(chosenWith({ ETUDE_BACKEND: "native" }))
      assert.strictEqual(error._tag, "BackendUnavailable")
    })
  )

  it.live("a name that is none fails with those that are", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(chosenWith({ ETUDE_BACKEND: "gpu" }))
      assert.strictEqual(
        error.message,
        'ETUDE_BACKEND is "gpu", expected one of native, wasm, cpu, auto. No backend was started.'
      )
    })
  )

  it.live("auto and nothing leave the choice open", () =>
    Effect.gen(function* () {
      for (const value of ["auto", ""]) {
        const asked = yield* Auto.requested.pipe(onMachine(machine(() => undefined, { ETUDE_BACKEND: value })))
        assert.isUndefined(asked)
      }
    })
  )

  it.live("a second backend is busy, whichever was chosen", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(Backend.Backend, Auto.layerOf("wasm")))
      assert.strictEqual(error.message.split(":")[0], "The wasm backend cannot be started")
    }).pipe(Effect.provide(Auto.layerOf("cpu")))
  )

  it.live.skipIf(!isInstalled)("takes native where it is set up", () =>
    Effect.gen(function* () {
      const { name, reason } = yield* Backend.Backend
      assert.strictEqual(name, "native")
      assert.strictEqual(reason, "native is set up, and the fastest")
    }).pipe(
      Effect.provide(Auto.layer),
      Effect.updateService(Machine, (real) => ({ ...real, env: { ...real.env, ETUDE_BACKEND: "" } }))
    )
  )
})
