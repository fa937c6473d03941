/** Which tensor of a step is not finite. */
import * as tf from "@tensorflow/tfjs-core"
import * as Forward from "./Forward.ts"
import * as GradientProgram from "./GradientProgram.ts"
import { refused, type StepPlan } from "./Plan.ts"
import * as SecondGradient from "./SecondGradient.ts"
import type { StepInputs } from "./StepProgram.ts"
import { gradientStage } from "./Transforms.ts"

export interface Named {
  readonly tensor: string
  readonly found: string
}

const firstNonFinite = (tensor: tf.Tensor): string | undefined => {
  const value = tensor.dataSync<"float32">().find((one) => !Number.isFinite(one))
  return value === undefined ? undefined : String(value)
}

const firstOf = (named: Iterable<readonly [string, tf.Tensor]>): Named | undefined => {
  for (const [tensor, values] of named) {
    const value = firstNonFinite(values)
    if (value !== undefined) return { tensor, found: value }
  }
  return undefined
}

/** Found by taking the gradient of the same batch again. */
export const name = (plan: StepPlan, inputs: StepInputs): Named | undefined => {
  let result: Named | undefined
  tf.tidy(() => {
    const { gradients, measured, statistics } = GradientProgram.gradient(plan)(inputs)
    const gradientAt = SecondGradient.ofWhole(plan)?.(inputs) ?? refused
    const treated = gradientStage(plan)?.(gradients, inputs, gradientAt) ?? gradients
    result = firstOf([
      ...Object.entries(measured.losses).map(([loss, { sum }]) => [Forward.nameOfLoss(loss), sum] as const),
      ...(measured.penalty === undefined ? [] : [["the penalty", measured.penalty] as const]),
      ...Object.entries(gradients).map(([path, tensor]) => [`the gradient of ${path}`, tensor] as const),
      ...Object.entries(treated).map(
        ([path, tensor]) => [`the gradient of ${path} after transforms and clipping`, tensor] as const
      )
    ])
    GradientProgram.dispose({ measured, statistics })
  })
  return result
}
