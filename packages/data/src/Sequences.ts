/**
 * Samples of different lengths (sentences, recordings, tracks), padded to one length with a mask that says what counts. Batches of
 * like lengths need less of it: `sampler: { _tag: ByLength, batchSize, field: inputs.mask }`.
 */
import type { Dataset } from "@etude/core/Dataset"
import { DataError, type DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import { sizeOf } from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import type { ArrayField } from "./Arrays.ts"
import { invalid } from "./internal/chosen.ts"
import { fieldRows } from "./internal/fieldRows.ts"
import { type Columns, datasetOf, type Rows } from "./internal/Rows.ts"
import * as Ragged from "./internal/ragged.ts"

/** Sequences of elements, one for each sample. */
export interface SequenceField {
  /** The elements of each sample one after another, row-major: as many numbers as the sample is long, times those of an element. */
  readonly sequences: ReadonlyArray<ArrayLike<number>>
  /** The shape of one element. Default: [], a number. */
  readonly shape?: ReadonlyArray<number>
  /** Default: "float32". */
  readonly dtype?: "float32" | "int32"
}

export interface SequencesOptions extends SequenceField {
  /** Default: "sequences". */
  readonly name?: string
  /** The length that all samples get. Default: that of the longest. */
  readonly length?: number
  /** Which end of a sample that is longer is cut off; without it, a longer one is an error. */
  readonly truncate?: "start" | "end"
  /** What stands in places that are padding. Default: 0. */
  readonly padding?: number
  /** One for each sample, such as a label; or one for each element, which are then padded alike, and masked in the loss. */
  readonly targets?: ArrayField | SequenceField
  readonly classes?: ReadonlyArray<string>
}

/** Problems that are told at once. */
const told = 50

const problem = (source: string, found: string, expected: string, advice: string) =>
  new DataError({ source, found, expected, advice })

const lengthOf = (sequence: ArrayLike<number>, { shape = [] }: SequenceField): number => sequence.length / sizeOf(shape)

/** What is wrong with the sequences of a field; `longest` is undefined where longer ones are cut. */
const problemsOf = (source: string, field: SequenceField, longest: number | undefined): ReadonlyArray<DataError> => {
  const problems: Array<DataError> = []
  for (const [sample, sequence] of field.sequences.entries()) {
    if (problems.length === told) break
    const length = lengthOf(sequence, field)
    const where = `${source}, sample ${sample}`
    if (!(Number.isInteger(length) && length >= 1)) {
      const expected = `a multiple of ${sizeOf(field.shape ?? [])}, 1 element or more`
      problems.push(problem(where, `${sequence.length} numbers`, expected, "Leave out samples without elements."))
    } else if (longest !== undefined && length > longest) {
      const advice = "Raise `length`, or say with `truncate` which end is cut off."
      problems.push(problem(where, `${length} elements`, `${longest} at most`, advice))
    } else {
      const place = Ragged.firstUnheld(sequence, field.dtype ?? "float32")
      const expected = field.dtype === "int32" ? "whole numbers of 32 bits" : "finite numbers"
      if (place >= 0) problems.push(problem(where, `${sequence[place]} at ${place}`, expected, "Correct it."))
    }
  }
  return problems
}

const isSequences = (targets: ArrayField | SequenceField): targets is SequenceField => "sequences" in targets

/** That there are as many, and as long ones, as there are inputs. */
const mismatches = (name: string, inputs: SequenceField, targets: SequenceField): ReadonlyArray<DataError> => {
  const [count, expected] = [targets.sequences.length, inputs.sequences.length]
  const advice = "Give a target for each element of each sample."
  if (count !== expected) return [problem(`${name}.targets`, `${count} samples`, `${expected}, as in inputs`, advice)]
  return inputs.sequences.flatMap((sequence, sample) => {
    const [length, other] = [lengthOf(sequence, inputs), lengthOf(element(targets.sequences, sample), targets)]
    if (length === other) return []
    return [problem(`${name}.targets, sample ${sample}`, `${other} elements`, `${length}, as in inputs`, advice)]
  })
}

const optionProblems = (name: string, { length, padding = 0 }: SequencesOptions): ReadonlyArray<DataError> => [
  ...(length === undefined || (Number.isSafeInteger(length) && length >= 1)
    ? []
    : [problem(`${name}.length`, `${length}`, "a whole number of at least 1", "Leave it out for the longest.")]),
  ...(Number.isFinite(padding) ? [] : [problem(`${name}.padding`, `${padding}`, "a finite number", "0 is usual.")])
]

const longestOf = (field: SequenceField): number =>
  field.sequences.reduce((longest, sequence) => Math.max(longest, lengthOf(sequence, field)), 0)

const rowsOf = (field: SequenceField, length: number, { truncate = "end", padding = 0 }: SequencesOptions): Rows =>
  Ragged.padded(
    field.sequences,
    { shape: field.shape ?? [], dtype: field.dtype ?? "float32" },
    length,
    truncate,
    padding
  )

/** One target for each sample, or what is wrong with them. */
const perSample = (name: string, field: ArrayField, samples: number, problems: Array<DataError>): Rows | undefined => {
  const rows = fieldRows(`${name}.targets`, field, "targets", problems)
  if (rows !== undefined && rows.length !== samples) {
    const advice = "Give a target for each sample."
    problems.push(problem(`${name}.targets`, `${rows.length} samples`, `${samples}, as in inputs`, advice))
  }
  return rows
}

/**
 * A dataset of sequences: inputs are `values` [length, …shape], padded at their ends, and `mask` [length], 1 where there is an
 * element. Targets for each element make it the mask of the losses and metrics, too. Everything is held as it is, without the padding, and
 * checked now. Fails with `DatasetInvalid`, with the first 50 samples that are empty, too long, or hold what the dtype can't.
 *
 * ```ts
 * const train = yield* Sequences.fromArrays({
 *   sequences: [[3, 1, 4], [1, 5], [9]],
 *   dtype: "int32",
 *   targets: { values: Int32Array.of(0, 1, 1) }
 * }) // inputs: { values: int32 [3], mask: bool [3] }
 * ```
 */
export const fromArrays = (options: SequencesOptions): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const { name = "sequences", sequences, targets, truncate, classes } = options
    const samples = sequences.length
    const problems = [...optionProblems(name, options)]
    if (samples === 0) problems.push(problem(name, "no sample", "one or more", "Give a sequence."))
    const longest = truncate === undefined ? options.length : undefined
    problems.push(...problemsOf(`${name}.inputs`, options, longest))
    const single = targets && !isSequences(targets) ? perSample(name, targets, samples, problems) : undefined
    const each = targets && isSequences(targets) ? targets : undefined
    if (each) problems.push(...problemsOf(`${name}.targets`, each, undefined), ...mismatches(name, options, each))
    if (problems.length > 0) return invalid(name, ...problems.slice(0, told))
    const length = options.length ?? longestOf(options)
    const mask = Ragged.mask(
      sequences.map((sequence) => lengthOf(sequence, options)),
      length
    )
    const columns: Columns = {
      name,
      inputs: { values: rowsOf(options, length, options), mask },
      targets: each ? rowsOf(each, length, { ...options, padding: 0 }) : single,
      mask: each && mask,
      classes,
      isChecked: true
    }
    return Effect.succeed(datasetOf(samples, columns))
  })
