/**
 * Datasets from what is in memory already: typed arrays, nested JavaScript arrays and tensors. All that doesn't fit is
 * reported together, before anything is read.
 */
import type { Dataset, FieldSpec, Fields } from "@etude/core/Dataset"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { fieldRows, type NestedArray, type NumericArray } from "./internal/fieldRows.ts"
import { type Columns, datasetOf, mapFields, type Rows } from "./internal/Rows.ts"

export type { NestedArray, NumericArray }

/** One field of all samples. */
export interface ArrayField {
  /**
   * The values of all samples, one sample after another: a typed array, or arrays nested as deep as the shape with the
   * samples outermost. A Float32Array, an Int32Array and a Uint8Array are held, not copied: don't change them afterwards.
   */
  readonly values: NumericArray | NestedArray
  /** The shape of one sample. Default: [] (a number) for a typed array, the nesting's own for nested arrays. */
  readonly shape?: ReadonlyArray<number>
  /**
   * The dtype of the field's tensors. Default: "float32" for nested numbers and for arrays of floats, "int32" for typed
   * arrays of integers, "bool" for nested booleans.
   */
  readonly dtype?: FieldSpec["dtype"]
}

export interface ArraysOptions<Field> {
  /** Default: "arrays" or "tensors". */
  readonly name?: string
  readonly inputs: Fields<Field>
  readonly targets?: Fields<Field>
  /** Weight of each sample (or element): finite, 0 or more. */
  readonly weights?: Field
  /** 1 where an element counts, 0 where it is padding. */
  readonly mask?: Field
  /** Class names by label. Where the targets are one integer a sample, each must have a name. */
  readonly classes?: ReadonlyArray<string>
}

const isArrayField = (fields: Fields<ArrayField>): fields is ArrayField =>
  ArrayBuffer.isView(fields.values) || Array.isArray(fields.values)

/**
 * A dataset of typed arrays or nested arrays: one input or several by name, with targets, weights and a mask as wanted.
 * Fails with `DatasetInvalid`, which lists every field that holds no samples, another number of samples than the first
 * field, a number of values that its shape doesn't divide, uneven nesting, or values that its dtype can't hold.
 *
 * ```ts
 * const xor = Arrays.fromArrays({
 *   inputs: { values: [[0, 0], [0, 1], [1, 0], [1, 1]] },
 *   targets: { values: [0, 1, 1, 0], dtype: "int32" },
 *   classes: ["equal", "different"]
 * })
 * ```
 */
export const fromArrays = (options: ArraysOptions<ArrayField>): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const name = options.name ?? "arrays"
    const problems: Array<DataError> = []
    const fields: Array<readonly [source: string, rows: Rows]> = []
    const rowsOf = (part: string) => (field: ArrayField, key: string) => {
      const source = `${name}.${part}${key === "" ? "" : `.${key}`}`
      const rows = fieldRows(source, field, part, problems)
      if (rows !== undefined) fields.push([source, rows])
      // A field that can't be held is among the problems, so the dataset is not made.
      return rows as Rows
    }
    const { targets, weights, mask, classes } = options
    const columns: Columns = {
      name,
      inputs: mapFields(options.inputs, isArrayField, rowsOf("inputs")),
      targets: targets && mapFields(targets, isArrayField, rowsOf("targets")),
      weights: weights && rowsOf("weights")(weights, ""),
      mask: mask && rowsOf("mask")(mask, ""),
      classes,
      isChecked: true
    }
    const [first, ...others] = fields
    const [where, { length }] = first ?? ["", { length: 0 }]
    for (const [source, rows] of others) {
      if (rows.length === length) continue
      problems.push(
        new DataError({
          source,
          found: `${rows.length} samples`,
          expected: `${length}, as in ${where}`,
          advice: "Each field must hold every sample once, in the same order."
        })
      )
    }
    if (first === undefined && problems.length === 0) {
      problems.push(
        new DataError({
          source: `${name}.inputs`,
          found: "no field",
          expected: "one or more",
          advice: "Give an input."
        })
      )
    }
    if (classes !== undefined) problems.push(...unnamedLabels(`${name}.targets`, columns.targets, classes))
    return problems.length > 0
      ? Effect.fail(new DatasetInvalid({ dataset: name, problems }))
      : Effect.succeed(datasetOf(length, columns))
  })

const unnamedLabels = (
  source: string,
  targets: Fields<Rows> | undefined,
  classes: ReadonlyArray<string>
): ReadonlyArray<DataError> => {
  if (targets === undefined || typeof targets.gather !== "function") return []
  const { spec, length, gather } = targets as Rows
  if (spec.dtype !== "int32" || spec.shape.length !== 0) return []
  const labels = gather(Int32Array.from({ length }, (_, index) => index))
  const index = labels.findIndex((label) => label < 0 || label >= classes.length)
  if (index < 0) return []
  return [
    new DataError({
      source,
      found: `the label ${labels[index]} (sample ${index})`,
      expected: `labels in 0 … ${classes.length - 1}, for ${classes.length} named classes`,
      advice: "Count labels from 0 and name every class."
    })
  ]
}

const isTensorField = (fields: Fields<tf.Tensor>): fields is tf.Tensor => fields instanceof tf.Tensor

/**
 * A dataset of tensors whose first dimension is the samples. Their values are read once, now; the tensors stay the
 * caller's, who may dispose them as soon as this Effect has ended. Fails with `DatasetInvalid` as {@link fromArrays}
 * does, and for tensors that are disposed, without dimensions, or neither float32, int32 nor bool.
 */
export const fromTensors = (options: ArraysOptions<tf.Tensor>): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.gen(function* () {
    const name = options.name ?? "tensors"
    const problems: Array<DataError> = []
    const read = (part: string) => (tensor: tf.Tensor, key: string) =>
      readTensor(`${name}.${part}${key === "" ? "" : `.${key}`}`, tensor, problems)
    const readAll = (part: string, fields: Fields<tf.Tensor>): Effect.Effect<Fields<ArrayField>> =>
      isTensorField(fields)
        ? read(part)(fields, "")
        : Effect.all(Object.fromEntries(Object.entries(fields).map(([key, tensor]) => [key, read(part)(tensor, key)])))
    const { targets, weights, mask, classes } = options
    const arrays: ArraysOptions<ArrayField> = {
      name,
      inputs: yield* readAll("inputs", options.inputs),
      ...(targets && { targets: yield* readAll("targets", targets) }),
      ...(weights && { weights: yield* read("weights")(weights, "") }),
      ...(mask && { mask: yield* read("mask")(mask, "") }),
      ...(classes && { classes })
    }
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: name, problems })
    return yield* fromArrays(arrays)
  })

const readTensor = (source: string, tensor: tf.Tensor, problems: Array<DataError>): Effect.Effect<ArrayField> => {
  const { dtype } = tensor
  const problem = (found: string, expected: string, advice: string) => {
    problems.push(new DataError({ source, found, expected, advice }))
    return Effect.succeed<ArrayField>({ values: [] })
  }
  if (tensor.isDisposed) return problem("a disposed tensor", "a live one", "Dispose it only after the dataset is made.")
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
    return problem(`dtype ${dtype}`, "float32, int32 or bool", "Cast the tensor first.")
  }
  if (tensor.rank === 0) {
    return problem("a tensor of shape []", "the samples along the first dimension", "Give one row per sample.")
  }
  return Effect.promise(() => tensor.data()).pipe(
    Effect.map((values): ArrayField => ({ values: values as NumericArray, shape: tensor.shape.slice(1), dtype }))
  )
}
