/** The gradient of the batch of a step at other parameters, for links and transforms that ask for it. */
import * as tf from "@tensorflow/tfjs-core"
import * as Tensors from "../../Tensors.ts"
import * as Forward from "./Forward.ts"
import * as GradientProgram from "./GradientProgram.ts"
import { cut, type WholeBatch } from "./Parts.ts"
import { type GradientAt, refused, type StepPlan } from "./Plan.ts"

/** Whether anything in the step needs it. */
export const isUsed = ({ before, groups, transforms }: StepPlan): boolean =>
  before?.secondGradient === true ||
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

/** Over a whole batch; `undefined` where nothing needs it. Parameters that are not given stay as they are. */
export const ofWhole = (plan: StepPlan): ((inputs: GradientProgram.GradientInputs) => GradientAt) | undefined => {
  if (!isUsed(plan)) return undefined
  const gradient = bare(plan)
  return (inputs) => (parameters) =>
    within(gradient({ ...inputs, parameters: { ...inputs.parameters, ...parameters } }), parameters)
}

/** What is known in an update of a batch in parts. */
type PartInputs = Pick<GradientProgram.GradientInputs, "parameters" | "controls"> & { readonly whole?: WholeBatch }

/** Over a batch in parts of that size: the sum of their gradients. */
export const ofParts = (plan: StepPlan, size: number): ((inputs: PartInputs) => GradientAt) => {
  const gradient = bare(plan)
  return ({ whole, parameters, controls }) =>
    whole === undefined
      ? refused
      : (others) => {
          const all = { parameters: { ...parameters, ...others }, statistics: whole.statistics, controls }
          return within(sumOverParts(gradient, all, whole, size), others)
        }
}

const sumOverParts = (
  gradient: ReturnType<typeof bare>,
  shared: Omit<GradientProgram.GradientInputs, "batch">,
  { batch, weights }: WholeBatch,
  size: number
): Tensors.Tensors => {
  const samples = Forward.samplesIn(batch)
  let sum: Tensors.Tensors = {}
  for (let begin = 0; begin < samples; begin += size) {
    const { length, positions, ...piece } = cut(batch, begin, Math.min(size, samples - begin))
    const part = { samples: positions, fraction: tf.scalar(length / samples), weights }
    const accumulated = begin === 0 ? {} : { accumulated: sum }
    const next = Tensors.tidy(() => gradient({ ...shared, ...piece, part, ...accumulated }))
    // A batch is split to save memory: what an earlier part left goes at once.
    tf.dispose([...Tensors.leaves(sum), ...Tensors.leaves(piece)])
    sum = next
  }
  return sum
}

/** The gradients of these parameters; of a part of them only those. */
const within = (gradients: Tensors.Tensors, parameters: Tensors.Tensors): Tensors.Tensors =>
  Tensors.filter(gradients, (path) => Object.hasOwn(parameters, path))
