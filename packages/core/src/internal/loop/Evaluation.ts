/** A pass over data without training: evaluation mode, no gradient tape, one forward pass per batch. */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { Dataset, DatasetSpec, HostBatch } from "../../Dataset.ts"
import * as Draw from "../../Draw.ts"
import { CallbackFailed, DataError, GlobalRandomUsed, KernelUnsupported, StepFailed } from "../../Errors.ts"
import type { Values } from "../../Event.ts"
import * as RandomBits from "../../RandomBits.ts"
import * as Rng from "../../Rng.ts"
import type { StepExecutor } from "../../StepExecutor.ts"
import { type SpecOf, type Task, type TensorBatch, whenEvaluated } from "../../Task.ts"
import type { TensorOrRecord, Tensors } from "../../Tensors.ts"
import * as TargetCheck from "../preflight/TargetCheck.ts"
import * as Streams from "../Streams.ts"
import * as Forward from "../step/Forward.ts"
import type { MeasuredTensors } from "../step/GradientProgram.ts"
import * as MemoryUpload from "../step/MemoryUpload.ts"
import * as Scores from "../step/Scores.ts"
import * as Upload from "../step/Upload.ts"
import * as BatchPlan from "./BatchPlan.ts"
import * as Feed from "./Feed.ts"

/** Parameters and statistics to look through. */
export type Weights = { readonly parameters: Tensors; readonly statistics: Tensors }

/** The inputs of a program over one batch of a pass. */
export type PassInputs = Weights & {
  readonly batch: TensorBatch & { readonly [key: string]: any }
  readonly key: tf.Tensor
}

/** The result for one batch. */
export interface BatchResult {
  readonly samples: number
  readonly values: Values
}

/** The result of a whole pass: weighted by samples, never an average of averages. */
export interface EvaluationResult {
  readonly samples: number
  readonly values: Values
  readonly scores: Scores.Scores
  readonly batches: ReadonlyArray<BatchResult>
}

/** The errors of every pass over data. */
export type PassError = DataError | StepFailed | KernelUnsupported | CallbackFailed | GlobalRandomUsed

const passedOn = [DataError, KernelUnsupported, CallbackFailed, GlobalRandomUsed]

/** What `cause` is, when something throws inside a step: our own errors as they are, others with their position. */
export const errorOf = (cause: unknown, during: string, epoch: number, batch: number): PassError =>
  passedOn.some((error) => cause instanceof error)
    ? (cause as PassError)
    : new StepFailed({ during, epoch, batch, cause })

export interface PassOptions {
  readonly task: Task
  readonly executor: StepExecutor["Service"]
  readonly dataset: Dataset
  readonly batchSize: number
  readonly limitBatches?: number | undefined
  readonly seed: number
  /** Called with each batch that is not empty, before it is on the device; throws what is wrong with it. */
  readonly check?:
    | ((batch: HostBatch, samples: number, indices: () => Int32Array, position: number) => void)
    | undefined
  /** Called before a batch, inside the synchronous loop. */
  readonly onBatchBegin?: ((batch: number) => void) | undefined
}

const forwardOf = (task: Task, { parameters, statistics, batch, key }: PassInputs) =>
  Forward.run(
    task,
    { parameters, statistics, batch },
    false,
    RandomBits.make({ key, samples: undefined, batchSize: Forward.samplesIn(batch) })
  )

/** The tensor program that measures a batch of a dataset of that spec. */
export const measureProgram = (task: Task, spec: DatasetSpec) => {
  const decode = Upload.decoder(spec)
  return (encoded: PassInputs): MeasuredTensors => {
    const inputs = { ...encoded, batch: decode(encoded.batch) }
    const result = forwardOf(task, inputs)
    const losses: Record<string, Forward.LossSum> = {}
    for (const loss in task.objectives) {
      const { sum, weight } = Forward.lossSum(task, loss, result)
      losses[loss] = { sum, weight }
    }
    const metrics = Forward.measure(task, result.outputs, inputs.batch)
    return { losses, metrics, ...(result.penalty === undefined ? {} : { penalty: tf.clone(result.penalty) }) }
  }
}

/** The tensor program that gives the outputs for a batch of a dataset of that spec. */
export const outputsProgram = (task: Task, spec: DatasetSpec) => {
  const decode = Upload.decoder(spec)
  return (inputs: PassInputs): { readonly outputs: TensorOrRecord } => {
    const { outputs } = forwardOf(task, { ...inputs, batch: decode(inputs.batch) })
    return { outputs: outputs instanceof tf.Tensor ? tf.clone(outputs) : outputs }
  }
}

type Use = (inputs: Omit<PassInputs, keyof Weights>, batch: number, samples: number) => void

/** A pass that is prepared for the batches of its dataset. */
interface Prepared extends PassOptions {
  readonly plan: BatchPlan.BatchPlan
  readonly samplesOf: (batch: HostBatch) => number
  readonly upload: Upload.Uploader
}

const prepare = (options: PassOptions): Prepared => {
  const { dataset, executor, batchSize, limitBatches: limit } = options
  return {
    ...options,
    plan: BatchPlan.make({ length: dataset.length, batchSize, ...(limit === undefined ? {} : { limit }) }),
    samplesOf: Upload.counter(dataset.spec),
    upload: MemoryUpload.uploader(dataset, executor.memory)
  }
}

/** A batch on the device, with the key of its draws. */
const inputsOf = ({ upload, seed }: Prepared, host: HostBatch, batch: number, samples: number) => {
  const { hi, lo } = Rng.fold(Streams.evaluation(seed), batch)
  return { batch: upload(host, samples), key: tf.tensor1d([hi, lo], "int32") }
}

/** One batch of a pass: to the device, inside a tidy scope, and to `use`. */
const useBatch = (pass: Prepared, host: HostBatch, batch: number, use: Use): void => {
  const samples = pass.samplesOf(host)
  pass.onBatchBegin?.(batch)
  if (samples === 0) return
  pass.check?.(host, samples, () => pass.plan.indices(0, batch), batch)
  tf.tidy(() => use(inputsOf(pass, host, batch, samples), batch, samples))
}

/** Runs over a dataset in order; `use` gets each batch on the device, inside a tidy scope. */
export const pass = Effect.fnUntraced(function* (options: PassOptions, use: Use) {
  const { dataset, seed } = options
  const prepared = prepare(options)
  let batch = 0
  const feed = yield* Feed.open({
    dataset,
    batches: prepared.plan.from(0, 0),
    draw: Draw.ofEvaluation(seed),
    errorOf: (cause) => errorOf(cause, `the evaluation on ${dataset.name}`, 0, batch)
  })
  yield* Feed.until(feed, (host) => {
    useBatch(prepared, host, batch, use)
    batch++
    return undefined
  })
}, Effect.scoped)

export interface EvaluateOptions extends PassOptions {
  readonly weights: Weights
  /** Specs of the model's outputs, to check labels against. */
  readonly outputs: SpecOf
  readonly onBatchEnd?: ((batch: number, result: BatchResult) => void) | undefined
}

/** Measures a dataset. */
export type Evaluator = (
  options: EvaluateOptions
) => Effect.Effect<EvaluationResult, PassError, Effect.Services<ReturnType<typeof pass>>>

/** Makes an evaluator, so that a program is compiled once for many passes over data of one kind. Evaluation metrics are measured, too. */
export const makeEvaluator = (trained: Task, executor: StepExecutor["Service"]): Evaluator => {
  const task = whenEvaluated(trained)
  const programs = new Map<string, ReturnType<typeof measureProgram>>()
  return Effect.fnUntraced(function* (options) {
    const { dataset } = options
    const key = Upload.decoderKey(dataset.spec)
    const program = programs.get(key) ?? executor.compile("evaluate", measureProgram(task, dataset.spec))
    programs.set(key, program)
    const result = yield* evaluate(task, program, options)
    if (result.samples > 0) return { ...result, values: Scores.values(task, result.scores) }
    return yield* new DataError({
      source: dataset.name,
      found: "batches that are all empty",
      expected: "samples, some of them with a weight and mask above 0",
      advice: "Look at what its read gives, at its weights and at its mask."
    })
  })
}

const evaluate = Effect.fnUntraced(function* (
  task: Task,
  program: ReturnType<typeof measureProgram>,
  options: EvaluateOptions
) {
  const { dataset, outputs } = options
  // Not all of a state, on whose form a compiled program would depend.
  const weights = { parameters: options.weights.parameters, statistics: options.weights.statistics }
  const total: Total = { scores: Scores.empty(task), batches: [] }
  const check: PassOptions["check"] = (batch, samples, indices, position) =>
    TargetCheck.checkBatch(task, dataset, outputs, batch, samples, indices, `batch ${position}`)
  const isChecked = TargetCheck.isChecked(task, dataset)
  yield* pass({ ...options, check: isChecked ? undefined : check }, (inputs, batch, samples) => {
    const scores = measure(task, program, { ...weights, ...inputs }, options.dataset.name, samples)
    if (scores === undefined) return
    const result = add(task, total, scores, samples)
    options.onBatchEnd?.(batch, result)
  })
  const { scores, batches } = total
  return { scores, batches, samples: batches.reduce((sum, { samples }) => sum + samples, 0) }
})

/** What a pass has come to so far. */
interface Total {
  scores: Scores.Scores
  readonly batches: Array<BatchResult>
}

const add = (task: Task, total: Total, scores: Scores.Scores, samples: number): BatchResult => {
  const result = { samples, values: Scores.values(task, scores) }
  total.scores = Scores.combine(task, total.scores, scores)
  total.batches.push(result)
  return result
}

/** The scores of a batch; none where nothing counts: there is no value to report then, as in training. */
const measure = (
  task: Task,
  program: ReturnType<typeof measureProgram>,
  inputs: PassInputs,
  source: string,
  samples: number
): Scores.Scores | undefined => {
  const scores = Scores.read(task, program(inputs), samples)
  Scores.checkWeights(source, scores)
  return Scores.isEmpty(scores) ? undefined : scores
}
