/** Gradients that tfjs 4.22 lacks or has wrong, for every backend. */
import type { Gradient } from "../Gradients.ts"
import { convolutionGradients } from "./convolutions.ts"
import { einsumGradient } from "./einsum.ts"
import { elementwiseGradients } from "./elementwise.ts"
import { indexingGradients } from "./indexing.ts"
import { batchMatMul } from "./products.ts"
import { reductionGradients } from "./reductions.ts"

export const gradients: ReadonlyArray<Gradient> = [
  ...elementwiseGradients,
  ...reductionGradients,
  ...indexingGradients,
  ...convolutionGradients,
  einsumGradient,
  batchMatMul
]
