/** Passes over data that do not train: `validate`, `test` and `predict`. They take a state and change nothing in it. */
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Backend } from "../../Backend.ts"
import type { At, CallbackRegistry, ErrorOf } from "../../Callback.ts"
import * as Callbacks from "../../Callbacks.ts"
import type { Dataset } from "../../Dataset.ts"
import * as Draw from "../../Draw.ts"
import { PreflightFailed, type Problem } from "../../Errors.ts"
import * as Event from "../../Event.ts"
import type { MetricFigure } from "../../Figure.ts"
import * as HookTable from "../../HookTable.ts"
import { figuresOf, jsonOf } from "../../MetricResults.ts"
import * as Monitors from "../../Monitors.ts"
import { StepExecutor } from "../../StepExecutor.ts"
import { type SpecOf, type Task, whenEvaluated } from "../../Task.ts"
import type * as Tensors from "../../Tensors.ts"
import { type TrainState, withAverages } from "../../TrainState.ts"
import * as BatchCheck from "../preflight/BatchCheck.ts"
import * as DatasetCheck from "../preflight/DatasetCheck.ts"
import * as Preflight from "../preflight/Preflight.ts"
import * as TargetCheck from "../preflight/TargetCheck.ts"
import * as Scores from "../step/Scores.ts"
import * as Evaluation from "./Evaluation.ts"

export interface EvaluateOptions<Out, LE, LR> {
  /** Only its parameters, statistics and progress are read. */
  readonly state: TrainState
  readonly data: Dataset
  /** Samples of one batch; 256 when absent. The result does not depend on it beyond rounding. */
  readonly batchSize?: number
  /** Use the first batches only. */
  readonly limitBatches?: number
  readonly callbacks?: Layer.Layer<Out, LE, LR>
}

const defaultBatchSize = 256

/** Preflight and callbacks of a pass that does not train. */
const passOver = <A, E, R, Out, LE, LR>(
  task: Task,
  { state, data, callbacks }: EvaluateOptions<Out, LE, LR>,
  scores: boolean,
  body: (
    hooks: HookTable.HookTable,
    at: At,
    events: Event.EventsService,
    data: { readonly dataset: Dataset; readonly outputs: SpecOf }
  ) => Effect.Effect<A, E, R>
) =>
  Effect.scoped(
    Callbacks.use((callbacks ?? Layer.empty) as Layer.Layer<Out, LE, LR>, ({ callbacks, problems: order }) =>
      Effect.gen(function* () {
        const refused = (problems: ReadonlyArray<Problem>) => new PreflightFailed({ task: task.name, problems })
        const unfit = DatasetCheck.problemsAt("data", data)
        if (unfit.length > 0) return yield* refused([...order, ...unfit])
        const dataset = BatchCheck.checked(data)
        const problems = [...order, ...Preflight.checkData(undefined, { [dataset.name]: dataset }, undefined)]
        let outputs: SpecOf = {}
        if (problems.length === 0 && scores) {
          const path = `data.${dataset.name}`
          const tried = yield* Preflight.tryModel(task, dataset, state, path, Draw.ofEvaluation(state.plain.seed))
          problems.push(...tried.problems)
          outputs = tried.outputs
          if (problems.length === 0) problems.push(...(yield* TargetCheck.checkAll(task, dataset, outputs, path)))
        }
        if (problems.length > 0) return yield* refused(problems)
        const hooks = HookTable.make({ callbacks, states: state.plain.callbacks, onDecision: () => {} })
        const events = Callbacks.listening(callbacks, yield* Event.Events)
        const { takeNotes } = yield* StepExecutor
        const { progress } = state.plain
        const noted = Effect.suspend(() =>
          Effect.forEach(
            takeNotes?.() ?? [],
            (message) => events.publish({ version: 1, _tag: "Warned", progress, message }),
            { discard: true }
          )
        )
        const at = { progress, monitors: Monitors.of(task, []), state: () => state }
        return yield* Effect.tap(body(hooks, at, events, { dataset, outputs }), noted)
      })
    )
  )

const parametersFor = (state: TrainState, names: ReadonlyArray<string>): Evaluation.Weights => ({
  parameters: withAverages(state, names),
  statistics: state.statistics
})

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

const evaluateAs =
  (kind: "validation" | "test") =>
  <MetricName extends string, Out = never, LE = never, LR = never>(
    task: Task<any, any, any, MetricName>,
    options: EvaluateOptions<Out, LE, LR>
  ): EvaluateEffect<Evaluated, Out, LE, LR> =>
    passOver(task as Task, options, true, (hooks, at, events, { dataset, outputs }) =>
      Effect.gen(function* () {
        const executor = yield* StepExecutor
        const begin = performance.now()
        const named = kind === "validation" ? { ...at, name: dataset.name } : at
        const decision = yield* hooks.call(`${kind}Begin`, named as never)
        const result = yield* Evaluation.makeEvaluator(
          task as Task,
          executor
        )({
          task: task as Task,
          executor,
          dataset,
          outputs,
          batchSize: options.batchSize ?? defaultBatchSize,
          limitBatches: options.limitBatches,
          seed: options.state.plain.seed,
          weights: parametersFor(options.state, decision.useParameters),
          onBatchBegin: (batch) => void hooks.callSync(`${kind}BatchBegin`, { ...named, batch } as never),
          onBatchEnd: (batch, own) => void hooks.callSync(`${kind}BatchEnd`, { ...named, batch, ...own } as never)
        })
        const { samples, values, batches } = result
        const { metrics } = whenEvaluated(task as Task)
        const results = Scores.results(metrics, result.scores)
        const seconds = (performance.now() - begin) / 1000
        const [figures, data] = [figuresOf(metrics, results), jsonOf(metrics, results)]
        if (kind === "test") {
          yield* events.publish({
            version: 1,
            _tag: "Tested",
            progress: at.progress,
            samples,
            values,
            seconds,
            ...(Object.keys(data).length === 0 ? {} : { results: data }),
            ...(figures.length === 0 ? {} : { figures })
          })
        }
        yield* hooks.call(`${kind}End`, { ...named, values, results, figures: () => figures } as never)
        return { samples, values, batches, results, figures }
      })
    ) as never // the handlers' errors are erased inside and known from the layer's type

/** Measures a state on validation data. */
export const validate = evaluateAs("validation")

/** Measures a state on test data: once, at the end. Publishes `Tested`. */
export const test = evaluateAs("test")

/**
 * The model's outputs for data, batch by batch: `use` is called with each batch's outputs, in order, and its results are
 * given back. The outputs' memory goes when `use` returns; read them there.
 */
export const predict = <TaskOut extends tf.Tensor | Tensors.Tensors, A, Out = never, LE = never, LR = never>(
  task: Task<any, any, TaskOut, any>,
  options: EvaluateOptions<Out, LE, LR> & { readonly use: (outputs: TaskOut, batch: number, samples: number) => A }
): EvaluateEffect<ReadonlyArray<A>, Out, LE, LR> =>
  passOver(task as Task, options, false, (hooks, at, _events, { dataset }) =>
    Effect.gen(function* () {
      const executor = yield* StepExecutor
      const decision = yield* hooks.call("predictBegin", at)
      const weights = parametersFor(options.state, decision.useParameters)
      const program = executor.compile("predict", Evaluation.outputsProgram(task as Task, dataset.spec))
      const results: Array<A> = []
      let total = 0
      yield* Evaluation.pass(
        {
          task: task as Task,
          executor,
          dataset,
          batchSize: options.batchSize ?? defaultBatchSize,
          limitBatches: options.limitBatches,
          seed: options.state.plain.seed,
          onBatchBegin: (batch) => void hooks.callSync("predictBatchBegin", { ...at, batch })
        },
        (inputs, batch, samples) => {
          const { outputs } = program({ ...weights, ...inputs })
          total += samples
          hooks.callSync("predictBatchEnd", { ...at, batch, samples, outputs })
          results.push(options.use(outputs as TaskOut, batch, samples))
        }
      )
      yield* hooks.call("predictEnd", { ...at, samples: total })
      return results
    })
  ) as never // the handlers' errors are erased inside and known from the layer's type
