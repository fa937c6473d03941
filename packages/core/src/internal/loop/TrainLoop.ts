/**
 * The training loop: batches through the synchronous step, boundaries through Effect. A stretch of synchronous steps ends
 * where something effectful is due, or when its time slice is over; the latter decides nothing but when others have a turn.
 */
import * as Effect from "effect/Effect"
import { DataLoader } from "../../DataLoader.ts"
import type { Dataset, HostBatch } from "../../Dataset.ts"
import * as Decision from "../../Decision.ts"
import * as Draw from "../../Draw.ts"
import { DataError, type NonFiniteFound } from "../../Errors.ts"
import type * as Event from "../../Event.ts"
import * as Extent from "../../Extent.ts"
import type { HookTable } from "../../HookTable.ts"
import * as Monitors from "../../Monitors.ts"
import { Surroundings } from "../../Surroundings.ts"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type { TrainConfig } from "../../TrainConfig.ts"
import * as TrainState from "../../TrainState.ts"
import * as Scores from "../step/Scores.ts"
import type { Stepper } from "../step/Stepper.ts"
import type { BatchPlan } from "./BatchPlan.ts"
import type * as Boundary from "./Boundary.ts"
import * as Continuation from "./Continuation.ts"
import * as Divergence from "./Divergence.ts"
import { errorOf } from "./Evaluation.ts"
import * as Live from "./Live.ts"
import { sliceMilliseconds } from "./slice.ts"

export interface TrainLoopOptions {
  readonly task: Task
  readonly config: TrainConfig
  readonly until: Extent.Until
  readonly dataset: Dataset
  readonly plan: BatchPlan
  readonly hooks: HookTable
  readonly monitors: Monitors.Monitors
  readonly live: Live.Live
  readonly stepper: Stepper
  readonly boundary: ReturnType<typeof Boundary.make>
  readonly hasValidation: boolean
  /** What was decided before the first batch. */
  readonly asked: Decision.Decision
  readonly view: () => TrainState.TrainState
  readonly publish: (event: Event.Known) => Effect.Effect<void>
  /** Keeps an event that happened inside a synchronous stretch, in order, until it can be published. */
  readonly note: (event: Event.Known) => void
  readonly flush: Effect.Effect<void>
  readonly now: () => Live.Live["plain"]["progress"]
}

/** What ended a stretch of synchronous steps. */
type Stopped =
  | { readonly _tag: "Slice" }
  | { readonly _tag: "Wait"; readonly next: Effect.Effect<HostBatch | undefined, any> }
  | { readonly _tag: "Boundary"; readonly decision: Decision.Decision }
  | { readonly _tag: "DataEnded" }

const standingStill =
  "no step in a whole epoch: callbacks skipped all of its batches, and only steps or samples end the run"

const hasKeys = (record: object): boolean => {
  for (const _ in record) return true
  return false
}

/** Trains until a limit is reached or a controller stops the run; gives the reason and the paths of saved checkpoints. */
export const run = Effect.fnUntraced(function* (options: TrainLoopOptions) {
  const { task, config, until, dataset, plan, hooks, live, stepper, boundary, view, publish, note, flush, now } =
    options
  const saved: Array<string> = []
  const logger = { step: live.plain.progress.step, samples: live.plain.progress.samples, at: performance.now() }
  const at = () => ({ progress: live.plain.progress, monitors: options.monitors, state: view })
  /** Updates of the running epoch in this attempt, and the highest of their learning rates. */
  let updates = { count: 0, rate: 0 }
  /** What `batchEnd` says of the batch that was just trained on; none after a skipped one. */
  let last: { readonly samples: number; readonly values: Event.Values; readonly learningRate: number } | undefined

  /** What the loss is compared with: that of the first batch, or what is known of the beginning of a resumed run. */
  let firstLoss: number | undefined = live.plain.history.find(({ values }) => values["train/loss"] !== undefined)
    ?.values["train/loss"]
  let isWarned = false

  const warnOfDivergence = (): void => {
    const mean = Scores.totalLoss(task, live.scores)
    if (isWarned || firstLoss === undefined || !Divergence.hasDiverged(firstLoss, mean)) return
    isWarned = true
    note({ version: 1, _tag: "Warned", progress: live.plain.progress, message: Divergence.warningOf(firstLoss, mean) })
  }

  const advance = (samples: number, updated: boolean): void => {
    const { epoch, batch, step, samples: seen, elapsedSeconds } = now()
    const progress = {
      epoch,
      batch: batch + 1,
      step: step + (updated ? 1 : 0),
      samples: seen + samples,
      elapsedSeconds
    }
    live.plain = { ...live.plain, progress }
  }

  const skip = (reason: "empty" | "controller" | "nonFinite", detail: string): Decision.Decision => {
    note({ version: 1, _tag: "BatchSkipped", progress: live.plain.progress, reason, detail })
    const skipped = live.plain.skipped
    live.plain = { ...live.plain, skipped: { ...skipped, [reason]: skipped[reason] + 1 } }
    advance(0, false)
    return hooks.has("batchSkipped") ? hooks.callSync("batchSkipped", { ...at(), reason }) : Decision.proceed
  }

  /** Goes on after a batch that gave NaN or infinities, as the policy says, or throws. */
  const recover = (error: NonFiniteFound): Decision.Decision => {
    const policy = config.nonFinite
    const { skipped, rollback } = live.plain
    const fail = (text: string): never => {
      throw Object.assign(error, { policy: text })
    }
    if (policy._tag === "Skip" && skipped.nonFiniteInARow < policy.maximum) {
      live.plain = { ...live.plain, skipped: { ...skipped, nonFiniteInARow: skipped.nonFiniteInARow + 1 } }
      return skip("nonFinite", error.message)
    }
    if (policy._tag === "Skip") return fail(`${policy.maximum} batches in a row were already skipped for that.`)
    if (policy._tag === "Rollback" && rollback.times < policy.maximum) {
      const { parameters = {}, statistics = {}, slots = {}, callbacks = {} } = live.tensors.rollback
      Live.restore(live, { parameters, statistics, slots, callbacks })
      note({
        version: 1,
        _tag: "RolledBack",
        progress: live.plain.progress,
        toStep: rollback.step,
        detail: error.message
      })
      live.plain = { ...live.plain, measured: {}, rollback: { ...rollback, times: rollback.times + 1 } }
      return skip("nonFinite", error.message)
    }
    if (policy._tag === "Rollback") return fail(`The run was already rolled back ${policy.maximum} times.`)
    return fail("The policy for such values is to fail.")
  }

  /** Keeps what a rollback goes back to. */
  const keepForRollback = (): void => {
    if (config.nonFinite._tag !== "Rollback") return
    const { step } = live.plain.progress
    if (Object.keys(live.tensors.rollback).length > 0 && step - live.plain.rollback.step < config.nonFinite.steps)
      return
    const { parameters, statistics, slots } = live.tensors
    // Averages would else keep what was not finite, or too large, for thousands of steps.
    const callbacks = TrainState.averages(live.tensors)
    Live.keepForRollback(live, Tensors.retainTree({ parameters, statistics, slots, callbacks }))
    live.plain = { ...live.plain, rollback: { ...live.plain.rollback, step } }
  }

  /** Learning rates as events have them: that of the first parameter group, and by name where there are several. */
  const namedRates = (rates: ReadonlyArray<number>) => {
    const [learningRate = Number.NaN] = rates
    if (rates.length <= 1) return { learningRate }
    return {
      learningRate,
      learningRates: Object.fromEntries(stepper.groups.map((name, group) => [name, rates[group]!]))
    }
  }

  const logStep = (
    values: Event.Values,
    measured: { readonly [id: string]: Event.Values },
    rates: ReadonlyArray<number>
  ): void => {
    const { progress } = live.plain
    const time = performance.now()
    const samplesPerSecond = ((progress.samples - logger.samples) / Math.max(1e-9, time - logger.at)) * 1000
    Object.assign(logger, { step: progress.step, samples: progress.samples, at: time })
    note({
      version: 1,
      _tag: "StepLogged",
      progress,
      values,
      ...(hasKeys(measured) ? { measured } : {}),
      ...namedRates(rates),
      samplesPerSecond
    })
  }

  /** One batch, from `batchBegin` to `batchEnd`. */
  const trainOn = (batch: HostBatch): Decision.Decision => {
    last = undefined
    const { epoch, batch: position } = live.plain.progress
    // Only for messages: working out a shuffled batch's samples takes time.
    const indices = () => plan.indices(epoch, position)
    if (hooks.has("batchBegin")) {
      const decision = hooks.callSync("batchBegin", { ...at(), samples: plan.samples(epoch, position) })
      if (decision.skipBatch) return Decision.join({ ...decision, skipBatch: false }, skip("controller", ""))
      if (decision !== Decision.proceed) return Decision.join(decision, update(batch, indices))
    }
    return update(batch, indices)
  }

  const update = (batch: HostBatch, indices: () => Int32Array): Decision.Decision => {
    const outcome = timed("step", () => stepper.train({ plain: live.plain, ...live.tensors }, batch, indices))
    if (outcome._tag === "Empty") return skip("empty", `samples ${[...indices().slice(0, 8)].join(", ")}`)
    if (outcome._tag === "NonFinite") return recover(outcome.error)
    const { samples, scores, learningRates } = outcome
    Live.commit(live, outcome.changed)
    const learningRate = learningRates[0] ?? Number.NaN
    firstLoss ??= Scores.totalLoss(task, scores)
    live.scores = Scores.combine(task, live.scores, scores)
    updates = { count: updates.count + 1, rate: Math.max(updates.rate, ...learningRates) }
    if (hasKeys(live.plain.measured)) live.plain = { ...live.plain, measured: {} }
    if (live.plain.skipped.nonFiniteInARow > 0) {
      live.plain = { ...live.plain, skipped: { ...live.plain.skipped, nonFiniteInARow: 0 } }
    }
    advance(samples, true)
    keepForRollback()
    const logged = live.plain.progress.step % config.logEverySteps === 0
    if (!logged && !hooks.has("batchEnd")) return Decision.proceed
    const values = Scores.values(task, scores)
    last = { samples, values, learningRate }
    if (logged) logStep(values, hooks.measure({ ...at(), ...last }), learningRates)
    return hooks.callSync("batchEnd", { ...at(), ...last })
  }

  const timed = <A>(phase: "data" | "step", body: () => A): A => {
    if (hooks.spent === undefined) return body()
    const begin = performance.now()
    try {
      return body()
    } finally {
      hooks.spent({ phase }, performance.now() - begin)
    }
  }

  const isValidationDue = (epochEnded: boolean): boolean =>
    options.hasValidation &&
    (config.fastDevRun
      ? epochEnded
      : Extent.due(config.validation.every, progressOf(epochEnded), epochEnded, live.plain.validated))

  /** The progress, with the running epoch counted as finished when its end is being judged. */
  const progressOf = (epochEnded: boolean) => {
    const { progress } = live.plain
    return epochEnded ? { ...progress, epoch: progress.epoch + 1 } : progress
  }

  const isBoundary = (decision: Decision.Decision): boolean => {
    const { progress } = live.plain
    return (
      decision !== Decision.proceed ||
      progress.batch >= plan.batchesOf(progress.epoch) ||
      (last !== undefined && hooks.isDue(progress)) ||
      isValidationDue(false) ||
      Extent.reached(until, progress) !== undefined
    )
  }

  let epochBegin = performance.now()
  const epoch = Effect.fnUntraced(function* () {
    const begin = performance.now()
    epochBegin = begin
    const { epoch: current, batch: first } = live.plain.progress
    const emptyBefore = live.plain.skipped.empty
    let asked = Decision.proceed
    if (first === 0) {
      live.scores = Scores.empty(task)
      yield* publish({ version: 1, _tag: "EpochStarted", progress: now() })
      live.held = TrainState.retain(view())
      asked = yield* hooks.call("epochBegin", at())
      yield* boundary.apply(asked)
      end(asked)
      const path = yield* boundary.save(asked)
      if (path !== undefined) saved.push(path)
      release()
      if (asked.stopRun.length > 0) return asked.stopRun.join(", ")
    }
    const source = yield* (yield* DataLoader).open(
      dataset,
      plan.from(current, first),
      Draw.ofEpoch(config.seed, current)
    )
    const stretch = (): Stopped => {
      const deadline = performance.now() + sliceMilliseconds
      do {
        const next = timed("data", () => source.next())
        if (Effect.isEffect(next)) return { _tag: "Wait", next }
        if (next === undefined) return { _tag: "DataEnded" }
        const decision = trainOn(next)
        if (isBoundary(decision)) return { _tag: "Boundary", decision }
      } while (performance.now() < deadline)
      return { _tag: "Slice" }
    }
    const { around } = yield* Surroundings
    const guarded = <A>(body: () => A) =>
      Effect.try({
        try: () => around(body),
        catch: (cause) => {
          if ((cause as { _tag?: unknown })?._tag === "NonFiniteFound") return cause as NonFiniteFound
          return errorOf(cause, `the step on ${dataset.name}`, current, live.plain.progress.batch)
        }
      })
    let stopped: Stopped = plan.batchesOf(current) > first ? { _tag: "Slice" } : { _tag: "DataEnded" }
    const { boundary: unfinished } = live.plain
    if (unfinished !== null) {
      last = unfinished.last ?? undefined
      live.plain = { ...live.plain, boundary: null }
      stopped = { _tag: "Boundary", decision: unfinished.decision }
    }
    if (asked.stopEpoch) stopped = { _tag: "Boundary", decision: Decision.stopEpoch }
    for (;;) {
      if (stopped._tag === "Slice") {
        yield* flush
        yield* Effect.yieldNow
        stopped = yield* guarded(stretch)
        continue
      }
      if (stopped._tag === "Wait") {
        yield* flush
        const waiting = performance.now()
        const batch: HostBatch | undefined = yield* stopped.next
        hooks.spent?.({ phase: "data" }, performance.now() - waiting)
        if (batch === undefined) {
          stopped = { _tag: "DataEnded" }
          continue
        }
        const decision: Decision.Decision = yield* guarded(() => trainOn(batch))
        stopped = isBoundary(decision) ? { _tag: "Boundary", decision } : { _tag: "Slice" }
        continue
      }
      const ended = stopped._tag === "DataEnded" || live.plain.progress.batch >= plan.batchesOf(current)
      const decision: Decision.Decision = stopped._tag === "Boundary" ? stopped.decision : Decision.proceed
      if (ended && first === 0 && live.plain.skipped.empty - emptyBefore >= plan.batches) {
        return yield* nothingCounts
      }
      hold(decision)
      const judged: { readonly reason: string | undefined; readonly ended: boolean } = yield* judge(
        decision,
        ended,
        begin
      )
      release()
      if (judged.reason !== undefined || judged.ended) return judged.reason
      stopped = { _tag: "Slice" }
    }
  }, Effect.scoped)

  const nothingCounts = Effect.suspend(() =>
    Effect.fail(
      new DataError({
        source: dataset.name,
        found: `an epoch of ${plan.batches} batches, all of them empty`,
        expected: "samples, some of them with a weight and mask above 0",
        advice: "Look at what its read gives, at its weights and at its mask; the parameters are as they were."
      })
    )
  )

  /** Keeps the state as it is before a boundary: a run that is cut short inside it goes on from there. */
  const hold = (decision: Decision.Decision): void => {
    const { plain, ...tensors } = view()
    live.held = TrainState.retain({ plain: { ...plain, boundary: { decision, last: last ?? null } }, ...tensors })
  }
  const release = (): void => {
    if (live.held !== undefined) TrainState.dispose(live.held)
    live.held = undefined
  }

  /** A boundary: scheduled hooks, validation, the end of the epoch, decisions, saving, in that order. */
  const judge = Effect.fnUntraced(function* (before: Decision.Decision, dataEnded: boolean, epochBegin: number) {
    yield* flush
    let decision = before
    if (last !== undefined && hooks.isDue(live.plain.progress)) {
      decision = Decision.join(decision, yield* hooks.call("batchEnd", { ...at(), ...last }))
    }
    let values: Event.Values = {}
    let ended = dataEnded || decision.stopEpoch
    if (isValidationDue(ended) || (ended && isValidationDue(false))) {
      const judged = yield* boundary.validate(progressOf(ended).epoch)
      decision = Decision.join(decision, judged.decision)
      values = judged.values
      if (!ended) record(values, live.plain.progress.epoch)
      ended = ended || judged.decision.stopEpoch
    }
    if (ended) {
      const own = Monitors.keyed(Monitors.trainingSet, Scores.values(task, live.scores))
      const all: Event.Values = { ...own, ...values }
      const { progress } = live.plain
      live.plain = { ...live.plain, progress: { ...progress, epoch: progress.epoch + 1, batch: 0 } }
      boundary.noteBest(own, progress.epoch + 1)
      record(all, progress.epoch)
      const seconds = (performance.now() - epochBegin) / 1000
      const rates = ratesOf(progress.epoch)
      yield* publish({ version: 1, _tag: "EpochEnded", progress: now(), values: all, ...rates, seconds })
      if (updates.count > 0 && updates.rate === 0) {
        const message = `The learning rate was 0 in all of epoch ${progress.epoch + 1}: nothing was learned. Look at the schedule, and at the length that it is over.`
        yield* publish({ version: 1, _tag: "Warned", progress: now(), message })
      }
      updates = { count: 0, rate: 0 }
      decision = Decision.join(decision, yield* hooks.call("epochEnd", { ...at(), values: all }))
    }
    warnOfDivergence()
    yield* flush
    yield* boundary.apply(decision)
    end(decision)
    const reached = Extent.reached(until, live.plain.progress)
    const path = yield* boundary.save(decision)
    if (path !== undefined) saved.push(path)
    const reason =
      decision.stopRun.length > 0
        ? decision.stopRun.join(", ")
        : reached !== undefined
          ? `until ${reached}`
          : ended && isStandingStill()
            ? standingStill
            : undefined
    return { reason, ended }
  })

  /**
   * Whether the epoch that has just ended made no step, in a run whose limits count steps or samples only: it would go through
   * its data for ever. A resumed run judges as the unbroken one.
   */
  const isStandingStill = (): boolean => {
    if (until.epochs !== undefined || until.minutes !== undefined) return false
    const { progress } = live.plain
    return stepAfter(progress.epoch - 1) === progress.step
  }

  /** Notes, before anything is saved, that callbacks end the run. */
  const end = (decision: Decision.Decision): void => {
    if (decision.stopRun.length > 0) live.plain = { ...live.plain, ended: Continuation.endOf(decision) }
  }

  /** How many steps had been done when so many epochs were finished; the first entry of the history that counts them says so. */
  const stepAfter = (epochs: number): number | undefined =>
    epochs === 0 ? 0 : live.plain.history.find(({ epoch }) => epoch === epochs)?.step

  /** The learning rates at the beginning of an epoch: those that it ran at, unless they changed on the way. */
  const ratesOf = (epoch: number) =>
    namedRates(stepper.learningRates(live.plain, stepAfter(epoch) ?? Math.max(0, live.plain.progress.step - 1)))

  const record = (values: Event.Values, running: number): void => {
    const { epoch: finished, step, samples } = live.plain.progress
    const entry = { epoch: finished, step, samples, learningRate: ratesOf(running).learningRate, values }
    live.plain = { ...live.plain, history: [...live.plain.history, entry] }
  }

  keepForRollback()
  let reason: string | undefined = Extent.reached(until, live.plain.progress)
  if (reason !== undefined) reason = `until ${reason}`
  // A run that a callback has ended stays ended.
  if (live.plain.ended !== null) reason = live.plain.ended.reason
  if (options.asked.stopRun.length > 0) reason = options.asked.stopRun.join(", ")
  while (reason === undefined) reason = yield* epoch()
  return { reason, saved, epochSeconds: (performance.now() - epochBegin) / 1000 }
})
