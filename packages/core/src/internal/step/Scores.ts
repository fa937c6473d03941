/** Losses and metrics while they add up: states per name, on the host in float64, from the tensors that a step measured. */
import type * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { DataError } from "../../Errors.ts"
import type { Values } from "../../Event.ts"
import { type Measured, measuredBy, sharedBy, WeightedSum, weightedSum } from "../../Metric.ts"
import { isNumeric, numberOf } from "../../MetricResults.ts"
import type { Task } from "../../Task.ts"
import * as Names from "../preflight/Names.ts"
import { nameOfLoss } from "./Forward.ts"
import type { MeasuredTensors } from "./GradientProgram.ts"

export interface Scores {
  readonly losses: { readonly [loss: string]: WeightedSum }
  readonly penalty: WeightedSum
  /** Metric states, each of the metric's own type. Metrics with the same statistics hold the same state. */
  readonly metrics: { readonly [metric: string]: unknown }
}

const mapValues = <A, B>(record: { readonly [key: string]: A }, f: (value: A, key: string) => B): Record<string, B> => {
  const mapped: Record<string, B> = {}
  for (const [key, value] of Object.entries(record)) mapped[key] = f(value, key)
  return mapped
}

/** A state for each metric of the task, made once where several metrics share their statistics. */
const states = (task: Task, make: (metric: Task["metrics"][string], name: string) => unknown): Scores["metrics"] => {
  const made: Record<string, unknown> = {}
  for (const name in task.metrics) {
    const first = sharedBy(task.metrics, name)
    made[name] = first === name ? make(task.metrics[name]!, name) : made[first]
  }
  return made
}

/** The scores of nothing: the identity of `combine`. */
export const empty = (task: Task): Scores => ({
  losses: mapValues(task.objectives, () => weightedSum.empty),
  penalty: weightedSum.empty,
  metrics: mapValues(task.metrics, (metric) => metric.empty)
})

const total = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += values[at]!
  return sum
}

/** Reads what a program measured and gives the tensors' memory back. */
export const read = (task: Task, measured: MeasuredTensors, samples: number): Scores => {
  const take = (tensor: tf.Tensor): ArrayLike<number> => {
    const values = tensor.dataSync<"float32">()
    tensor.dispose()
    return values
  }
  const metrics = mapValues(measured.metrics, (tensors): Measured => mapValues(tensors, take))
  return {
    losses: mapValues(measured.losses, ({ sum, weight }) => ({ sum: total(take(sum)), weight: total(take(weight)) })),
    penalty:
      measured.penalty === undefined
        ? weightedSum.empty
        : { sum: take(measured.penalty)[0]! * samples, weight: samples },
    metrics: states(task, (metric, name) => metric.ofBatch(metrics[measuredBy(task.metrics, name)]!))
  }
}

/** Both together. */
export const combine = (task: Task, a: Scores, b: Scores): Scores => ({
  losses: mapValues(a.losses, (sum, name) => weightedSum.combine(sum, b.losses[name] ?? weightedSum.empty)),
  penalty: weightedSum.combine(a.penalty, b.penalty),
  metrics: states(task, (metric, name) => metric.combine(a.metrics[name], b.metrics[name]))
})

/**
 * The total loss: the sum over losses of coefficient · mean, and the penalty. A loss to which nothing seen counts adds
 * nothing. NaN while nothing has been seen.
 */
export const totalLoss = (task: Task, scores: Scores): number => {
  if (isEmpty(scores)) return Number.NaN
  let total = Option.getOrElse(weightedSum.mean(scores.penalty), () => 0)
  for (const name in scores.losses) {
    const { sum, weight } = scores.losses[name]!
    if (weight !== 0) total += (task.objectives[name]!.coefficient ?? 1) * (sum / weight)
  }
  return total
}

/** Whether nothing counts to any loss: no samples, or weights (of samples, elements and classes) that are all zero. */
export const isEmpty = ({ losses }: Scores): boolean => Object.values(losses).every(({ weight }) => weight === 0)

/** What is wrong with the weights of a batch of that dataset: a mean needs a sum from 0 on. */
export const weightProblem = (source: string, { losses }: Scores): DataError | undefined => {
  const negative = Object.entries(losses).find(([, { weight }]) => weight < 0)
  if (negative === undefined) return undefined
  return new DataError({
    source,
    found: `weights that sum to ${negative[1].weight} in ${nameOfLoss(negative[0])}`,
    expected: "weights from 0 on",
    advice: "Look at the weights that the loss gives to targets."
  })
}

/** Every value by name: `loss`, each loss where there are several, each metric that has a number. */
export const values = (task: Task, scores: Scores): Values => {
  const all: Record<string, number> = { loss: totalLoss(task, scores) }
  const names = Object.keys(scores.losses)
  for (const name of names.length > 1 ? names : []) {
    const { sum, weight } = scores.losses[name]!
    // A loss to which nothing in this batch counts has no value in it.
    if (weight !== 0 || isEmpty(scores)) all[name] = sum / weight
  }
  for (const name in scores.metrics) {
    const metric = task.metrics[name]!
    if (isNumeric(metric)) all[name] = numberOf(metric, scores.metrics[name])
  }
  return all
}

/** The full result of each metric, as an `Option`. */
export type Results = { readonly [metric: string]: Option.Option<unknown> }

export const results = (metrics: Task["metrics"], scores: Scores): Results =>
  mapValues(metrics, (metric, name) => metric.result(scores.metrics[name]))

const sums = Schema.toCodecJson(Schema.Record(Schema.String, WeightedSum))

/** A loss without a name beside the penalty, which is there under the name of nothing; no escaped name is `%00`. */
const lossKey = (name: string): string => (name === "" ? "%00" : Names.escape(name, ""))
const lossName = (key: string): string => (key === "%00" ? "" : Names.unescape(key))
/** A metric's key beside that of the losses. */
const metricKey = (name: string): string => (name === "losses" ? "%6Cosses" : Names.escape(name, ""))

/** Scores as JSON, for a state. */
export const encode = (task: Task, scores: Scores): { readonly [name: string]: Schema.Json } => ({
  losses: Schema.encodeSync(sums)({
    ...Object.fromEntries(Object.entries(scores.losses).map(([name, sum]) => [lossKey(name), sum])),
    "": scores.penalty
  }) as Schema.Json,
  ...Object.fromEntries(
    Object.keys(scores.metrics)
      .filter((name) => sharedBy(task.metrics, name) === name)
      .map((name) => [
        metricKey(name),
        Schema.encodeSync(Schema.toCodecJson(task.metrics[name]!.state))(scores.metrics[name])
      ])
  )
})

/** The stored state that a metric can go on with: its own, or that of a metric which shares its statistics. */
const storedFor = (task: Task, encoded: { readonly [name: string]: Schema.Json }, first: string): unknown => {
  // Which of the sharing metrics came first may have changed since.
  const name = Object.keys(task.metrics).find(
    (metric) => Object.hasOwn(encoded, metricKey(metric)) && sharedBy(task.metrics, metric) === first
  )
  if (name === undefined) return undefined
  const decoded = Schema.decodeUnknownOption(Schema.toCodecJson(task.metrics[first]!.state))(encoded[metricKey(name)])
  return Option.getOrUndefined(Option.map(decoded, (state) => ({ state })))
}

/**
 * The inverse of `encode`; an empty record is the scores of nothing. Losses and metrics that the stored scores do not have, or
 * have in another form, begin empty; those that the task does not have are left out.
 */
export const decode = (task: Task, encoded: { readonly [name: string]: Schema.Json }): Scores => {
  if (encoded["losses"] === undefined) return empty(task)
  const { "": penalty, ...stored } = Schema.decodeUnknownSync(sums)(encoded["losses"])
  return {
    losses: mapValues(task.objectives, (_, name) =>
      Object.hasOwn(stored, lossKey(name)) ? stored[lossKey(name)]! : weightedSum.empty
    ),
    penalty: penalty ?? weightedSum.empty,
    metrics: states(task, (metric, first) => {
      const kept = storedFor(task, encoded, first) as { readonly state: unknown } | undefined
      return kept === undefined ? metric.empty : kept.state
    })
  }
}

/** In what the losses and metrics of a task differ from those of stored scores, in the middle of an epoch or not, as sentences. */
export const changes = (
  task: Task,
  encoded: { readonly [name: string]: Schema.Json },
  isMidEpoch: boolean
): ReadonlyArray<string> => {
  if (encoded["losses"] === undefined) return []
  const { "": _, ...stored } = Schema.decodeUnknownSync(sums)(encoded["losses"])
  const { losses: _sums, ...encodedMetrics } = encoded
  const losses = Object.keys(stored).map(lossName)
  const metrics = Object.keys(encodedMetrics).map(Names.unescape)
  const begins = `is measured from here on${isMidEpoch ? ": its value of the running epoch has nothing of the batches before" : ""}`
  return [
    ...Object.keys(task.objectives)
      .filter((name) => !losses.includes(name))
      .map((name) => `the loss ${name} is new to the run, and ${begins}`),
    ...losses
      .filter((name) => !Object.hasOwn(task.objectives, name))
      .map((name) => `the loss ${name} is no longer part of the run`),
    ...Object.keys(task.metrics)
      .filter((name) => storedFor(task, encoded, sharedBy(task.metrics, name)) === undefined)
      .map((name) => `the metric ${name} ${begins}`),
    ...metrics
      .filter((name) => !Object.hasOwn(task.metrics, name))
      .map((name) => `the metric ${name} is no longer measured`)
  ]
}
