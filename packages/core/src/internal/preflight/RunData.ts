/** The data of a run, as it trains and validates on them: each set read with checks. */
import * as Effect from "effect/Effect"
import { type Dataset, derive } from "../../Dataset.ts"
import { PreflightFailed, type Problem } from "../../Errors.ts"
import type { Task } from "../../Task.ts"
import type { TrainConfig } from "../../TrainConfig.ts"
import * as BatchCheck from "./BatchCheck.ts"
import * as DatasetCheck from "./DatasetCheck.ts"
import * as Preflight from "./Preflight.ts"

/** Validation data: one set, named `validation`, or several by name. */
export type ValidationData<Name extends string> = Dataset | { readonly [name in Name]: Dataset }

export interface RunData {
  readonly train: Dataset
  readonly validations: { readonly [name: string]: Dataset }
}

/** The validation sets as they were given, by the names in messages: nothing is known of them yet. */
const named = (validation: unknown): { readonly [name: string]: unknown } =>
  validation === undefined
    ? {}
    : DatasetCheck.isOne(validation)
      ? { validation }
      : (validation as { readonly [name: string]: unknown })

/** The training data and the validation sets, or what keeps them from being datasets. */
export const of = (config: TrainConfig, data: unknown): RunData | { readonly problems: ReadonlyArray<Problem> } => {
  const { train, validation } = (data ?? {}) as { readonly train?: unknown; readonly validation?: unknown }
  const sets = named(validation)
  const problems = [
    ...DatasetCheck.problemsAt("data.train", train),
    ...Object.entries(sets).flatMap(([name, set]) => DatasetCheck.problemsAt(`data.${name}`, set))
  ]
  if (problems.length > 0) return { problems }
  const training = BatchCheck.checked(train as Dataset)
  // The same few batches, to see whether the model can learn them at all.
  const length = Math.min(training.length, (config.overfitBatches ?? 0) * config.batchSize)
  const validations = Object.entries(sets).map(([name, set]) => [
    name,
    config.overfitBatches === undefined ? BatchCheck.checked(set as Dataset) : derive(training, { length })
  ])
  return { train: training, validations: Object.fromEntries(validations) as RunData["validations"] }
}

/** The same; fails with all that is known to be wrong without data. */
export const orFail = (
  task: Task,
  config: TrainConfig,
  input: unknown,
  others: ReadonlyArray<Problem>
): Effect.Effect<RunData, PreflightFailed> => {
  const data = of(config, input)
  if (!("problems" in data)) return Effect.succeed(data)
  const problems = [...data.problems, ...others, ...Preflight.checkMetricNames(task)]
  return Effect.fail(new PreflightFailed({ task: task.name, problems }))
}
