/** What float32, NaN, padding and odd dtypes must not change: on every backend, for every metric. */
import { assert, describe, it } from "@effect/vitest"
import { LabelOutOfRange } from "@etude/core/Errors"
import type { Metric } from "@etude/core/Metric"
import * as CoreMetric from "@etude/core/Metric"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Aggregation from "../src/Aggregation.ts"
import * as Classification from "../src/Classification.ts"
import * as ClassificationReport from "../src/ClassificationReport.ts"
import * as Confusion from "../src/Confusion.ts"
import * as Evaluate from "../src/Evaluate.ts"
import { logOdds } from "../src/internal/logOdds.ts"
import * as Probabilistic from "../src/Probabilistic.ts"
import * as Ranking from "../src/Ranking.ts"
import * as Regression from "../src/Regression.ts"
import { onEachBackend } from "./support/backends.ts"
import { type Case, compare, read } from "./support/fixtures.ts"
import { close } from "./support/measure.ts"

type AnyMetric = Metric<any, any, any, any>
type Batch = { readonly [name in "outputs" | "targets" | "weights" | "mask"]?: tf.Tensor }

/** The result of a batch, or NaN where there is none; a curve or matrix as numbers. */
const valueOf = (metric: AnyMetric, batch: Batch): unknown =>
  Option.getOrElse(Evaluate.evaluate(metric, batch as never), () => Number.NaN)

const binary = { task: "binary" } as const
const three = { task: "multiclass", classes: 3 } as const
const pair = { task: "multilabel", labels: 2 } as const

/** Every metric of a task with classes. */
const metricsOf = (task: typeof binary | typeof three | typeof pair): { readonly [name: string]: AnyMetric } => ({
  accuracy: Classification.accuracy(task),
  precision: Classification.precision(task),
  recall: Classification.recall({ ...task, average: "none" }),
  specificity: Classification.specificity(task),
  jaccard: Classification.jaccard(task),
  f1: Classification.f1(task),
  matrix: Confusion.confusionMatrix(task as typeof three),
  matthews: Confusion.matthews(task),
  kappa: Confusion.kappa(task),
  AUROC: Ranking.areaUnderRoc(task),
  "AUROC of 9 bins": Ranking.areaUnderRoc({ ...task, bins: 9 }),
  AP: Ranking.averagePrecision({ ...task, average: "none" }),
  ROC: Ranking.rocCurve(task),
  "precision and recall": Ranking.precisionRecallCurve(task),
  "log loss": Probabilistic.logLoss(task),
  Brier: Probabilistic.brier(task),
  ECE: Probabilistic.expectedCalibrationError(task),
  MCE: Probabilistic.maximumCalibrationError(task),
  reliability: Probabilistic.reliability(task),
  ...(task.task === "binary" ? {} : { report: ClassificationReport.make(task) }),
  ...(task.task === "multilabel" ? { "exact match": Classification.exactMatch(task) } : {}),
  ...(task.task === "multiclass"
    ? {
        "core's accuracy": CoreMetric.accuracy,
        "f1 of the best two": Classification.f1({ ...task, topK: 2 }),
        "top-2 accuracy": Classification.topKAccuracy({ ...task, topK: 2 }),
        perplexity: Probabilistic.perplexity({ classes: 3 })
      }
    : {})
})

const n = 12
const logits = (name: string, columns: number) => Rng.normals(Rng.named(Rng.key(5), name), n * columns, 0, 2)
const tasks = [
  { task: binary, shape: [n], outputs: logits("binary", 1), targets: [0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0], wrong: 2 },
  {
    task: three,
    shape: [n],
    outputs: logits("three", 3),
    targets: [0, 1, 2, 0, 1, 2, 2, 1, 0, 1, 0, 2],
    wrong: 3
  },
  {
    task: pair,
    shape: [n, 2],
    outputs: logits("pair", 2),
    targets: Array.from({ length: 2 * n }, (_, at) => ((at * 7) % 3 === 0 ? 1 : 0)),
    wrong: 2
  }
]
const outputShape = ({ task, shape }: (typeof tasks)[number]) => (task.task === "multiclass" ? [n, 3] : shape)

onEachBackend((it) => {
  describe("many elements", () => {
    it("sums of a million values keep 1e-6, in one batch or in several, and equal values their mean", () => {
      const size = 1_000_000
      const near = Float32Array.from({ length: size }, (_, at) => 1000 + ((at * 7919) % 4099) / 37)
      const tenths = new Float32Array(size).fill(0.1)
      for (const values of [near, tenths]) {
        const sum = values.reduce((all, value) => all + value, 0)
        const squares = values.reduce((all, value) => all + value * value, 0)
        const batchOf = (from: number, to: number): Batch => ({
          outputs: tf.tensor1d(values.subarray(from, to)),
          targets: tf.zeros([to - from])
        })
        const mean = Aggregation.aggregates({ name: "output", of: ({ outputs }) => outputs })
        const expected: ReadonlyArray<readonly [AnyMetric, number]> = [
          [Regression.meanAbsoluteError, sum / size],
          [Regression.meanSquaredError, squares / size],
          [CoreMetric.mean({ name: "m", better: "lower", values: (outputs: tf.Tensor) => outputs }), sum / size],
          [mean.sum, sum],
          [mean.mean, sum / size]
        ]
        for (const parts of [[size], [20_000, 700_001, size]]) {
          for (const [metric, value] of expected) {
            const state = parts.reduce(
              (earlier, to, part) =>
                tf.tidy(() =>
                  metric.combine(earlier, Evaluate.stateOf(metric, batchOf(parts[part - 1] ?? 0, to) as never))
                ),
              metric.empty
            )
            assert.closeTo(Option.getOrThrow(metric.result(state)) / value, 1, 2e-7, metric.name)
          }
        }
      }
    })
  })

  describe("labels of any dtype", () => {
    for (const one of tasks) {
      const { task, outputs, targets, shape } = one
      it(`of a ${task.task} task give the same: int32, float32, bool where they are yes or no, one-hot`, () =>
        tf.tidy(() => {
          const batch = { outputs: tf.tensor(outputs, outputShape(one)) }
          const metrics = metricsOf(task)
          const kinds: Array<tf.Tensor> = [tf.tensor(targets, shape, "float32")]
          if (task.task !== "multiclass") kinds.push(tf.tensor(targets.map(Boolean), shape, "bool"))
          else
            for (const dtype of ["float32", "int32", "bool"] as const)
              kinds.push(tf.cast(tf.oneHot(tf.tensor1d(targets, "int32"), 3), dtype))
          for (const name in metrics) {
            const whole = valueOf(metrics[name]!, { ...batch, targets: tf.tensor(targets, shape, "int32") })
            for (const kind of kinds)
              assert.deepStrictEqual(
                valueOf(metrics[name]!, { ...batch, targets: kind }),
                whole,
                `${name}, ${kind.dtype}`
              )
          }
        }))
    }
  })

  describe("labels that are no label", () => {
    for (const one of tasks) {
      const { task, outputs, targets, shape, wrong } = one
      it(`of a ${task.task} task are refused by every metric, unless they are masked or weigh nothing`, () =>
        tf.tidy(() => {
          const metrics = metricsOf(task)
          const scores = tf.tensor(outputs, outputShape(one))
          const mask = Array.from({ length: n }, (_, at) => Number(at !== 4))
          const without = (values: ReadonlyArray<number>, rows: number) =>
            values.filter((_, at) => Math.floor(at / (values.length / rows)) !== 4)
          const columns = outputs.length / n
          const rest = {
            outputs: tf.tensor(without([...outputs], n), [n - 1, ...outputShape(one).slice(1)]),
            targets: tf.tensor(without(targets, n), [n - 1, ...shape.slice(1)])
          }
          for (const bad of [Number.NaN, 0.4, 1.5, -1, wrong, 1e9, Number.POSITIVE_INFINITY]) {
            const labels = [...targets]
            labels[task.task === "multilabel" ? 2 * 4 : 4] = bad
            const broken = { outputs: scores, targets: tf.tensor(labels, shape, "float32") }
            for (const name in metrics) {
              const measure = () => valueOf(metrics[name]!, broken)
              assert.throws(measure, /found labels that are not .*, on elements of weight 1\./, `${name} of ${bad}`)
              try {
                measure()
              } catch (error) {
                assert.instanceOf(error, LabelOutOfRange)
              }
              const expected = valueOf(metrics[name]!, rest)
              for (const [how, given] of [
                ["mask", { mask: tf.tensor1d(mask) }],
                ["bool mask", { mask: tf.tensor1d(mask, "bool") }],
                ["weights", { weights: tf.tensor1d(mask) }]
              ] as const)
                assert.deepStrictEqual(valueOf(metrics[name]!, { ...broken, ...given }), expected, `${name}, ${how}`)
            }
          }
          assert.strictEqual(columns * n, outputs.length)
        }))
    }

    it("one-hot rows without a class, or with a NaN, are refused", () =>
      tf.tidy(() => {
        for (const row of [
          [0, 0, 0],
          [Number.NaN, 1, 0],
          [0, 1, Number.NaN]
        ]) {
          const batch = { outputs: tf.tensor2d([[1, 2, 3]]), targets: tf.tensor2d([row]) }
          for (const [name, metric] of Object.entries(metricsOf(three)))
            assert.throws(() => valueOf(metric, batch), /found labels that are not/, `${name} of ${row}`)
        }
      }))
  })

  describe("outputs that predict nothing", () => {
    for (const one of tasks) {
      const { task, outputs, targets, shape } = one
      it(`of a ${task.task} task, with a NaN anywhere in a row, make every result NaN or none, and no class`, () =>
        tf.tidy(() => {
          const columns = outputs.length / n
          for (let column = 0; column < columns; column++) {
            const broken = Float32Array.from(outputs)
            broken[5 * columns + column] = Number.NaN
            const batch = { outputs: tf.tensor(broken, outputShape(one)), targets: tf.tensor(targets, shape, "int32") }
            for (const [name, metric] of Object.entries(metricsOf(task))) {
              const numbers = JSON.stringify(valueOf(metric, batch), (_, value) =>
                Number.isNaN(value) ? "NaN" : value
              )
              assert.include(numbers, "NaN", name)
              if (metric.toJson === undefined) assert.notMatch(numbers, /\d/, name)
            }
          }
        }))
    }
  })

  describe("what does not count", () => {
    it("may hold anything: masked elements and samples of weight 0 change no metric of numbers", () =>
      tf.tidy(() => {
        const x = [1, Number.NaN, 3, Number.POSITIVE_INFINITY, 5, 2]
        const y = [2, 1, Number.NaN, 4, 4.5, 2.5]
        const counts = [1, 0, 0, 0, 1, 1]
        const all = { outputs: tf.tensor1d(x), targets: tf.tensor1d(y) }
        const only = { outputs: tf.tensor1d([1, 5, 2]), targets: tf.tensor1d([2, 4.5, 2.5]) }
        const aggregates = Aggregation.aggregates({ name: "x", of: ({ outputs }) => outputs })
        const metrics: ReadonlyArray<AnyMetric> = [
          Regression.meanAbsoluteError,
          Regression.meanSquaredError,
          Regression.rootMeanSquaredError,
          Regression.meanAbsolutePercentageError,
          Regression.symmetricMeanAbsolutePercentageError,
          Regression.r2(),
          Regression.explainedVariance(),
          Regression.pearson(),
          Regression.spearman,
          ...Object.values(aggregates),
          Aggregation.runningMean({ name: "x", of: ({ outputs }) => outputs, window: 3 }),
          Aggregation.exponentialMean({ name: "x", of: ({ outputs }) => outputs, decay: 0.5 }),
          CoreMetric.mean({
            name: "error",
            better: "lower",
            values: (outputs: tf.Tensor, targets: tf.Tensor) => tf.abs(tf.sub(outputs, targets))
          })
        ]
        for (const metric of metrics) {
          const expected = valueOf(metric, only)
          assert.isFalse(Number.isNaN(expected), metric.name)
          for (const given of [{ mask: tf.tensor1d(counts) }, { weights: tf.tensor1d(counts) }])
            assert.isTrue(close(valueOf(metric, { ...all, ...given }), expected, 1e-6), metric.name)
        }
      }))

    it("exact match takes a mask of labels: what it leaves out is not looked at, and samples without a label don't count", () =>
      tf.tidy(() => {
        const metric = Classification.exactMatch({ ...pair, from: "labels" })
        const batch = {
          outputs: tf.tensor2d([
            [1, 0],
            [1, 1],
            [0, 1],
            [0, 0]
          ]),
          targets: tf.tensor2d([
            [1, 1],
            [1, 1],
            [1, 1],
            [1, 1]
          ])
        }
        const mask = tf.tensor2d([
          [1, 0],
          [1, 1],
          [1, 1],
          [0, 0]
        ])
        assert.strictEqual(valueOf(metric, { ...batch, mask }), 2 / 3)
        assert.strictEqual(valueOf(metric, { ...batch, mask, weights: tf.tensor1d([2, 1, 1, 5]) }), 3 / 4)
        assert.strictEqual(valueOf(metric, { ...batch, mask: tf.tensor1d([1, 1, 0, 0]) }), 1 / 2)
        assert.strictEqual(valueOf(metric, batch), 1 / 4)
        const f1 = Classification.f1({ ...pair, from: "labels", average: "micro" })
        assert.closeTo(valueOf(f1, { ...batch, mask }) as number, 8 / 9, 1e-12)
      }))
  })

  describe("float64 where float32 fails", () => {
    it("agrees with scikit-learn and SciPy for logits of any size, infinite ones, ties, and no positives", () => {
      const numbers = (values: any): any =>
        Array.isArray(values)
          ? values.map(numbers)
          : values === "inf"
            ? Infinity
            : values === "-inf"
              ? -Infinity
              : values
      const cases = read<Case & { readonly task: string }>("extremes").map((one) => ({
        ...one,
        outputs: numbers(one.outputs)
      }))
      compare(cases, metricOf, { targets: "int32", relative: 1e-6, absolute: 3e-7 })
    })

    it("ranks classes alike in any partition, to the last bit", () => {
      const [samples, classes] = [60, 3]
      for (const scale of [20, 200]) {
        const values = Rng.uniforms(Rng.key(scale), samples * classes, -scale, scale).map(
          (value) => Math.round(value * 2) / 2
        )
        const labels = Rng.uniforms(Rng.key(scale + 1), samples, 0, classes).map(Math.floor)
        for (const metric of [
          Ranking.areaUnderRoc(three),
          Ranking.averagePrecision(three)
        ] as ReadonlyArray<AnyMetric>) {
          const stateOf = (from: number, to: number) =>
            tf.tidy(() =>
              Evaluate.stateOf(metric, {
                outputs: tf.tensor2d(values.subarray(from * classes, to * classes), [to - from, classes]),
                targets: tf.tensor1d(labels.subarray(from, to), "int32")
              } as never)
            )
          const whole = Option.getOrThrow(metric.result(stateOf(0, samples)))
          for (const parts of [
            [7, 8, 60],
            [59, 60],
            [16, 32, 48, 60]
          ]) {
            const state = parts.reduce(
              (all, to, part) => metric.combine(all, stateOf(parts[part - 1] ?? 0, to)),
              metric.empty
            )
            assert.strictEqual(Option.getOrThrow(metric.result(state)), whole)
          }
        }
      }
    })

    it("log loss is 0 for an infinite logit that is right, and infinite for one that is wrong", () =>
      tf.tidy(() => {
        const [up, down] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
        const of = (outputs: ReadonlyArray<number>, targets: ReadonlyArray<number>) =>
          valueOf(Probabilistic.logLoss(binary), {
            outputs: tf.tensor1d([...outputs]),
            targets: tf.tensor1d([...targets])
          })
        assert.deepStrictEqual([of([up, down], [1, 0]), of([up], [0]), of([down], [1])], [0, up, up])
        assert.deepStrictEqual([of([3e38, -3e38], [1, 0]), of([0, up], [1, 1])], [0, Math.log(2) / 2])
        const rows = (outputs: ReadonlyArray<number>, target: number) => {
          const batch = { outputs: tf.tensor2d([[...outputs]]), targets: tf.tensor1d([target], "int32") }
          return [Probabilistic.logLoss(three), Probabilistic.brier(three)].map((metric) => valueOf(metric, batch))
        }
        assert.deepStrictEqual(rows([up, 0, 1], 0), [0, 0])
        assert.deepStrictEqual(rows([up, 0, 1], 1), [up, 2])
        assert.deepStrictEqual(rows([0, down, down], 0), [0, 0])
        assert.deepStrictEqual(rows([0, down, down], 2), [up, 2])
      }))

    it("explained variance forgives a constant of any size", () =>
      tf.tidy(() => {
        const targets = Rng.normals(Rng.key(2), 200, 0, 0.01)
        for (const constant of [3, 100, 10_000, 1e6]) {
          const batch = { outputs: tf.fill([200], constant), targets: tf.tensor1d(targets) }
          assert.closeTo(valueOf(Regression.explainedVariance(), batch) as number, 0, 1e-9)
        }
      }))

    it("confidences at the edge of a bin are in the same one wherever they stand", () =>
      tf.tidy(() => {
        for (const size of [1, 7, 16, 33]) {
          const batch = { outputs: tf.zeros([size, 3]), targets: tf.zeros([size], "int32") }
          const bins = valueOf(Probabilistic.reliability(three), batch) as ReadonlyArray<Probabilistic.ReliabilityBin>
          assert.deepStrictEqual(
            bins.findIndex(({ weight }) => weight > 0),
            5
          )
        }
      }))
  })

  it("core's accuracy is Classification's", () =>
    tf.tidy(() => {
      for (const key of [1, 2, 3]) {
        const outputs = tf.tensor(Rng.normals(Rng.key(key), 90).map(Math.round), [10, 3, 3])
        const targets = tf.tensor(Rng.uniforms(Rng.key(key + 10), 30, 0, 3).map(Math.floor), [10, 3], "int32")
        const weights = tf.tensor1d(Rng.uniforms(Rng.key(key + 20), 10))
        const mask = tf.tensor(Rng.uniforms(Rng.key(key + 30), 30).map(Math.round), [10, 3])
        for (const batch of [
          { outputs, targets },
          { outputs, targets, weights },
          { outputs, targets, weights, mask }
        ])
          assert.closeTo(
            valueOf(CoreMetric.accuracy, batch) as number,
            valueOf(Classification.accuracy(three), batch) as number,
            1e-12
          )
      }
    }))

  it("a batch without elements changes nothing", () =>
    tf.tidy(() => {
      for (const one of tasks) {
        const batch = {
          outputs: tf.zeros([0, ...outputShape(one).slice(1)]),
          targets: tf.zeros([0, ...one.shape.slice(1)], "int32")
        }
        for (const [name, metric] of Object.entries(metricsOf(one.task)))
          assert.deepStrictEqual(Evaluate.stateOf(metric, batch as never), metric.empty, name)
      }
    }))
})

const metricOf = (want: string, { kind: _, want: __, outputs, targets, weights, mask, ...options }: any): AnyMetric => {
  const [name, average, zero] = want.split(" ")
  const more = average === undefined ? {} : { average: average as "none" }
  if (name === "AUROC") return Ranking.areaUnderRoc({ ...options, ...more })
  if (name === "AP") return Ranking.averagePrecision({ ...options, ...more })
  if (name === "log") return Probabilistic.logLoss(options)
  if (name === "Brier") return Probabilistic.brier(options)
  const of = { precision: Classification.precision, recall: Classification.recall, f1: Classification.f1 }[name!]!
  return of({ ...options, ...more, zeroDivision: Number(zero === "nan" ? Number.NaN : zero) })
}

describe("counts beyond 2²⁴", () => {
  it("are exact, of elements and of weights", () => {
    const size = 2 ** 24 + 3
    const ones = new Uint8Array(size).fill(1)
    assert.deepStrictEqual(CoreMetric.weightedSum.ofBatch({ values: ones }), { sum: size, weight: size })
    assert.deepStrictEqual(CoreMetric.weightedSum.ofBatch({ values: ones, weights: ones }), { sum: size, weight: size })
  })
})

describe("log-odds", () => {
  it("of rows that differ by a constant or in the order of the others are the same bits", () => {
    for (let key = 0; key < 200; key++) {
      const row = Rng.normals(Rng.key(key), 6, 0, 10 ** (key % 4))
      const odds = logOdds(row, 0, 6)
      const moved = Float64Array.from([row[0]!, row[5]!, row[3]!, row[1]!, row[4]!, row[2]!], (value) => value + 1024)
      assert.strictEqual(logOdds(moved, 0, 6)[0], odds[0])
    }
  })

  it("are NaN where softmax is, and infinite where it is 0 or 1", () => {
    const { POSITIVE_INFINITY: up, NEGATIVE_INFINITY: down, NaN: none } = Number
    assert.deepStrictEqual([...logOdds([0, none, 1], 0, 3)], [none, none, none])
    assert.deepStrictEqual([...logOdds([up, up, 1], 0, 3)], [none, none, none])
    assert.deepStrictEqual([...logOdds([down, down], 0, 2)], [none, none])
    assert.deepStrictEqual([...logOdds([up, 0, down], 0, 3)], [up, down, down])
    assert.deepStrictEqual([...logOdds([2, down, down], 0, 3)], [up, down, down])
    assert.deepStrictEqual([...logOdds([1e3, -1e3], 0, 2)], [2000, -2000])
  })
})
