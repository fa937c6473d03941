/** Every metric that the package exports has reference values, the law, and its place in the documents. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { HostValues } from "@etude/core/Loss"
import * as tf from "@tensorflow/tfjs-core"
import * as Aggregation from "../src/Aggregation.ts"
import * as Classification from "../src/Classification.ts"
import * as ClassificationReport from "../src/ClassificationReport.ts"
import * as Confusion from "../src/Confusion.ts"
import * as Probabilistic from "../src/Probabilistic.ts"
import * as Ranking from "../src/Ranking.ts"
import * as Regression from "../src/Regression.ts"
import { onCpu } from "./support/cpu.ts"
import { read } from "./support/fixtures.ts"
import { subjects } from "./support/laws.ts"

interface Entry {
  /** The export, as `Module.name`. */
  readonly name: string
  /** The names of its values in the fixtures, and in how many cases at least. */
  readonly fixture: RegExp
  readonly cases: number
  /** The name that its metrics have. */
  readonly law: RegExp
}

const entry = (name: string, fixture: RegExp, cases: number, law: RegExp): Entry => ({ name, fixture, cases, law })

const catalogue: ReadonlyArray<Entry> = [
  entry("Classification.accuracy", /^accuracy$/, 400, /^accuracy$/),
  entry("Classification.topKAccuracy", /^top-2 accuracy$/, 100, /^top-3 accuracy$/),
  entry("Classification.exactMatch", /^exact match$/, 100, /^exact match$/),
  entry("Classification.precision", /^precision$/, 500, /^precision$/),
  entry("Classification.recall", /^recall$/, 400, /^recall$/),
  entry("Classification.f1", /^f1$/, 400, /^f1$/),
  entry("Classification.fBeta", /^f2$/, 300, /^f2$/),
  entry("Classification.specificity", /^specificity$/, 300, /^specificity$/),
  entry("Classification.jaccard", /^jaccard$/, 400, /^jaccard$/),
  entry("Confusion.confusionMatrix", /^confusion$/, 400, /^confusion matrix$/),
  entry("Confusion.matthews", /^matthews$/, 400, /^matthews$/),
  entry("Confusion.kappa", /^kappa( linear| quadratic)?$/, 600, /^kappa$/),
  entry("Ranking.areaUnderRoc", /^AUROC/, 500, /^AUROC$/),
  entry("Ranking.averagePrecision", /^AP/, 500, /^average precision$/),
  entry("Ranking.rocCurve", /^ROC/, 150, /^ROC curve$/),
  entry("Ranking.precisionRecallCurve", /^PR/, 150, /^precision-recall curve$/),
  entry("Probabilistic.logLoss", /^log loss$/, 300, /^log loss$/),
  entry("Probabilistic.perplexity", /^perplexity$/, 150, /^perplexity$/),
  entry("Probabilistic.brier", /^Brier$/, 300, /^Brier score$/),
  entry("Probabilistic.expectedCalibrationError", /^ECE/, 300, /^ECE$/),
  entry("Probabilistic.maximumCalibrationError", /^MCE$/, 300, /^MCE$/),
  entry("Probabilistic.reliability", /^reliability$/, 5, /^reliability$/),
  entry("Regression.meanAbsoluteError", /^MAE$/, 200, /^MAE$/),
  entry("Regression.meanSquaredError", /^MSE$/, 200, /^MSE$/),
  entry("Regression.rootMeanSquaredError", /^RMSE$/, 200, /^RMSE$/),
  entry("Regression.meanAbsolutePercentageError", /^MAPE$/, 100, /^MAPE$/),
  entry("Regression.symmetricMeanAbsolutePercentageError", /^SMAPE$/, 100, /^SMAPE$/),
  entry("Regression.r2", /^R2( none)?$/, 200, /^R²$/),
  entry("Regression.explainedVariance", /^explained variance$/, 200, /^explained variance$/),
  entry("Regression.pearson", /^Pearson$/, 200, /^Pearson$/),
  entry("Regression.spearman", /^Spearman$/, 100, /^Spearman$/),
  entry("Regression.cosineSimilarity", /^cosine$/, 20, /^cosine similarity$/),
  entry(
    "Aggregation.aggregates",
    /^(mean|sum|min|max|variance|standardDeviation)$/,
    1200,
    /^(mean|sum of|variance of) output$/
  ),
  entry("Aggregation.runningMean", /^runningMean$/, 100, /^mean output of the last 7$/),
  entry("Aggregation.exponentialMean", /^exponentialMean$/, 100, /^exponential mean output$/),
  entry("ClassificationReport.make", /^report$/, 200, /^classification report$/),
  entry("classwise", /^class \d+$/, 100, /^precision\/a$/),
  entry("groups", /^group \d+$/, 100, /^f1\/one$/)
]

const modules = { Aggregation, Classification, Confusion, Probabilistic, Ranking, Regression, ClassificationReport }
/** What these modules export beside metrics: values, states, and what reads them. */
const others = /^([A-Z]|statistics$|rows$|normalized$|format$)/

const source = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8")
const readme = source("../README.md")

describe("the catalogue", () => {
  it("holds every metric that is exported", () => {
    const exported = Object.entries(modules).flatMap(([module, values]) =>
      Object.keys(values)
        .filter((name) => !others.test(name))
        .map((name) => `${module}.${name}`)
    )
    const listed = catalogue.map(({ name }) => name).filter((name) => name.includes("."))
    assert.deepStrictEqual(exported.toSorted(), listed.toSorted())
  })

  it("has reference values of other libraries for each, over many cases", () => {
    const wants = ["classification", "probabilistic", "regression"].flatMap((name) =>
      read(name).flatMap(({ want }) => Object.keys(want))
    )
    assert.deepStrictEqual(
      catalogue.flatMap(({ name, fixture, cases }) => {
        const found = wants.filter((want) => fixture.test(want)).length
        return found >= cases ? [] : [`${name}: ${found} cases, not ${cases}`]
      }),
      []
    )
  })

  it("has the law for each", () => {
    const names = subjects().map(({ metric }) => metric.name)
    assert.deepStrictEqual(
      catalogue.filter(({ law }) => !names.some((name) => law.test(name))).map(({ name }) => name),
      []
    )
  })

  it("has a docstring and a place in the README for each", () => {
    assert.deepStrictEqual(
      catalogue.flatMap(({ name }) => {
        const [module, own] = name.includes(".") ? (name.split(".") as [string, string]) : ["Groups", name]
        const files = [`../src/${module}.ts`, ...(own === "spearman" ? ["../src/Spearman.ts"] : [])]
        const isDocumented = files.some((file) => source(file).includes(` */\nexport const ${own}`))
        return isDocumented && readme.includes(`\`${own}\``) ? [] : [name]
      }),
      []
    )
  })
})

/** Samples as a batch of tensors. */
const batchOf = (samples: ReturnType<typeof subjects>[number]["samples"]) =>
  Object.fromEntries(
    Object.entries(samples as unknown as Record<string, HostValues>).map(([name, { values, shape }]) => [
      name,
      tf.tensor(values as Float32Array, [...shape], values instanceof Float32Array ? "float32" : "int32")
    ])
  )

onCpu("measuring", (it) => {
  it("reads no value from the device, so that a step can be recorded, and gives tensors of its own", () => {
    const { dataSync, data } = tf.Tensor.prototype
    for (const { name, metric, samples } of subjects()) {
      tf.tidy(() => {
        const scored = batchOf(samples)
        tf.Tensor.prototype.dataSync = tf.Tensor.prototype.data = () => {
          throw new Error(`${name} reads values while it is measured`)
        }
        try {
          const tensors = Object.values(metric.measure(scored as never))
          assert.isAbove(tensors.length, 0)
          // Whoever reads them disposes each.
          const all = [...tensors, ...Object.values(scored)]
          assert.strictEqual(new Set(all).size, all.length, name)
        } finally {
          Object.assign(tf.Tensor.prototype, { dataSync, data })
        }
      })
    }
  })
})
