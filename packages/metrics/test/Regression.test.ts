import { assert } from "@effect/vitest"
import * as Aggregation from "../src/Aggregation.ts"
import * as Regression from "../src/Regression.ts"
import { onCpu } from "./support/cpu.ts"
import { compare, read } from "./support/fixtures.ts"
import { resultOf } from "./support/measure.ts"

const outputs = Aggregation.aggregates({ name: "output", of: (scored) => scored.outputs })
const metrics = {
  MAE: Regression.meanAbsoluteError,
  MSE: Regression.meanSquaredError,
  RMSE: Regression.rootMeanSquaredError,
  MAPE: Regression.meanAbsolutePercentageError,
  SMAPE: Regression.symmetricMeanAbsolutePercentageError,
  R2: Regression.r2(),
  "R2 none": Regression.r2({ columns: "none" }),
  "explained variance": Regression.explainedVariance(),
  Pearson: Regression.pearson({ columns: "none" }),
  Spearman: Regression.spearman,
  cosine: Regression.cosineSimilarity,
  runningMean: Aggregation.runningMean({ name: "output", of: (scored) => scored.outputs, window: 7 }),
  exponentialMean: Aggregation.exponentialMean({ name: "output", of: (scored) => scored.outputs, decay: 0.9 }),
  ...outputs
}

onCpu("regression and aggregation", (it) => {
  it("agree with scikit-learn, SciPy, NumPy and torchmetrics", () => {
    compare(read("regression"), (name) => metrics[name as keyof typeof metrics], { targets: "float32" })
  })

  it("the variance of values near 10,000 keeps its digits", () => {
    const values = Array.from({ length: 1000 }, (_, at) => 10_000 + (at % 2 === 0 ? 0.125 : -0.125))
    assert.strictEqual(resultOf(outputs.variance, { outputs: values, targets: [0] }), 0.015625)
  })

  it("masked elements may be NaN or infinite", () => {
    const values = { outputs: [1, Number.NaN, 3], targets: [2, Infinity, 5], mask: [1, 0, 1] }
    assert.strictEqual(resultOf(metrics.MAE, values, "float32"), 1.5)
    assert.strictEqual(resultOf(metrics.RMSE, values, "float32"), Math.sqrt(2.5))
    assert.closeTo(resultOf(metrics.Pearson, values, "float32")![0]!, 1, 1e-12)
    assert.closeTo(resultOf(metrics.Spearman, values, "float32")!, 1, 1e-12)
    assert.strictEqual(resultOf(metrics.max, values, "float32"), 3)
  })

  it("what has no value has no result: R² of one sample, correlations of constants, anything of nothing", () => {
    const constant = { outputs: [1, 2, 3], targets: [0.1, 0.1, 0.1] }
    for (const name of ["R2", "explained variance", "Pearson", "Spearman"] as const) {
      assert.isUndefined(resultOf<unknown>(metrics[name], constant, "float32"))
      assert.isUndefined(resultOf<unknown>(metrics[name], { outputs: [1], targets: [2] }, "float32"))
    }
    for (const metric of Object.values(metrics))
      if (metric !== metrics.cosine)
        assert.isUndefined(resultOf<unknown>(metric, { outputs: [1], targets: [2], mask: [0] }, "float32"))
  })

  it("outputs and targets of different shapes are told", () => {
    assert.throws(
      () => resultOf(metrics.MSE, { outputs: [[1], [2]], targets: [1, 2] }, "float32"),
      "MSE got outputs of shape [2, 1] and targets of shape [2], expected the same shape."
    )
  })
})
