/** The gradient of the batch of a step at other parameters, for links and transforms that ask for it. */
import * as tf from "@tensorflow/tfjs-core"
import * as Tensors from "../../Tensors.ts"
import * as BackwardPass from "./BackwardPass.ts"
import * as GradientProgram from "./GradientProgram.ts"
import { cut } from "./Pieces.ts"
import { type GradientAt, refused, type StepPlan } from "./Plan.ts"

/** Whether anything in the step asks for it. */
export const isUsed = ({ groups, transforms }: StepPlan): boolean =>
  groups.some(({ optimizer }) => optimizer.secondGradient === true) ||
  transforms.some(({ transform }) => transform.secondGradient === true)

/** The program of such gradients, which measures nothing. */
const bare = (plan: StepPlan) => {
  const gradient = GradientProgram.gradient({ ...plan, task: { ...plan.task, metrics: {} } })
  return (inputs: GradientProgram.GradientInputs): Tensors.Tensors => {
    const { gradients, ...rest } = gradient(inputs)
    GradientProgram.dispose(rest)
    return gradients
  }
}

/** Over a whole batch. Parameters that are not given stay as they are. */
export const ofWhole = (plan: StepPlan) => {
  const gradient = bare(plan)
  return (inputs: GradientProgram.GradientInputs): GradientAt =>
    isUsed(plan)
      ? (parameters) => within(gradient({ ...inputs, parameters: { ...inputs.parameters, ...parameters } }), parameters)
      : refused
}

/** The batch in whose parts the gradient is taken, after the transforms. */
export type WholeBatch = Pick<GradientProgram.GradientInputs, "batch" | "statistics"> & {
  readonly weights: Tensors.Tensors
}

/** Over a batch in parts of that size: the sum of their gradients. */
export const ofParts = (plan: StepPlan, size: number) => {
  const gradient = bare(plan)
  return ({
    parameters,
    controls,
    whole
  }: Pick<GradientProgram.GradientInputs, "parameters" | "controls"> & { readonly whole?: WholeBatch }): GradientAt => {
    if (whole === undefined) return refused
    const samples = BackwardPass.samplesIn(whole.batch)
    return (others) => {
      let sum: Tensors.Tensors | undefined
      for (let begin = 0; begin < samples; begin += size) {
        const piece = cut(whole.batch, begin, Math.min(size, samples - begin))
        const { statistics } = whole
        const inputs = { parameters: { ...parameters, ...others }, statistics, controls, batch: piece.batch }
        const part = { samples: piece.positions, share: tf.scalar(piece.length / samples), weights: whole.weights }
        const accumulated: Tensors.Tensors | undefined = sum
        sum = Tensors.tidy(() => gradient({ ...inputs, part, ...(accumulated === undefined ? {} : { accumulated }) }))
        tf.dispose([...Tensors.leaves(accumulated), ...Tensors.leaves(piece.batch)])
      }
      return within(sum ?? {}, others)
    }
  }
}

/** The gradients of these parameters; of a part of them only those. */
const within = (gradients: Tensors.Tensors, parameters: Tensors.Tensors): Tensors.Tensors =>
  Tensors.filter(gradients, (path) => Object.hasOwn(parameters, path))
