/** Passes over data that do not train: `validate`, `test` and `predict`. They take a state and change nothing in it. */
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Backend } from "../../Backend.ts"
import type { ErrorOf } from "../../Callback.ts"
import type { Dataset } from "../../Dataset.ts"
import * as Draw from "../../Draw.ts"
import { PreflightFailed, type Problem } from "../../Errors.ts"
import * as Event from "../../Event.ts"
import type { MetricFigure } from "../../Figure.ts"
import { jsonOf } from "../../MetricResults.ts"
import * as Monitors from "../../Monitors.ts"
import type { Progress } from "../../Progress.ts"
import { StepExecutor } from "../../StepExecutor.ts"
import { type SpecOf, type Task, whenEvaluated } from "../../Task.ts"
import type * as Tensors from "../../Tensors.ts"
import type { TrainState } from "../../TrainState.ts"
import * as BatchCheck from "../preflight/BatchCheck.ts"
import * as DatasetCheck from "../preflight/DatasetCheck.ts"
import * as Preflight from "../preflight/Preflight.ts"
import * as TargetCheck from "../preflight/TargetCheck.ts"
import type * as Scores from "../step/Scores.ts"
import * as CallbackStates from "./CallbackStates.ts"
import * as Callbacks from "./Callbacks.ts"
import type { CallbackRegistry } from "./Definition.ts"
import * as Evaluation from "./Evaluation.ts"
import * as HookCaller from "./HookCaller.ts"
import * as HookTable from "./HookTable.ts"
import * as Validation from "./Validation.ts"

export interface EvaluateOptions<Out, LE, LR> {
  /** Its parameters, as they are evaluated, its statistics and progress are read, and the tensors that callbacks ask for. */
  readonly state: TrainState
  readonly data: Dataset
  /** Samples of one batch; 256 when absent. The result does not depend on it beyond rounding. */
  readonly batchSize?: number
  /** Use the first batches only. */
  readonly limitBatches?: number
  readonly callbacks?: Layer.Layer<Out, LE, LR>
}

const defaultBatchSize = 256

/** A pass that does not train, ready to run. */
interface Pass {
  readonly hooks: HookCaller.HookCaller
  readonly publish: Event.EventsService["publish"]
  readonly progress: Progress
  readonly executor: StepExecutor["Service"]
  readonly dataset: Dataset
  readonly outputs: SpecOf
}

/** What is wrong with data for a pass, and the model's outputs for them where they are measured. */
const check = Effect.fnUntraced(function* (task: Task, dataset: Dataset, state: TrainState, isMeasured: boolean) {
  const problems = [...Preflight.checkData(undefined, { [dataset.name]: dataset }, undefined)]
  if (problems.length > 0 || !isMeasured) return { problems, outputs: {} }
  const path = `data.${dataset.name}`
  const tried = yield* Preflight.tryModel(task, dataset, state, path, Draw.ofEvaluation(state.plain.seed))
  if (tried.problems.length > 0) return tried
  return { ...tried, problems: yield* TargetCheck.checkAll(task, dataset, tried.outputs, path) }
})

/** Checks data, and fails with all that is wrong with them or with the callbacks' order. */
const checked = Effect.fnUntraced(function* (task: Task, data: Dataset, state: TrainState, options: PassKind) {
  const fail = (problems: ReadonlyArray<Problem>) => new PreflightFailed({ task: task.name, problems })
  const unfit = DatasetCheck.problemsAt("data", data)
  if (unfit.length > 0) return yield* fail([...options.problems, ...unfit])
  const dataset = BatchCheck.checked(data)
  const { problems, outputs } = yield* check(task, dataset, state, options.isMeasured && options.problems.length === 0)
  if (options.problems.length + problems.length > 0) return yield* fail([...options.problems, ...problems])
  return { dataset, outputs }
})

interface PassKind {
  readonly isMeasured: boolean
  readonly problems: ReadonlyArray<Problem>
}

/** Preflight and callbacks of a pass that does not train. */
const open = Effect.fnUntraced(function* (
  task: Task,
  state: TrainState,
  data: Dataset,
  kind: PassKind & Callbacks.Built
) {
  const { callbacks } = kind
  const { dataset, outputs } = yield* checked(task, data, state, kind)
  const moment = { progress: state.plain.progress, monitors: Monitors.of(task, []), state: () => state }
  const table = HookTable.make({ callbacks, onDecision: () => {} })
  const hooks = HookCaller.ofPass(table, moment, CallbackStates.decode(callbacks, state.plain.callbacks))
  const { publish } = Callbacks.listening(callbacks, yield* Event.Events)
  const executor = yield* StepExecutor
  return { hooks, publish, progress: moment.progress, executor, dataset, outputs } satisfies Pass
})

/** Hands on what the executor has to say. */
const publishNotes = ({ executor, publish, progress }: Pass): Effect.Effect<void> =>
  Effect.forEach(
    executor.takeNotes?.() ?? [],
    (message) => publish({ version: 1, _tag: "Warned", progress, message }),
    { discard: true }
  )

const passOver = <A, E, R, Out, LE, LR>(
  task: Task,
  { state, data, callbacks }: EvaluateOptions<Out, LE, LR>,
  isMeasured: boolean,
  body: (pass: Pass) => Effect.Effect<A, E, R>
) =>
  Effect.scoped(
    Effect.flatMap(Callbacks.open((callbacks ?? Layer.empty) as Layer.Layer<Out, LE, LR>), (built) =>
      Effect.flatMap(open(task, state, data, { ...built, isMeasured }), (pass) =>
        Effect.tap(body(pass), () => publishNotes(pass))
      )
    )
  )

/** How well a state does on data: overall and per batch, weighted by samples. Changes nothing in the state. */
export interface Evaluated {
  readonly samples: number
  /** `loss`, each loss where there are several, and each metric, by plain name. */
  readonly values: Event.Values
  /** The same for each batch. */
  readonly batches: ReadonlyArray<Evaluation.BatchResult>
  /** The full result of each metric, such as a confusion matrix: `Option` of the metric's own type. */
  readonly results: { readonly [metric: string]: unknown }
  /** Pictures of the results of metrics that draw one. */
  readonly figures: ReadonlyArray<MetricFigure>
}

type EvaluateEffect<A, Out, LE, LR> = Effect.Effect<
  A,
  PreflightFailed | Evaluation.PassError | LE | ErrorOf<Out>,
  Backend | StepExecutor | Exclude<LR, CallbackRegistry>
>

/** Publishes what a test measured. */
const publishTested = (
  task: Task,
  { publish, progress }: Pass,
  { samples, values, results, figures }: Omit<Evaluated, "results"> & { readonly results: Scores.Results },
  begin: number
): Effect.Effect<void> => {
  const data = jsonOf(whenEvaluated(task).metrics, results)
  const seconds = (performance.now() - begin) / 1000
  return publish({
    ...{ version: 1, _tag: "Tested", progress, samples, values, seconds },
    ...(Object.keys(data).length === 0 ? {} : { results: data }),
    ...(figures.length === 0 ? {} : { figures })
  })
}

/** Measures a state, and tells callbacks. */
const evaluate = Effect.fnUntraced(function* <Out, LE, LR>(
  task: Task,
  options: EvaluateOptions<Out, LE, LR>,
  pass: Pass,
  names: Validation.Hooks
) {
  const begin = performance.now()
  const isTest = names === Validation.testHooks
  const { hooks, executor, dataset, outputs } = pass
  const fields = isTest ? {} : { name: dataset.name }
  const {
    useParameters: _,
    figures: figuresOf,
    ...measured
  } = yield* Validation.measure({
    ...{ task, executor, dataset, outputs, hooks, names, fields, ...settingOf(options) },
    evaluate: Evaluation.makeEvaluator(task, executor)
  })
  const evaluated = { ...measured, figures: figuresOf() }
  const { values, results, figures } = evaluated
  if (isTest) {
    yield* publishTested(task, pass, evaluated, begin)
    yield* hooks.call("testEnd", { values, results, figures: () => figures })
  } else yield* hooks.call("validationEnd", { name: dataset.name, values, results, figures: () => figures })
  return evaluated satisfies Evaluated
})

const settingOf = <Out, LE, LR>({
  batchSize = defaultBatchSize,
  limitBatches,
  state
}: EvaluateOptions<Out, LE, LR>) => ({
  batchSize,
  limitBatches,
  state,
  seed: state.plain.seed
})

const evaluateWith =
  (names: Validation.Hooks) =>
  <MetricName extends string, Out = never, LE = never, LR = never>(
    task: Task<any, any, any, MetricName>,
    options: EvaluateOptions<Out, LE, LR>
  ): EvaluateEffect<Evaluated, Out, LE, LR> =>
    passOver(task as Task, options, true, (pass) => evaluate(task as Task, options, pass, names))

/** Measures a state on validation data. */
export const validate = evaluateWith(Validation.validationHooks)

/** Measures a state on test data: once, at the end. Publishes `Tested`. */
export const test = evaluateWith(Validation.testHooks)

/**
 * The model's outputs for data, batch by batch: `use` is called with each batch's outputs, in order, and its results are
 * given back. The outputs' memory goes when `use` returns; read them there.
 */
export const predict = <TaskOut extends tf.Tensor | Tensors.Tensors, A, Out = never, LE = never, LR = never>(
  task: Task<any, any, TaskOut, any>,
  options: EvaluateOptions<Out, LE, LR> & { readonly use: (outputs: TaskOut, batch: number, samples: number) => A }
): EvaluateEffect<ReadonlyArray<A>, Out, LE, LR> =>
  passOver(task as Task, options, false, (pass) =>
    predictWith(task as Task, options, pass, (outputs, batch, samples) =>
      options.use(outputs as TaskOut, batch, samples)
    )
  )

const predictWith = Effect.fnUntraced(function* <A, Out, LE, LR>(
  task: Task,
  options: EvaluateOptions<Out, LE, LR>,
  { hooks, executor, dataset }: Pass,
  use: (outputs: Tensors.TensorOrRecord, batch: number, samples: number) => A
) {
  const { useParameters } = yield* hooks.call("predictBegin", {})
  const { state, ...setting } = settingOf(options)
  const program = executor.compile("predict", Evaluation.outputsProgram(task, dataset.spec))
  const predicted: Array<{ readonly samples: number; readonly result: A }> = []
  const onBatchBegin = (batch: number) => void hooks.now("predictBatchBegin", { batch })
  const weights = yield* Validation.evaluatedWeights(state, useParameters)
  yield* Evaluation.pass({ task, executor, dataset, onBatchBegin, ...setting }, (inputs, batch, samples) => {
    const { outputs } = program({ ...weights, ...inputs })
    hooks.now("predictBatchEnd", { batch, samples, outputs })
    predicted.push({ samples, result: use(outputs, batch, samples) })
  })
  yield* hooks.call("predictEnd", { samples: predicted.reduce((sum, { samples }) => sum + samples, 0) })
  return predicted.map(({ result }) => result)
}, Effect.scoped)
