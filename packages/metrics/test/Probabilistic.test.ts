import { assert } from "@effect/vitest"
import type { Metric } from "@etude/core/Metric"
import * as Option from "effect/Option"
import * as Probabilistic from "../src/Probabilistic.ts"
import * as Ranking from "../src/Ranking.ts"
import { onCpu } from "./support/cpu.ts"
import { type Case, read as casesOf, compare } from "./support/fixtures.ts"
import { resultOf } from "./support/measure.ts"

/** Other values of the same state. */
const read = (metric: Metric<any, any, any, any>, of: (value: any) => unknown): Metric<any, any> => ({
  ...metric,
  result: (state) => Option.map(metric.result(state), of)
})

/** Of bins that hold anything: what was right, and what was said. */
const reliabilityOf = (options: any): Metric<any, any> =>
  read(Probabilistic.reliability(options), (bins: ReadonlyArray<Probabilistic.ReliabilityBin>) => {
    const full = bins.filter(({ weight }) => weight > 0)
    return [full.map(({ accuracy }) => accuracy), full.map(({ confidence }) => confidence)]
  })

/** A curve as two lists: the only one, those of all classes, or the only one of some bins, without the first point then. */
const curveOf = (isRoc: boolean, options: any, which: "one" | "all" | number): Metric<any, any> => {
  const begin = typeof which === "number" ? 1 : 0
  const all = typeof which === "number" ? { ...options, bins: which } : options
  const lists = isRoc
    ? (curve: any) => [curve.falsePositiveRate, curve.truePositiveRate]
    : (curve: any) => [curve.precision, curve.recall]
  return read(isRoc ? Ranking.rocCurve(all) : Ranking.precisionRecallCurve(all), (curves: ReadonlyArray<any>) => {
    const each = curves.map((curve) => lists(curve).map((list) => list.slice(begin)))
    return which === "all" ? each : each[0]
  })
}

const metricOf = (
  want: string,
  { kind: _, want: __, outputs, targets, weights, mask, ...options }: any
): Metric<any, any> => {
  const [name, kind, bins] = want.split(" ")
  if (name === "AUROC" || name === "AP") {
    const make = name === "AUROC" ? Ranking.areaUnderRoc : Ranking.averagePrecision
    const more = bins === "bins" ? { bins: Number(kind) } : kind === undefined ? {} : { average: kind as "none" }
    return make({ ...options, ...more })
  }
  if (name === "log") return Probabilistic.logLoss(options)
  if (name === "perplexity") return Probabilistic.perplexity(options)
  if (name === "Brier") return Probabilistic.brier(options)
  if (name === "ECE") return Probabilistic.expectedCalibrationError(options)
  if (name === "MCE") return Probabilistic.maximumCalibrationError(options)
  if (name === "reliability") return reliabilityOf(options)
  return curveOf(name === "ROC", options, kind === "none" ? "all" : bins === "bins" ? Number(kind) : "one")
}

onCpu("curves, calibration and losses", (it) => {
  for (const task of ["binary", "multiclass", "multilabel"]) {
    it(`of ${task} tasks agree with scikit-learn and torchmetrics`, () => {
      const cases = casesOf<Case & { readonly task: string }>("probabilistic").filter((one) => one.task === task)
      // Probabilities and their logarithms are float32 in the step.
      compare(cases, metricOf, { targets: "int32", relative: 2e-6, absolute: 2e-7 })
    })
  }
})

onCpu("by hand", (it) => {
  it("two of three pairs in the right order are an AUROC of 2/3, and a tie counts half", () => {
    const auroc = Ranking.areaUnderRoc({ task: "binary" })
    assert.strictEqual(resultOf(auroc, { outputs: [3, 2, 1, 0], targets: [1, 0, 1, 1] }), 1 / 3)
    assert.strictEqual(resultOf(auroc, { outputs: [1, 1], targets: [1, 0] }), 0.5)
  })

  it("logits that a sigmoid would make equal are ranked", () => {
    const far = { outputs: [50, 60], targets: [0, 1] }
    assert.strictEqual(resultOf(Ranking.areaUnderRoc({ task: "binary" }), far), 1)
    assert.strictEqual(resultOf(Ranking.areaUnderRoc({ task: "binary", bins: 10 }), far), 0.5)
  })

  it("one class alone has no AUROC, and a NaN score makes it NaN", () => {
    for (const options of [{ task: "binary" }, { task: "binary", bins: 5 }] as const) {
      const auroc = Ranking.areaUnderRoc(options)
      assert.isUndefined(resultOf(auroc, { outputs: [1, 2], targets: [1, 1] }))
      assert.isNaN(resultOf(auroc, { outputs: [1, Number.NaN], targets: [1, 0] }))
      assert.strictEqual(resultOf(auroc, { outputs: [1, Number.NaN, -1], targets: [1, 0, 0], mask: [1, 0, 1] }), 1)
    }
  })

  it("log loss is finite for any finite logit", () => {
    const loss = Probabilistic.logLoss({ task: "multiclass", classes: 2 })
    assert.strictEqual(resultOf(loss, { outputs: [[1000, 0]], targets: [1] }), 1000)
    assert.strictEqual(resultOf(Probabilistic.logLoss({ task: "binary" }), { outputs: [-1000], targets: [1] }), 1000)
  })

  it("perplexity leaves padding out and is that of all tokens together", () => {
    const outputs = [
      [
        [0, 0],
        [0, 0]
      ],
      [
        [0, 0],
        [Number.NaN, Number.NaN]
      ]
    ]
    const metric = Probabilistic.perplexity({ classes: 2, ignore: -100 })
    assert.closeTo(
      resultOf(metric, {
        outputs,
        targets: [
          [0, 1],
          [1, -100]
        ]
      })!,
      2,
      1e-6
    )
  })

  it("labels that are no class are told", () => {
    for (const metric of [
      Probabilistic.logLoss({ task: "multiclass", classes: 2 }),
      Probabilistic.brier({ task: "multiclass", classes: 2 }),
      Ranking.areaUnderRoc({ task: "multiclass", classes: 2 }),
      Ranking.areaUnderRoc({ task: "multiclass", classes: 2, bins: 4 }),
      Probabilistic.expectedCalibrationError({ task: "multiclass", classes: 2 })
    ])
      assert.throws(
        () => resultOf(metric, { outputs: [[1, 0]], targets: [2] }),
        "labels that are not classes from 0 to 1"
      )
  })
})
