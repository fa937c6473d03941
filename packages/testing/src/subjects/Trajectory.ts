/**
 * A run as plain data: what happened at every batch, what was read and decided, and the final state. Laws compare
 * trajectories. Seconds, attempts and the like, which may differ between equal runs, are left out.
 */

import type { Backend } from "@etude/core/Backend"
import * as Callback from "@etude/core/Callback"
import type { Dataset } from "@etude/core/Dataset"
import type { Values } from "@etude/core/Event"
import { element } from "@etude/core/Lookup"
import { batchAfter } from "@etude/core/Progress"
import type { StepExecutor } from "@etude/core/StepExecutor"
import type { Task } from "@etude/core/Task"
import * as TensorNames from "@etude/core/TensorNames"
import type { TrainConfigInput } from "@etude/core/TrainConfig"
import * as Trainer from "@etude/core/Trainer"
import * as TrainState from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Close from "../Close.ts"
import * as StateJson from "../StateJson.ts"
import * as Data from "./Data.ts"

/** Callbacks' layers, with everything they need but a backend provided. */
export type Plugins = Layer.Layer<any, any, Callback.CallbackRegistry | Backend | StepExecutor>

const merged = (layers: ReadonlyArray<Plugins | undefined>): Plugins =>
  Layer.mergeAll(Layer.empty, ...layers.filter((layer) => layer !== undefined))

/** No callbacks. */
export const none: Plugins = merged([])

/** The subject of a law. */
export interface Subject {
  /** How messages call it. */
  readonly name: string
  readonly task: Task<any, any, any, any>
  readonly config?: TrainConfigInput
  readonly data: { readonly train: Dataset; readonly validation?: Trainer.ValidationData<string> }
  readonly callbacks?: Plugins
}

/** Where in the run something was seen. */
export interface Place {
  readonly epoch: number
  readonly batch: number
  readonly step: number
}

export interface BatchTrace extends Place {
  /** `updated`, or why the batch was skipped. */
  readonly what: string
  readonly samples: number
  readonly learningRate: number
  readonly values: Values
}

export interface Trajectory {
  /** The limit reached, a controller's reason, or `interrupted`. */
  readonly reason: string
  readonly batches: ReadonlyArray<BatchTrace>
  /** The samples of each of these batches, in the order of reading. */
  readonly reads: ReadonlyArray<ReadonlyArray<number>>
  /** Decisions, as text with their place. */
  readonly decisions: ReadonlyArray<string>
  readonly state: TrainState.TrainStateData
}

export interface RecordOptions {
  /** The state to resume from. */
  readonly state?: TrainState.TrainStateData | undefined
  /** Changes to the subject's config. */
  readonly config?: TrainConfigInput
  /** Other data. */
  readonly data?: Partial<Subject["data"]>
  /** More callbacks. */
  readonly callbacks?: Plugins | undefined
}

/** The trainer under test: `Trainer.train`, or a double of it. */
export type Train = (
  task: Task<any, any, any, any>,
  options: object
) => Effect.Effect<Trainer.TrainResult, unknown, any> // the subject's own types don't matter here

export const train = Trainer.train as Train

/** Trains a subject. The final state belongs to the scope. */
export const run = (
  { task, config, data, callbacks }: Subject,
  options: RecordOptions = {},
  using: Train = train
): Effect.Effect<Trainer.TrainResult, unknown, Backend | StepExecutor | Scope.Scope> =>
  Effect.gen(function* () {
    const initial = options.state
    const state =
      initial === undefined
        ? undefined
        : yield* Effect.acquireRelease(
            Effect.sync(() => TrainState.fromData(initial)),
            (owned) => Effect.sync(() => TrainState.dispose(owned))
          )
    return yield* using(task, {
      config: { ...config, ...options.config },
      data: { ...data, ...options.data },
      callbacks: merged([callbacks, options.callbacks]),
      ...(state === undefined ? {} : { state })
    })
  })

/** Runs a subject to its end and notes what happens. Of an interrupted run, the state is the one its callbacks were given. */
export const record = Effect.fnUntraced(function* (
  subject: Subject,
  options: RecordOptions = {}
): Effect.fn.Return<Trajectory, unknown, Backend | StepExecutor> {
  const batches: Array<BatchTrace> = []
  const decisions: Array<string> = []
  const { dataset, reads } = Data.watched(subject.data.train)
  let cut: TrainState.TrainStateData | undefined
  const watcher = Callback.observer({
    id: "~testing/trajectory",
    onEvent: (event) => {
      const { epoch, batch } = event.progress
      if (event._tag === "DecisionTaken") {
        decisions.push(`${event.callback} in epoch ${epoch}, batch ${batch}: ${JSON.stringify(event.decision)}`)
      }
    },
    hooks: {
      // Earlier reads are of the first samples, for a trial run of the model.
      trainBegin: () => void reads.splice(0),
      batchEnd: ({ progress: { epoch, batch, step }, samples, learningRate, values }) =>
        void batches.push({ epoch, batch: batch - 1, step: step - 1, what: "updated", samples, learningRate, values }),
      // Not by its event: events arrive at the next boundary, batches immediately.
      batchSkipped: ({ progress: { epoch, batch, step }, reason }) =>
        void batches.push({ epoch, batch: batch - 1, step, what: reason, samples: 0, learningRate: 0, values: {} }),
      interrupted: ({ state }) => {
        cut = TrainState.toData(state())
      }
    }
  })
  const exit = yield* run(subject, {
    ...options,
    data: { ...subject.data, ...options.data, train: dataset },
    callbacks: merged([watcher, options.callbacks])
  }).pipe(
    Effect.map(({ reason, state }) => ({ reason, state: TrainState.toData(state) })),
    Effect.scoped,
    Effect.exit
  )
  // A loader that reads ahead has read more than was trained on.
  const trace = () => ({ batches, reads: reads.slice(0, batches.length), decisions })
  if (Exit.isSuccess(exit)) return { ...exit.value, ...trace() }
  if (cut !== undefined) return { reason: "interrupted", state: cut, ...trace() }
  return yield* Effect.failCause(exit.cause)
})

/** Through JSON text and back. */
export const throughJson = (state: TrainState.TrainStateData): TrainState.TrainStateData =>
  StateJson.decode(StateJson.encode(state))

/** A run and its continuation as one. */
export const joined = (first: Trajectory, second: Trajectory): Trajectory => ({
  reason: second.reason,
  batches: [...first.batches, ...second.batches],
  reads: [...first.reads, ...second.reads],
  decisions: [...first.decisions, ...second.decisions],
  state: second.state
})

const position = (place: Place) => `in ${batchAfter(place)} (step ${place.step + 1})`

const plainOf = (data: TrainState.TrainStateData) => {
  const { attempt: _, ...plain } = TrainState.decodePlain(data.plain)
  return {
    ...plain,
    progress: { ...plain.progress, elapsedSeconds: 0 },
    validated: { ...plain.validated, elapsedSeconds: 0 }
  }
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, part) => (typeof part === "number" && !Number.isFinite(part) ? String(part) : part)) ??
  "nothing"

/** Plain data with its numbers taken out, which a tolerance is for. */
const apart = (value: unknown) => {
  const numbers: Array<number> = []
  const form = JSON.stringify(value, (_key, part) => {
    if (typeof part !== "number") return part
    numbers.push(part)
    return "a number"
  })
  return { form, numbers }
}

const isClose = (a: unknown, b: unknown, tolerance: Close.Tolerance): boolean => {
  const [left, right] = [apart(a), apart(b)]
  return left.form === right.form && Close.difference(left.numbers, right.numbers, tolerance) === undefined
}

export interface CompareOptions {
  /** Bit for bit when absent. */
  readonly tolerance?: Close.Tolerance
  /** Ids of callbacks that only one of the runs has: their state and tensors are not compared. */
  readonly ignoring?: ReadonlyArray<string>
  /** Leave out what validation adds: history, best values and its position; and decisions. */
  readonly trainingOnly?: boolean
  /**
   * The expected run with initial parameters that differ by a rounding, several times. What that moves is ill-conditioned: it
   * may be apart by some times as much more.
   */
  readonly moved?: ReadonlyArray<Trajectory>
}

/** How many times what a rounding moves may be apart. */
const movedTimes = 8

const widened = (
  tolerance: Close.Tolerance | undefined,
  expected: ArrayLike<number> | undefined,
  moved: ReadonlyArray<ArrayLike<number> | undefined> = []
): Close.Tolerance | undefined => {
  if (tolerance === undefined || expected === undefined || moved.length === 0) return tolerance
  const furthest = Math.max(...moved.map((values) => (values === undefined ? 0 : Close.distance(values, expected))))
  return { ...tolerance, absolute: (tolerance.absolute ?? 1e-6) + movedTimes * furthest }
}

const valuesDifference = (
  found: Values,
  expected: Values,
  moved: ReadonlyArray<Values | undefined> | undefined,
  allowed: Close.Tolerance | undefined
): string | undefined => {
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const [a, b] = [found[name], expected[name]]
    if (a === undefined || b === undefined) return `${name} ${a === undefined ? "is missing" : "should not be there"}`
    const tolerance = widened(
      allowed,
      [b],
      moved?.map((values) => (values?.[name] === undefined ? undefined : [values[name]]))
    )
    const problem = tolerance === undefined ? Close.bitDifference([a], [b]) : Close.difference([a], [b], tolerance)
    if (problem !== undefined) return `${name} ${problem}`
  }
  return undefined
}

const batchDifference = (found: Trajectory, expected: Trajectory, options: CompareOptions): string | undefined => {
  for (let index = 0; index < Math.max(found.batches.length, expected.batches.length); index++) {
    const [a, b] = [found.batches[index], expected.batches[index]]
    if (b === undefined) return `an extra batch was seen, ${position(element(found.batches, index))}`
    if (a === undefined) return `nothing was seen ${position(b)}`
    if (position(a) !== position(b)) return `a batch was seen ${position(a)} instead of ${position(b)}`
    if (a.what !== b.what) return `${a.what} instead of ${b.what} ${position(b)}`
    const samples = text(found.reads[index]?.toSorted())
    if (text(found.reads[index]) !== text(expected.reads[index])) {
      const expectedSamples = expected.reads[index]
      return `samples ${text(found.reads[index])} instead of ${text(expectedSamples)} were read ${position(b)}${
        samples === text(expectedSamples?.toSorted()) ? ", in another order" : ""
      }`
    }
    if (a.samples !== b.samples) return `${a.samples} samples instead of ${b.samples} ${position(b)}`
    const { learningRate } = b
    if (!Object.is(a.learningRate, learningRate)) {
      return `the learning rate is ${a.learningRate} instead of ${learningRate} ${position(b)}`
    }
    const moved = options.moved?.map(({ batches }) => batches[index]?.values)
    const problem = valuesDifference(a.values, b.values, moved, options.tolerance)
    if (problem !== undefined) return `${problem} ${position(b)}`
  }
  return undefined
}

/** The groups of tensors that are compared, in the order in which differences are reported. */
const isIgnored = (path: string, ignoring: ReadonlyArray<string>): boolean => {
  const callback = TensorNames.callbackOf(path)
  return callback !== undefined && ignoring.includes(callback)
}

const stateDifference = (
  found: TrainState.TrainStateData,
  expected: TrainState.TrainStateData,
  { tolerance, ignoring = [], trainingOnly = false, moved }: CompareOptions
): string | undefined => {
  const paths = [...new Set([...Object.keys(expected.tensors), ...Object.keys(found.tensors)])]
  for (const path of paths) {
    if (isIgnored(path, ignoring) || (trainingOnly && path.startsWith("best/"))) continue
    const allowed = widened(
      tolerance,
      expected.tensors[path]?.values,
      moved?.map(({ state }) => state.tensors[path]?.values)
    )
    const problem = Close.dataDifference(found.tensors[path], expected.tensors[path], allowed)
    if (problem !== undefined) return `${path} ${problem} in the final state`
  }
  const [a, b] = [plainOf(found), plainOf(expected)]
  for (const key of Object.keys(b) as Array<keyof typeof b>) {
    if (trainingOnly && ["history", "best", "kept", "measured", "endedWith", "validated", "callbacks"].includes(key))
      continue
    // The numbers of these are compared where they were measured, batch by batch, and there with what rounding does to them.
    if (tolerance !== undefined && ["metrics", "history", "best", "kept", "measured", "endedWith"].includes(key))
      continue
    const without = (part: unknown) =>
      key === "callbacks"
        ? Object.fromEntries(Object.entries(part as object).filter(([id]) => !ignoring.includes(id)))
        : part
    const [left, right] = [text(without(a[key])), text(without(b[key]))]
    if (tolerance !== undefined && isClose(without(a[key]), without(b[key]), tolerance)) continue
    if (left !== right) return `${key} is ${left} instead of ${right} in the final state`
  }
  return undefined
}

/** The earliest difference between two trajectories, as a sentence; `undefined` when there is none. */
export const difference = (
  found: Trajectory,
  expected: Trajectory,
  options: CompareOptions = {}
): string | undefined => {
  const inBatches = batchDifference(found, expected, options)
  if (inBatches !== undefined) return inBatches
  if (options.trainingOnly !== true) {
    // Decisions at an interrupted boundary are repeated there.
    const [a, b] = [[...new Set(found.decisions)], [...new Set(expected.decisions)]]
    const index = Array.from({ length: Math.max(a.length, b.length) }).findIndex((_, one) => a[one] !== b[one])
    if (index !== -1) return `the decision was ${a[index] ?? "none"} instead of ${b[index] ?? "none"}`
  }
  const inState = stateDifference(found.state, expected.state, options)
  if (inState !== undefined) return inState
  return found.reason === expected.reason
    ? undefined
    : `the run ended with "${found.reason}" instead of "${expected.reason}"`
}
