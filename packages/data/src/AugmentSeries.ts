/**
 * Random changes of time series in training, when a batch is read: float32 [time] or [time, features]. They are drawn by seed, epoch and
 * sample, as those of images in `Augment`; in validation, test and prediction nothing is changed.
 *
 * ```ts
 * const augmented = yield* AugmentSeries.onHost(train, [AugmentSeries.jitter({ deviation: 0.05 }), AugmentSeries.window({ fraction: 0.9 })])
 * ```
 */
import type { Dataset } from "@etude/core/Dataset"
import type { DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import type * as Effect from "effect/Effect"
import { wholeBetween } from "./internal/augment/geometry.ts"
import { problemsOf } from "./internal/augment/operation.ts"
import { type RowOperation, rowsOnHost } from "./internal/augment/rows.ts"

export type SeriesOperation = RowOperation<Float32Array>

const isDeviation = (value: number) => value >= 0 && value < Number.POSITIVE_INFINITY

/** Normal noise added to every value: Um et al. 2017, arXiv:1706.00527, "jittering". `deviation` is in the unit of the values. */
export const jitter = ({ deviation }: { readonly deviation: number }): SeriesOperation => ({
  name: "jitter",
  problems: problemsOf([isDeviation(deviation), "deviation", deviation, "a number of at least 0"]),
  change: (row, key) => {
    for (const [index, value] of row.entries()) row[index] = value + deviation * Rng.normal(key, index)
  }
})

/** Each feature times a number of its own, normal about 1: Um et al. 2017, arXiv:1706.00527, "scaling". */
export const scale = ({ deviation }: { readonly deviation: number }): SeriesOperation => ({
  name: "scale",
  problems: problemsOf([isDeviation(deviation), "deviation", deviation, "a number of at least 0"]),
  change: (row, key, [, features = 1]) => {
    for (let feature = 0; feature < features; feature++) {
      const factor = 1 + deviation * Rng.normal(key, feature)
      for (let index = feature; index < row.length; index += features) row[index]! *= factor
    }
  }
})

/** Moved in time by up to `steps`, either way, each equally likely; the first or last value is repeated where nothing comes in. */
export const shift = ({ steps }: { readonly steps: number }): SeriesOperation => ({
  name: "shift",
  problems: problemsOf([Number.isSafeInteger(steps) && steps >= 0, "steps", steps, "whole steps of at least 0"]),
  change: (row, key, [times = 1, features = 1]) => {
    const by = wholeBetween(key, 0, -steps, steps)
    const before = row.slice()
    for (let time = 0; time < times; time++) {
      const from = Math.min(times - 1, Math.max(0, time - by)) * features
      for (let feature = 0; feature < features; feature++) row[time * features + feature] = before[from + feature]!
    }
  }
})

/**
 * A part of the series, `fraction` of its length and anywhere in it, stretched to the whole length by linear interpolation: Le Guennec et al.
 * 2016, "Data augmentation for time series classification", "window slicing".
 */
export const window = ({ fraction }: { readonly fraction: number }): SeriesOperation => ({
  name: "window",
  problems: problemsOf([fraction > 0 && fraction <= 1, "fraction", fraction, "a fraction above 0 and up to 1"]),
  change: (row, key, [times = 1, features = 1]) => {
    const span = (times - 1) * fraction
    const start = Rng.uniform(key, 0) * (times - 1 - span)
    const before = row.slice()
    for (let time = 0; time < times; time++) {
      const place = times === 1 ? 0 : start + (time * span) / (times - 1)
      const below = Math.min(times - 1, Math.floor(place))
      const above = Math.min(times - 1, below + 1)
      for (let feature = 0; feature < features; feature++) {
        const [one, other] = [element(before, below * features + feature), element(before, above * features + feature)]
        row[time * features + feature] = one + (place - below) * (other - one)
      }
    }
  }
})

export interface SeriesOptions {
  /** The name of the input that holds the series, where there are several. */
  readonly field?: string
  /** A part of the dataset's name, below which is drawn. Default: "augment". */
  readonly name?: string
}

/**
 * The dataset with its series changed in training. Fails with `DatasetInvalid` where the input is no float32 [time] or [time, features], and
 * for options that can't be.
 */
export const onHost = (
  dataset: Dataset,
  recipe: ReadonlyArray<SeriesOperation>,
  options: SeriesOptions = {}
): Effect.Effect<Dataset, DatasetInvalid> => {
  const wanted = { dtype: "float32", rank: [1, 2], said: "float32 [time] or [time, features]" } as const
  return rowsOnHost(dataset, recipe, options, wanted, (values) => Float32Array.from(values))
}
