/** How results of metrics are shown: as numbers for tables and monitors, data for reports, figures and text. */
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type { MetricFigure } from "./Figure.ts"
import type { Metric } from "./Metric.ts"

/** Whether monitors and tables know a metric: it has a number, or nothing else to show. */
export const isNumeric = ({ toNumber, toJson }: Metric<any, any, any, any>): boolean =>
  toNumber !== undefined || toJson === undefined

type Named = { readonly [name: string]: Metric<any, any, any, any> }
/** The results of a pass: an `Option` of each metric's value. */
type Results = { readonly [name: string]: unknown }

/** Shows each defined result in one of the forms that its metric has. */
const shown = <A>(metrics: Named, results: Results, show: (metric: Named[string]) => ((value: any) => A) | undefined) =>
  Object.entries(metrics).flatMap(([name, metric]) => {
    const result = results[name] as Option.Option<unknown> | undefined
    const showResult = show(metric)
    return showResult === undefined || result === undefined || Option.isNone(result)
      ? []
      : [[name, showResult(result.value)] as const]
  })

/** JSON has no words for NaN and infinities: they are strings, as in events. */
const spelled = (json: Schema.Json): Schema.Json => {
  if (typeof json === "number") return Number.isFinite(json) ? json : String(json)
  if (Array.isArray(json)) return json.map(spelled)
  if (typeof json !== "object" || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, spelled(value)]))
}

/** The results of metrics that are more than a number, as plain data by name; NaN and infinities are strings in it. */
export const jsonOf = (metrics: Named, results: Results): { readonly [name: string]: Schema.Json } =>
  Object.fromEntries(
    shown(metrics, results, (metric) => metric.toJson?.bind(metric)).map(([name, json]) => [name, spelled(json)])
  )

/** The figures of metrics that have one, in the metrics' order. */
export const figuresOf = (metrics: Named, results: Results): ReadonlyArray<MetricFigure> =>
  shown(metrics, results, (metric) => metric.toFigure?.bind(metric)).map(([metric, figure]) => ({ metric, ...figure }))

/** The results of metrics that have a text, by name, for a terminal of that many columns. */
export const textsOf = (
  metrics: Named,
  results: Results,
  columns: number
): ReadonlyArray<readonly [name: string, text: string]> =>
  shown(metrics, results, (metric) => {
    const { toText } = metric
    return toText && ((value) => toText.call(metric, value, columns))
  })

/** The number that a table or a monitor shows: NaN where there is no result yet or the result is no number. */
export const numberOf = <State, Value>(metric: Metric<any, any, State, Value>, state: State): number =>
  Option.match(metric.result(state), {
    onNone: () => Number.NaN,
    onSome: (value) => metric.toNumber?.(value) ?? (typeof value === "number" ? value : Number.NaN)
  })
