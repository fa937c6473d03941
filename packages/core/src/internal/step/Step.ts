/** Gradient and update of a whole batch, as one tensor program. */
import * as GradientProgram from "./GradientProgram.ts"
import type { StepPlan } from "./Plan.ts"
import * as SecondGradient from "./SecondGradient.ts"
import * as UpdateProgram from "./UpdateProgram.ts"

export type StepInputs = Pick<GradientProgram.GradientInputs, "parameters" | "statistics" | "batch" | "controls"> &
  Pick<UpdateProgram.UpdateInputs, "slots" | "callbacks">

export type StepOutputs = UpdateProgram.UpdateOutputs & Omit<GradientProgram.GradientOutputs, "gradients">

export const step = (plan: StepPlan) => {
  const [gradient, update] = [GradientProgram.gradient(plan), UpdateProgram.update(plan)]
  const gradientAt = SecondGradient.ofWhole(plan)
  return (inputs: StepInputs): StepOutputs => {
    const { gradients, statistics, measured } = gradient(inputs)
    try {
      return { ...update({ ...inputs, gradients }, gradientAt(inputs)), statistics, measured }
    } catch (error) {
      GradientProgram.dispose({ statistics, measured })
      throw error
    }
  }
}
