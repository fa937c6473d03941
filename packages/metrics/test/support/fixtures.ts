/** Reference values of other libraries, compared case by case. */
import { readFileSync } from "node:fs"
import { assert } from "@effect/vitest"
import type { Metric } from "@etude/core/Metric"
import * as Option from "effect/Option"
import { close, stateOf, type Values } from "./measure.ts"

export type Case = Values & { readonly kind: string; readonly want: { readonly [metric: string]: any } }

/** The cases of `fixtures/<name>.json`, beside the script that made it. */
export const read = <C extends Case>(name: string): ReadonlyArray<C> =>
  JSON.parse(readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), "utf8")).cases

const nullForNaN = (value: any): any =>
  Array.isArray(value) ? value.map(nullForNaN) : Number.isNaN(value) ? null : value

/** Compares what each case wants; `null` is no result (or NaN). Metrics that share statistics are measured once. */
export const compare = (
  cases: ReadonlyArray<Case>,
  metricOf: (want: string, one: any) => Metric<any, any, any, any>,
  options: { readonly targets: "int32" | "float32"; readonly relative?: number; readonly absolute?: number }
): void => {
  let compared = 0
  const wrong: Array<string> = []
  cases.forEach((one, at) => {
    const known: Array<{ readonly metric: Metric<any, any, any, any>; readonly state: unknown }> = []
    const values: Values = {
      outputs: one.outputs,
      targets: one.targets,
      ...(one.weights === undefined ? {} : { weights: one.weights }),
      ...(one.mask === undefined ? {} : { mask: one.mask })
    }
    for (const name in one.want) {
      const metric = metricOf(name, one)
      const like = known.find((one) => one.metric.measure === metric.measure && one.metric.ofBatch === metric.ofBatch)
      const { state } = like ?? { state: stateOf(metric, values, options.targets) }
      if (like === undefined) known.push({ metric, state })
      const found = nullForNaN(Option.getOrNull(metric.result(state)))
      compared++
      if (!close(found, one.want[name], options.relative, options.absolute))
        wrong.push(`case ${at} (${one.kind}): ${name} is ${found}, not ${one.want[name]}`)
    }
  })
  assert.deepStrictEqual(wrong.slice(0, 30), [])
  assert.isAbove(compared, cases.length)
}
