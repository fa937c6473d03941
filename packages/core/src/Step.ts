/**
 * One training step as a function, for programs that bring their own loop: a state and a batch give a new state and what was
 * measured. The trainer runs the same programs, so a step here gives the bits of a step there.
 *
 * ```ts
 * const { init, step } = Step.make(task, { optimizer: { _tag: "Adam" }, learningRate: 0.001 })
 * let state = init(1)
 * for (const batch of batches) {
 *   const next = step(state, batch)
 *   Step.dispose(state)
 *   state = next.state
 * }
 * ```
 */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { Values } from "./Event.ts"
import { initialWeights, planOf } from "./internal/loop/RunSetup.ts"
import * as Controls from "./internal/step/Controls.ts"
import { samplesIn } from "./internal/step/Forward.ts"
import type { StepPlan } from "./internal/step/Plan.ts"
import * as Scores from "./internal/step/Scores.ts"
import * as StepProgram from "./internal/step/StepProgram.ts"
import * as ParameterGroup from "./ParameterGroup.ts"
import type { Task, TensorBatch } from "./Task.ts"
import * as Tensors from "./Tensors.ts"
import * as TrainConfig from "./TrainConfig.ts"

/** What a step reads and returns anew. Its tensors belong to the holder of the state: {@link dispose} it when it is no longer needed. */
export interface State {
  readonly parameters: Tensors.Tensors
  readonly statistics: Tensors.Tensors
  /** The optimizers' memory: by slot, then by parameter. */
  readonly slots: Tensors.Owned
  /** The number of steps done. */
  readonly step: number
}

export interface Step {
  /** The state before the first step; the same seed gives the same parameters as a run with that seed. */
  readonly init: (seed?: number) => State
  /**
   * One step over a batch of tensors, which stay the caller's, as the state does. `values` are `loss`, each loss where there are
   * several, and the metrics of the batch, before the update.
   */
  readonly step: (state: State, batch: TensorBatch) => { readonly state: State; readonly values: Values }
}

/**
 * Makes the step of a task. Of the config, optimizer, groups, learning rate, clipping, batch size and seed count; schedules are
 * over the steps of one epoch of `batchesPerEpoch` batches. Throws `ConfigInvalid`.
 */
export const make = (task: Task, config: TrainConfig.TrainConfigInput = {}, batchesPerEpoch = 1): Step => {
  const understood = Effect.runSync(TrainConfig.read(config))
  const { seed: ownSeed } = understood.config
  const groups = Effect.runSync(Effect.forEach(task.groups, ParameterGroup.decode))
  const enginePer = (parameters: Tensors.Tensors): Engine => {
    const { plan } = planOf(task, understood, groups, [], parameters)
    const controls = Controls.make(plan, { seed: ownSeed, batchesPerEpoch, pace: [] })
    return { plan, program: StepProgram.step(plan), controls: controls.controls, batchesPerEpoch }
  }
  let engine: Engine | undefined
  return {
    init: (seed = ownSeed) =>
      Tensors.tidy(() => {
        const weights = initialWeights(task, seed)
        engine ??= enginePer(weights.parameters)
        return { ...weights, slots: StepProgram.initialSlots(engine.plan.groups, weights.parameters), step: 0 }
      }),
    step: (state, batch) => {
      engine ??= enginePer(state.parameters)
      const before = engine
      return Tensors.tidy(() => stepOn(before, state, batch))
    }
  }
}

/** Everything that is made once for all steps. */
interface Engine {
  readonly plan: StepPlan
  readonly program: ReturnType<typeof StepProgram.step>
  readonly controls: ReturnType<typeof Controls.make>["controls"]
  readonly batchesPerEpoch: number
}

const stepOn = ({ plan, program, controls, batchesPerEpoch }: Engine, state: State, batch: TensorBatch) => {
  const { step } = state
  const progress = { epoch: Math.floor(step / batchesPerEpoch), batch: step % batchesPerEpoch, step }
  const samples = samplesIn(batch)
  const changed = program({
    ...state,
    callbacks: {},
    batch,
    controls: controls({ progress, learningRateScale: 1 })
  })
  const values = Scores.values(plan.task, Scores.read(plan.task, changed.measured, samples))
  return { state: after(state, changed), values }
}

/** The state with what a step changed; unchanged tensors get new handles. */
const after = (state: State, { parameters, statistics, slots }: StepProgram.StepOutputs): State => {
  const merged = (old: Tensors.Tensors, changed: Tensors.Tensors): Tensors.Tensors =>
    Tensors.map(old, (tensor, path) => changed[path] ?? tf.clone(tensor))
  return {
    parameters: merged(state.parameters, parameters),
    statistics: merged(state.statistics, statistics),
    slots: Tensors.mapOwned(state.slots, (tensors, slot) => merged(tensors, Tensors.ofOwner(slots, slot))),
    step: state.step + 1
  }
}

/** Gives the memory of a state's tensors back. */
export const dispose = ({ parameters, statistics, slots }: State): void => {
  Tensors.dispose(parameters)
  Tensors.dispose(statistics)
  Tensors.disposeTree(slots)
}
