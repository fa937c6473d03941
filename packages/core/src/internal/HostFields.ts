/** The fields of a dataset on the host, by name: a single one has the name `""`. */
import {
  type DatasetSpec,
  type FieldSpec,
  type Fields,
  type HostBatch,
  isSpec,
  isTypedArray,
  type TypedArray
} from "../Dataset.ts"
import { entry } from "../Lookup.ts"
import type { HostValuesOf, SpecOf } from "../Task.ts"

export const specsOf = (fields: Fields<FieldSpec>): { readonly [name: string]: FieldSpec } =>
  isSpec(fields) ? { "": fields } : fields

const valuesOf = (fields: Fields<TypedArray>): { readonly [name: string]: TypedArray } =>
  isTypedArray(fields) ? { "": fields } : fields

/** The targets of samples on the host, with their shapes, by name; `indices` are those in the dataset. */
export const hostTargets = (
  spec: DatasetSpec,
  targets: HostBatch["targets"],
  samples: number,
  indices?: Int32Array
): HostValuesOf => {
  if (spec.targets === undefined || targets === undefined) return {}
  const specs = specsOf(spec.targets)
  const arraysByName = valuesOf(targets)
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => {
      const values = { values: entry(arraysByName, name), shape: [samples, ...shape] }
      return [name, indices === undefined ? values : { ...values, indices }]
    })
  )
}

/** The tensor specs of a dataset's field, with the batch dimension unknown. */
export const tensorSpecs = (specs: Fields<FieldSpec> | undefined): SpecOf =>
  specs === undefined
    ? {}
    : Object.fromEntries(
        Object.entries(specsOf(specs)).map(([name, { shape, dtype }]) => [name, { shape: [null, ...shape], dtype }])
      )
