/** What a run is made of before its first step: the plan of its batches and steps, the initial state, what it belongs to. */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Backend, type BackendInfo } from "../../Backend.ts"
import { type EndWith, ruleOf } from "../../Best.ts"
import type { Definition } from "../../Callback.ts"
import type { RunDescription, Setting, TaskParts } from "../../Checkpoints.ts"
import * as Config from "../../Config.ts"
import type { Dataset } from "../../Dataset.ts"
import * as Draw from "../../Draw.ts"
import * as Entry from "../../Entry.ts"
import { type ConfigInvalid, PreflightFailed, type Problem } from "../../Errors.ts"
import * as LearningRate from "../../LearningRate.ts"
import type { Variables } from "../../Model.ts"
import * as Monitors from "../../Monitors.ts"
import * as ParameterGroup from "../../ParameterGroup.ts"
import { Registry, type RegistryService } from "../../Registry.ts"
import * as Rng from "../../Rng.ts"
import { StepExecutor } from "../../StepExecutor.ts"
import { type Task, whenEvaluated } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import * as TrainConfig from "../../TrainConfig.ts"
import * as TrainState from "../../TrainState.ts"
import * as Update from "../../Update.ts"
import * as Clip from "../../updates/Clip.ts"
import * as Links from "../../updates/Config.ts"
import { named } from "../InCode.ts"
import * as ModelPaths from "../ModelPaths.ts"
import * as Adaptation from "../preflight/Adaptation.ts"
import type { OfData } from "../preflight/Fingerprint.ts"
import * as Fingerprint from "../preflight/Fingerprint.ts"
import * as Preflight from "../preflight/Preflight.ts"
import type { ValidationData } from "../preflight/RunData.ts"
import * as RunData from "../preflight/RunData.ts"
import * as TargetCheck from "../preflight/TargetCheck.ts"
import { type StepPlan, transformsOf } from "../step/Plan.ts"
import * as Scores from "../step/Scores.ts"
import * as Stepper from "../step/Stepper.ts"
import * as BatchPlan from "./BatchPlan.ts"
import * as Course from "./Course.ts"
import type * as Evaluation from "./Evaluation.ts"
import * as Pace from "./Pace.ts"

/** The random stream that a run's parameters are drawn from. */
const initStream = (seed: number) => Rng.named(Rng.key(seed), "init")

/** The initial variables of all models. The caller owns the tensors. */
export const initialWeights = (task: Task, seed: number): Evaluation.Weights => joined(initialVariables(task, seed))

const initialVariables = (task: Task, seed: number): { readonly [model: string]: Variables } =>
  Object.fromEntries(
    Object.entries(task.models).map(([name, model]) => [
      name,
      model.init(name === "" ? initStream(seed) : Rng.named(initStream(seed), name))
    ])
  )

const joined = (variables: { readonly [model: string]: Variables }): Evaluation.Weights => {
  const all = (group: keyof Variables): Tensors.Tensors =>
    Object.assign({}, ...Object.entries(variables).map(([name, own]) => ModelPaths.within(name, own[group])))
  return { parameters: all("parameters"), statistics: all("statistics") }
}

/** Every name of a run that goes into its files, with where it comes from. */
const namesOf = (
  task: Task,
  callbacks: ReadonlyArray<Definition>,
  validations: object,
  { groups }: StepPlan,
  { parameters, statistics, slots }: TrainState.TrainState
): ReadonlyArray<readonly [path: string, name: string]> => {
  const under = (path: string, named: object) => Object.keys(named).map((name) => [`${path}.${name}`, name] as const)
  return [
    ...under("models", task.models),
    ...under("losses", task.objectives),
    ...under("metrics", whenEvaluated(task).metrics),
    ...under("data", validations),
    ...under("parameters", parameters),
    ...under("statistics", statistics),
    ...under("slots", slots),
    ...groups.map(({ name }) => [`groups.${name}`, name] as const),
    ...callbacks.map(({ id }) => [`callbacks.${id}`, id] as const)
  ]
}

const isTrainable =
  (task: Task, transforms: StepPlan["transforms"]) =>
  (path: string): boolean => {
    const model = ModelPaths.ownerOf(task.models, path)
    return (
      task.models[model]!.trainable?.(ModelPaths.ownPath(model, path)) !== false &&
      transforms.every(({ transform }) => transform.trainable?.(path) !== false)
    )
  }

/** What the gradients of all groups go through together. */
const beforeOf = ({ gradients = [], clip }: TrainConfig.TrainConfig): Update.Update | undefined => {
  const links = [...gradients.map(Links.fromConfig), ...(clip === undefined ? [] : [Clip.clip(clip)])]
  return links.length === 0 ? undefined : Update.chain(...links)
}

/** The groups that parameters fall into, and the plan of the steps that train them. */
export const planOf = (
  task: Task,
  { config, registry }: TrainConfig.Understood,
  taskGroups: ReadonlyArray<ParameterGroup.DecodedGroup>,
  callbacks: ReadonlyArray<Definition>,
  parameters: Tensors.Tensors
) => {
  const transforms = transformsOf(callbacks)
  const trainable = Object.keys(parameters).filter(isTrainable(task, transforms))
  const own = config.groups.map((group) => ParameterGroup.made(group, registry))
  const { groups, unmatched } = ParameterGroup.resolve(trainable, [...own, ...taskGroups], {
    optimizer: Entry.make(registry.optimizers, config.optimizer),
    learningRate: LearningRate.resolver(config.learningRate, registry.schedules),
    losses: Object.keys(task.objectives)
  })
  const plan: StepPlan = { task, groups, before: beforeOf(config), transforms, batchSize: config.batchSize }
  return { plan, trainable, unmatched }
}

/** The state before the first step. */
const initialState = (plan: StepPlan, weights: Evaluation.Weights, seed: number): TrainState.TrainState => {
  const callbacks: Record<string, Tensors.Tensors> = {}
  for (const { id, transform } of plan.transforms) {
    const own = transform.tensors?.(weights.parameters)
    if (own === undefined) continue
    // What is a parameter itself gets a handle of its own.
    const parameters = new Set(Object.values(weights.parameters))
    callbacks[id] = Tensors.map(own, (tensor) => (parameters.has(tensor) ? tf.clone(tensor) : tensor))
  }
  return {
    plain: TrainState.initialPlain(seed),
    ...weights,
    slots: Stepper.initialSlots(plan.groups, weights.parameters),
    callbacks,
    best: {},
    rollback: {},
    last: {}
  }
}

const trainedBy = ({ groups }: StepPlan): ReadonlyArray<string> => groups.flatMap(({ paths }) => paths)

/** A state as a run of this plan continues it, whatever was frozen, thawed, added or removed. */
const adaptationOf = (plan: StepPlan, given: TrainState.TrainState) => {
  const expected: Pick<TrainState.TrainState, "slots" | "callbacks"> = tf.tidy(() => {
    const { slots, callbacks } = initialState(plan, given, given.plain.seed)
    return { slots, callbacks } as never // tensors in records, which tidy hands on
  })
  const adapted = Adaptation.adapt(given, expected, trainedBy(plan))
  const { slots, callbacks, changes } = adapted
  // What a rollback would go back to is of the run as it was.
  const state = changes.length === 0 ? given : { ...given, slots, callbacks, rollback: {} }
  return { adapted, expected, state }
}

/** How a run goes through its data from a state on, and the batches that this makes. */
const courseOf = (config: TrainConfig.TrainConfig, length: number, { course: stored, progress }: TrainState.Plain) => {
  const limit = config.fastDevRun ? 1 : (config.overfitBatches ?? config.limitTrainBatches)
  const { batchSize, dropLastBatch, seed } = config
  const shuffled = config.shuffle && config.overfitBatches === undefined
  const course = Course.continued(stored, progress, { seed, shuffled, length, batchSize })
  const batchPlan = BatchPlan.make({
    length,
    batchSize,
    dropLastBatch,
    ...(shuffled ? { shuffle: Course.shuffleStream(seed) } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(course.altered === null ? {} : { rest: Course.restOf(course.altered) })
  })
  return { batchPlan, course }
}

/** What a fresh `train` has to build; several of these are made only to be compared with a state that was given. */
export const prepare = Effect.fnUntraced(function* (
  task: Task,
  config: TrainConfig.TrainConfig,
  { train, validations }: RunData.RunData,
  built: { readonly callbacks: ReadonlyArray<Definition>; readonly problems: ReadonlyArray<Problem> },
  given: TrainState.TrainState | undefined
) {
  const { callbacks } = built
  const stored = given?.plain ?? TrainState.initialPlain(config.seed)
  const { batchPlan, course } = courseOf(config, train.length, stored)
  const done = Course.fractionDone(stored.course, stored.progress, stored.pace.at(-1)?.stepsPerEpoch ?? 0)
  const { epoch, step } = stored.progress
  const pace = Pace.continued(stored.pace, { epochs: epoch + done, step }, batchPlan.batches)
  const registry = yield* Registry
  const taskGroups = yield* Effect.forEach(task.groups, ParameterGroup.decode)
  const monitors = Monitors.of(task, Object.keys(validations))
  let planned: ReturnType<typeof planOf> | undefined
  let misplaced: ReadonlyArray<Problem> = []
  // What is made on the way to the initial state goes at once, and all of it when something throws.
  const fresh: TrainState.TrainState = tf.tidy(() => {
    const initial = initialVariables(task, config.seed)
    misplaced = Preflight.checkPaths(task.models, initial)
    const weights = joined(initial)
    planned = planOf(task, { config, registry }, taskGroups, callbacks, weights.parameters)
    return initialState(planned.plan, weights, config.seed) as never // plain data and tensors, which tidy hands on
  })
  const { plan, trainable, unmatched } = planned!
  const weightProblems = given === undefined ? [] : Preflight.checkState(given, fresh)
  const adaptation = given === undefined || weightProblems.length > 0 ? undefined : adaptationOf(plan, given)
  const problems: Array<Problem> = [
    ...built.problems,
    ...Preflight.checkData(train, validations, batchPlan.batches),
    ...Preflight.checkGroups(task, trainable, plan.groups, unmatched, batchPlan.batches),
    ...Preflight.checkMetricNames(task),
    ...Preflight.checkLostNames({
      metrics: Object.keys(task.metrics),
      evaluationMetrics: Object.keys(task.evaluationMetrics),
      objectives: Object.keys(task.objectives),
      "data.validation": Object.keys(validations),
      models: Object.keys(task.models),
      parameters: Object.keys(fresh.parameters),
      statistics: Object.keys(fresh.statistics),
      slots: Object.keys(fresh.slots),
      groups: plan.groups.map(({ name }) => name),
      callbacks: callbacks.map(({ id }) => id)
    }),
    ...Monitors.problems(task, Object.keys(validations)),
    ...Preflight.checkMonitors(callbacks, monitors),
    ...Preflight.checkEnd(config.endWith, callbacks, monitors),
    ...Preflight.checkEvaluating(callbacks),
    ...Preflight.checkNames(namesOf(task, callbacks, validations, plan, fresh)),
    ...Preflight.checkExported(fresh),
    ...misplaced,
    ...weightProblems,
    ...(given === undefined ? [] : (adaptation?.adapted ?? Adaptation.adapt(given, fresh, trainedBy(plan))).problems),
    ...(given === undefined ? [] : Preflight.checkCallbackStates(callbacks, given.plain.callbacks))
  ]
  const disposeAll = () => {
    TrainState.dispose(fresh)
    if (adaptation !== undefined) Tensors.disposeTree(adaptation.expected)
  }
  const orDisposed = Effect.onError(() => Effect.sync(disposeAll))
  let outputs = {}
  const warnings = [...warningsOf(task, config)]
  if (train.length > 0) {
    const draw = Draw.ofEpoch(config.seed, given?.plain.progress.epoch ?? 0)
    const tried = yield* orDisposed(Preflight.tryModel(task, train, fresh, "data.train", draw, plan))
    problems.push(...tried.problems)
    outputs = tried.outputs
    warnings.push(...tried.warnings)
    // Labels mean nothing yet where the model or the loss don't fit, or a set is not like the training data.
    const fit = tried.problems.length > 0 ? [] : Object.entries({ train, ...validations })
    const unfit = new Set(problems.map(({ path }) => path))
    for (const [name, set] of fit.filter(([name]) => !unfit.has(`data.${name}`))) {
      problems.push(...(yield* orDisposed(TargetCheck.checkAll(task, set, outputs, `data.${name}`))))
    }
  }
  for (const { check } of callbacks) if (check !== undefined) problems.push(...(yield* orDisposed(check)))
  if (problems.length > 0) disposeAll()
  if (problems.length > 0) return yield* new PreflightFailed({ task: task.name, problems })
  const { plain, ...tensors } = given === undefined ? fresh : TrainState.retain(adaptation!.state)
  if (given !== undefined) disposeAll()
  const changes = [
    ...(adaptation?.adapted.changes ?? []),
    ...(given === undefined ? [] : Adaptation.stateChanges(given, callbacks)),
    ...(given === undefined ? [] : Scores.changes(task, given.plain.metrics, given.plain.progress.batch > 0))
  ]
  return { plan, batchPlan, warnings, outputs, changes, state: { plain: { ...plain, course, pace }, ...tensors } }
})

const json = (value: unknown): Schema.Json => JSON.parse(JSON.stringify(value ?? null)) as Schema.Json

const partsOf = (task: Task, registry: RegistryService): TaskParts => ({
  losses: Object.fromEntries(Object.entries(task.objectives).map(([name, { coefficient = 1 }]) => [name, coefficient])),
  metrics: Object.fromEntries(Object.entries(whenEvaluated(task).metrics).map(([name, { better }]) => [name, better])),
  // An optimizer or a schedule that is a value is known by its name.
  groups: task.groups.map((group) => json(named(group, registry).written) as { readonly [key: string]: Schema.Json })
})

/** What belongs to a run beside its task and its training config. */
export interface Belongings {
  readonly data?: OfData
  readonly setting?: Setting
  readonly followsValidation?: boolean
  readonly watched?: ReadonlyArray<string>
}

/** What a run's states belong to. */
export const describeRun = Effect.fnUntraced(function* (
  task: Task,
  config: TrainConfig.TrainConfig,
  { name, version, device, threads }: BackendInfo,
  executor: string,
  belongings: Belongings = {}
): Effect.fn.Return<RunDescription> {
  const registry = yield* Registry
  const schema = TrainConfig.of(registry)
  const topology = Object.entries(task.models).map(([key, model]) => [key, (model.topology ?? null) as Schema.Json])
  return {
    task: task.name,
    config: Schema.encodeSync(schema)(config) as Schema.Json,
    configHash: yield* Config.hash(schema, config),
    backend: { name, version, device, threads },
    executor,
    topology: Object.fromEntries(topology),
    parts: partsOf(task, registry),
    ...belongings
  }
})

/** The data of a run as it trains on them: validation sets by name. */
export const fingerprintOf = ({ train, validations }: RunData.RunData): Effect.Effect<OfData> =>
  Fingerprint.ofAll(train, validations)

/** What a run is described with beside its task and its training config. */
export interface DescribeOptions {
  readonly data?: { readonly train: Dataset; readonly validation?: ValidationData<string> } | undefined
  readonly setting?: Setting | undefined
}

/** What the states of a run would belong to, without running it: for comparing with a checkpoint. */
export const describe = (
  task: Task,
  config: TrainConfig.TrainConfigInput = {},
  { data, setting }: DescribeOptions = {}
): Effect.Effect<RunDescription, ConfigInvalid, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const { config: decoded, registry } = yield* TrainConfig.read(config)
    // What is wrong with data is for a run to say.
    const known = data === undefined ? undefined : RunData.of(decoded, data)
    const belongings = {
      ...(known === undefined || "problems" in known ? {} : { data: yield* fingerprintOf(known) }),
      ...(setting === undefined ? {} : { setting })
    }
    const described = describeRun(task, decoded, yield* Backend, (yield* StepExecutor).name, belongings)
    return yield* Effect.provideService(described, Registry, registry)
  })

/** The monitors that callbacks watch. */
export const watchedBy = (callbacks: ReadonlyArray<Definition>): ReadonlyArray<string> =>
  [
    ...new Set(
      callbacks.flatMap(({ monitors = [], keepBest = [] }) => [
        ...monitors,
        ...keepBest.map((asked) => ruleOf(asked).monitor)
      ])
    )
  ].sort()

const evaluationHooks = ["validationBatchEnd", "validationEnd", "epochEnd"] as const

/** Whether a callback can change the run by what validation measures. One that names its monitors looks at no others. */
export const followsValidation = (
  callbacks: ReadonlyArray<Definition>,
  endWith: EndWith | undefined,
  monitors: Monitors.Monitors
): boolean =>
  (endWith !== undefined && endWith !== "last") ||
  callbacks.some(({ kind, monitors: watched, keepBest = [], hooks = {} }) => {
    if (kind === "observer") return false
    if (keepBest.length > 0) return true
    return watched === undefined
      ? evaluationHooks.some((hook) => hooks[hook] !== undefined)
      : watched.some((monitor) => !Monitors.isOfTraining(monitors, monitor))
  })

/** What a user should know but may have meant. */
export const warningsOf = (task: Task, config: TrainConfig.TrainConfig): ReadonlyArray<string> => {
  const crossing = Object.entries(task.models).filter(([, model]) => model.crossSample === true)
  if (config.microbatchSize === undefined || crossing.length === 0) return []
  const names = crossing.map(([, { name }]) => name).join(", ")
  return [
    `microbatchSize is set, but samples of a batch influence each other in ${names} (batch normalization): its statistics ` +
      `are those of each microbatch of ${config.microbatchSize}, so the result differs from that of the whole batch.`
  ]
}
