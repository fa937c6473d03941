/**
 * Metrics of regression: outputs and targets float32 of the same shape. Errors average over all elements. Those that compare
 * with the targets' own spread (R², explained variance, Pearson) treat each column, the last dimension of [batch, …, columns],
 * on its own, and average over columns. Sample weights and masks count in every sum, and masked elements may be NaN.
 */
import type { Metric, WeightedSum } from "@etude/core/Metric"
import { weightedSum } from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import { ShapeMismatch } from "./Errors.ts"
import * as Means from "./Means.ts"
import * as Moments from "./Moments.ts"
import { metric, type Statistics } from "./Statistics.ts"

export { spearman } from "./Spearman.ts"

type Mean = Metric<tf.Tensor, tf.Tensor, WeightedSum, number>

const sameShape = (name: string, outputs: tf.Tensor, targets: tf.Tensor): void => {
  if (!tf.util.arraysEqual(outputs.shape, targets.shape))
    throw new ShapeMismatch({
      metric: name,
      outputs: outputs.shape,
      targets: targets.shape,
      expected: "the same shape"
    })
}

const errors = (name: string, values: (outputs: tf.Tensor, targets: tf.Tensor) => tf.Tensor) =>
  Means.statistics(({ outputs, targets }: Parameters<Mean["measure"]>[0]) => {
    sameShape(name, outputs, targets)
    return values(tf.cast(outputs, "float32"), tf.cast(targets, "float32"))
  })

const meanOf = (name: string, statistics: Statistics<tf.Tensor, tf.Tensor, WeightedSum>): Mean =>
  metric(statistics, { name, better: "lower", result: weightedSum.mean })

/** Mean absolute error: mean |ŷ − y|, in [0, ∞), in the targets' unit. */
export const meanAbsoluteError: Mean = meanOf(
  "MAE",
  errors("MAE", (outputs, targets) => tf.abs(tf.sub(outputs, targets)))
)

const squares = errors("MSE", (outputs, targets) => tf.squaredDifference(outputs, targets))

/** Mean squared error: mean (ŷ − y)², in [0, ∞), in the square of the targets' unit. */
export const meanSquaredError: Mean = meanOf("MSE", squares)

/** Root of the mean squared error over all elements, in [0, ∞), in the targets' unit. Not a mean of roots of batches. */
export const rootMeanSquaredError: Mean = metric(squares, {
  name: "RMSE",
  better: "lower",
  result: (state: WeightedSum) => Option.map(weightedSum.mean(state), Math.sqrt)
})

/**
 * Mean absolute error relative to the target: mean |ŷ − y| / max(|y|, ε), in [0, ∞), as a fraction, not in percent. ε is 2⁻²³,
 * float32's, near torchmetrics' 1.17e-6; scikit-learn takes float64's. Targets near 0 dominate it.
 */
export const meanAbsolutePercentageError: Mean = meanOf(
  "MAPE",
  errors("MAPE", (outputs, targets) => tf.div(tf.abs(tf.sub(outputs, targets)), tf.maximum(tf.abs(targets), 2 ** -23)))
)

/** mean 2·|ŷ − y| / (|ŷ| + |y|), in [0, 2]; 0 where both are 0. torchmetrics has the same, but for its 1.17e-6 below. */
export const symmetricMeanAbsolutePercentageError: Mean = meanOf(
  "SMAPE",
  errors("SMAPE", (outputs, targets) =>
    tf.divNoNan(tf.mul(2, tf.abs(tf.sub(outputs, targets))), tf.add(tf.abs(outputs), tf.abs(targets)))
  )
)

/**
 * Mean over vectors of x·y / (|x|·|y|), in [−1, 1]; vectors are the last dimension of [batch, …, length]. 0 where one is all
 * zero. Weights and masks are those of vectors: [batch] or [batch, …].
 */
export const cosineSimilarity: Mean = metric(
  Means.statistics(({ outputs, targets }: Parameters<Mean["measure"]>[0]) => {
    sameShape("cosine similarity", outputs, targets)
    // Divided by the largest element, so that squares of large vectors stay finite.
    const unit = (vector: tf.Tensor) => {
      const floats = tf.cast(vector, "float32")
      const scaled = tf.divNoNan(floats, tf.max(tf.abs(floats), -1, true))
      return tf.divNoNan(scaled, tf.norm(scaled, "euclidean", -1, true))
    }
    return tf.sum(tf.mul(unit(outputs), unit(targets)), -1)
  }),
  { name: "cosine similarity", better: "higher", result: weightedSum.mean }
)

/** How columns become one number: their mean (when absent), or a value for each. */
export interface ByColumn<Kind extends "uniform" | "none" = "uniform" | "none"> {
  readonly columns?: Kind
}

type OfColumns<Value> = Metric<tf.Tensor, tf.Tensor, Moments.Columns, Value>

interface Columnwise {
  (options: { readonly columns: "none" }): OfColumns<ReadonlyArray<number>>
  (options?: ByColumn<"uniform">): OfColumns<number>
}

/** None while any column has no value. */
const columnwise =
  (
    name: string,
    statistics: Statistics<tf.Tensor, tf.Tensor, Moments.Columns>,
    value: (moments: Moments.Moments) => number | undefined
  ): Columnwise =>
  (options: ByColumn = {}): OfColumns<any> =>
    metric(statistics, {
      name,
      better: "higher",
      result: (state: Moments.Columns): Option.Option<any> => {
        const values = state.map(value)
        if (values.length === 0 || values.includes(undefined)) return Option.none()
        return Option.some(
          options.columns === "none" ? values : (values as Array<number>).reduce((a, b) => a + b, 0) / values.length
        )
      }
    })

// The mean of the residual is not assumed to be 0.
const residuals = Moments.statistics("a metric of residuals", (outputs, targets) => targets - outputs)
const pairs = Moments.statistics("a correlation", (outputs) => outputs)

/**
 * The coefficient of determination: 1 − Σ(y − ŷ)² / Σ(y − ȳ)², in (−∞, 1]. None while a column's targets are all the same
 * (one sample, say), where scikit-learn gives 1 or 0, or NaN for a single sample.
 */
export const r2: Columnwise = columnwise("R²", residuals, ({ weight, x, xx, yy }) =>
  yy === 0 ? undefined : 1 - (xx + weight * x * x) / yy
)

/** 1 − Var(y − ŷ) / Var(y), in (−∞, 1]: R² that forgives a constant offset. None as for `r2`. */
export const explainedVariance: Columnwise = columnwise("explained variance", residuals, ({ xx, yy }) =>
  yy === 0 ? undefined : 1 - xx / yy
)

/** Pearson's correlation: Σ(ŷ − m)(y − ȳ) / √(Σ(ŷ − m)²·Σ(y − ȳ)²), in [−1, 1]. None while outputs or targets are constant. */
export const pearson: Columnwise = columnwise("Pearson", pairs, ({ xx, yy, xy }) =>
  xx === 0 || yy === 0 ? undefined : Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)))
)
