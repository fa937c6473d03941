/** A batch in parts (microbatches): the gradient over all of them, summed, then one update. */
import * as tf from "@tensorflow/tfjs-core"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type * as GradientProgram from "./GradientProgram.ts"
import type { BatchInput } from "./Plan.ts"
import * as Scores from "./Scores.ts"
import type { StepInputs, UpdateInputs, UpdateOutputs } from "./StepProgram.ts"
import type { batchStage } from "./Transforms.ts"

/** A part of a batch on the device, with its samples' places in the batch, int32[length]. */
export interface Piece {
  readonly batch: BatchInput
  readonly length: number
  readonly positions: tf.Tensor
}

const slice = (value: Tensors.TensorOrRecord, begin: number, length: number): Tensors.TensorOrRecord =>
  Tensors.isTensor(value)
    ? tf.slice(value, begin, length)
    : Tensors.map(value, (tensor) => tf.slice(tensor, begin, length))

/** The samples alone, without their places. */
const sliced = (batch: BatchInput, begin: number, length: number): BatchInput => ({
  ...batch,
  ...Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, slice(value, begin, length)]))
})

export const cut = (batch: BatchInput, begin: number, length: number): Piece => ({
  batch: sliced(batch, begin, length),
  length,
  positions: tf.tensor1d(
    Int32Array.from({ length }, (_, index) => begin + index),
    "int32"
  )
})

/** The batch in whose parts another gradient is taken, after the transforms. */
export type WholeBatch = Pick<GradientProgram.GradientInputs, "batch" | "statistics"> & {
  readonly weights: Tensors.Tensors
}

/** The programs that work on parts. */
export interface Programs {
  readonly task: Task
  /** The batch as the transforms leave it; absent when none changes batches. */
  readonly prepare: ReturnType<typeof batchStage>
  readonly weigh: ReturnType<typeof GradientProgram.weigh>
  readonly gradient: ReturnType<typeof GradientProgram.gradient>
  /** With the whole batch where something in the update needs another gradient of it. */
  readonly update: (inputs: UpdateInputs & { readonly whole?: WholeBatch }) => UpdateOutputs
  readonly needsWhole: boolean
}

/** What the parts so far add up to. */
interface Sum {
  readonly statistics: Tensors.Tensors
  readonly gradients: Tensors.Tensors | undefined
  readonly scores: Scores.Scores | undefined
}

interface Whole {
  readonly inputs: StepInputs
  readonly prepared: BatchInput
  readonly weights: Tensors.Tensors
  readonly samples: number
}

/** The gradient of one part, added to that of the parts before, which goes at once: a batch is split to save memory. */
const add = (programs: Programs, whole: Whole, sum: Sum, begin: number, length: number): Sum => {
  const { inputs, prepared, weights, samples } = whole
  const { parameters, controls } = inputs
  const { batch, positions } = cut(prepared, begin, length)
  const untransformed = prepared === inputs.batch ? undefined : sliced(inputs.batch, begin, length)
  const { gradients, statistics, measured } = programs.gradient({
    parameters,
    statistics: sum.statistics,
    batch,
    ...(untransformed === undefined ? {} : { untransformed }),
    controls,
    part: { samples: positions, fraction: tf.scalar(length / samples), weights },
    ...(sum.gradients === undefined ? {} : { accumulated: sum.gradients })
  })
  tf.dispose([...Tensors.leaves(sum.gradients), ...Tensors.leaves(batch), ...Tensors.leaves(untransformed)])
  const before = inputs.statistics
  for (const [path, value] of Object.entries(sum.statistics)) if (value !== before[path]) value.dispose()
  const partScores = Scores.read(programs.task, measured, length)
  const scores = sum.scores === undefined ? partScores : Scores.combine(programs.task, sum.scores, partScores)
  return { gradients, statistics: { ...sum.statistics, ...statistics }, scores }
}

/** One step over a batch in parts of that size. */
export const run = (programs: Programs, inputs: StepInputs, samples: number, size: number) => {
  const { batch, controls } = inputs
  const prepared = programs.prepare?.({ batch, controls }) ?? batch
  const whole = { inputs, prepared, weights: programs.weigh({ batch: prepared }), samples }
  let sum: Sum = { statistics: inputs.statistics, gradients: undefined, scores: undefined }
  const changed = () => Tensors.filter(sum.statistics, (path) => sum.statistics[path] !== inputs.statistics[path])
  try {
    for (let begin = 0; begin < samples; begin += size)
      sum = add(programs, whole, sum, begin, Math.min(size, samples - begin))
    const { parameters, slots, callbacks } = inputs
    const rest = programs.needsWhole
      ? { whole: { batch: prepared, statistics: inputs.statistics, weights: whole.weights } }
      : {}
    const updated = programs.update({ parameters, slots, callbacks, gradients: sum.gradients!, controls, ...rest })
    return { ...updated, statistics: changed(), scores: sum.scores! }
  } catch (error) {
    Tensors.dispose(changed())
    throw error
  }
}
