/** What happens between two batches: validation, decisions, best values, saving. The only places where a run is steered. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Definition, Full } from "./Callback.ts"
import { Checkpoints, type RunDescription } from "./Checkpoints.ts"
import type { Dataset } from "./Dataset.ts"
import * as Decision from "./Decision.ts"
import * as Evaluation from "./Evaluation.ts"
import type * as Event from "./Event.ts"
import type { HookTable } from "./HookTable.ts"
import * as Live from "./Live.ts"
import { figuresOf } from "./MetricResults.ts"
import * as Scores from "./Scores.ts"
import type { StepExecutor } from "./StepExecutor.ts"
import { type SpecOf, type Task, whenEvaluated } from "./Task.ts"
import * as Tensors from "./Tensors.ts"
import type { TrainConfig } from "./TrainConfig.ts"
import { averages, type TrainState, withAverages } from "./TrainState.ts"

export interface BoundaryOptions {
  readonly task: Task
  readonly config: TrainConfig
  readonly executor: StepExecutor["Service"]
  readonly validations: { readonly [name: string]: Dataset }
  /** Specs of the model's outputs, to check labels against. */
  readonly outputs: SpecOf
  readonly callbacks: ReadonlyArray<Definition>
  readonly description: () => RunDescription
  readonly hooks: HookTable
  readonly live: Live.Live
  /** The learning rate of the first parameter group at the present position. */
  readonly learningRate: () => number
  /** The position of the state that the run continues from. */
  readonly savedAt: { readonly epoch: number; readonly batch: number; readonly step: number } | undefined
  readonly view: () => TrainState
  /** Takes an event and hands on what is waiting. */
  readonly publish: (event: Event.Known) => Effect.Effect<void>
  /** Brings `elapsedSeconds` up to date and gives the progress. */
  readonly now: () => Live.Live["plain"]["progress"]
}

/** What validation and hooks made of a boundary. */
export interface Judged {
  readonly decision: Decision.Decision
  readonly values: Event.Values
}

/** Which way a monitor is better: as its metric says; losses are better when lower. */
export const betterOf = (task: Task, monitor: string): "higher" | "lower" => {
  const metric = whenEvaluated(task).metrics[monitor.slice(monitor.indexOf("/") + 1)]
  return metric?.better === "higher" ? "higher" : "lower"
}

/** The values of an epoch so far, by monitor. */
export const trainValues = (task: Task, scores: Scores.Scores): Event.Values =>
  Object.fromEntries(Object.entries(Scores.values(task, scores)).map(([name, value]) => [`train/${name}`, value]))

export const make = (options: BoundaryOptions) => {
  const { task, config, executor, validations, outputs, hooks, live, view, publish, now } = options
  const evaluate = Evaluation.makeEvaluator(task, executor)
  /** Where the last checkpoint was saved, or the state that the run continues from had been. */
  let lastSaved: { readonly epoch: number; readonly batch: number; readonly step: number } | undefined = options.savedAt
  const kept = [...new Set(options.callbacks.flatMap(({ keepBest = [] }) => keepBest))]

  /** Notes new best values of so many finished epochs, and keeps the parameters of those that may be restored. */
  const noteBest = (values: Event.Values, epoch: number): void => {
    for (const monitor in values) {
      const value = values[monitor]!
      if (Number.isNaN(value)) continue
      const direction = betterOf(task, monitor)
      const best = live.plain.best[monitor]
      // A tie keeps the earlier one.
      if (best !== undefined && (direction === "higher" ? value <= best.value : value >= best.value)) continue
      const { step } = live.plain.progress
      live.plain = { ...live.plain, best: { ...live.plain.best, [monitor]: { value, epoch, step } } }
      if (!kept.includes(monitor)) continue
      const { parameters, statistics } = live.tensors
      // What was best may have been measured with averages.
      const weights = { parameters, statistics, callbacks: averages(live.tensors) }
      Live.keepBest(live, monitor, Tensors.retainTree(weights))
    }
  }

  /** Validates on one set. */
  const validateOn = Effect.fnUntraced(function* (name: string, dataset: Dataset) {
    const begin = performance.now()
    const decision = yield* hooks.call("validationBegin", { progress: now(), state: view, name })
    const batchSize = config.validation.batchSize ?? config.batchSize
    const limitBatches = config.fastDevRun ? 1 : config.validation.limitBatches
    const batches = Math.min(limitBatches ?? Number.POSITIVE_INFINITY, Math.ceil(dataset.length / batchSize))
    yield* publish({ version: 1, _tag: "ValidationStarted", progress: now(), name, batches })
    const at = (batch: number) => ({ progress: live.plain.progress, state: view, name, batch })
    const result = yield* evaluate({
      task,
      executor,
      dataset,
      outputs,
      batchSize,
      limitBatches,
      seed: config.seed,
      weights: { parameters: withAverages(live.tensors, decision.useParameters), statistics: live.tensors.statistics },
      onBatchBegin: hooks.has("validationBatchBegin")
        ? (batch) => void hooks.callSync("validationBatchBegin", at(batch))
        : undefined,
      onBatchEnd: hooks.has("validationBatchEnd")
        ? (batch, own) => void hooks.callSync("validationBatchEnd", { ...at(batch), ...own })
        : undefined
    })
    for (const unknown of decision.useParameters) {
      if (Object.hasOwn(live.tensors.callbacks, unknown)) continue
      const message = `A callback asked to validate with the tensors ${unknown}, but no callback has such tensors; ${name} was measured with the run's own parameters.`
      yield* publish({ version: 1, _tag: "Warned", progress: now(), message })
    }
    const values = Object.fromEntries(Object.entries(result.values).map(([key, value]) => [`${name}/${key}`, value]))
    yield* publish({
      version: 1,
      _tag: "ValidationEnded",
      progress: now(),
      name,
      samples: result.samples,
      learningRate: options.learningRate(),
      values,
      seconds: (performance.now() - begin) / 1000
    })
    hooks.spent?.({ phase: "validation" }, performance.now() - begin)
    const { metrics } = whenEvaluated(task)
    const results = Scores.results(metrics, result.scores)
    return { values, full: { results, figures: () => figuresOf(metrics, results) } satisfies Full }
  })

  /** Validates on every set, when so many epochs have been finished; the values by monitor key. */
  const validate = Effect.fnUntraced(function* (epoch: number) {
    let values: Event.Values = {}
    const full: Record<string, Full> = {}
    for (const name in validations) {
      const own = yield* validateOn(name, validations[name]!)
      values = { ...values, ...own.values }
      full[name] = own.full
    }
    const { step, elapsedSeconds } = live.plain.progress
    live.plain = { ...live.plain, validated: { step, elapsedSeconds } }
    noteBest(values, epoch)
    // Every set has been measured before any hook is told, so a controller may compare them.
    let decision = Decision.proceed
    for (const name in validations) {
      const own = Object.fromEntries(Object.entries(values).filter(([key]) => key.startsWith(`${name}/`)))
      const event = { progress: now(), state: view, name, values: own, ...full[name]! }
      decision = Decision.join(decision, yield* hooks.call("validationEnd", event))
    }
    return { decision, values } satisfies Judged
  })

  /** Carries out what a decision changes in the state. */
  const apply = Effect.fnUntraced(function* (decision: Decision.Decision) {
    for (const factor of decision.scaleLearningRate) {
      live.plain = { ...live.plain, learningRateScale: live.plain.learningRateScale * factor }
    }
    for (const monitor of decision.restoreBest) {
      const best = Object.hasOwn(live.tensors.best, monitor) ? live.tensors.best[monitor] : undefined
      if (best === undefined) {
        const message = `A callback asked to restore the best parameters by ${monitor}, but none have been kept yet; the parameters stay as they are.`
        yield* publish({ version: 1, _tag: "Warned", progress: now(), message })
        continue
      }
      Live.restore(live, best)
    }
  })

  /** Saves when asked to: the state as it is, or one that is to be continued from instead. */
  const save = Effect.fnUntraced(function* (decision: Decision.Decision, stateOf: () => TrainState = view) {
    if (!decision.saveNow) return undefined
    const store = yield* Effect.serviceOption(Checkpoints)
    if (Option.isNone(store)) {
      const message = "A callback asked for a checkpoint, but no Checkpoints layer is provided; nothing was saved."
      yield* publish({ version: 1, _tag: "Warned", progress: now(), message })
      return undefined
    }
    const begin = performance.now()
    const { path } = yield* store.value.save(stateOf(), options.description(), decision.savers)
    const { elapsedSeconds } = now()
    const progress = { ...stateOf().plain.progress, elapsedSeconds }
    lastSaved = progress
    hooks.spent?.({ phase: "checkpoint" }, performance.now() - begin)
    yield* publish({ version: 1, _tag: "CheckpointSaved", progress, path })
    yield* hooks.call("checkpointSaved", { progress, state: stateOf, path })
    return path
  })

  /** Whether this very position has been saved. */
  const isSavedAt = ({ epoch, batch, step }: TrainState["plain"]["progress"]): boolean =>
    lastSaved?.epoch === epoch && lastSaved.batch === batch && lastSaved.step === step

  return { validate, apply, save, isSavedAt, evaluate, noteBest }
}
