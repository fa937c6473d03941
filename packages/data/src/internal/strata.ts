/** Labels of a dataset, and the number of samples to take of each so that every label keeps its fraction. */
import { type Dataset, isSpec, isTypedArray } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"

const chunk = 1024

const targetsOf = Effect.fnUntraced(function* (dataset: Dataset, indices: Int32Array) {
  const read = dataset.read(indices, Draw.fixed)
  const { targets } = Effect.isEffect(read) ? yield* read : read
  return targets
})

/** The label of each sample, read in chunks so that the inputs read with them are never in memory at once. */
export const labelsOf = (dataset: Dataset): Effect.Effect<Int32Array, DataError> =>
  Effect.gen(function* () {
    const { targets } = dataset.spec
    if (targets === undefined || !isSpec(targets) || targets.dtype !== "int32" || targets.shape.length !== 0) {
      return yield* new DataError({
        source: dataset.name,
        found: targets === undefined ? "no targets" : "targets that are not one label per sample",
        expected: "targets of dtype int32 and shape []",
        advice: "Split without `stratify`."
      })
    }
    const labels = new Int32Array(dataset.length)
    for (let from = 0; from < dataset.length; from += chunk) {
      const indices = Int32Array.from({ length: Math.min(chunk, dataset.length - from) }, (_, index) => from + index)
      const values = dataset.readTargets?.(indices) ?? (yield* targetsOf(dataset, indices))
      if (values !== undefined && isTypedArray(values)) labels.set(values, from)
      yield* Effect.yieldNow
    }
    return labels
  })

/** The samples of one label, and how many of them to take. */
export interface Stratum {
  readonly label: number
  readonly members: ReadonlyArray<number>
  readonly samples: number
}

/** The samples of each label. */
const membersOf = (labels: Int32Array): ReadonlyMap<number, ReadonlyArray<number>> => {
  const strata = new Map<number, Array<number>>()
  labels.forEach((label, index) => {
    const members = strata.get(label)
    if (members === undefined) strata.set(label, [index])
    else members.push(index)
  })
  return strata
}

/**
 * The fold of each sample: the samples of each label are dealt out in a drawn order, those of the next label where the last one
 * ended, so that the folds differ by one sample at most, in all and of each label.
 */
export const foldsOf = (labels: Int32Array, folds: number, stream: Rng.Key): Int32Array => {
  const foldOf = new Int32Array(labels.length)
  let dealt = 0
  for (const [label, members] of [...membersOf(labels)].sort(([one], [other]) => one - other)) {
    const memberAt = Rng.permutation(Rng.fold(stream, label), members.length)
    for (let position = 0; position < members.length; position++)
      foldOf[element(members, memberAt(position))] = dealt++ % folds
  }
  return foldOf
}

/**
 * Divides `count` among the labels in proportion to their numbers, by largest remainders (Hamilton's method); of equal
 * remainders the smaller label's comes first. The numbers of samples sum to `count`.
 */
export const apportion = (labels: Int32Array, count: number): ReadonlyArray<Stratum> => {
  // Products of whole numbers, so that remainders compare exactly: count · members = samples · length + remainder.
  const strata = Array.from(membersOf(labels), ([label, members]) => {
    const product = count * members.length
    return { label, members, samples: Math.floor(product / labels.length), remainder: product % labels.length }
  }).sort((one, other) => other.remainder - one.remainder || one.label - other.label)
  let remaining = count - strata.reduce((sum, { samples }) => sum + samples, 0)
  return strata.map(({ label, members, samples }) => ({
    label,
    members,
    samples: remaining-- > 0 ? samples + 1 : samples
  }))
}
