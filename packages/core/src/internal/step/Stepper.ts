/** One training step from the host's side: upload, run the programs, read what was measured. Nothing is written. */
import type * as tf from "@tensorflow/tfjs-core"
import type { Dataset, HostBatch } from "../../Dataset.ts"
import { NonFiniteFound } from "../../Errors.ts"
import { batchAfter } from "../../Progress.ts"
import type { StepExecutor } from "../../StepExecutor.ts"
import type { SpecOf } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type { TrainConfig } from "../../TrainConfig.ts"
import type { Plain, TrainState } from "../../TrainState.ts"
import type { BatchPlan } from "../loop/BatchPlan.ts"
import { nonFiniteData } from "../preflight/BatchCheck.ts"
import * as TargetCheck from "../preflight/TargetCheck.ts"
import * as Controls from "./Controls.ts"
import * as MemoryControls from "./MemoryControls.ts"
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
  /** How many batches an epoch has, and which samples are in each. */
  readonly batches: Pick<BatchPlan, "batches" | "indices">
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
  /** Trains on the next batch of a state. Throws `DataError` and what operations throw. */
  readonly train: (state: StepState, batch: HostBatch) => Outcome
  /** The learning rates of all parameter groups, at a position of the run or when so many steps had been done. */
  readonly learningRates: Controls.ControlsAt["learningRates"]
  /** What else is scheduled, when so many steps had been done. */
  readonly scheduled: Controls.ControlsAt["scheduled"]
  readonly inModels: Controls.ControlsAt["inModels"]
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
  readonly kept: ReturnType<typeof MemoryControls.reusing>
  readonly samplesOf: (batch: HostBatch) => number
  readonly uploads: ReturnType<typeof MemoryUpload.reusing>
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
      // A link that keeps one of its numbers aside has that of the present step again.
      controls.numbers(moment)
    }
  }

const engineOf = (options: StepperOptions): Compiled => {
  const { plan, executor, dataset, config, batches, pace } = options
  const { memory } = executor
  const kept = MemoryControls.reusing(memory)
  const engine: Engine = {
    ...options,
    controls: Controls.make(plan, { seed: config.seed, batchesPerEpoch: batches.batches, pace }, kept.tensorsOf),
    kept,
    samplesOf: Upload.counter(dataset.spec),
    uploads: MemoryUpload.reusing(dataset, memory),
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

/** A batch that a step is on. */
interface Stepping {
  readonly plain: StepState["plain"]
  readonly host: HostBatch
  readonly samples: number
}

/** Names the samples of a batch, for messages only: that takes time where data are shuffled. */
const indicesOf = ({ batches }: Compiled, { plain: { progress } }: Stepping): Int32Array =>
  batches.indices(progress.epoch, progress.batch)

const checkTargets = (engine: Compiled, stepping: Stepping): void => {
  const { plan, dataset, outputs } = engine
  const { host, samples, plain } = stepping
  const indices = () => indicesOf(engine, stepping)
  TargetCheck.checkBatch(plan.task, dataset, outputs, host, samples, indices, batchAfter(plain.progress))
}

const train = (engine: Compiled, state: StepState, host: HostBatch): Outcome => {
  const { parameters, statistics, slots, callbacks, plain } = state
  const samples = engine.samplesOf(host)
  if (Upload.isEmpty(host, samples)) return { _tag: "Empty" }
  const stepping = { plain, host, samples }
  if (engine.checksTargets) checkTargets(engine, stepping)
  engine.moment = plain
  const batch: StepInputs["batch"] = engine.uploads.upload(host, samples)
  let controls: StepInputs["controls"] | undefined
  try {
    controls = engine.controls.controls(plain)
    const inputs = { parameters, statistics, slots, callbacks, batch, controls }
    const { microbatchSize: size = samples } = engine.config
    const computed = size >= samples ? runWhole(engine, inputs, samples) : runParts(engine, inputs, samples, size)
    return outcomeOf(engine, stepping, inputs, computed)
  } finally {
    engine.uploads.done(batch)
    if (controls !== undefined) engine.kept.done(controls)
  }
}

/** New tensors are the outcome's where it is an update, and gone elsewhere. */
const outcomeOf = (engine: Compiled, stepping: Stepping, inputs: StepInputs, computed: Computed): Outcome => {
  const { plan, dataset, controls, look } = engine
  const { scores, gradientSum, ...changed } = computed
  let unused: Partial<StepTensors> = changed
  try {
    // Class weights may be zero for all of a batch, or negative, which only the step knows.
    Scores.checkWeights(dataset.name, scores)
    if (Scores.isEmpty(scores)) return { _tag: "Empty" }
    const isFinite = Number.isFinite(look(gradientSum)[0]) && Number.isFinite(Scores.totalLoss(plan.task, scores))
    const error = isFinite ? undefined : nonFinite(engine, stepping, inputs)
    if (error !== undefined) return { _tag: "NonFinite", error }
    unused = {}
    const learningRates = controls.learningRates(stepping.plain)
    return { _tag: "Updated", samples: stepping.samples, scores, learningRates, changed }
  } finally {
    gradientSum.dispose()
    Tensors.disposeTree(unused)
  }
}

/** Names the tensor at fault. There needs to be none: the sum of gradients that are all finite may overflow. */
const nonFinite = (engine: Compiled, stepping: Stepping, inputs: StepInputs): NonFiniteFound | undefined => {
  const { plan, dataset, decode } = engine
  const named = Tensors.tidy(() => NonFinite.name(plan, { ...inputs, batch: decode(inputs.batch) }))
  if (named === undefined) return undefined
  const { epoch, batch, step } = stepping.plain.progress
  const indices = indicesOf(engine, stepping)
  const data = nonFiniteData(dataset, stepping.host, indices)
  const where = { epoch, batch, step, samples: [...indices], ...(data === undefined ? {} : { data }) }
  return new NonFiniteFound({ ...named, ...where, policy: "" })
}

/** Makes the function that trains on one batch: pure, it gives new tensors and leaves the state as it is. */
export const make = (options: StepperOptions): Stepper => {
  const engine = engineOf(options)
  return {
    train: (state, host) => train(engine, state, host),
    learningRates: engine.controls.learningRates,
    scheduled: engine.controls.scheduled,
    inModels: engine.controls.inModels,
    groups: options.plan.groups.map(({ name }) => name),
    copies: options.executor.memory !== undefined,
    dispose: () => {
      engine.kept.dispose()
      engine.uploads.dispose()
    }
  }
}
