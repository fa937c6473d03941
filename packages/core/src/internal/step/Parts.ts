/** A batch in parts (microbatches): the gradient over all of them, summed, then one update. */
import * as tf from "@tensorflow/tfjs-core"
import type { Task } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import type * as GradientProgram from "./GradientProgram.ts"
import type { BatchInput } from "./GradientProgram.ts"
import { cut, sliced } from "./Pieces.ts"
import * as Scores from "./Scores.ts"
import type { WholeBatch } from "./SecondGradient.ts"
import type { StepInputs } from "./Step.ts"
import type * as UpdateProgram from "./UpdateProgram.ts"

/** The programs that work on parts. */
export interface Programs {
  readonly task: Task
  /** The batch as the transforms leave it; absent when none changes batches. */
  readonly prepare: ReturnType<typeof GradientProgram.prepare> | undefined
  readonly weigh: ReturnType<typeof GradientProgram.weigh>
  readonly gradient: ReturnType<typeof GradientProgram.gradient>
  /** With the whole batch where something in the update asks for another gradient of it. */
  readonly update: (inputs: UpdateProgram.UpdateInputs & { readonly whole?: WholeBatch }) => UpdateProgram.UpdateOutputs
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
    part: { samples: positions, share: tf.scalar(length / samples), weights },
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
