/** Law 9: validating, however often, changes nothing in the training. */
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"
import { LawSkipped } from "./LawSkipped.ts"

const schedules = [
  { every: { epochs: 1 } },
  { every: { steps: 1 } },
  { every: { steps: 3 }, batchSize: 2, limitBatches: 1 },
  { every: { epochs: 1 }, sanityBatches: 1 }
] as const

/**
 * Trains without validation and with several schedules of it, and compares every batch and the final parameters, statistics,
 * slots and tensors of callbacks, bit for bit. The subject's data must have validation data; a callback that decides by
 * validation does not belong into the subject.
 */
export const check = (
  subject: Trajectory.Subject
): Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const broken = (found: string, reproduce: string) =>
      new LawBroken({ law: "validation", subject: subject.name, found, reproduce })
    const run = (trained: Trajectory.Subject, options: Trajectory.RecordOptions, reproduce: string) =>
      ranOr(Trajectory.record(trained, options), (found) => broken(found, reproduce))
    const { validation: validationData, ...data } = subject.data
    if (validationData === undefined) {
      const reason = "it has no validation data"
      return yield* new LawSkipped({ law: "validation", subject: subject.name, reason })
    }
    const without = yield* run({ ...subject, data }, {}, "train it without validation data")
    for (const validation of schedules) {
      const reproduce = `train it with validation ${JSON.stringify(validation)} and without validation data, and compare`
      const validated = yield* run(subject, { config: { validation } }, reproduce)
      const found = Trajectory.difference(validated, without, { trainingOnly: true })
      if (found !== undefined)
        return yield* broken(`with validation ${JSON.stringify(validation)}, ${found}`, reproduce)
    }
  })
