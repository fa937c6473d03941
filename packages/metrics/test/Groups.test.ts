import { assert, it } from "@effect/vitest"
import type { Metric } from "@etude/core/Metric"
import * as Option from "effect/Option"
import * as Best from "../src/Best.ts"
import * as Classification from "../src/Classification.ts"
import * as ClassificationReport from "../src/ClassificationReport.ts"
import { classwise, groups } from "../src/Groups.ts"
import { onCpu } from "./support/cpu.ts"
import { resultOf } from "./support/measure.ts"

const two = { task: "multiclass", classes: 2, from: "labels" } as const
const batch = { outputs: [0, 0, 1, 1, 1], targets: [0, 1, 1, 1, 0] }

onCpu("metrics by class and by group", (it) => {
  it("each class is a metric of its own, with shared statistics", () => {
    const recall = Classification.recall({ ...two, average: "none" })
    const metrics = classwise(recall, ["cat", "dog"])
    assert.deepStrictEqual(Object.keys(metrics), ["recall/cat", "recall/dog"])
    assert.strictEqual(resultOf(metrics["recall/cat"]!, batch), 1 / 2)
    assert.strictEqual(resultOf(metrics["recall/dog"]!, batch), 2 / 3)
    assert.strictEqual(metrics["recall/cat"]!.measure, metrics["recall/dog"]!.measure)
  })

  it("a class whose value is NaN has no result", () => {
    const metrics = classwise(Classification.recall({ ...two, average: "none", zeroDivision: Number.NaN }), [
      "cat",
      "dog"
    ])
    assert.isUndefined(resultOf(metrics["recall/dog"]!, { outputs: [0, 1], targets: [0, 0] }))
  })

  it("each group is measured on its own samples, and metrics that share statistics still do", () => {
    const byTarget = groups({ names: ["zeros", "ones", "twos"], of: ({ targets }) => targets })
    const metrics: Readonly<Record<string, Metric<any, any, any, number>>> = {
      ...byTarget(Classification.accuracy(two)),
      ...byTarget(Classification.precision(two))
    }
    assert.strictEqual(resultOf(metrics["accuracy/zeros"]!, batch), 1 / 2)
    assert.strictEqual(resultOf(metrics["accuracy/ones"]!, { ...batch, weights: [1, 2, 1, 1, 1] }), 1 / 2)
    assert.isUndefined(resultOf(metrics["accuracy/twos"]!, batch))
    assert.strictEqual(metrics["accuracy/ones"]!.measure, metrics["precision/ones"]!.measure)
    assert.notStrictEqual(metrics["accuracy/ones"]!.measure, metrics["accuracy/zeros"]!.measure)
  })

  it("the report is that of scikit-learn, as text", () => {
    const report = resultOf(ClassificationReport.make({ ...two, names: ["cat", "dog"] }), batch)!
    assert.strictEqual(
      ClassificationReport.format(report),
      [
        "                  precision  recall    f1  support",
        "cat                    0.50    0.50  0.50        2",
        "dog                    0.67    0.67  0.67        3",
        "accuracy                             0.60        5",
        "macro average          0.58    0.58  0.58        5",
        "weighted average       0.60    0.60  0.60        5"
      ].join("\n")
    )
  })
})

it("the best of a history is its best value, the earlier of equal ones, and never NaN", () => {
  assert.deepStrictEqual(Best.fold("higher", [0.5, 0.9, Number.NaN, 0.9]), Option.some({ value: 0.9, at: 1 }))
  assert.deepStrictEqual(Best.fold("lower", [0.5, 0.4, 0.4, 0.7]), Option.some({ value: 0.4, at: 1 }))
  assert.deepStrictEqual(Best.fold("lower", [Number.NaN]), Option.none())
})

it("bests of parts combine in any grouping and order", () => {
  const parts = [0.5, 0.4, Number.NaN, 0.4, 0.7].map(Best.of)
  const best = Best.combine("lower")
  const forwards = parts.reduce(best, Best.empty)
  assert.deepStrictEqual(
    parts.reduceRight((a, b) => best(a, b), Best.empty),
    forwards
  )
  assert.deepStrictEqual(best(best(parts[0]!, parts[1]!), best(parts[3]!, parts[4]!)), forwards)
})
