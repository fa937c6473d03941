/**
 * What metrics are computed from. Metrics with the same statistics are measured once and share one state: precision, recall
 * and F1 of one task count once. Statistics are therefore made once for each set of options, and kept.
 */

import type { Better, Metric } from "@etude/core/Metric"
import type { TensorOrRecord } from "@etude/core/Tensors"
import * as Arr from "effect/Array"
import type * as Option from "effect/Option"

/** The part of a metric that can be shared; see `Metric` of core. */
export type Statistics<Out extends TensorOrRecord, Target extends TensorOrRecord, State> = Pick<
  Metric<Out, Target, State, unknown>,
  "state" | "empty" | "measure" | "ofBatch" | "combine" | "ordered"
>

/** One reading of statistics as a metric. */
export const metric = <Out extends TensorOrRecord, Target extends TensorOrRecord, State, Value>(
  statistics: Statistics<Out, Target, State>,
  reading: {
    readonly name: string
    readonly better: Better
    readonly result: (state: State) => Option.Option<Value>
  } & Partial<Pick<Metric<Out, Target, State, Value>, "toNumber" | "toJson" | "toFigure" | "toText">>
): Metric<Out, Target, State, Value> => ({ ...statistics, ...reading })

/** The same value for the same options, so that metrics that are made apart share it. Options are plain data. */
export const memoized = <Options, Made>(make: (options: Options) => Made): ((options: Options) => Made) => {
  const cache = new Map<string, Made>()
  return (options) => {
    const key = JSON.stringify(Object.entries(options as object).sort(([a], [b]) => (a < b ? -1 : 1)))
    const known = cache.get(key)
    if (known !== undefined) return known
    const value = make(options)
    cache.set(key, value)
    return value
  }
}

/** Sums of arrays, element by element. An empty one is a sum of nothing. */
export const addArrays = (a: ReadonlyArray<number>, b: ReadonlyArray<number>): ReadonlyArray<number> =>
  a.length === 0 ? b : b.length === 0 ? a : Arr.zipWith(a, b, (x, y) => x + y)
