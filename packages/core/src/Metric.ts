/**
 * Metrics that can't be averaged wrongly: a metric says which sufficient statistics a batch gives, how two of them
 * combine, and what the result is. Any partition of the data into batches gives the same result.
 * How results are shown is in `MetricResults.ts`.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as ClassLabels from "./ClassLabels.ts"
import { LabelOutOfRange } from "./Errors.ts"
import type { Figure } from "./Figure.ts"
import { element } from "./Lookup.ts"
import { asRecord, cast, sideOf, type TensorOrRecord, type Tensors } from "./Tensors.ts"

/** A batch with the model's outputs. */
export interface Scored<Out extends TensorOrRecord, Target extends TensorOrRecord> {
  readonly outputs: Out
  readonly targets: Target
  /** The inputs of the outputs, for metrics by groups of samples. */
  readonly inputs?: TensorOrRecord
  /** Weight of each sample, [batch]. */
  readonly weights?: tf.Tensor
  /** 1 where an element counts, 0 where it is padding. */
  readonly mask?: tf.Tensor
}

/** The values of the tensors that `measure` gave, by the same names. */
export type Measured = { readonly [name: string]: ArrayLike<number> }

/** The values of the tensors that `measure` returns, under names of the metric's choice. Those that it sometimes omits are optional. */
export type ValuesOf<Given> = { readonly [name in keyof Given]: ArrayLike<number> }

/** Which direction is better; `neither` for values that are only shown. */
export type Better = "higher" | "lower" | "neither"

export interface Metric<
  in Out extends TensorOrRecord = tf.Tensor,
  in Target extends TensorOrRecord = tf.Tensor,
  in out State = any,
  out Value = unknown
> {
  readonly name: string
  readonly better: Better
  /**
   * The state's schema: states go into checkpoints and between processes. Metrics that have the same `measure` are measured
   * once; those that have the same `state`, `ofBatch` and `combine` too share one state.
   */
  readonly state: Schema.Codec<State, any>
  /** The state of no samples: `combine(empty, s)` is `s`. */
  readonly empty: State
  /** The sufficient statistics of a batch, as tensors: pure, inside the step, so that executors can record it. */
  readonly measure: (scored: Scored<Out, Target>) => Tensors
  /** The state of a batch, from the values of those tensors, in float64 from here on. */
  readonly ofBatch: (measured: Measured) => State
  /** Associative; commutative too unless `ordered`. */
  readonly combine: (earlier: State, later: State) => State
  /** None while nothing has been seen. */
  readonly result: (state: State) => Option.Option<Value>
  /** The result as one number, for monitors and tables; absent where the result is a number already, or has none. */
  toNumber?(value: Value): number
  /**
   * The result as plain data, for reports: of a matrix, a curve, a table. A metric that has this and no `toNumber` has no
   * number: it is no monitor, and tables have no column for it.
   */
  toJson?(value: Value): Schema.Json
  /** The result as a picture, for reports and files. */
  toFigure?(value: Value): Figure
  /** The result as lines for a terminal, none wider than that many characters where possible. */
  toText?(value: Value, columns: number): string
  /** True when the order of samples is what the metric is about (running windows). */
  readonly ordered?: boolean
}

/**
 * The two halves of a metric that belong together, typed by the names that `measure` gives: `ofBatch` gets the values of
 * exactly these. The functions `measure` and `ofBatch` are passed on unchanged, so that metrics that share them still do.
 */
export const measuring = <Out extends TensorOrRecord, Target extends TensorOrRecord, Given extends object, State>(
  measure: (scored: Scored<Out, Target>) => Given & Tensors,
  ofBatch: (measured: ValuesOf<Given>) => State
): Pick<Metric<Out, Target, State>, "measure" | "ofBatch"> => ({
  measure,
  // What `measure` gave comes back under the same names.
  ofBatch: ofBatch as (measured: Measured) => State
})

/** The first of these metrics that measures what the one named does: what has the same `measure` is measured once. */
export const measuredBy = (metrics: { readonly [name: string]: Metric<any, any, any, any> }, name: string): string => {
  const measure = metrics[name]?.measure
  for (const [other, metric] of Object.entries(metrics)) if (metric.measure === measure) return other
  return name
}

/**
 * The first of these metrics that has the statistics of the one named: metrics whose `state`, `measure`, `ofBatch` and
 * `combine` are the same values are measured once and share one state, as precision and recall of one task do.
 */
export const sharedBy = (metrics: { readonly [name: string]: Metric<any, any, any, any> }, name: string): string => {
  const named = metrics[name]
  for (const [other, { state, measure, ofBatch, combine }] of Object.entries(metrics)) {
    if (measure === named?.measure && ofBatch === named.ofBatch && combine === named.combine && state === named.state)
      return other
  }
  return name
}

/**
 * A metric of one of a model's outputs, and, where `target` is set, of one of several targets: like `output` and `target` of losses.
 *
 * ```ts
 * metrics: { accuracy: Metric.of(Metric.accuracy, { output: "logits" }) }
 * ```
 */
export const of = <State, Value>(
  metric: Metric<any, any, State, Value>,
  part: { readonly output?: string; readonly target?: string }
): Metric<TensorOrRecord, TensorOrRecord, State, Value> => {
  const pick = (what: string, value: TensorOrRecord, name: string | undefined): TensorOrRecord => {
    if (name === undefined) return value
    const picked = value instanceof tf.Tensor ? undefined : value[name]
    if (picked !== undefined) return picked
    const known = value instanceof tf.Tensor ? "is a single tensor" : `is ${Object.keys(value).join(", ")}`
    throw new Error(`the metric ${metric.name} needs the ${what} "${name}", but there ${known}`)
  }
  return {
    ...metric,
    measure: (scored) =>
      metric.measure({
        ...scored,
        outputs: pick("output", scored.outputs, part.output),
        targets: pick("target", scored.targets, part.target)
      })
  }
}

/**
 * A custom metric: `ofBatch` receives by name what `measure` returns. Outputs and targets are tensors unless said
 * otherwise.
 */
export const make = <
  State,
  Value,
  Name extends string,
  Out extends TensorOrRecord = tf.Tensor,
  Target extends TensorOrRecord = tf.Tensor
>(
  metric: Omit<Metric<Out, Target, State, Value>, "measure" | "ofBatch"> & {
    readonly measure: (scored: Scored<Out, Target>) => { readonly [name in Name]: tf.Tensor }
    readonly ofBatch: (measured: { readonly [name in Name]: ArrayLike<number> }) => State
  }
): Metric<Out, Target, State, Value> => ({ ...metric, ...measuring(metric.measure, metric.ofBatch) })

/**
 * Weights of the elements of `like` (shape [batch, …]) from sample weights [batch] and a mask; `undefined` when each
 * element counts once.
 */
export const elementWeights = (
  like: tf.Tensor,
  { weights, mask }: { readonly weights?: tf.Tensor; readonly mask?: tf.Tensor }
): tf.Tensor | undefined => {
  const spread = (tensor: tf.Tensor) =>
    cast(
      tensor.rank === like.rank
        ? tensor
        : tf.reshape(tensor, [...tensor.shape, ...Array<number>(like.rank - tensor.rank).fill(1)]),
      "float32"
    )
  const [first, second] = [weights, mask].filter((tensor) => tensor !== undefined).map(spread)
  if (first === undefined) return undefined
  const product = second === undefined ? first : tf.mul(first, second)
  return product.size === like.size ? product : tf.broadcastTo(product, like.shape)
}

/** Tensors for the host to read and dispose of. Those of the batch, and those that occur twice, get separate handles. */
export const handedOut = <Given extends object>(
  scored: Scored<any, any>,
  tensors: Given & Tensors
): Given & Tensors => {
  const { outputs, targets, inputs = {}, weights, mask } = scored
  const visible = new Set<unknown>([
    weights,
    mask,
    ...[outputs, targets, inputs].flatMap((one) => Object.values(asRecord(one)))
  ])
  const all: Record<string, tf.Tensor> = {}
  for (const [name, tensor] of Object.entries<tf.Tensor>(tensors)) {
    all[name] = visible.has(tensor) ? tf.clone(tensor) : tensor
    visible.add(tensor)
  }
  return all as Given & Tensors // under the same names
}

/** A sum of weighted values and the sum of the weights: the state of every average. */
export const WeightedSum = Schema.Struct({ sum: Schema.Number, weight: Schema.Number })
export type WeightedSum = typeof WeightedSum.Type

/** A value for each element, and the weights where not all are 1: as tensors, or as their values. */
export interface WeightedValues<Numbers> {
  readonly values: Numbers
  readonly weights?: Numbers
}

/** The common part of averages. The elements are added up on the host, in float64: float32 loses digits, and counts from 2²⁴. */
export const weightedSum = {
  empty: { sum: 0, weight: 0 } as WeightedSum,
  /** A value for each element, and the weights where not all are 1; from the batch for the values' shape when absent. */
  measure: (
    scored: Scored<any, any>,
    values: tf.Tensor,
    weights: tf.Tensor | undefined = elementWeights(values, scored)
  ): WeightedValues<tf.Tensor> & Tensors => handedOut(scored, weights === undefined ? { values } : { values, weights }),
  /** Elements of weight 0 may hold anything. */
  ofBatch: ({ values, weights }: WeightedValues<ArrayLike<number>>): WeightedSum => {
    let [sum, weight] = [0, 0]
    for (let index = 0; index < values.length; index++) {
      const counts = weights === undefined ? 1 : weights[index]!
      if (counts === 0) continue
      sum += counts * values[index]!
      weight += counts
    }
    return { sum, weight }
  },
  combine: (a: WeightedSum, b: WeightedSum): WeightedSum => ({ sum: a.sum + b.sum, weight: a.weight + b.weight }),
  mean: ({ sum, weight }: WeightedSum): Option.Option<number> =>
    weight === 0 ? Option.none() : Option.some(sum / weight)
}

/** The mean over samples (or unmasked elements) of a value that a batch gives for each of them. Values without weight may be NaN. */
export const mean = <Out extends TensorOrRecord, Target extends TensorOrRecord>(options: {
  readonly name: string
  readonly better: Better
  /** Shape [batch] or [batch, …]. */
  readonly values: (outputs: Out, targets: Target) => tf.Tensor
}): Metric<Out, Target, WeightedSum, number> => ({
  name: options.name,
  better: options.better,
  state: WeightedSum,
  empty: weightedSum.empty,
  ...measuring(
    (scored: Scored<Out, Target>) => weightedSum.measure(scored, options.values(scored.outputs, scored.targets)),
    weightedSum.ofBatch
  ),
  combine: weightedSum.combine,
  result: weightedSum.mean
})

/**
 * The fraction of samples (or unmasked elements) whose largest logit is the label's: labels of the logits' shape
 * without the last dimension, or one-hot of their shape. In [0, 1]. Ties take the lower class. With sample weights, the
 * fraction of weight. NaN once a row of logits that counts holds a NaN, which predicts nothing; labels that are no
 * class are `LabelOutOfRange`. `Classification.accuracy` of `@etude/metrics` has options: averages, tasks, top k,
 * labels to ignore.
 */
export const accuracy: Metric<tf.Tensor, tf.Tensor, WeightedSum, number> = {
  name: "accuracy",
  better: "higher",
  state: WeightedSum,
  empty: weightedSum.empty,
  ...measuring(
    (scored: Scored<tf.Tensor, tf.Tensor>) => {
      const { outputs: logits, targets } = scored
      const actual = targets.rank === logits.rank ? ClassLabels.ofOneHot(targets) : targets
      const weights = elementWeights(actual, scored)
      // Two tensors for the host, where one would take a selection in the step.
      const float = logits.dtype === "float32" && logits.size > 0
      return handedOut(scored, {
        predicted: float ? tf.argMax(logits, -1) : ClassLabels.predicted(logits),
        ...(float ? { missing: tf.any(tf.isNaN(logits), -1) } : {}),
        actual,
        classes: tf.scalar(sideOf(logits.shape, -1), "int32"),
        ...(weights === undefined ? {} : { weights })
      })
    },
    ({ predicted, missing, actual, weights, ...rest }) => {
      const classes = element(rest.classes, 0)
      let wrong = 0
      const values = new Float64Array(actual.length)
      for (let index = 0; index < values.length; index++) {
        const label = actual[index]!
        if (!ClassLabels.isClass(label, classes)) wrong += weights === undefined ? 1 : weights[index]!
        values[index] = missing?.[index] === 1 ? Number.NaN : Number(predicted[index] === label)
      }
      if (wrong > 0)
        throw new LabelOutOfRange({
          metric: "accuracy",
          expected: `classes from 0 to ${classes - 1}`,
          weight: wrong,
          advice: "Correct them or mask those elements; Classification.accuracy of @etude/metrics can ignore a label"
        })
      return weightedSum.ofBatch(weights === undefined ? { values } : { values, weights })
    }
  ),
  combine: weightedSum.combine,
  result: weightedSum.mean
}
