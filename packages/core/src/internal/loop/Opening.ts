/** Makes a run of what its user gives: everything is checked, and then its parts are put together. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Backend } from "../../Backend.ts"
import { Checkpoints, type RunDescription, type Setting } from "../../Checkpoints.ts"
import * as Event from "../../Event.ts"
import * as Monitors from "../../Monitors.ts"
import * as Monotonic from "../../Monotonic.ts"
import { StepExecutor } from "../../StepExecutor.ts"
import type { Task } from "../../Task.ts"
import type { TrainConfig } from "../../TrainConfig.ts"
import type { TrainState } from "../../TrainState.ts"
import * as RunData from "../preflight/RunData.ts"
import type { StepPlan } from "../step/Plan.ts"
import * as Stepper from "../step/Stepper.ts"
import * as Callbacks from "./Callbacks.ts"
import * as Continuation from "./Continuation.ts"
import { describeRun, fingerprintOf, followsValidation, watchedBy } from "./Description.ts"
import * as EndWith from "./EndWith.ts"
import * as Evaluation from "./Evaluation.ts"
import * as HookCaller from "./HookCaller.ts"
import * as HookTable from "./HookTable.ts"
import * as Run from "./Run.ts"
import { type Prepared, prepare } from "./RunSetup.ts"
import * as RunState from "./RunState.ts"
import * as Stops from "./Stops.ts"
import * as Telling from "./Telling.ts"

/** What `train` is called with, beside the task, the config and the callbacks. */
export interface OpenOptions {
  readonly data: unknown
  readonly state?: TrainState | undefined
  readonly beyondEnd?: boolean | undefined
  readonly setting?: Setting | undefined
}

/** What a run is made of. */
interface Ingredients {
  readonly task: Task
  readonly config: TrainConfig
  readonly options: OpenOptions
  readonly callbacks: Callbacks.Built["callbacks"]
  readonly data: RunData.RunData
  readonly monitors: Monitors.Monitors
  readonly prepared: Prepared
  readonly description: RunDescription
}

/** What the run belongs to, as it is known before the first step. */
const describe = Effect.fnUntraced(function* (
  { task, config, options, callbacks, data, monitors }: Omit<Ingredients, "prepared" | "description">,
  executor: StepExecutor["Service"]
) {
  const isSaved = Option.isSome(yield* Effect.serviceOption(Checkpoints))
  return yield* describeRun(task, config, yield* Backend, executor, {
    // Samples are read only where there is a place to keep what they were.
    ...(isSaved ? { data: yield* fingerprintOf(data) } : {}),
    ...(options.setting === undefined ? {} : { setting: options.setting }),
    followsValidation: followsValidation(callbacks, config.endWith, monitors),
    watched: watchedBy(callbacks)
  })
})

/** The part of a run that changes, with the seconds it has taken so far. */
const changing = ({ task, callbacks, monitors, prepared, options }: Ingredients, clock: Clock.Clock) => {
  const { state } = prepared
  const begin = Monotonic.milliseconds(clock)
  return {
    task,
    callbacks,
    monitors,
    state: RunState.fromState({ task, callbacks }, state),
    attempt: Run.attemptOf(state.plain, options.state?.plain),
    elapsedSeconds: () => state.plain.progress.elapsedSeconds + (Monotonic.milliseconds(clock) - begin) / 1000
  }
}
type Changing = ReturnType<typeof changing>

const hooksOf = (run: Changing, tell: Telling.Telling): HookCaller.HookCaller => {
  const table = HookTable.make({
    callbacks: run.callbacks,
    onDecision: (callback, decision) => {
      // At its end a run decides nothing any more but whether to save.
      if (run.attempt.ending === undefined) tell.note("DecisionTaken", { callback, decision: { ...decision } })
    },
    onDropped: (message) => tell.note("Warned", { message })
  })
  return HookCaller.make(table, {
    moment: () => Run.moment(run),
    states: () => run.state.callbackStates,
    keep: (callbackStates) => RunState.commit(run, { callbackStates })
  })
}

const describing =
  (description: RunDescription, { eagerPrograms }: StepExecutor["Service"]) =>
  (): RunDescription => {
    const programs = eagerPrograms?.() ?? []
    return programs.length === 0 ? description : { ...description, eagerPrograms: programs }
  }

const warningsOf = ({ prepared, options }: Ingredients, until: TrainConfig["until"]): ReadonlyArray<string> => [
  ...prepared.changes.map((change) => `The resumed run differs from the state that it continues: ${change}.`),
  ...Continuation.warnings(until, options.state?.plain),
  ...prepared.warnings
]

/** The stepper of a plan, timed. */
const steppers =
  (hooks: HookCaller.HookCaller, fixed: Omit<Stepper.StepperOptions, "plan">) =>
  (plan: StepPlan): Stepper.Stepper => {
    const stepper = Stepper.make({ plan, ...fixed })
    return { ...stepper, train: HookCaller.timed(hooks, "step", stepper.train) }
  }

const assemble = Effect.fnUntraced(function* (ingredients: Ingredients, executor: StepExecutor["Service"]) {
  const { task, config, options, callbacks, data, prepared } = ingredients
  const [backend, events] = [yield* Backend, Callbacks.listening(callbacks, yield* Event.Events)]
  const run = changing(ingredients, yield* Clock.Clock)
  const tell = Telling.make(events, executor, {
    progress: () => run.state.plain.progress,
    now: () => Run.now(run)
  })
  const { plan, whole, batchPlan, outputs, state } = prepared
  const { epoch } = state.plain.progress
  const until = config.fastDevRun ? { epochs: epoch + 1 } : config.until
  RunState.continueFromLast(run)
  const hooks = hooksOf(run, tell)
  const stepperOf = steppers(hooks, {
    ...{ config, executor, outputs, dataset: data.train, batches: batchPlan },
    pace: state.plain.pace
  })
  const opened = Object.assign(run, {
    ...{ config, until, data, outputs, hooks, backend, executor, tell, batches: batchPlan },
    ...EndWith.watching(config.endWith, callbacks),
    ...{ whole, stepperOf, stepper: stepperOf(plan) },
    evaluate: Evaluation.makeEvaluator(task, executor),
    resumed: options.state?.plain,
    beyondEnd: options.beyondEnd === true,
    warnings: warningsOf(ingredients, until),
    description: describing(ingredients.description, executor)
  })
  return Object.assign(opened, { stops: Stops.of(opened) }) satisfies Run.Run
})

/** Opens a run: fails with all that is wrong, before its first step. From its return on its tensors are the caller's. */
export const open = Effect.fnUntraced(function* (
  task: Task,
  config: TrainConfig,
  options: OpenOptions,
  built: Callbacks.Built
) {
  const { callbacks, problems } = built
  const executor = yield* StepExecutor
  const data = yield* RunData.orFail(task, config, options.data, problems)
  const monitors = Monitors.of(task, Object.keys(data.validations))
  const parts = { task, config, options, callbacks, data, monitors }
  const description = yield* describe(parts, executor)
  const prepared = yield* prepare(task, config, data, built, options.state)
  return yield* assemble({ ...parts, description, prepared }, executor)
})
