import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import type { StepExecutor } from "@etude/core"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Digests from "./support/Digests.ts"
import { unavailable } from "./support/nativeCode.ts"
import * as SameRuns from "./support/SameRuns.ts"

type Executor = Layer.Layer<StepExecutor.StepExecutor, unknown>

const record = (executor: Executor, options: Trajectory.RecordOptions = {}) =>
  Trajectory.record(Digests.dropout.subject, options).pipe(
    Effect.provide(executor.pipe(Layer.provideMerge(Wasm.layer)))
  )

/** Stops after some steps on one executor, and goes on from the state's text on another. */
const broken = Effect.fnUntraced(function* (before: Executor, after: Executor, steps: number) {
  const first = yield* record(before, { config: { until: { steps } } })
  const rest = yield* record(after, { state: Trajectory.throughJson(first.state) })
  return Trajectory.joined(first, rest)
})

const ways = {
  "on fewer threads": [Digests.onWebAssembly(3), Digests.onWebAssembly(1), false],
  "on more threads": [Digests.onWebAssembly(1), Digests.onWebAssembly(2), false],
  "on WebAssembly after native code": [SameRuns.onNative(2), Digests.onWebAssembly(1), true],
  "in native code after WebAssembly": [Digests.onWebAssembly(2), SameRuns.onNative(3), true]
} as const

describe("a run that was stopped goes on, bit for bit as if it had not been", () => {
  for (const [name, [before, after, isNative]] of Object.entries(ways)) {
    it.live.skipIf(isNative && unavailable !== undefined)(name, () =>
      Effect.gen(function* () {
        const whole = yield* record(Digests.onWebAssembly(1))
        for (const steps of [1, 6, 9]) {
          assert.isUndefined(Trajectory.difference(yield* broken(before, after, steps), whole), `after step ${steps}`)
        }
      })
    )
  }
})
