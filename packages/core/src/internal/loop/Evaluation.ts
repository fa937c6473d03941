/** A pass over data without training: evaluation mode, no gradient tape, one forward pass per batch. */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { DataLoader } from "../../DataLoader.ts"
import type { Dataset, DatasetSpec, HostBatch } from "../../Dataset.ts"
import * as Draw from "../../Draw.ts"
import { CallbackFailed, DataError, GlobalRandomUsed, KernelUnsupported, StepFailed } from "../../Errors.ts"
import type { Values } from "../../Event.ts"
import * as RandomBits from "../../RandomBits.ts"
import * as Rng from "../../Rng.ts"
import type { StepExecutor } from "../../StepExecutor.ts"
import { Surroundings } from "../../Surroundings.ts"
import { type SpecOf, type Task, type TensorBatch, whenEvaluated } from "../../Task.ts"
import type { TensorOrRecord, Tensors } from "../../Tensors.ts"
import * as TargetCheck from "../preflight/TargetCheck.ts"
import { samplesIn } from "../step/BackwardPass.ts"
import * as Forward from "../step/Forward.ts"
import type { MeasuredTensors } from "../step/GradientProgram.ts"
import * as Scores from "../step/Scores.ts"
import { decoder, decoderKey, samplesOf, upload } from "../step/Upload.ts"
import * as BatchPlan from "./BatchPlan.ts"
import { sliceMilliseconds } from "./slice.ts"

/** Parameters and statistics to look through. */
export type Weights = { readonly parameters: Tensors; readonly statistics: Tensors }

type PassInputs = Weights & { readonly batch: TensorBatch & { readonly [key: string]: any }; readonly key: tf.Tensor }

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
  readonly check?: ((batch: HostBatch, samples: number, indices: () => Int32Array, at: number) => void) | undefined
  /** Called before a batch, inside the synchronous loop. */
  readonly onBatchBegin?: ((batch: number) => void) | undefined
}

const forwardOf = (task: Task, { parameters, statistics, batch, key }: PassInputs) =>
  Forward.run(
    task,
    { parameters, statistics, batch },
    false,
    RandomBits.make({ key, samples: undefined, batchSize: samplesIn(batch) })
  )

/** The tensor program that measures a batch of a dataset of that spec. */
export const measureProgram = (task: Task, spec: DatasetSpec) => {
  const decode = decoder(spec)
  return (given: PassInputs): MeasuredTensors => {
    const inputs = { ...given, batch: decode(given.batch) }
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
  const decode = decoder(spec)
  return (inputs: PassInputs): { readonly outputs: TensorOrRecord } => {
    const { outputs } = forwardOf(task, { ...inputs, batch: decode(inputs.batch) })
    return { outputs: outputs instanceof tf.Tensor ? tf.clone(outputs) : outputs }
  }
}

/** Runs over a dataset in order; `use` gets each batch on the device, inside a tidy scope. */
export const pass = Effect.fnUntraced(function* (
  options: PassOptions,
  use: (inputs: Omit<PassInputs, keyof Weights>, batch: number, samples: number) => void
) {
  const { dataset, batchSize, limitBatches, seed } = options
  const plan = BatchPlan.make({
    length: dataset.length,
    batchSize,
    ...(limitBatches === undefined ? {} : { limit: limitBatches })
  })
  const stream = Rng.named(Rng.key(seed), "evaluation")
  const source = yield* (yield* DataLoader).open(dataset, plan.from(0, 0), Draw.ofEvaluation(seed))
  let batch = 0
  const take = (host: HostBatch): void => {
    const samples = samplesOf(dataset.spec, host)
    options.onBatchBegin?.(batch)
    if (samples > 0) {
      const position = batch
      options.check?.(host, samples, () => plan.indices(0, position), position)
      const own = Rng.fold(stream, batch)
      tf.tidy(() => {
        const key = tf.tensor1d([own.hi, own.lo], "int32")
        use({ batch: upload(dataset, host, samples), key }, batch, samples)
      })
    }
    batch++
  }
  /** Runs until the time slice is over, or something must be waited for. */
  const stretch = (): Effect.Effect<HostBatch | undefined, DataError> | "yield" | "end" => {
    const deadline = performance.now() + sliceMilliseconds
    do {
      const next = source.next()
      if (Effect.isEffect(next)) return next
      if (next === undefined) return "end"
      take(next)
    } while (performance.now() < deadline)
    return "yield"
  }
  const { around } = yield* Surroundings
  const guarded = <A>(body: () => A) =>
    Effect.try({
      try: () => around(body),
      catch: (cause) => errorOf(cause, `the evaluation on ${dataset.name}`, 0, batch)
    })
  for (;;) {
    const stopped = yield* guarded(stretch)
    if (stopped === "end") break
    if (stopped === "yield") yield* Effect.yieldNow
    else {
      const waited = yield* stopped
      if (waited === undefined) break
      yield* guarded(() => take(waited))
    }
  }
}, Effect.scoped)

export interface EvaluateOptions extends PassOptions {
  readonly weights: Weights
  /** Specs of the model's outputs, to check labels against. */
  readonly outputs: SpecOf
  readonly onBatchEnd?: ((batch: number, result: BatchResult) => void) | undefined
}

/** Makes an evaluator, so that a program is compiled once for many passes over data of one kind. Evaluation metrics are measured, too. */
export const makeEvaluator = (trained: Task, executor: StepExecutor["Service"]) => {
  const task = whenEvaluated(trained)
  const programs = new Map<string, ReturnType<typeof measureProgram>>()
  const programFor = (spec: DatasetSpec) => {
    const key = decoderKey(spec)
    const program = programs.get(key) ?? executor.compile("evaluate", measureProgram(task, spec))
    programs.set(key, program)
    return program
  }
  return Effect.fnUntraced(function* (options: EvaluateOptions): Effect.fn.Return<EvaluationResult, PassError> {
    const program = programFor(options.dataset.spec)
    let scores = Scores.empty(task)
    let total = 0
    const batches: Array<BatchResult> = []
    const { dataset, outputs } = options
    const check: PassOptions["check"] = (batch, samples, indices, at) =>
      TargetCheck.checkBatch(task, dataset, outputs, batch, samples, indices, `batch ${at}`)
    yield* pass({ ...options, check }, (inputs, batch, samples) => {
      const own = Scores.read(task, program({ ...options.weights, ...inputs }), samples)
      const problem = Scores.weightProblem(dataset.name, own)
      if (problem !== undefined) throw problem
      // As in training: where nothing counts there is no value to report.
      if (Scores.isEmpty(own)) return
      scores = Scores.combine(task, scores, own)
      total += samples
      const result = { samples, values: Scores.values(task, own) }
      batches.push(result)
      options.onBatchEnd?.(batch, result)
    })
    if (total === 0) {
      return yield* new DataError({
        source: dataset.name,
        found: "batches that are all empty",
        expected: "samples, some of them with a weight and mask above 0",
        advice: "Look at what its read gives, at its weights and at its mask."
      })
    }
    return { samples: total, values: Scores.values(task, scores), scores, batches }
  })
}
