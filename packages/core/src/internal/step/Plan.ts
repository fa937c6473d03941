/** What a step is planned with, and what varies between steps. */
import type * as tf from "@tensorflow/tfjs-core"
import type { ScheduleEntry } from "../../LearningRate.ts"
import type { ResolvedGroup } from "../../ParameterGroup.ts"
import type { Task, TensorBatch } from "../../Task.ts"
import type * as Tensors from "../../Tensors.ts"
import type { Transform, TransformScene } from "../../Transform.ts"
import type { Update } from "../../Update.ts"
import type { Definition } from "../loop/Definition.ts"

/** Everything about the step that does not change during a run. */
export interface StepPlan {
  readonly task: Task
  readonly groups: ReadonlyArray<ResolvedGroup>
  /** What the gradients of all groups go through together, after the transforms; a link without memory. */
  readonly before: Update | undefined
  readonly transforms: ReadonlyArray<{ readonly id: string; readonly transform: Transform }>
  /** How many samples a batch has at most. */
  readonly batchSize: number
  /** The schedules that numbers may have. */
  readonly schedules: ReadonlyArray<ScheduleEntry>
}

/** A batch, as a tree of tensors that a program may take. */
export type BatchInput = TensorBatch & { readonly [key: string]: any }

/** The scalars of an update: those of a chain by link. */
export type NumberTensors = { readonly [name: string]: Tensors.TensorTree }

/** What changes from step to step: the step's random key (int32[2]), and scalars of parameter groups and of transforms. */
export type Controls = {
  readonly key: tf.Tensor
  /** By group, as the numbers of its optimizer: those of a chain by link. */
  readonly groups: { readonly [group: string]: NumberTensors }
  /** Of what comes before the optimizers. */
  readonly before?: NumberTensors
  readonly transforms: { readonly [callback: string]: Tensors.Tensors }
  /** What is scheduled in models, by model; absent where nothing is. */
  readonly models?: Tensors.Owned
}

/** The gradient of a step's batch at other parameters. */
export type GradientAt = TransformScene["gradient"]

export const refused: GradientAt = () => {
  throw new Error(
    "scene.gradient is there for links and transforms that say secondGradient: true, once there is a gradient"
  )
}

/** The transforms among callbacks, in their order. */
export const transformsOf = (callbacks: ReadonlyArray<Definition>): StepPlan["transforms"] =>
  callbacks.flatMap(({ id, transform }) => (transform === undefined ? [] : [{ id, transform }]))
