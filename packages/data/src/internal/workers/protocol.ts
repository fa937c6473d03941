/** What a thread that reads a dataset is told, and what it answers. All of it can be cloned from thread to thread. */
import type { DatasetSpec, Fields, HostBatch, TypedArray } from "@etude/core/Dataset"
import type { Draw } from "@etude/core/Draw"
import { DataError } from "@etude/core/Errors"

/** How a thread makes its dataset. */
export interface Source {
  /** The URL of a module. */
  readonly module: string
  readonly export: string
  readonly options: unknown
}

/** What a thread is started with. */
export interface Start {
  readonly _tag: "EtudeDataset"
  readonly source: Source
  /** Whether it also gives all targets, for the main thread to have at hand. */
  readonly sendTargets: boolean
}

export interface Request {
  readonly id: number
  readonly indices: Int32Array
  readonly draw: Draw
}

/** A `DataError` in plain data. */
export interface Problem {
  readonly source: string
  readonly offset?: number
  readonly found: string
  readonly expected: string
  readonly advice: string
  readonly cause?: string
}

/** What is known of a dataset without reading it. */
export interface Description {
  readonly name: string
  readonly length: number
  readonly spec: DatasetSpec
  readonly classes?: ReadonlyArray<string>
  readonly isChecked?: boolean
  readonly isSequential?: boolean
}

export type Answer =
  | { readonly _tag: "Ready"; readonly description: Description; readonly targets?: Fields<TypedArray> }
  | { readonly _tag: "Invalid"; readonly problems: ReadonlyArray<Problem> }
  | { readonly _tag: "Batch"; readonly id: number; readonly batch: HostBatch }
  | { readonly _tag: "Failed"; readonly id: number; readonly problem: Problem }

export const problemOf = ({ source, offset, found, expected, advice, cause }: DataError): Problem => ({
  ...{ source, found, expected, advice },
  ...(offset === undefined ? {} : { offset }),
  ...(cause === undefined ? {} : { cause: String(cause) })
})

export const errorOf = (problem: Problem): DataError => new DataError(problem)
