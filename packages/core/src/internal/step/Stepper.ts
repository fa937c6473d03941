/** One training step from the host's side: upload, run the programs, read what was measured. Nothing is written. */
import type * as tf from "@tensorflow/tfjs-core"
import type { Dataset, HostBatch } from "../../Dataset.ts"
import { type DataError, NonFiniteFound } from "../../Errors.ts"
import { batchAfter } from "../../Progress.ts"
import type { StepExecutor } from "../../StepExecutor.ts"
import type { SpecOf } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type { TrainConfig } from "../../TrainConfig.ts"
import type { Plain, TrainState } from "../../TrainState.ts"
import { nonFiniteData } from "../preflight/BatchCheck.ts"
import * as TargetCheck from "../preflight/TargetCheck.ts"
import * as Controls from "./Controls.ts"
import * as MemoryUpload from "./MemoryUpload.ts"
import * as NonFinite from "./NonFinite.ts"
import * as Parts from "./Parts.ts"
import type { StepPlan } from "./Plan.ts"
import * as Programs from "./Programs.ts"
import * as Scores from "./Scores.ts"
import type { StepInputs } from "./StepProgram.ts"
import * as Upload from "./Upload.ts"

export interface StepperOptions {
  readonly plan: StepPlan
  readonly config: Pick<TrainConfig, "seed" | "microbatchSize">
  readonly executor: StepExecutor["Service"]
  readonly dataset: Dataset
  readonly batchesPerEpoch: number
  readonly pace: Plain["pace"]
  /** Specs of the model's outputs, to check labels against. */
  readonly outputs: SpecOf
}

/** Tensors that a step changes. */
export type StepTensors = Pick<TrainState, "parameters" | "statistics" | "slots" | "callbacks">

/** What a step reads of a run's state. */
export type StepState = StepTensors & { readonly plain: Controls.Moment & Pick<Plain, "progress"> }

/** What a batch came to. Only `Updated` holds tensors: the new ones, which the caller owns and puts in the old ones' places. */
export type Outcome =
  | {
      readonly _tag: "Updated"
      readonly samples: number
      readonly scores: Scores.Scores
      /** The rates of all groups at this step. */
      readonly learningRates: ReadonlyArray<number>
      /** Only what has changed. */
      readonly changed: StepTensors
    }
  | { readonly _tag: "Empty" }
  | { readonly _tag: "NonFinite"; readonly error: NonFiniteFound }

export interface Stepper {
  /** Trains on one batch; `indices` name its samples in errors. Throws `DataError` and what operations throw. */
  readonly train: (state: StepState, batch: HostBatch, indices: () => Int32Array) => Outcome
  /** The learning rates of all parameter groups, at a position of the run or when so many steps had been done. */
  readonly learningRates: Controls.ControlsAt["learningRates"]
  /** The names of the groups, in the same order. */
  readonly groups: ReadonlyArray<string>
  /** Gives back what steps keep from one to the next. */
  readonly dispose: () => void
  /** Whether `train` copies what it takes of a batch, whose arrays may be used again when it returns. */
  readonly copies: boolean
}

/** What is made once for all steps. */
interface Engine extends StepperOptions {
  readonly controls: Controls.ControlsAt
  readonly samplesOf: (batch: HostBatch) => number
  readonly batches: ReturnType<typeof MemoryUpload.reusing>
  readonly look: Scores.Look
  readonly decode: ReturnType<typeof Upload.decoder>
  /** Whether some loss looks at targets on the host that nobody has looked at yet. */
  readonly checksTargets: boolean
  /** The moment of the step that runs, for an executor that runs programs at another one too. */
  moment: Controls.Moment | undefined
}

type Compiled = Engine & Programs.Programs

const perturbed =
  (engine: Engine): Programs.ProgramsOptions["perturbed"] =>
  (inputs, use) => {
    const { controls, moment } = engine
    if (moment === undefined) throw new Error("no step is running")
    try {
      return Tensors.tidy(() => use({ ...inputs, controls: controls.perturbed(moment) }))
    } finally {
      // Whoever keeps a number of the controls aside has that of the present step again.
      controls.reused(moment)
    }
  }

const engineOf = (options: StepperOptions): Compiled => {
  const { plan, executor, dataset, config } = options
  const { memory } = executor
  const engine: Engine = {
    ...options,
    controls: Controls.make(plan, { ...options, seed: config.seed, memory }),
    samplesOf: Upload.counter(dataset.spec),
    batches: MemoryUpload.reusing(dataset, memory),
    look: (tensor) => memory?.values(tensor) ?? tensor.dataSync<"float32">(),
    decode: Upload.decoder(dataset.spec),
    checksTargets: !TargetCheck.isChecked(plan.task, dataset),
    moment: undefined
  }
  const { microbatchSize } = config
  const { decode } = engine
  return Object.assign(
    engine,
    Programs.compile(executor, { plan, microbatchSize, decode, perturbed: perturbed(engine) })
  )
}

/** What the programs made of a batch: new tensors, the caller's, and what was measured. */
interface Computed extends StepTensors {
  readonly gradientSum: tf.Tensor
  readonly scores: Scores.Scores
}

const runWhole = ({ whole, plan, look }: Compiled, inputs: StepInputs, samples: number): Computed => {
  const { measured, ...updated } = whole(inputs)
  try {
    return { ...updated, scores: Scores.read(plan.task, measured, samples, look) }
  } catch (error) {
    Tensors.disposeTree({ ...updated, measured })
    throw error
  }
}

const runParts = (engine: Compiled, inputs: StepInputs, samples: number, size: number): Computed =>
  Tensors.tidy(() => {
    const decoded = { ...inputs, batch: engine.decode(inputs.batch) }
    return Parts.run(engine.parts, decoded, samples, size)
  })

/** What a batch came to; new tensors are the caller's where they are to be used, and gone elsewhere. */
type Result =
  | { readonly _tag: "Updated"; readonly scores: Scores.Scores; readonly changed: StepTensors }
  | { readonly _tag: "Empty" }
  | { readonly _tag: "Refused"; readonly error: DataError }
  | { readonly _tag: "NonFinite"; readonly named: NonFinite.Named }

const resultOf = (engine: Compiled, inputs: StepInputs, computed: Computed): Result => {
  const { plan, dataset } = engine
  const { scores, gradientSum, ...changed } = computed
  // Class weights may be zero for all of a batch, which only the step knows.
  const error = Scores.weightProblem(dataset.name, scores)
  if (error !== undefined) return { _tag: "Refused", error }
  if (Scores.isEmpty(scores)) return { _tag: "Empty" }
  const isFinite = Number.isFinite(engine.look(gradientSum)[0]) && Number.isFinite(Scores.totalLoss(plan.task, scores))
  // No tensor needs to be at fault: the sum of gradients that are all finite may overflow.
  const named = isFinite
    ? undefined
    : Tensors.tidy(() => NonFinite.name(plan, { ...inputs, batch: engine.decode(inputs.batch) }))
  return named === undefined ? { _tag: "Updated", scores, changed } : { _tag: "NonFinite", named }
}

const runPrograms = (engine: Compiled, state: StepState, host: HostBatch, samples: number): Result => {
  const { parameters, statistics, slots, callbacks, plain } = state
  const batch: StepInputs["batch"] = engine.batches.upload(host, samples)
  let unused: Partial<Computed> = {}
  try {
    const controls = engine.controls.reused(plain)
    const inputs = { parameters, statistics, slots, callbacks, batch, controls }
    const { microbatchSize: size = samples } = engine.config
    const computed = size >= samples ? runWhole(engine, inputs, samples) : runParts(engine, inputs, samples, size)
    unused = computed
    const result = resultOf(engine, inputs, computed)
    if (result._tag === "Updated") unused = { gradientSum: computed.gradientSum }
    return result
  } finally {
    const { scores: _, ...tensors } = unused
    Tensors.disposeTree(tensors)
    engine.batches.done(batch)
  }
}

const nonFinite = (
  dataset: Dataset,
  host: HostBatch,
  indices: Int32Array,
  { epoch, batch, step }: StepState["plain"]["progress"],
  named: NonFinite.Named
): Outcome => {
  const data = nonFiniteData(dataset, host, indices)
  const where = { epoch, batch, step, samples: [...indices], ...(data === undefined ? {} : { data }) }
  return { _tag: "NonFinite", error: new NonFiniteFound({ ...named, ...where, policy: "" }) }
}

const train = (engine: Compiled, state: StepState, host: HostBatch, indices: () => Int32Array): Outcome => {
  const { dataset, plan, outputs } = engine
  const { plain } = state
  const samples = engine.samplesOf(host)
  if (Upload.isEmpty(host, samples)) return { _tag: "Empty" }
  if (engine.checksTargets)
    TargetCheck.checkBatch(plan.task, dataset, outputs, host, samples, indices, batchAfter(plain.progress))
  engine.moment = plain
  const result = runPrograms(engine, state, host, samples)
  if (result._tag === "Refused") throw result.error
  if (result._tag === "NonFinite") return nonFinite(dataset, host, indices(), plain.progress, result.named)
  if (result._tag === "Empty") return result
  return { ...result, samples, learningRates: engine.controls.learningRates(plain) }
}

/** Makes the function that trains on one batch: pure, it gives new tensors and leaves the state as it is. */
export const make = (options: StepperOptions): Stepper => {
  const engine = engineOf(options)
  return {
    train: (state, host, indices) => train(engine, state, host, indices),
    learningRates: engine.controls.learningRates,
    groups: options.plan.groups.map(({ name }) => name),
    copies: options.executor.memory !== undefined,
    dispose: () => {
      engine.controls.dispose()
      engine.batches.dispose()
    }
  }
}
