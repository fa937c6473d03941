/** The position of a run, as a few numbers. The order of the data and every random draw are computed from them. */
import * as Schema from "effect/Schema"

const fields = {
  /** Epochs finished. */
  epoch: Schema.Natural,
  /** Batches done in the running epoch, skipped and empty ones included. */
  batch: Schema.Natural,
  /** Batches done in all, each one optimizer update; skipped and empty ones are not counted. */
  step: Schema.Natural,
  /** Samples that took part in updates. */
  samples: Schema.Natural,
  /** Seconds spent in `train`, over all attempts of the run. */
  elapsedSeconds: Schema.Finite
}
export interface ProgressSchema extends Schema.Struct<typeof fields> {}
export const Progress: ProgressSchema = Schema.Struct(fields)
export interface Progress extends Schema.Schema.Type<ProgressSchema> {}

export const start: Progress = { epoch: 0, batch: 0, step: 0, samples: 0, elapsedSeconds: 0 }

/** The batch after that many, counted from 1: `batch 1 of epoch 1` is the first. */
export const batchAfter = ({ epoch, batch }: Pick<Progress, "epoch" | "batch">): string =>
  `batch ${batch + 1} of epoch ${epoch + 1}`
