/** The tensor programs of a step, compiled once for all steps: one over whole batches, and those over their parts. */
import type { StepExecutor } from "../../StepExecutor.ts"
import * as GradientProgram from "./GradientProgram.ts"
import type * as Parts from "./Parts.ts"
import type { Controls, StepPlan } from "./Plan.ts"
import * as SecondGradient from "./SecondGradient.ts"
import * as StepProgram from "./StepProgram.ts"
import * as Transforms from "./Transforms.ts"

export interface Programs {
  readonly whole: (inputs: StepProgram.StepInputs) => StepProgram.StepOutputs
  readonly parts: Parts.Programs
}

export interface ProgramsOptions {
  readonly plan: StepPlan
  readonly microbatchSize: number | undefined
  readonly decode: StepProgram.Decode
  /** The inputs of a step with perturbed controls, for as long as `use` takes. */
  readonly perturbed: <In extends { readonly controls: Controls }, A>(inputs: In, use: (others: In) => A) => A
}

export const compile = (
  executor: StepExecutor["Service"],
  { plan, microbatchSize, decode, perturbed }: ProgramsOptions
): Programs => {
  const [update, prepare] = [StepProgram.update(plan), Transforms.batchStage(plan)]
  const gradientAt = SecondGradient.ofParts(plan, microbatchSize ?? plan.batchSize)
  return {
    whole: executor.compile("step", StepProgram.step(plan, decode), (inputs, use) => perturbed(inputs, use)),
    parts: {
      task: plan.task,
      prepare: prepare && executor.compile("prepare", prepare, (inputs, use) => perturbed(inputs, use)),
      weigh: executor.compile("weigh", GradientProgram.weigh(plan)),
      gradient: executor.compile("gradient", GradientProgram.gradient(plan), (inputs, use) => perturbed(inputs, use)),
      needsWhole: SecondGradient.isUsed(plan),
      update: executor.compile(
        "update",
        (inputs: StepProgram.UpdateInputs & { readonly whole?: Parts.WholeBatch }) =>
          update(inputs, gradientAt(inputs)),
        (inputs, use) => perturbed(inputs, use)
      )
    }
  }
}
