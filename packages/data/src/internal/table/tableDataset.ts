/** A dataset of a table, whether its columns are held in memory or read when a batch is wanted. */
import type { Dataset, DatasetSpec, FieldSpec, Fields } from "@etude/core/Dataset"
import type { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type { Columns } from "../../Columns.ts"
import { guarded } from "../Rows.ts"
import { batchOf, type FieldPlan, type Gathered, isField, type TableFields } from "./fields.ts"

/** A dataset that also tells what its columns are. */
export interface TableDataset extends Dataset {
  /**
   * The table's columns in full, inferred ones and the categories that were found too: the test set's reader takes them, and
   * `Columns.format` prints them.
   */
  readonly columns: Columns
}

const specOf = (plan: FieldPlan): DatasetSpec => {
  const specs = (fields: TableFields): Fields<FieldSpec> =>
    isField(fields)
      ? fields.spec
      : Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.spec]))
  const { inputs, targets, weights, mask } = plan
  return {
    inputs: specs(inputs),
    ...(targets && { targets: specs(targets) }),
    ...(weights && { weights: weights.spec }),
    ...(mask && { mask: mask.spec })
  }
}

export interface TableParts {
  readonly name: string
  readonly length: number
  readonly columns: Columns
  readonly plan: FieldPlan
}

const datasetOf = ({ name, length, columns, plan }: TableParts): Omit<TableDataset, "read"> => ({
  name,
  length,
  spec: specOf(plan),
  columns,
  ...(plan.classes && { classes: plan.classes })
})

/** All rows are held, and were checked when they were read. */
export const heldDataset = (parts: TableParts, held: Gathered): TableDataset => {
  const { targets } = parts.plan
  const targetsAt = (fields: TableFields, indices: Int32Array) =>
    isField(fields)
      ? fields.fill(held, indices)
      : Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.fill(held, indices)]))
  return {
    ...datasetOf(parts),
    isChecked: true,
    read: guarded(parts.name, parts.length, (indices, _draw, room) => batchOf(parts.plan, held, indices, room)),
    ...(targets && { readTargets: (indices: Int32Array) => targetsAt(targets, indices) })
  }
}

/** Rows are read when they are wanted: `gather` gives them one after another. */
export const storedDataset = (
  parts: TableParts,
  gather: (indices: Int32Array) => Effect.Effect<Gathered, DataError>
): TableDataset => ({
  ...datasetOf(parts),
  read: guarded(parts.name, parts.length, (indices) =>
    Effect.map(gather(indices), (gathered) =>
      batchOf(
        parts.plan,
        gathered,
        indices.map((_, position) => position)
      )
    )
  )
})
