import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ThreadFailed } from "../src/Errors.ts"
import type { Emitter } from "../src/runtime/Executable.ts"
import * as WasmEmitter from "../src/wasm/WasmEmitter.ts"
import * as Digests from "./support/Digests.ts"
import * as EmitterExecutor from "./support/EmitterExecutor.ts"

const { subject } = Digests.dropout

/** An emitter whose threads die in the middle of a call. */
const dying = (emitter: Emitter, call: number): Emitter => {
  let calls = 0
  return {
    ...emitter,
    make: (program) => {
      const { release, run } = emitter.make(program)
      const dies = () => {
        run()
        if (++calls >= call) throw new ThreadFailed({ reason: "it was killed" })
      }
      return { release, run: dies }
    }
  }
}

/** What can't be compiled would run eagerly. */
const executor = (call: number) =>
  EmitterExecutor.layer(
    (arena) => Effect.succeed(dying(WasmEmitter.makeSingle({ arena }), call)),
    () => undefined,
    { onNotCompilable: "eager" }
  ).pipe(Layer.provideMerge(Wasm.layer))

const healthy = Digests.onWebAssembly(1).pipe(Layer.provideMerge(Wasm.layer))

describe("a run whose thread dies", () => {
  for (const call of [1, 2, 5, 9]) {
    it.live(`in call ${call} fails, rather than going on with other bits`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.provide(Trajectory.record(subject), executor(call)))
        assert.include(String(error), "A thread of the compiled step failed: it was killed. Its results were not used.")
      })
    )
  }

  it.live("goes on from where it was saved, bit for bit", () =>
    Effect.gen(function* () {
      const whole = yield* Effect.provide(Trajectory.record(subject), healthy)
      const first = yield* Effect.provide(Trajectory.record(subject, { config: { until: { steps: 6 } } }), healthy)
      const resumed = Trajectory.record(subject, { state: Trajectory.throughJson(first.state) })
      yield* Effect.flip(Effect.provide(resumed, executor(3)))
      const rest = yield* Effect.provide(resumed, healthy)
      assert.isUndefined(Trajectory.difference(Trajectory.joined(first, rest), whole))
    })
  )
})
