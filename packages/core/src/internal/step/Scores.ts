/** Losses and metrics while they add up: states per name, on the host in float64, from the tensors that a step measured. */
import type * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { DataError } from "../../Errors.ts"
import type { Values } from "../../Event.ts"
import { entry } from "../../Lookup.ts"
import { type Measured, measuredBy, sharedBy, WeightedSum, weightedSum } from "../../Metric.ts"
import { isNumeric, numberOf } from "../../MetricResults.ts"
import type { Task } from "../../Task.ts"
import * as Names from "../preflight/Names.ts"
import { nameOfLoss, objectiveOf } from "./Forward.ts"
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

const plus = (a: WeightedSum, b: WeightedSum): WeightedSum => ({ sum: a.sum + b.sum, weight: a.weight + b.weight })

/** For each metric the first one that has the same state, and the first one that measures the same: worked out once. */
interface Sharing {
  readonly name: string
  readonly metric: Task["metrics"][string]
  readonly state: string
  readonly measured: string
}
const sharings = new WeakMap<Task["metrics"], ReadonlyArray<Sharing>>()

const share = (metrics: Task["metrics"]): ReadonlyArray<Sharing> => {
  const sharing = Object.entries(metrics).map(([name, metric]) => ({
    ...{ name, metric },
    state: sharedBy(metrics, name),
    measured: measuredBy(metrics, name)
  }))
  sharings.set(metrics, sharing)
  return sharing
}

/** A state for each metric of the task, made once where several metrics share their statistics. */
const states = ({ metrics }: Task, make: (sharing: Sharing) => unknown): Scores["metrics"] => {
  const all: Record<string, unknown> = {}
  for (const sharing of sharings.get(metrics) ?? share(metrics))
    all[sharing.name] = sharing.state === sharing.name ? make(sharing) : all[sharing.state]
  return all
}

/** The scores of nothing: the identity of `combine`. */
export const empty = (task: Task): Scores => ({
  losses: mapValues(task.objectives, () => weightedSum.empty),
  penalty: weightedSum.empty,
  metrics: mapValues(task.metrics, (metric) => metric.empty)
})

/** The values of a tensor where they are; they aren't kept. */
export type Look = (tensor: tf.Tensor) => ArrayLike<number>

const copied: Look = (tensor) => tensor.dataSync<"float32">()

/** The sum of a tensor's values, whose memory is given back. */
const takeTotal = (tensor: tf.Tensor, look: Look): number => {
  const values = look(tensor)
  let sum = 0
  for (let index = 0; index < values.length; index++) sum += values[index]!
  tensor.dispose()
  return sum
}

/** The values of a tensor, whose memory is given back. */
const take = (tensor: tf.Tensor): ArrayLike<number> => {
  const values = tensor.dataSync<"float32">()
  tensor.dispose()
  return values
}

/** Reads what a program measured and gives the tensors' memory back. */
export const read = (task: Task, measured: MeasuredTensors, samples: number, look: Look = copied): Scores => {
  const losses = mapValues(
    measured.losses,
    ({ sum, weight }): WeightedSum => ({ sum: takeTotal(sum, look), weight: takeTotal(weight, look) })
  )
  const metrics = mapValues(measured.metrics, (tensors): Measured => mapValues(tensors, take))
  const { penalty } = measured
  return {
    losses,
    penalty: penalty === undefined ? weightedSum.empty : { sum: takeTotal(penalty, copied) * samples, weight: samples },
    metrics: states(task, ({ metric, measured: first }) => metric.ofBatch(entry(metrics, first)))
  }
}

/** Both together. */
export const combine = (task: Task, a: Scores, b: Scores): Scores => ({
  losses: mapValues(a.losses, (sum, name) => plus(sum, b.losses[name] ?? weightedSum.empty)),
  penalty: plus(a.penalty, b.penalty),
  metrics: states(task, ({ metric, name }) => metric.combine(a.metrics[name], b.metrics[name]))
})

/**
 * The total loss: the sum over losses of coefficient · mean, and the penalty. A loss to which nothing seen counts adds
 * nothing. NaN while nothing has been seen.
 */
export const totalLoss = (task: Task, scores: Scores): number => {
  if (isEmpty(scores)) return Number.NaN
  const { penalty } = scores
  let total = penalty.weight === 0 ? 0 : penalty.sum / penalty.weight
  for (const [name, { sum, weight }] of Object.entries(scores.losses))
    if (weight !== 0) total += (objectiveOf(task, name).coefficient ?? 1) * (sum / weight)
  return total
}

/** Whether nothing counts to any loss: no samples, or weights (of samples, elements and classes) that are all zero. */
export const isEmpty = ({ losses }: Scores): boolean => Object.values(losses).every(({ weight }) => weight === 0)

/** Throws a `DataError` where weights of a batch of that dataset sum to less than 0: they would turn a mean around. */
export const checkWeights = (source: string, { losses }: Scores): void => {
  for (const [name, { weight }] of Object.entries(losses)) if (weight < 0) throw negativeWeights(source, name, weight)
}

const negativeWeights = (source: string, loss: string, weight: number) =>
  new DataError({
    source,
    found: `weights that sum to ${weight} in ${nameOfLoss(loss)}`,
    expected: "weights from 0 on",
    advice: "Look at the weights that the loss gives to targets."
  })

/** Every value by name: `loss`, each loss where there are several, each metric that has a number. */
export const values = (task: Task, scores: Scores): Values => {
  const all: Record<string, number> = { loss: totalLoss(task, scores) }
  const losses = Object.entries(scores.losses)
  for (const [name, { sum, weight }] of losses.length > 1 ? losses : []) {
    // A loss to which nothing in this batch counts has no value in it.
    if (weight !== 0 || isEmpty(scores)) all[name] = sum / weight
  }
  for (const [name, metric] of Object.entries(task.metrics))
    if (isNumeric(metric)) all[name] = numberOf(metric, scores.metrics[name])
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
    Object.entries(task.metrics)
      .filter(([name]) => sharedBy(task.metrics, name) === name)
      .map(([name, { state }]) => [metricKey(name), Schema.encodeSync(Schema.toCodecJson(state))(scores.metrics[name])])
  )
})

/** The stored state that a metric continues from: its own, or that of a metric with the same statistics. */
const storedFor = (task: Task, encoded: { readonly [name: string]: Schema.Json }, first: string): unknown => {
  // Which of the sharing metrics came first may have changed since.
  const name = Object.keys(task.metrics).find(
    (metric) => Object.hasOwn(encoded, metricKey(metric)) && sharedBy(task.metrics, metric) === first
  )
  if (name === undefined) return undefined
  const decoded = Schema.decodeUnknownOption(Schema.toCodecJson(entry(task.metrics, first).state))(
    encoded[metricKey(name)]
  )
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
      Object.hasOwn(stored, lossKey(name)) ? entry(stored, lossKey(name)) : weightedSum.empty
    ),
    penalty: penalty ?? weightedSum.empty,
    metrics: states(task, ({ metric, name }) => {
      const kept = storedFor(task, encoded, name) as { readonly state: unknown } | undefined
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
