/**
 * Random changes of texts in training, as token ids int32 [length], when a batch is read. They are drawn by seed, epoch and sample, as those
 * of images in `Augment`; in validation, test and prediction nothing is changed.
 *
 * ```ts
 * const augmented = yield* AugmentText.onHost(train, [AugmentText.drop({ rate: 0.1, padding: 0 })], { field: "tokens" })
 * ```
 */
import type { Dataset } from "@etude/core/Dataset"
import type { DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import type * as Effect from "effect/Effect"
import { isProbability, problemsOf } from "./internal/augment/operation.ts"
import { type RowOperation, rowsOnHost } from "./internal/augment/rows.ts"

export type TextOperation = RowOperation<Int32Array>

interface Padded {
  /** The id of padding, which fills the end of short texts and stays there. Default: 0. */
  readonly padding?: number
}

const rateProblems = (rate: number) => problemsOf([isProbability(rate), "rate", rate, "a probability in 0 … 1"])

/** The tokens before the padding. */
const lengthOf = (row: Int32Array, padding: number): number => {
  let length = row.length
  while (length > 0 && row[length - 1] === padding) length--
  return length
}

/**
 * Each token left out with probability `rate`; those after it move up, and padding fills the end. One token always stays. Wei and Zou 2019,
 * arXiv:1901.11196, "random deletion". A mask of the dataset doesn't change with it, and still counts the places that become padding.
 */
export const drop = ({ rate, padding = 0 }: { readonly rate: number } & Padded): TextOperation => ({
  name: "drop",
  problems: rateProblems(rate),
  change: (row, key) => {
    const length = lengthOf(row, padding)
    let kept = 0
    for (let index = 0; index < length; index++) {
      const isLast = kept === 0 && index === length - 1
      if (isLast || Rng.uniform(key, index) >= rate) row[kept++] = row[index]!
    }
    row.fill(padding, kept, length)
  }
})

/** Two drawn tokens exchanged, `rate` · length times, rounded. Wei and Zou 2019, arXiv:1901.11196, "random swap". */
export const swap = ({ rate, padding = 0 }: { readonly rate: number } & Padded): TextOperation => ({
  name: "swap",
  problems: rateProblems(rate),
  change: (row, key) => {
    const length = lengthOf(row, padding)
    for (let turn = 0; turn < Math.round(rate * length); turn++) {
      const one = Math.floor(Rng.uniform(key, 2 * turn) * length)
      const other = Math.floor(Rng.uniform(key, 2 * turn + 1) * length)
      const token = element(row, one)
      row[one] = element(row, other)
      row[other] = token
    }
  }
})

/** Each token replaced by the id `token` with probability `rate`: word dropout, Bowman et al. 2016, arXiv:1511.06349, §3.1. */
export const mask = ({
  rate,
  token,
  padding = 0
}: { readonly rate: number; readonly token: number } & Padded): TextOperation => ({
  name: "mask",
  problems: [...rateProblems(rate), ...problemsOf([Number.isInteger(token), "token", token, "the id of a token"])],
  change: (row, key) => {
    const length = lengthOf(row, padding)
    for (let index = 0; index < length; index++) if (Rng.uniform(key, index) < rate) row[index] = token
  }
})

export interface TextOptions {
  /** The name of the input that holds the ids, where there are several. */
  readonly field?: string
  /** A part of the dataset's name, below which is drawn. Default: "augment". */
  readonly name?: string
}

/** The dataset with its texts changed in training. Fails with `DatasetInvalid` where the input is no int32 [length], and for options that can't be. */
export const onHost = (
  dataset: Dataset,
  recipe: ReadonlyArray<TextOperation>,
  options: TextOptions = {}
): Effect.Effect<Dataset, DatasetInvalid> => {
  const wanted = { dtype: "int32", rank: [1], said: "int32 [length]" } as const
  return rowsOnHost(dataset, recipe, options, wanted, (values) => Int32Array.from(values))
}
