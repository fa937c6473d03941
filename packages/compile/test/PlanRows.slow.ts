import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as laws from "@etude/testing/Laws"
import * as Suites from "@etude/testing/Suites"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Subjects from "@etude/testing/subjects/Subjects"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PlanExecutor from "../src/PlanExecutor.ts"
import * as WasmEmitter from "../src/wasm/WasmEmitter.ts"
import * as EmitterExecutor from "./support/EmitterExecutor.ts"

describe("code of ours, with nothing left to the eager executor", () => {
  const executor = PlanExecutor.layerWith({ onNotCompilable: "fail", native: "off", threads: 2 })
  laws.executor(executor, { backend: Wasm.layer, name: "the executor of plans", rows: ExecutorRows.all })
  const backend = executor.pipe(Layer.provideMerge(Wasm.layer))
  Suites.finalizers({ ...Subjects.plain, backend })
  laws.replay({
    name: "the values of epochs, trained on plans,",
    backend,
    // What came after the position of a resume is superseded.
    fold: (events) => [
      ...new Map(
        events.flatMap((event) => (event._tag === "EpochEnded" ? [[event.progress.epoch, event.values] as const] : []))
      )
    ]
  })
})

/** Kernels that have no code of ours yet. */
const known = ["CropAndResize"]

describe("kernels of the backend between compiled parts", () => {
  for (const row of ExecutorRows.all) {
    it.live(`are at most those that are known: ${row.name}`, () =>
      Effect.gen(function* () {
        const foreign = new Set<string>()
        const executor = EmitterExecutor.layer(
          (arena) => Effect.succeed(WasmEmitter.makeSingle({ arena })),
          ({ instance }) => {
            for (const kernel of instance.foreign.keys()) foreign.add(kernel)
          }
        )
        yield* Effect.gen(function* () {
          const subject = yield* row.subject
          yield* Trajectory.record({ ...subject, name: row.name })
        }).pipe(Effect.scoped, Effect.provide(executor.pipe(Layer.provideMerge(Wasm.layer))))
        assert.deepStrictEqual(
          [...foreign].filter((kernel) => !known.includes(kernel)),
          []
        )
      })
    )
  }
})
