/**
 * The laws in one line: what an author calls in a test file of Vitest, once for each thing that is published. Each registers
 * the tests of all laws that such a thing must keep, and each test fails with `LawBroken`: which law, where, and how to see
 * it again. The single laws as suites are in `Suites.ts`.
 *
 * ```ts
 * import * as laws from "@etude/testing/Laws"
 * import { layer } from "./MyExecutor.ts"
 *
 * laws.executor(layer, { backend })
 * ```
 */
import { describe, it } from "@effect/vitest"
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ExecutorLaw from "./ExecutorLaw.ts"
import * as ExecutorRows from "./ExecutorRows.ts"
import * as Subjects from "./Subjects.ts"
import * as Suites from "./Suites.ts"

/** Where laws run tensors: a layer of `@etude/backend`, say. */
export type BackendLayer = Layer.Layer<Backend | StepExecutor, unknown>

export interface ExecutorOptions extends Omit<ExecutorLaw.ExecutorOptions, "row"> {
  readonly backend: BackendLayer
  /** How the tests call it; `the executor` when absent. */
  readonly name?: string
  /** What is run: `ExecutorRows.all` when absent. */
  readonly rows?: ReadonlyArray<ExecutorRows.Row>
}

/**
 * Law 8 for a step executor, row by row: with each optimizer, schedule, loss, transform, clipping and layer it agrees with
 * the eager one within 1e-5 relative after one step, and each is equal to itself bit for bit when run twice. And under it
 * laws 1, 4, 9 and 10: resuming at every step (microbatches, dropout, batch normalization, validation, callbacks of every
 * kind), tensors, validation and microbatches.
 */
export const executor = (
  layer: Layer.Layer<StepExecutor, unknown, Backend>,
  { backend: below, name = "the executor", rows = ExecutorRows.all, ...options }: ExecutorOptions
): void => {
  const backend = Layer.provideMerge(layer, below)
  describe(`${name} keeps the laws`, () => {
    for (const row of rows) {
      it.effect(`${row.name}: as eager, and twice the same`, () =>
        Effect.provide(ExecutorLaw.check({ ...options, row }), backend)
      )
    }
    Suites.resume({ ...Subjects.everything, backend })
    Suites.tensors({ ...Subjects.everything, backend })
    Suites.validation({ ...Subjects.undecided, backend })
    const { config } = Subjects.images
    Suites.microbatches({ ...Subjects.images, config: { ...config, until: { steps: 4 } }, backend })
  })
}
