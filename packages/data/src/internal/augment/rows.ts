/** Random changes of one row of a field at a time, on the host: token ids, and series of numbers. */
import { type Dataset, type FieldSpec, isSpec, type TypedArray } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError, type DatasetInvalid } from "@etude/core/Errors"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import { changed, invalid, valuesAt } from "./homes.ts"

export interface RowOperation<Row extends Float32Array | Int32Array> {
  readonly name: string
  /** Changes the row in place; what it draws depends on the key alone. */
  readonly change: (row: Row, key: Rng.Key, shape: ReadonlyArray<number>) => void
  /** Options that can't be, as sentences. */
  readonly problems: ReadonlyArray<string>
}

interface Wanted {
  readonly dtype: FieldSpec["dtype"]
  readonly rank: ReadonlyArray<number>
  readonly said: string
}

export interface RowOptions {
  readonly field?: string | undefined
  readonly name?: string | undefined
}

/** A copy of the values in the array that the operations work on. */
type Copy<Row> = (values: TypedArray) => Row

/** The dataset with each row of a field changed by all operations, in training only. */
export const rowsOnHost = <Row extends Float32Array | Int32Array>(
  dataset: Dataset,
  recipe: ReadonlyArray<RowOperation<Row>>,
  { field, name = "augment" }: RowOptions,
  wanted: Wanted,
  copy: Copy<Row>
): Effect.Effect<Dataset, DatasetInvalid> =>
  Effect.suspend(() => {
    const { inputs } = dataset.spec
    const source = `${dataset.name}/${name}`
    const spec = isSpec(inputs) ? (field === undefined ? inputs : undefined) : inputs[field ?? ""]
    const problems = recipe.flatMap((operation, index) =>
      operation.problems.map((sentence) => wrongOption(`${source}[${index}]`, operation.name, sentence))
    )
    const shown =
      spec === undefined ? `no input ${field ?? "without a name"}` : `${spec.dtype} [${spec.shape.join(", ")}]`
    if (spec === undefined || spec.dtype !== wanted.dtype || !wanted.rank.includes(spec.shape.length)) {
      const advice = "Name the input in `field`."
      problems.push(new DataError({ source, found: shown, expected: wanted.said, advice }))
    }
    if (problems.length > 0 || spec === undefined) return invalid(source, problems)
    const length = spec.shape.reduce((product, side) => product * side, 1)
    return Effect.succeed(
      changed(dataset, name, dataset.spec, (batch, indices, draw) => {
        if (!draw.training) return batch
        const values = copy(valuesAt(batch, field))
        const named = Draw.named(draw, `augment/${name}`)
        for (const [row, index] of indices.entries()) {
          const key = Draw.ofSample(named, index)
          const part = values.subarray(row * length, (row + 1) * length) as Row
          for (const [position, { change }] of recipe.entries()) change(part, Rng.fold(key, position), spec.shape)
        }
        return { ...batch, inputs: field === undefined ? values : { ...(batch.inputs as object), [field]: values } }
      })
    )
  })

export const wrongOption = (source: string, operation: string, sentence: string): DataError => {
  const [found = "", expected = ""] = sentence.split(", expected ")
  const advice = "See the options of the operation."
  return new DataError({ source, found: `${operation} whose ${found}`, expected, advice })
}
