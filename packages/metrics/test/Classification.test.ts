import { assert } from "@effect/vitest"
import type { Metric } from "@etude/core/Metric"
import * as Option from "effect/Option"
import * as Classification from "../src/Classification.ts"
import * as ClassificationReport from "../src/ClassificationReport.ts"
import * as Confusion from "../src/Confusion.ts"
import { classwise, groups } from "../src/Groups.ts"
import { onCpu } from "./support/cpu.ts"
import { type Case, compare, read } from "./support/fixtures.ts"
import { resultOf } from "./support/measure.ts"

/** Rows of a report as scikit-learn lists them. */
const reportPart = (labelling: any, part: string): Metric<any, any, any, any> => {
  const report = ClassificationReport.make(labelling)
  const row = ({ precision, recall, f1, support }: ClassificationReport.Row) => [precision, recall, f1, support]
  return {
    ...report,
    result: (state) =>
      Option.map(report.result(state), ({ classes, ...averages }) => {
        if (part === "classes") return classes.map(row)
        const one = averages[part as keyof typeof averages]
        return typeof one === "number" ? one : row(one!)
      })
  }
}

/** Every value a metric has in a case: by average, or one. */
const metricsOf = (labelling: any, name: string): ((average: string | undefined) => any) => {
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
    "exact match": () => Classification.exactMatch(labelling),
    report: (part) => reportPart(labelling, part!)
  }
  return rows[name] ?? ((average) => counted!({ ...labelling, ...(average === undefined ? {} : { average }) }))
}

const metricOf = (labelling: any, want: string) => {
  const [, wrapper, at] = /^(group|class) (\d+)$/.exec(want) ?? []
  const names = Array.from({ length: labelling.classes ?? 0 }, (_, k) => String(k))
  if (wrapper === "group")
    return groups({ names, of: ({ targets }) => targets })(Classification.f1(labelling))[`f1/${at!}`]!
  if (wrapper === "class")
    return classwise(Classification.recall({ ...labelling, average: "none" }), names)[`recall/${at!}`]!
  const [name, average] = want.split(": ")
  return metricsOf(labelling, name!)(average)
}

/** A case whose wants are named `metric: average`, without levels. */
const flat = ({ kind, want, outputs, targets, weights, mask, ...labelling }: Case): Case & { labelling: unknown } => {
  const rows = ([name, value]: [string, any]): ReadonlyArray<readonly [string, unknown]> =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.entries(value).map(([average, expected]) => [`${name}: ${average}`, expected])
      : [[name, value]]
  const { torchmetrics = {}, ...others } = want
  const wants = [...Object.entries(others), ...Object.entries(torchmetrics)].flatMap(rows as never)
  const batch = {
    outputs,
    targets,
    ...(weights === undefined ? {} : { weights }),
    ...(mask === undefined ? {} : { mask })
  }
  return { kind, ...batch, want: Object.fromEntries(wants as never), labelling }
}

onCpu("counts", (it) => {
  for (const task of ["binary", "multiclass", "multilabel"]) {
    it(`of ${task} tasks agree with scikit-learn and torchmetrics`, () => {
      const cases = read<Case & { readonly task: string }>("classification").filter((one) => one.task === task)
      compare(cases.map(flat), (name, one) => metricOf(one.labelling, name), { targets: "int32" })
    })
  }

  const three = { task: "multiclass", classes: 3 } as const

  it("labels that are no class are told, unless they are ignored or masked", () => {
    const wrong = {
      outputs: [
        [1, 0, 0],
        [0, 1, 0]
      ],
      targets: [0, 7]
    }
    assert.throws(
      () => resultOf(Classification.precision(three), wrong),
      "a metric of counts found labels that are not classes from 0 to 2, on elements of weight 1. Exclude the label " +
        "with `ignore`, or mask those elements."
    )
    assert.strictEqual(resultOf(Classification.accuracy({ ...three, ignore: 7 }), wrong), 1)
    assert.strictEqual(resultOf(Classification.accuracy(three), { ...wrong, mask: [1, 0] }), 1)
  })

  it("one-hot targets count as their class, and sequences element by element", () => {
    const outputs = [
      [
        [1, 0, 0],
        [0, 1, 0]
      ],
      [
        [0, 0, 1],
        [0, 0, 1]
      ]
    ]
    const labels = {
      outputs,
      targets: [
        [0, 0],
        [2, 1]
      ],
      mask: [
        [1, 1],
        [1, 0]
      ]
    }
    assert.strictEqual(resultOf(Classification.accuracy(three), labels), 2 / 3)
    const oneHot = {
      outputs: outputs[0]!,
      targets: [
        [1, 0, 0],
        [0, 0, 1]
      ]
    }
    assert.strictEqual(resultOf(Classification.accuracy(three), oneHot), 0.5)
  })

  it("all that is wrong with options is told at once", () => {
    assert.throws(
      () => Classification.f1({ task: "multiclass", classes: 1, topK: 2, from: "labels" }),
      "f1 can't be made: classes is 1, expected a whole number of at least 2; topK is 2, expected a whole number from 1 to " +
        "classes; topK needs logits or probabilities, and outputs are labels."
    )
  })

  it("metrics of one task have the same statistics, those of another labelling have not", () => {
    const [precision, recall] = [Classification.precision(three), Classification.recall({ ...three, average: "micro" })]
    assert.strictEqual(precision.measure, recall.measure)
    assert.notStrictEqual(precision.measure, Classification.recall({ ...three, topK: 2 }).measure)
  })

  it("NaN outputs are among the best of nothing: there is no prediction, and the result is NaN", () => {
    const broken = { outputs: [[Number.NaN, Number.NaN, Number.NaN]], targets: [0] }
    assert.isNaN(resultOf(Classification.topKAccuracy({ ...three, topK: 2 }), broken))
  })
})
