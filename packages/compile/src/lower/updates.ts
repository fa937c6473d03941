/** Updates of parameters. */
import type { Scalar } from "../plan/Plan.ts"
import * as S from "../plan/Scalars.ts"
import { map, read } from "./Builder.ts"
import { input, type Lowering, type Lowerings } from "./Kernel.ts"
import * as Views from "./Views.ts"

/** m ← m + (1 − β₁)·(g − m), v ← v + (1 − β₂)·(g² − v), parameter ← parameter − rate · m / (√v + ε) */
const adamStep: Lowering = (call) => {
  const { builder } = call
  const { shape } = input(call, "parameter")
  const of = (name: string): Scalar => read(Views.broadcastTo(input(call, name), shape))
  const gradient = of("gradient")
  const towards = (slot: Scalar, value: Scalar, beta: Scalar): Scalar =>
    S.add(slot, S.mul(S.sub(S.f32(1), beta), S.sub(value, slot)))
  const m = map(builder, shape, "float32", towards(of("m"), gradient, of("beta1")))
  const v = map(builder, shape, "float32", towards(of("v"), S.mul(gradient, gradient), of("beta2")))
  const denominator = S.add(S.unary("sqrt", read(v)), of("epsilon"))
  const change = S.div(S.mul(of("rate"), read(m)), denominator)
  return [map(builder, shape, "float32", S.sub(of("parameter"), change)), m, v]
}

export const updateLowerings: Lowerings = { AdamStep: adamStep }
