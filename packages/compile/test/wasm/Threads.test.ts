import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PlanExecutor from "../../src/PlanExecutor.ts"
import * as Networks from "../support/networks.ts"

/** A whole run, with the state that it ends with. */
const run = (subject: Trajectory.Subject, threads: number) => {
  const executor = PlanExecutor.layerWith({ threads, native: "off", onNotCompilable: "fail" })
  return Trajectory.record(subject, { config: { until: { steps: 6 } } }).pipe(
    Effect.provide(executor.pipe(Layer.provideMerge(Wasm.layer)))
  )
}

describe("a run on WebAssembly has the same bits on any number of threads", () => {
  const networks = { perceptron: Networks.perceptron([300, 100]), lenet5: Networks.lenet5, residual: Networks.residual }
  for (const [name, network] of Object.entries(networks)) {
    it.live(name, () =>
      Effect.gen(function* () {
        const subject = Networks.subjectOf(name, network, 32)
        const alone = yield* run(subject, 1)
        for (const threads of [2, 3]) {
          const together = yield* run(subject, threads)
          assert.deepStrictEqual(together.batches, alone.batches)
          assert.deepStrictEqual(together.state.tensors, alone.state.tensors)
        }
      })
    )
  }
})
