/** Law 3: a metric has one result, however the samples were cut into batches and in whatever order these were merged. */
import type { Backend } from "@etude/core/Backend"
import { element } from "@etude/core/Lookup"
import type { HostValues } from "@etude/core/Loss"
import type { Metric, Scored } from "@etude/core/Metric"
import * as Rng from "@etude/core/Rng"
import { StepExecutor } from "@etude/core/StepExecutor"
import { sideOf, type TensorTree, tidy } from "@etude/core/Tensors"
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type HostTensors, isValues, takeAll } from "../subjects/HostTensors.ts"
import { LawBroken } from "./LawBroken.ts"
import { LawSkipped } from "./LawSkipped.ts"

export type { HostTensors }

export interface MetricOptions {
  readonly name: string
  // any: a metric of whatever outputs, targets, state and value
  readonly metric: Metric<any, any, any, any>
  /** All samples; two dozen are enough. */
  readonly samples: {
    readonly outputs: HostTensors
    readonly targets: HostTensors
    readonly inputs?: HostTensors
    readonly weights?: HostValues
    readonly mask?: HostValues
  }
  /** How many partitions are drawn; 12 when absent. Two more are always tried: all at once, and one by one. */
  readonly partitions?: number
  /** Of the draw; 0 when absent. */
  readonly seed?: number
  /** For counts, where not the last digit may differ; false when absent. */
  readonly exact?: boolean
  /** How far results may be apart, relative to the larger; 1e-6 when absent. */
  readonly relative?: number
  /** The same near 0, in the metric's own unit; 1e-7 when absent. */
  readonly absolute?: number
}

/** Where results differ, if they do. Plain data: numbers, texts, arrays, records. */
export const difference = (
  a: unknown,
  b: unknown,
  near: { readonly exact?: boolean; readonly relative?: number; readonly absolute?: number },
  path = "the result"
): string | undefined => {
  if (typeof a === "number" && typeof b === "number") {
    const allowed = Math.max(near.absolute ?? 1e-7, (near.relative ?? 1e-6) * Math.max(Math.abs(a), Math.abs(b)))
    return a === b || (Number.isNaN(a) && Number.isNaN(b)) || (near.exact !== true && Math.abs(a - b) <= allowed)
      ? undefined
      : `${path} is ${a} instead of ${b}`
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
    return a === b ? undefined : `${path} is ${String(a)} instead of ${String(b)}`
  const inA = new Map(Object.entries(a))
  const inB = new Map(Object.entries(b))
  for (const key of new Set([...inA.keys(), ...inB.keys()])) {
    const found = difference(inA.get(key), inB.get(key), near, path === "the result" ? key : `${path}.${key}`)
    if (found !== undefined) return found
  }
  return undefined
}

const shown = (result: Option.Option<unknown>): unknown => Option.getOrElse(result, () => "nothing")

/** Cuts 0 … n − 1 at drawn places, some of them the same: into batches of 0, 1 and more. */
const cut = (n: number, key: Rng.Key): ReadonlyArray<number> => {
  const cuts = Math.floor(Rng.uniform(key, 0) * Math.min(n, 8)) + 2
  const places = Array.from(Rng.uniforms(Rng.fold(key, 1), cuts), (u) => Math.floor(u * (n + 1))).sort((a, b) => a - b)
  // One place twice gives a batch of nothing, its neighbour one of a single sample.
  const twice = element(places, 0)
  return [...places, twice, Math.min(twice + 1, n), n].sort((a, b) => a - b)
}

/** Merges neighbours in a drawn order until one state is left. */
const merge = (metric: MetricOptions["metric"], states: ReadonlyArray<unknown>, key: Rng.Key): unknown => {
  const remaining = [...states]
  for (let round = 0; remaining.length > 1; round++) {
    const index = Math.floor(Rng.uniform(key, round) * (remaining.length - 1))
    remaining.splice(index, 2, metric.combine(remaining[index], remaining[index + 1]))
  }
  return remaining[0] ?? metric.empty
}

/**
 * Compares the result of all samples in one batch with that of drawn partitions (batches of 0 and 1 sample included), merged
 * in drawn groupings and, unless the metric is `ordered`, of samples in drawn orders. Also: nothing has no result, the empty
 * state changes nothing on either side, and a state written as JSON and read again is the same. Programs run on the executor.
 */
export const check = (options: MetricOptions): Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const { name, metric, samples, partitions = 12, seed = 0 } = options
    const program = (yield* StepExecutor).compile(
      `the metric ${name}`,
      (scored: TensorTree) => metric.measure(scored as unknown as Scored<any, any>) as Record<string, tf.Tensor>
    )
    const first = isValues(samples.targets) ? samples.targets : element(Object.values(samples.targets), 0)
    const n = sideOf(first.shape, 0)
    const measure = (positions: ReadonlyArray<number>): unknown =>
      tidy(() => {
        const scored = Object.fromEntries(
          Object.entries(samples).map(([key, tensors]) => [key, takeAll(tensors as HostTensors, positions)])
        )
        const measured = program(scored)
        const values = Object.entries(measured).map(([key, tensor]) => [key, tensor.dataSync().slice()])
        return metric.ofBatch(Object.fromEntries(values))
      })
    const broken = (found: string, reproduce: string) =>
      new LawBroken({ law: "metric", subject: name, found, reproduce })
    const expect = (state: unknown, wanted: unknown, how: string) => {
      const found = difference(shown(metric.result(state)), wanted, options)
      return found === undefined ? Effect.void : Effect.fail(broken(found, how))
    }
    const all = Array.from({ length: n }, (_, index) => index)
    const whole = measure(all)
    const result = shown(metric.result(whole))
    if (result === "nothing") {
      const reason = "it has no result for these samples, in one batch or in many; give it samples that it measures"
      return yield* new LawSkipped({ law: "metric", subject: name, reason })
    }
    if (metric.result(metric.empty)._tag !== "None")
      return yield* broken("nothing has a result", "take the result of its empty state")
    yield* expect(measure([]), "nothing", "measure a batch of no samples")
    yield* expect(metric.combine(metric.empty, whole), result, "combine the empty state with that of all samples")
    yield* expect(metric.combine(whole, metric.empty), result, "combine the state of all samples with the empty one")
    const codec = Schema.fromJsonString(Schema.toCodecJson(metric.state))
    const read = (state: unknown) => Schema.decodeUnknownSync(codec)(Schema.encodeSync(codec)(state))
    yield* expect(read(whole), result, "write the state of all samples as JSON and read it")
    yield* expect(
      all.map((index) => measure([index])).reduce((state, one) => metric.combine(state, one), metric.empty),
      result,
      "measure one sample after the other"
    )
    for (let drawn = 0; drawn < partitions; drawn++) {
      const key = Rng.fold(Rng.named(Rng.key(seed), "partition"), drawn)
      const positionOf = metric.ordered === true ? (position: number) => position : Rng.permutation(key, n)
      const ends = cut(n, Rng.fold(key, 1))
      const batches = ends.map((end, k) => all.slice(k === 0 ? 0 : element(ends, k - 1), end).map(positionOf))
      const states = batches.map((positions) => read(measure(positions)))
      const sizes = batches.map(({ length }) => length).join(", ")
      const order = metric.ordered === true ? "in their order" : `in the order of partition ${drawn} of seed ${seed}`
      yield* expect(
        merge(metric, states, Rng.fold(key, 2)),
        result,
        `measure its samples ${order} in batches of ${sizes}, and merge neighbours in a drawn order`
      )
    }
  })
