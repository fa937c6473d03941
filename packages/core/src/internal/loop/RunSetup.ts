/** What a run is made of before its first step: the plan of its batches and steps, the initial state, what it belongs to. */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { Dataset } from "../../Dataset.ts"
import * as Draw from "../../Draw.ts"
import * as Entry from "../../Entry.ts"
import { PreflightFailed, type Problem, reasonOf } from "../../Errors.ts"
import * as LayerRates from "../../LayerRates.ts"
import * as LearningRate from "../../LearningRate.ts"
import { entry } from "../../Lookup.ts"
import type { Variables } from "../../Model.ts"
import * as Monitors from "../../Monitors.ts"
import * as ParameterGroup from "../../ParameterGroup.ts"
import { Registry, type RegistryService } from "../../Registry.ts"
import * as Rng from "../../Rng.ts"
import type * as Sampler from "../../Sampler.ts"
import { type SpecOf, type Task, whenEvaluated } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type * as TrainConfig from "../../TrainConfig.ts"
import * as TrainState from "../../TrainState.ts"
import * as Update from "../../Update.ts"
import * as Clip from "../../updates/Clip.ts"
import * as ModelPaths from "../ModelPaths.ts"
import * as Adaptation from "../preflight/Adaptation.ts"
import * as Preflight from "../preflight/Preflight.ts"
import type * as RunData from "../preflight/RunData.ts"
import * as ScheduleCheck from "../preflight/ScheduleCheck.ts"
import * as TargetCheck from "../preflight/TargetCheck.ts"
import * as Streams from "../Streams.ts"
import { type StepPlan, transformsOf } from "../step/Plan.ts"
import * as Scores from "../step/Scores.ts"
import * as StepProgram from "../step/StepProgram.ts"
import * as BatchPlan from "./BatchPlan.ts"
import * as Course from "./Course.ts"
import type { Definition } from "./Definition.ts"
import type * as Evaluation from "./Evaluation.ts"
import * as Freezing from "./Freezing.ts"
import * as Pace from "./Pace.ts"
import * as Samplers from "./Samplers.ts"

/** The initial variables of all models. The caller owns the tensors. Throws `PreflightFailed` for models that can't make theirs. */
export const initialWeights = (task: Task, seed: number): Evaluation.Weights => joined(initialVariables(task, seed))

const initialVariables = (task: Task, seed: number): { readonly [model: string]: Variables } => {
  const problems: Array<Problem> = []
  const variables: Record<string, Variables> = {}
  for (const [name, model] of Object.entries(task.models)) {
    try {
      variables[name] = model.init(name === "" ? Streams.init(seed) : Rng.named(Streams.init(seed), name))
    } catch (cause) {
      const message = `${model.name} can't be initialized: ${reasonOf(cause)}`
      problems.push({ path: name === "" ? "model" : `models.${name}`, message })
    }
  }
  if (problems.length === 0) return variables
  for (const { parameters, statistics } of Object.values(variables)) Tensors.disposeTree({ parameters, statistics })
  throw new PreflightFailed({ task: task.name, problems })
}

const joined = (variables: { readonly [model: string]: Variables }): Evaluation.Weights => {
  const all = (group: keyof Variables): Tensors.Tensors =>
    Object.assign({}, ...Object.entries(variables).map(([name, model]) => ModelPaths.within(name, model[group])))
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
      entry(task.models, model).trainable?.(ModelPaths.ownPath(model, path)) !== false &&
      transforms.every(({ transform }) => transform.trainable?.(path) !== false)
    )
  }

/** What the gradients of all groups go through together. */
const beforeOf = ({ config, registry }: TrainConfig.Understood): Update.Update | undefined => {
  const { gradients = [], clip } = config
  const named = gradients.map((link) => Entry.make(registry.links, link))
  const links = [...named, ...(clip === undefined ? [] : [Clip.clip(clip)])]
  return links.length === 0 ? undefined : Update.chain(...links)
}

/** The groups that parameters fall into, and the plan of the steps that train them. */
export const planOf = (
  task: Task,
  understood: TrainConfig.Understood,
  taskGroups: ReadonlyArray<ParameterGroup.DecodedGroup>,
  callbacks: ReadonlyArray<Definition>,
  parameters: Tensors.Tensors
) => {
  const { config, registry } = understood
  const transforms = transformsOf(callbacks)
  const trainable = Object.keys(parameters).filter(isTrainable(task, transforms))
  const configured = config.groups.map((group) => ParameterGroup.build(group, registry))
  const { groups, unmatched } = ParameterGroup.resolve(trainable, [...configured, ...taskGroups], {
    optimizer: Entry.make(registry.optimizers, config.optimizer),
    learningRate: LearningRate.resolver(config.learningRate, registry.schedules),
    losses: Object.keys(task.objectives)
  })
  const { layerRates } = config
  const rated = layerRates === undefined ? groups : LayerRates.split(groups, layerRates)
  const [before, { batchSize }, { schedules }] = [beforeOf(understood), config, registry]
  const plan: StepPlan = { task, groups: rated, before, transforms, batchSize, schedules }
  const patterns = [
    ...unmatched.map(({ name, match }) => ({ path: `groups.${name}`, match })),
    ...(layerRates === undefined ? [] : LayerRates.unmatched(trainable, layerRates))
  ]
  return { plan, trainable, unmatched: patterns }
}

/** The state before the first step. */
const initialState = (plan: StepPlan, weights: Evaluation.Weights, seed: number): TrainState.TrainState => {
  const callbacks: Record<string, Tensors.Tensors> = {}
  for (const { id, transform } of plan.transforms) {
    const tensors = transform.tensors?.(weights.parameters)
    if (tensors === undefined) continue
    // A tensor that is a parameter gets a separate handle.
    const parameters = new Set(Object.values(weights.parameters))
    callbacks[id] = Tensors.map(tensors, (tensor) => (parameters.has(tensor) ? tf.clone(tensor) : tensor))
  }
  return {
    plain: TrainState.initialPlain(seed),
    ...weights,
    slots: StepProgram.initialSlots(plan.groups, weights.parameters),
    callbacks,
    best: {},
    rollback: {},
    last: {}
  }
}

const trainedBy = ({ groups }: StepPlan): ReadonlyArray<string> => groups.flatMap(({ paths }) => paths)

/** A state as a run of this plan continues it, whatever was frozen, thawed, added or removed. */
const adaptationOf = (plan: StepPlan, resumed: TrainState.TrainState) => {
  const expected: Pick<TrainState.TrainState, "slots" | "callbacks"> = Tensors.tidy(() => {
    const { slots, callbacks } = initialState(plan, resumed, resumed.plain.seed)
    return { slots, callbacks }
  })
  const adapted = Adaptation.adapt(resumed, expected, trainedBy(plan))
  const { slots, callbacks, changes } = adapted
  // What a rollback would go back to is of the run as it was.
  const state = changes.length === 0 ? resumed : { ...resumed, slots, callbacks, rollback: {} }
  return { adapted, expected, state }
}

/** The samplers with which the running epoch began and continues. */
const samplersOf = (
  config: TrainConfig.TrainConfig,
  { isSequential = false }: Dataset,
  resumed: TrainState.TrainState | undefined
): ReadonlyArray<Sampler.Config> => {
  const course = resumed?.plain.course
  const configured = config.overfitBatches === undefined && !isSequential ? config.sampler : undefined
  return [configured, course?.sampler, course?.altered?.order.sampler].filter(Course.isNamed)
}

/** How a run goes through its data from a state on, the batches that this makes, and how many updates an epoch has had. */
const courseOf = (
  config: TrainConfig.TrainConfig,
  samplers: Samplers.Samplers,
  { length, isSequential = false }: Dataset,
  stored: TrainState.Plain
) => {
  const { progress } = stored
  const limit = config.fastDevRun ? 1 : (config.overfitBatches ?? config.limitTrainBatches)
  const { batchSize, dropLastBatch, seed } = config
  const isOrdered = config.overfitBatches !== undefined || isSequential
  const order = {
    shuffled: config.shuffle && !isOrdered,
    ...(config.sampler === undefined || isOrdered ? {} : { sampler: config.sampler })
  }
  const sampler = Course.samplerOf(order, samplers)
  const course = Course.continued(stored.course, progress, { seed, ...order, length, batchSize })
  const batchPlan = BatchPlan.make({
    length,
    batchSize,
    dropLastBatch,
    key: Streams.shuffle(seed),
    ...(sampler === undefined ? {} : { sampler }),
    ...(limit === undefined ? {} : { limit }),
    ...(course.altered === null ? {} : { rest: Course.restOf(course.altered, samplers) })
  })
  const done = Course.fractionDone(stored.course, progress, stored.pace.at(-1)?.stepsPerEpoch ?? 0, samplers)
  const position = { epochs: progress.epoch + done, step: progress.step }
  return { batchPlan, course, samplers, pace: Pace.continued(stored.pace, position, batchPlan.batches) }
}

/** A run that is ready for its first step. */
export interface Prepared {
  readonly plan: StepPlan
  /** The plan of what callbacks hold frozen, too. */
  readonly whole: StepPlan
  readonly batchPlan: BatchPlan.BatchPlan
  /** What a user should know. */
  readonly warnings: ReadonlyArray<string>
  /** Specs of the model's outputs, to check labels against. */
  readonly outputs: SpecOf
  /** In what the run differs from the state that it continues. */
  readonly changes: ReadonlyArray<string>
  /** The state to begin with. */
  readonly state: TrainState.TrainState
}

/** What a run is made from. */
interface Request {
  readonly task: Task
  readonly config: TrainConfig.TrainConfig
  readonly data: RunData.RunData
  readonly callbacks: ReadonlyArray<Definition>
  readonly resumed: TrainState.TrainState | undefined
}

/** What a fresh run would begin with, and how a state that is resumed fits it. */
interface Draft extends ReturnType<typeof planOf>, ReturnType<typeof courseOf> {
  readonly fresh: TrainState.TrainState
  readonly whole: StepPlan
  readonly misplaced: ReadonlyArray<Problem>
  readonly weightProblems: ReadonlyArray<Problem>
  readonly adaptation: ReturnType<typeof adaptationOf> | undefined
}

/** What a fresh run would begin with, and train at the state that is resumed. */
const freshOf = (
  { task, config, callbacks, resumed }: Request,
  registry: RegistryService,
  groups: ReadonlyArray<ParameterGroup.DecodedGroup>
) => {
  const variables = initialVariables(task, config.seed)
  const misplaced = Preflight.checkPaths(task.models, variables)
  const weights = joined(variables)
  const planned = planOf(task, { config, registry }, groups, callbacks, weights.parameters)
  const plan = Freezing.reduced(planned.plan, callbacks, resumed?.plain ?? {})
  return { ...planned, plan, whole: planned.plan, misplaced, fresh: initialState(plan, weights, config.seed) }
}

const draftOf = (
  request: Request,
  registry: RegistryService,
  samplers: Samplers.Samplers,
  groups: ReadonlyArray<ParameterGroup.DecodedGroup>
): Draft => {
  const { task, config, data, resumed } = request
  let initial: ReturnType<typeof freshOf> | undefined
  // What is made on the way to the initial state goes at once, and all of it when something throws.
  const fresh = Tensors.tidy(() => {
    initial = freshOf(request, registry, groups)
    return initial.fresh
  })
  const weightProblems = resumed === undefined ? [] : Preflight.checkState(task, resumed, fresh)
  const adaptation =
    resumed === undefined || weightProblems.length > 0 ? undefined : adaptationOf(initial!.plan, resumed)
  const course = courseOf(config, samplers, data.train, resumed?.plain ?? TrainState.initialPlain(config.seed))
  return { ...initial!, ...course, fresh, weightProblems, adaptation }
}

/** Everything that is wrong with a run and can be known without a forward pass. */
const problemsOf = ({ task, config, data, callbacks, resumed }: Request, draft: Draft): ReadonlyArray<Problem> => {
  const { plan, batchPlan, fresh, trainable, unmatched, misplaced, weightProblems, adaptation } = draft
  const { train, validations } = data
  const sets = Object.keys(validations)
  const monitors = Monitors.of(task, sets)
  return [
    ...Preflight.checkData(train, validations, batchPlan.batches),
    ...Samplers.problems(config, train),
    ...Preflight.checkGroups(task, trainable, plan.groups, unmatched, batchPlan.batches),
    ...Freezing.problems(callbacks, trainable),
    ...ScheduleCheck.problems(plan, config, batchPlan.batches),
    ...Preflight.checkMetricNames(task),
    ...Preflight.checkLostNames(keysOf(task, sets, callbacks, draft)),
    ...Monitors.problems(task, sets),
    ...Preflight.checkMonitors(callbacks, monitors),
    ...Preflight.checkEnd(config.endWith, callbacks, monitors),
    ...Preflight.checkEvaluating(callbacks),
    ...Preflight.checkNames(namesOf(task, callbacks, validations, plan, fresh)),
    ...Preflight.checkExported(fresh),
    ...misplaced,
    ...Course.problems(draft.course, draft.samplers),
    ...weightProblems,
    ...(resumed === undefined
      ? []
      : (adaptation?.adapted ?? Adaptation.adapt(resumed, fresh, trainedBy(plan))).problems),
    ...(resumed === undefined ? [] : Preflight.checkCallbackStates(callbacks, resumed.plain.callbacks))
  ]
}

/** The names that a record may have lost. */
const keysOf = (
  task: Task,
  sets: ReadonlyArray<string>,
  callbacks: ReadonlyArray<Definition>,
  { fresh: { parameters, statistics, slots }, plan }: Draft
) => ({
  metrics: Object.keys(task.metrics),
  evaluationMetrics: Object.keys(task.evaluationMetrics),
  objectives: Object.keys(task.objectives),
  "data.validation": sets,
  models: Object.keys(task.models),
  parameters: Object.keys(parameters),
  statistics: Object.keys(statistics),
  slots: Object.keys(slots),
  groups: plan.groups.map(({ name }) => name),
  callbacks: callbacks.map(({ id }) => id)
})

/** What a forward pass tells, and the labels of all sets, which it tells how to read. */
const tryOut = Effect.fnUntraced(function* (request: Request, draft: Draft, known: ReadonlyArray<Problem>) {
  const { task, config, data, resumed } = request
  const { train, validations } = data
  if (train.length === 0) return { problems: [], outputs: {}, warnings: [] }
  const draw = Draw.ofEpoch(config.seed, resumed?.plain.progress.epoch ?? 0)
  const tried = yield* Preflight.tryModel(task, train, draft.fresh, "data.train", draw, draft.plan)
  const problems = [...tried.problems]
  // Labels mean nothing yet where the model or the loss don't fit, or a set is not like the training data.
  const fit = problems.length > 0 ? [] : Object.entries({ train, ...validations })
  const unfit = new Set(known.map(({ path }) => path))
  for (const [name, set] of fit.filter(([name]) => !unfit.has(`data.${name}`))) {
    problems.push(...(yield* TargetCheck.checkAll(task, set, tried.outputs, `data.${name}`)))
  }
  return { ...tried, problems }
})

/** The state to begin with, of which the draft is a part or was only made to be compared with. */
const stateOf = ({ fresh, adaptation, course, pace }: Draft): TrainState.TrainState => {
  const { plain, ...tensors } = adaptation === undefined ? fresh : TrainState.retain(adaptation.state)
  if (adaptation !== undefined) dispose({ fresh, adaptation })
  return { plain: { ...plain, course, pace }, ...tensors }
}

const dispose = ({ fresh, adaptation }: Pick<Draft, "fresh" | "adaptation">): void => {
  TrainState.dispose(fresh)
  if (adaptation !== undefined) Tensors.disposeTree(adaptation.expected)
}

const changesOf = ({ task, callbacks, resumed }: Request, { adaptation }: Draft): ReadonlyArray<string> =>
  resumed === undefined
    ? []
    : [
        ...(adaptation?.adapted.changes ?? []),
        ...Adaptation.stateChanges(resumed, callbacks),
        ...Scores.changes(task, resumed.plain.metrics, resumed.plain.progress.batch > 0)
      ]

/** A draft; models that can't be initialized are reported with what is known already. */
const drafted = (
  task: Task,
  known: ReadonlyArray<Problem>,
  draft: () => Draft
): Effect.Effect<Draft, PreflightFailed> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(draft())
    } catch (cause) {
      if (!(cause instanceof PreflightFailed)) throw cause
      return Effect.fail(new PreflightFailed({ task: task.name, problems: [...known, ...cause.problems] }))
    }
  })

/** What a fresh `train` has to build; several of these are made only to be compared with a state that is resumed. */
export const prepare = Effect.fnUntraced(function* (
  task: Task,
  config: TrainConfig.TrainConfig,
  data: RunData.RunData,
  built: { readonly callbacks: ReadonlyArray<Definition>; readonly problems: ReadonlyArray<Problem> },
  resumed: TrainState.TrainState | undefined
) {
  const request: Request = { task, config, data, callbacks: built.callbacks, resumed }
  const registry = yield* Registry
  const bound = yield* Samplers.bind(registry.samplers, samplersOf(config, data.train, resumed), data.train)
  const groups = yield* Effect.forEach(task.groups, ParameterGroup.decode)
  const before = [...built.problems, ...bound.problems]
  const draft = yield* drafted(task, before, () => draftOf(request, registry, bound.samplers, groups))
  const known = [...before, ...problemsOf(request, draft)]
  const { problems, outputs, warnings } = yield* Effect.gen(function* () {
    const tried = yield* tryOut(request, draft, known)
    const checked = yield* Effect.forEach(built.callbacks, ({ check }) => check ?? Effect.succeed([]))
    const problems = [...known, ...tried.problems, ...checked.flat()]
    return problems.length > 0 ? yield* new PreflightFailed({ task: task.name, problems }) : tried
  }).pipe(Effect.onError(() => Effect.sync(() => dispose(draft))))
  const { plan, whole, batchPlan } = draft
  return {
    ...{ plan, whole, batchPlan, outputs, problems, warnings: [...warningsOf(task, config), ...warnings] },
    changes: changesOf(request, draft),
    state: stateOf(draft)
  } satisfies Prepared
})

/** What a user should know but may have meant. */
export const warningsOf = (task: Task, config: TrainConfig.TrainConfig): ReadonlyArray<string> => {
  const { microbatchSize } = config
  if (microbatchSize === undefined) return []
  const crossing = Object.entries(task.models).filter(([, model]) => model.crossSample === true)
  const losses = Object.entries(task.objectives).filter(([, objective]) => objective.crossSample === true)
  const inModels =
    `microbatchSize is set, but samples of a batch influence each other in ${crossing.map(([, { name }]) => name).join(", ")} (batch ` +
    `normalization): its statistics are those of each microbatch of ${microbatchSize}, so the result differs from that of the whole batch.`
  const inLosses =
    `microbatchSize is set, but samples of a batch are compared with each other in ${losses.map(([name]) => name).join(", ")}: each is ` +
    `compared with those of its microbatch of ${microbatchSize} only, so the result differs from that of the whole batch.`
  return [...(crossing.length > 0 ? [inModels] : []), ...(losses.length > 0 ? [inLosses] : [])]
}
