/**
 * The laws as Vitest suites: each function registers one test, which fails with the law's own sentence. For authors of
 * backends, models, tasks and callbacks; it needs `vitest` and `@effect/vitest`. The checks themselves need neither, and are
 * in the modules of the laws.
 */

import { it } from "@effect/vitest"
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as BackendLaw from "./laws/BackendLaw.ts"
import * as ConfigLaw from "./laws/ConfigLaw.ts"
import * as FinalizerLaw from "./laws/FinalizerLaw.ts"
import * as InterferenceLaw from "./laws/InterferenceLaw.ts"
import type { LawBroken } from "./laws/LawBroken.ts"
import { LawSkipped } from "./laws/LawSkipped.ts"
import * as MetricLaw from "./laws/MetricLaw.ts"
import * as MicrobatchLaw from "./laws/MicrobatchLaw.ts"
import * as ResumeLaw from "./laws/ResumeLaw.ts"
import * as TensorLaw from "./laws/TensorLaw.ts"
import * as ValidationLaw from "./laws/ValidationLaw.ts"
import type { Subject } from "./subjects/Trajectory.ts"

/** A law trains a task many times; on a busy machine that takes longer than Vitest's five seconds. In milliseconds. */
export const timeout = 120_000

/** The requirements of a suite with tensors, besides its subject. */
export interface On {
  /** Where it runs: a layer of `@etude/backend`, say. */
  readonly backend: Layer.Layer<Backend | StepExecutor, unknown>
}

/** A law that does not apply is a test that is skipped, with the reason: it has not been seen to hold. */
export const orSkip = <E, R>(
  test: { readonly skip: (reason: string) => never },
  check: Effect.Effect<void, E | LawSkipped, R>
): Effect.Effect<void, E, R> =>
  Effect.catchIf(
    check,
    (error): error is LawSkipped => error instanceof LawSkipped,
    ({ reason }) => Effect.sync(() => test.skip(reason))
  ) as Effect.Effect<void, E, R> // without skipped tests, this type remains

const suite =
  <Options extends { readonly name: string }>(
    statement: string,
    check: (options: Options) => Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>
  ) =>
  (options: Options & On): void =>
    it.effect(
      `${options.name}: ${statement}`,
      (test) => orSkip(test, Effect.provide(check(options), options.backend)),
      timeout
    )

/** Law 1. */
export const resume = suite<Subject>(
  "a run stopped after any step and resumed equals the uninterrupted run, bit for bit",
  ResumeLaw.check
)
/** Law 2. */
export const interference = suite<InterferenceLaw.InterferenceOptions>(
  "the order of callbacks' layers and the presence of bystanders change nothing",
  InterferenceLaw.check
)
/** Law 3. */
export const metric = suite<MetricLaw.MetricOptions>(
  "any partition into batches, merged in any order, gives the result of the whole",
  MetricLaw.check
)
/** Law 4. */
export const tensors = suite<Subject>("no tensor is left once the scope has closed, on all four exits", TensorLaw.check)
/** Law 6. */
export const finalizers = suite<FinalizerLaw.FinalizerOptions>(
  "finalizers run once, in reverse of the declared order, on all four exits",
  FinalizerLaw.check
)
/** Law 9. */
export const validation = suite<Subject>("validation, however often, changes nothing in training", ValidationLaw.check)
/** Law 10. */
export const microbatches = suite<MicrobatchLaw.MicrobatchOptions>(
  "microbatches give the update of the whole batch",
  MicrobatchLaw.check
)

/** Law 7. */
export const backends = (options: BackendLaw.BackendOptions): void =>
  it.effect(
    `${options.name}: ${Object.keys(options.backends).join(", ")} train alike`,
    (test) => orSkip(test, BackendLaw.check(options)),
    timeout
  )

/** Law 11. */
export const config = <T, E>(options: ConfigLaw.ConfigOptions<T, E>): void =>
  it.effect(`${options.name}: a config written and read back is the same`, () => ConfigLaw.check(options), timeout)
