/** One training step from the host's side: upload, run the programs, read what was measured. Nothing is written. */
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
import * as GradientProgram from "./GradientProgram.ts"
import * as NonFinite from "./NonFinite.ts"
import * as Parts from "./Parts.ts"
import type { StepPlan } from "./Plan.ts"
import * as Scores from "./Scores.ts"
import * as SecondGradient from "./SecondGradient.ts"
import * as Step from "./Step.ts"
import * as UpdateProgram from "./UpdateProgram.ts"
import { decoder, isEmpty, samplesOf, upload } from "./Upload.ts"

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
}

/** What is made once for all steps. */
interface Engine extends StepperOptions {
  readonly controls: Controls.ControlsAt
  readonly decode: ReturnType<typeof decoder>
  /** Whether some loss looks at targets on the host. */
  readonly checksTargets: boolean
  /** The moment of the step that runs, for an executor that runs programs at another one too. */
  moment: Controls.Moment | undefined
  readonly whole: (inputs: Step.StepInputs) => Step.StepOutputs
  readonly parts: Parts.Programs
}

/** The inputs with perturbed controls, for as long as `use` takes. */
const perturbed =
  (engine: Pick<Engine, "controls" | "moment">) =>
  <In, A>(inputs: In, use: (others: In) => A): A => {
    const { controls, moment } = engine
    try {
      return Tensors.tidy(() => use({ ...inputs, controls: controls.perturbed(moment!) }))
    } finally {
      // Whoever keeps a number of the controls aside has that of the present step again.
      Tensors.tidy(() => void controls.controls(moment!))
    }
  }

const engineOf = (options: StepperOptions): Engine => {
  const { plan, executor, dataset } = options
  const base = {
    ...options,
    controls: Controls.make(plan, { ...options, seed: options.config.seed }),
    moment: undefined
  }
  const decode = decoder(dataset.spec)
  const step = Step.step(plan)
  const update = UpdateProgram.update(plan)
  const gradientAt = SecondGradient.ofParts(plan, options.config.microbatchSize ?? plan.batchSize)
  const engine: Engine = {
    ...base,
    checksTargets: Object.values(plan.task.objectives).some(({ checkTargets }) => checkTargets !== undefined),
    decode,
    whole: executor.compile(
      "step",
      (inputs: Step.StepInputs) => step({ ...inputs, batch: decode(inputs.batch) }),
      (inputs, use) => perturbed(engine)(inputs, use)
    ),
    parts: {
      task: plan.task,
      prepare: GradientProgram.transformsBatches(plan)
        ? executor.compile("prepare", GradientProgram.prepare(plan), (inputs, use) => perturbed(engine)(inputs, use))
        : undefined,
      weigh: executor.compile("weigh", GradientProgram.weigh(plan)),
      gradient: executor.compile("gradient", GradientProgram.gradient(plan), (inputs, use) =>
        perturbed(engine)(inputs, use)
      ),
      needsWhole: SecondGradient.isUsed(plan),
      update: executor.compile(
        "update",
        (inputs: UpdateProgram.UpdateInputs & { readonly whole?: SecondGradient.WholeBatch }) =>
          update(inputs, gradientAt(inputs)),
        (inputs, use) => perturbed(engine)(inputs, use)
      )
    }
  }
  return engine
}

/** What the programs made of a batch, judged; new tensors are the caller's where they are to be used, and gone elsewhere. */
type Result =
  | { readonly _tag: "Updated"; readonly scores: Scores.Scores; readonly changed: StepTensors }
  | { readonly _tag: "Empty" }
  | { readonly _tag: "Refused"; readonly error: DataError }
  | { readonly _tag: "NonFinite"; readonly named: NonFinite.Named }

const runPrograms = (engine: Engine, state: StepState, host: HostBatch, samples: number): Result => {
  const { plan, config, dataset } = engine
  const { parameters, statistics, slots, callbacks } = state
  const controls = engine.controls.controls(state.plain)
  const batch: GradientProgram.BatchInput = upload(dataset, host, samples)
  const inputs = { parameters, statistics, slots, callbacks, batch, controls }
  const { microbatchSize: size = samples } = config
  const decoded = () => ({ ...inputs, batch: engine.decode(batch) })
  const { scores, gradientSum, ...changed } =
    size >= samples ? inOne(engine, inputs, samples) : Parts.run(engine.parts, decoded(), samples, size)
  const drop = <A>(result: A): A => {
    Tensors.disposeTree(changed)
    return result
  }
  // Class weights may be zero for all of a batch, which only the step knows.
  const error = Scores.weightProblem(dataset.name, scores)
  if (error !== undefined) return drop({ _tag: "Refused", error })
  if (Scores.isEmpty(scores)) return drop({ _tag: "Empty" })
  const isFinite = Number.isFinite(gradientSum.dataSync()[0]) && Number.isFinite(Scores.totalLoss(plan.task, scores))
  // No tensor needs to be at fault: the sum of gradients that are all finite may overflow.
  const named = isFinite ? undefined : NonFinite.name(plan, decoded())
  return named === undefined ? { _tag: "Updated", scores, changed } : drop({ _tag: "NonFinite", named })
}

const inOne = (engine: Engine, inputs: Step.StepInputs, samples: number) => {
  const { measured, ...updated } = engine.whole(inputs)
  return { ...updated, scores: Scores.read(engine.plan.task, measured, samples) }
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

const train = (engine: Engine, state: StepState, host: HostBatch, indices: () => Int32Array): Outcome => {
  const { dataset, plan, outputs } = engine
  const samples = samplesOf(dataset.spec, host)
  if (isEmpty(host, samples)) return { _tag: "Empty" }
  const { plain } = state
  if (engine.checksTargets)
    TargetCheck.checkBatch(plan.task, dataset, outputs, host, samples, indices, batchAfter(plain.progress))
  engine.moment = plain
  // Everything that is not handed out is given back here, also when something throws.
  const result = Tensors.tidy(() => runPrograms(engine, state, host, samples))
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
    groups: options.plan.groups.map(({ name }) => name)
  }
}

/** The slots that all groups' optimizers begin with. */
export const initialSlots = (groups: StepPlan["groups"], parameters: Tensors.Tensors): Tensors.Owned => {
  const slots: Record<string, Tensors.Tensors> = {}
  for (const { optimizer, paths } of groups) {
    const initial: Tensors.Owned = optimizer.init(Tensors.filter(parameters, (path) => paths.includes(path)))
    for (const slot of optimizer.slots) slots[slot] = { ...slots[slot], ...initial[slot] }
  }
  return slots
}
