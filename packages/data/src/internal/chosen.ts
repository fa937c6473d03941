/** Some samples of a dataset, as a dataset. */
import { type Dataset, derive } from "@etude/core/Dataset"
import { type DataError, DatasetInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import { guarded } from "./Rows.ts"

export const invalid = (dataset: string, ...problems: ReadonlyArray<DataError>): Effect.Effect<never, DatasetInvalid> =>
  Effect.fail(new DatasetInvalid({ dataset, problems }))

/** The samples at `indices`, each in 0 … length − 1, in that order. */
export const chosen = (dataset: Dataset, name: string, indices: Int32Array): Dataset => {
  const { length } = indices
  const indicesAt = (positions: Int32Array) => positions.map((position) => element(indices, position))
  const { readTargets } = dataset
  return derive(dataset, {
    name,
    length,
    isChecked: dataset.isChecked,
    read: guarded(name, length, (positions, draw, room) => dataset.read(indicesAt(positions), draw, room)),
    readTargets: readTargets && ((positions) => readTargets.call(dataset, indicesAt(positions)))
  })
}
