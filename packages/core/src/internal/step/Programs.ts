/** The tensor programs of a step, compiled once for all steps: one over whole batches, and those over their parts. */
import type { StepExecutor } from "../../StepExecutor.ts"
import * as GradientProgram from "./GradientProgram.ts"
import type * as Parts from "./Parts.ts"
import type { BatchInput, Controls, StepPlan } from "./Plan.ts"
import * as SecondGradient from "./SecondGradient.ts"
import * as Transforms from "./Transforms.ts"
import * as UpdateProgram from "./UpdateProgram.ts"

export type StepInputs = Pick<GradientProgram.GradientInputs, "parameters" | "statistics" | "batch" | "controls"> &
  Pick<UpdateProgram.UpdateInputs, "slots" | "callbacks">

export type StepOutputs = UpdateProgram.UpdateOutputs & Omit<GradientProgram.GradientOutputs, "gradients">

/** Gradient and update of a whole batch, as one tensor program. */
export const step = (plan: StepPlan) => {
  const [gradient, update] = [GradientProgram.gradient(plan), UpdateProgram.update(plan)]
  const gradientAt = SecondGradient.ofWhole(plan)
  return (inputs: StepInputs): StepOutputs => {
    const { gradients, statistics, measured } = gradient(inputs)
    try {
      return { ...update({ ...inputs, gradients }, gradientAt?.(inputs)), statistics, measured }
    } catch (error) {
      GradientProgram.dispose({ statistics, measured })
      throw error
    }
  }
}

export interface Programs {
  readonly whole: (inputs: StepInputs) => StepOutputs
  readonly parts: Parts.Programs
}

export interface ProgramsOptions {
  readonly plan: StepPlan
  readonly microbatchSize: number | undefined
  /** Turns what was uploaded into what the spec says. */
  readonly decode: (batch: BatchInput) => BatchInput
  /** The inputs of a step with perturbed controls, for as long as `use` takes. */
  readonly perturbed: <In extends { readonly controls: Controls }, A>(inputs: In, use: (others: In) => A) => A
}

export const compile = (
  executor: StepExecutor["Service"],
  { plan, microbatchSize, decode, perturbed }: ProgramsOptions
): Programs => {
  const [whole, update, prepare] = [step(plan), UpdateProgram.update(plan), Transforms.batchStage(plan)]
  const gradientAt = SecondGradient.ofParts(plan, microbatchSize ?? plan.batchSize)
  return {
    whole: executor.compile(
      "step",
      (inputs: StepInputs) => whole({ ...inputs, batch: decode(inputs.batch) }),
      (inputs, use) => perturbed(inputs, use)
    ),
    parts: {
      task: plan.task,
      prepare: prepare && executor.compile("prepare", prepare, (inputs, use) => perturbed(inputs, use)),
      weigh: executor.compile("weigh", GradientProgram.weigh(plan)),
      gradient: executor.compile("gradient", GradientProgram.gradient(plan), (inputs, use) => perturbed(inputs, use)),
      needsWhole: SecondGradient.isUsed(plan),
      update: executor.compile(
        "update",
        (inputs: UpdateProgram.UpdateInputs & { readonly whole?: Parts.WholeBatch }) =>
          update(inputs, gradientAt(inputs)),
        (inputs, use) => perturbed(inputs, use)
      )
    }
  }
}
