/** Law 10: a batch split into microbatches gives the update of the whole batch. */
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import type * as Close from "../Close.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"
import { LawSkipped } from "./LawSkipped.ts"

export interface MicrobatchOptions extends Trajectory.Subject {
  /** Sizes to split batches into; 1, 2 and 3 when absent, as far as batches are larger. The last part of a batch may be smaller. */
  readonly sizes?: ReadonlyArray<number>
  /** Relative to the largest element of a tensor, 1e-5 when absent. Adam's first steps enlarge rounding: use SGD, or allow more. */
  readonly tolerance?: Close.Tolerance
}

/**
 * Trains with whole batches and with each size of microbatches, with random masks drawn for the same samples. Compared are
 * the losses and metrics of every batch and the final parameters, statistics and slots.
 */
export const check = (
  options: MicrobatchOptions
): Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const { tolerance = {} } = options
    const broken = (found: string, reproduce: string) =>
      new LawBroken({ law: "microbatches", subject: options.name, found, reproduce })
    const { microbatchSize: _, ...config } = options.config ?? {}
    const { batchSize = 32 } = config
    const sizes = options.sizes ?? [1, 2, 3].filter((size) => size < batchSize)
    if (sizes.length === 0) {
      const reason = `batches of ${batchSize} can't be split; give it a larger batchSize, or sizes`
      return yield* new LawSkipped({ law: "microbatches", subject: options.name, reason })
    }
    const run = (changes: object, reproduce: string) =>
      ranOr(Trajectory.record({ ...options, config: { ...config, ...changes } }), (found) => broken(found, reproduce))
    const whole = yield* run({}, "train it without microbatchSize")
    for (const size of sizes) {
      const reproduce = `train it with microbatchSize ${size} and without, and compare`
      const found = Trajectory.difference(yield* run({ microbatchSize: size }, reproduce), whole, { tolerance })
      if (found !== undefined) return yield* broken(`with microbatches of ${size}, ${found}`, reproduce)
    }
  })
