/** What happens between two batches: validation, decisions, best values, saving. The only places where a run is steered. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Best from "../../Best.ts"
import type { Definition, Full } from "../../Callback.ts"
import { Checkpoints, type RunDescription } from "../../Checkpoints.ts"
import type { Dataset } from "../../Dataset.ts"
import * as Decision from "../../Decision.ts"
import type * as Event from "../../Event.ts"
import type { HookTable } from "../../HookTable.ts"
import { figuresOf } from "../../MetricResults.ts"
import * as Monitors from "../../Monitors.ts"
import type { StepExecutor } from "../../StepExecutor.ts"
import { type SpecOf, type Task, whenEvaluated } from "../../Task.ts"
import type { TrainConfig } from "../../TrainConfig.ts"
import { type TrainState, withAverages } from "../../TrainState.ts"
import * as Scores from "../step/Scores.ts"
import * as Ending from "./Ending.ts"
import * as Evaluation from "./Evaluation.ts"
import * as Live from "./Live.ts"

export interface BoundaryOptions {
  readonly task: Task
  readonly config: TrainConfig
  readonly executor: StepExecutor["Service"]
  readonly monitors: Monitors.Monitors
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

/** The values of an epoch so far, by monitor. */
export const trainValues = (task: Task, scores: Scores.Scores): Event.Values =>
  Monitors.keyed(Monitors.trainingSet, Scores.values(task, scores))

export const make = (options: BoundaryOptions) => {
  const { task, config, executor, validations, outputs, callbacks, monitors, hooks, live, view, publish, now } = options
  const evaluate = Evaluation.makeEvaluator(task, executor)
  /** Where the last checkpoint was saved, or the state that the run continues from had been. */
  let lastSaved: { readonly epoch: number; readonly batch: number; readonly step: number } | undefined = options.savedAt
  const asked = Ending.askedOf(config.endWith, callbacks)
  const rules = Ending.rulesOf(asked, callbacks)
  const watched = Ending.watchedBy(asked, callbacks)
  const heardNaN = new Set<string>()
  /** Best values that a controller asked to restore as it ended the run. */
  let restoredAtEnd: ReadonlyArray<string> = []
  const warn = (message: string) => publish({ version: 1, _tag: "Warned", progress: now(), message })
  const at = () => ({ progress: now(), monitors, state: view })

  /** Notes what was measured when so many epochs were finished, and keeps the weights of new best values. */
  const noteBest = (values: Event.Values, epoch: number): void => {
    const { progress, best, kept, measured } = live.plain
    const { step } = progress
    const improved = Ending.improvedRules(rules, monitors, kept, values, progress)
    for (const { key } of improved) Live.keepBest(live, key)
    live.plain = {
      ...live.plain,
      best: Best.record(best, monitors, values, { epoch, step }),
      kept: {
        ...kept,
        ...Object.fromEntries(improved.map(({ key, monitor }) => [key, { value: values[monitor]!, epoch, step }]))
      },
      measured: { ...measured, ...values }
    }
  }

  /** Says once of each value that somebody looks at, and of losses, that it is NaN. */
  const warnOfNaN = (name: string, values: Event.Values) =>
    Effect.forEach(
      Object.keys(values).filter((monitor) => {
        const isLoss = !Object.hasOwn(whenEvaluated(task).metrics, monitors[monitor]?.metric ?? "")
        return Number.isNaN(values[monitor]) && (isLoss || watched.has(monitor)) && !heardNaN.has(monitor)
      }),
      (monitor) => {
        heardNaN.add(monitor)
        return warn(
          `${monitor} is NaN: nothing can be judged by it. Look for NaN in the inputs and targets of ${name}, and at the model's outputs.`
        )
      },
      { discard: true }
    )

  /** Validates on one set. */
  const validateOn = Effect.fnUntraced(function* (name: string, dataset: Dataset) {
    const begin = performance.now()
    const decision = yield* hooks.call("validationBegin", { ...at(), name })
    const batchSize = config.validation.batchSize ?? config.batchSize
    const limitBatches = config.fastDevRun ? 1 : config.validation.limitBatches
    const batches = Math.min(limitBatches ?? Number.POSITIVE_INFINITY, Math.ceil(dataset.length / batchSize))
    yield* publish({ version: 1, _tag: "ValidationStarted", progress: now(), name, batches })
    const atBatch = (batch: number) => ({ progress: live.plain.progress, monitors, state: view, name, batch })
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
        ? (batch) => void hooks.callSync("validationBatchBegin", atBatch(batch))
        : undefined,
      onBatchEnd: hooks.has("validationBatchEnd")
        ? (batch, own) => void hooks.callSync("validationBatchEnd", { ...atBatch(batch), ...own })
        : undefined
    })
    for (const unknown of decision.useParameters) {
      if (Object.hasOwn(live.tensors.callbacks, unknown)) continue
      const message = `A callback asked to validate with the tensors ${unknown}, but no callback has such tensors; ${name} was measured with the run's own parameters.`
      yield* publish({ version: 1, _tag: "Warned", progress: now(), message })
    }
    const values = Monitors.keyed(name, result.values)
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
    yield* warnOfNaN(name, values)
    hooks.spent?.({ phase: "validation" }, performance.now() - begin)
    const { metrics } = whenEvaluated(task)
    const results = Scores.results(metrics, result.scores)
    return { values, full: { results, figures: () => figuresOf(metrics, results) } satisfies Full }
  })

  /** Validates on every set, when so many epochs have been finished; the values by monitor key. */
  const validate = Effect.fnUntraced(function* (epoch: number) {
    let values: Event.Values = {}
    const all: Array<{ readonly name: string; readonly values: Event.Values; readonly full: Full }> = []
    for (const name in validations) {
      const own = yield* validateOn(name, validations[name]!)
      values = { ...values, ...own.values }
      all.push({ name, ...own })
    }
    const { step, elapsedSeconds } = live.plain.progress
    live.plain = { ...live.plain, validated: { step, elapsedSeconds } }
    noteBest(values, epoch)
    // Every set has been measured before any hook is told, so a controller may compare them.
    let decision = Decision.proceed
    for (const { name, values: own, full } of all) {
      const event = { ...at(), name, values: own, ...full }
      decision = Decision.join(decision, yield* hooks.call("validationEnd", event))
    }
    return { decision, values } satisfies Judged
  })

  /** Carries out what a decision changes in the state. */
  const apply = Effect.fnUntraced(function* (decision: Decision.Decision) {
    for (const factor of decision.scaleLearningRate) {
      live.plain = { ...live.plain, learningRateScale: live.plain.learningRateScale * factor }
    }
    // What ends with kept weights keeps the last ones for whoever continues it.
    if (decision.stopRun.length > 0) {
      restoredAtEnd = decision.restoreBest
      return
    }
    for (const monitor of decision.restoreBest) {
      const best = Object.hasOwn(live.tensors.best, monitor) ? live.tensors.best[monitor] : undefined
      if (best === undefined) {
        const message = `A callback asked to restore the best parameters by ${monitor}, but none have been kept yet; the parameters stay as they are.`
        yield* publish({ version: 1, _tag: "Warned", progress: now(), message })
        continue
      }
      Live.restore(live, best)
      live.plain = { ...live.plain, measured: {} }
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
    yield* hooks.call("checkpointSaved", { progress, monitors, state: stateOf, path })
    return path
  })

  /** Whether this very position has been saved. */
  const isSavedAt = ({ epoch, batch, step }: TrainState["plain"]["progress"]): boolean =>
    lastSaved?.epoch === epoch && lastSaved.batch === batch && lastSaved.step === step

  /** Ends the run with the weights that were asked for; warns of what was watched and never measured. */
  const finish = Effect.gen(function* () {
    const { history, kept } = live.plain
    for (const monitor of Ending.neverMeasured(watched.keys(), history)) {
      yield* warn(
        `${monitor} was never measured in this run, so ${watched.get(monitor)!.join(" and ")} could not judge by it; look at validation.every.`
      )
    }
    const rule = asked ?? (config.endWith === undefined ? restoredAtEnd[0] : undefined)
    if (rule === undefined) return
    const [key, monitor] = [Best.keyOf(rule), Best.ruleOf(rule).monitor]
    const weights = Object.hasOwn(live.tensors.best, key) ? live.tensors.best[key] : undefined
    if (weights === undefined) {
      return yield* warn(
        `The run was to end with the best weights by ${key}, but no value of it counted as a best one; it ends with the last weights.`
      )
    }
    Live.endWith(live, weights)
    live.plain = { ...live.plain, endedWith: { monitor, ...kept[key]! }, measured: {} }
  })

  return { validate, apply, save, isSavedAt, evaluate, noteBest, finish }
}
