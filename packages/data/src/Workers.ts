/**
 * Datasets that are read in threads of their own: decoding images or parsing rows then takes no time of the training loop. Each
 * thread makes the dataset itself, from a module that both sides can import; batches come back in their order, as many ahead as
 * there is need for. A read is a pure function of indices and draw, so a run is the same with any number of threads, and with
 * none. Each thread goes through all of a stream: give one a single thread. For Node; in browsers `Prefetch` hides waiting, on the
 * page's own thread.
 *
 * ```ts
 * // data.ts
 * export const train = ({ folder }: { readonly folder: string }) => Images.folder(folder, { size: 128 })
 *
 * // experiment.ts
 * const train = yield* Workers.dataset(new URL("./data.js", import.meta.url), {
 *   export: "train",
 *   options: { folder: "flowers" },
 *   workers: 2
 * })
 * ```
 */
import { availableParallelism } from "node:os"
import {
  type Dataset,
  derive,
  type FieldSpec,
  type Fields,
  isSpec,
  isTypedArray,
  type TypedArray
} from "@etude/core/Dataset"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { entry } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { guarded, ofValues } from "./internal/Rows.ts"
import { load } from "./internal/workers/load.ts"
import * as Pool from "./internal/workers/Pool.ts"

export interface WorkersOptions {
  /** The export of the module: a dataset, an Effect or a promise of one, or a function from `options` to one of these. */
  readonly export: string
  /** What a function is called with: plain data, which is cloned to each thread. */
  readonly options?: unknown
  /** Threads. 0 reads on the main thread. Default: one less than the processor has cores, at least 1. */
  readonly workers?: number
  /** Batches that are read, or being read, beyond the one that is taken. Default: twice the threads. */
  readonly ahead?: number
  /**
   * How often, in all, a thread that ended by itself (out of memory, a crash of native code) is replaced and its batches are read
   * again. Default: 0, its end is the `DataError` of the batches that it was reading.
   */
  readonly restarts?: number
}

const isCount = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least

const problemsOf = (source: string, { workers = 1, ahead = 1, restarts = 0 }: WorkersOptions) => {
  const problem = (option: string, value: number, least: number) =>
    new DataError({
      source: `${source}, ${option}`,
      found: String(value),
      expected: `a whole number of at least ${least}`,
      advice: "Leave it out for the default."
    })
  return [
    ...(isCount(workers, 0) ? [] : [problem("workers", workers, 0)]),
    ...(isCount(ahead, 1) ? [] : [problem("ahead", ahead, 1)]),
    ...(isCount(restarts, 0) ? [] : [problem("restarts", restarts, 0)])
  ]
}

/** All targets, which came from a thread, by index. */
const targetReader = (specs: Fields<FieldSpec>, targets: Fields<TypedArray>) => {
  const rows = (values: TypedArray, spec: FieldSpec) => ofValues(values, spec).gather
  if (isSpec(specs) && isTypedArray(targets)) return rows(targets, specs)
  if (isSpec(specs) || isTypedArray(targets)) return undefined
  const gathers = Object.entries(specs).map(([name, spec]) => [name, rows(entry(targets, name), spec)] as const)
  return (indices: Int32Array): Fields<TypedArray> =>
    Object.fromEntries(gathers.map(([name, gather]) => [name, gather(indices)]))
}

const ofPool = ({ description, targets, read }: Pool.Pool, ahead: number): Dataset => {
  const { name, length, spec } = description
  const readTargets = targets && spec.targets && targetReader(spec.targets, targets)
  return {
    ...description,
    ahead,
    read: guarded(name, length, read),
    ...(readTargets && { readTargets: (indices: Int32Array) => readTargets(indices) })
  }
}

/**
 * The dataset that a module exports, read in threads. They start now and end with the scope; the process does not wait for them.
 * Where the dataset reads targets alone, all of them are fetched now, up to 64 MiB.
 *
 * Fails with `DatasetInvalid` where the module can't be imported, its export is no dataset, or threads made different ones. A read
 * fails with the dataset's own `DataError`, or with one that tells how a thread ended.
 */
export const dataset = (
  module: URL | string,
  options: WorkersOptions
): Effect.Effect<Dataset, DatasetInvalid, Scope.Scope> =>
  Effect.gen(function* () {
    const source = { module: String(module), export: options.export, options: options.options }
    const problems = problemsOf(source.module, options)
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: source.module, problems })
    const { workers = Math.max(1, availableParallelism() - 1), ahead = 2 * workers, restarts = 0 } = options
    if (workers === 0) return derive(yield* load(source))
    return ofPool(yield* Pool.make({ source, workers, restarts }), ahead)
  })
