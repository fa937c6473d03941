import { readFileSync } from "node:fs"
import { assert } from "@effect/vitest"
import * as Option from "effect/Option"
import * as Classification from "../src/Classification.ts"
import * as Confusion from "../src/Confusion.ts"
import type { Labelling } from "../src/Labels.ts"
import { onCpu } from "./support/cpu.ts"
import { close, stateOf, type Values } from "./support/measure.ts"

type Case = Labelling & Values & { readonly kind: string; readonly want: { readonly [metric: string]: any } }
const { cases }: { readonly cases: ReadonlyArray<Case> } = JSON.parse(
  readFileSync(new URL("../fixtures/classification.json", import.meta.url), "utf8")
)

/** Every value a metric has in a case: by average, or one. */
const metricsOf = (labelling: any, name: string): ((average: string | undefined) => any) | undefined => {
  const { precision, recall, f1, jaccard, specificity, accuracy } = Classification
  const counted = ({ precision, recall, f1, jaccard, specificity, accuracy } as Record<string, (options: any) => any>)[
    name
  ]
  const rows: { readonly [name: string]: (average: string | undefined) => any } = {
    f2: (average) => Classification.fBeta({ ...labelling, beta: 2, ...(average === undefined ? {} : { average }) }),
    "precision one": (average) =>
      Classification.precision({ ...labelling, average: average as never, zeroDivision: 1 }),
    "precision nan": (average) =>
      Classification.precision({ ...labelling, average: average as never, zeroDivision: Number.NaN }),
    matthews: () => Confusion.matthews(labelling),
    kappa: () => Confusion.kappa(labelling),
    "kappa linear": () => Confusion.kappa({ ...labelling, distance: "linear" }),
    "kappa quadratic": () => Confusion.kappa({ ...labelling, distance: "quadratic" }),
    confusion: (normalize) => Confusion.confusionMatrix({ ...labelling, normalize: normalize as never }),
    "top-2 accuracy": () => Classification.topKAccuracy({ ...labelling, topK: 2 }),
    "top-2 precision": () => Classification.precision({ ...labelling, topK: 2, average: "micro" }),
    "top-2 none": () => Classification.precision({ ...labelling, topK: 2, average: "none" }),
    "exact match": () => Classification.exactMatch(labelling)
  }
  return (
    rows[name] ?? (counted && ((average) => counted({ ...labelling, ...(average === undefined ? {} : { average }) })))
  )
}

onCpu("reference values", (it) => {
  for (const task of ["binary", "multiclass", "multilabel"]) {
    it(`${task}: counts agree with scikit-learn and torchmetrics`, () => {
      let compared = 0
      const wrong: Array<string> = []
      cases
        .filter((one) => one.task === task)
        .forEach(({ kind, want, outputs, targets, weights, mask, ...labelling }, at) => {
          const values = {
            outputs,
            targets,
            ...(weights === undefined ? {} : { weights }),
            ...(mask === undefined ? {} : { mask })
          }
          const { torchmetrics = {}, ...others } = want
          const states = new Map<unknown, unknown>()
          for (const wanted of [others, torchmetrics]) {
            for (const name in wanted) {
              const make = metricsOf(labelling, name)!
              const rows = typeof wanted[name] === "object" && !Array.isArray(wanted[name]) && wanted[name] !== null
              for (const average of rows ? Object.keys(wanted[name]) : [undefined]) {
                const expected = average === undefined ? wanted[name] : wanted[name][average]
                const metric = make(average)
                if (!states.has(metric.measure)) states.set(metric.measure, stateOf(metric, values))
                const found = Option.getOrNull(metric.result(states.get(metric.measure)))
                const nan = (value: any): any =>
                  Array.isArray(value) ? value.map(nan) : Number.isNaN(value) ? null : value
                compared++
                if (!close(nan(found), expected))
                  wrong.push(`case ${at} (${kind}): ${name} ${average ?? ""} is ${found}, not ${expected}`)
              }
            }
          }
        })
      assert.deepStrictEqual(wrong.slice(0, 20), [])
      assert.isAbove(compared, 500)
    })
  }
})
