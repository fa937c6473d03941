/** How each kernel is lowered, by its name. */
import { convolutionLowerings } from "./convolutions.ts"
import { einsum } from "./einsum.ts"
import { elementwiseLowerings } from "./elementwise.ts"
import { indexingLowerings } from "./indexing.ts"
import type { Lowerings } from "./Kernel.ts"
import { normalizationLowerings } from "./normalization.ts"
import { poolingLowerings } from "./pooling.ts"
import { productLowerings } from "./products.ts"
import { randomLowerings } from "./random.ts"
import { reductionLowerings } from "./reductions.ts"
import { resizingLowerings } from "./resizing.ts"
import { shapingLowerings } from "./shaping.ts"
import { updateLowerings } from "./updates.ts"

export const lowerings: Lowerings = {
  ...elementwiseLowerings,
  ...shapingLowerings,
  ...reductionLowerings,
  ...normalizationLowerings,
  ...productLowerings,
  Einsum: einsum,
  ...convolutionLowerings,
  ...poolingLowerings,
  ...indexingLowerings,
  ...resizingLowerings,
  ...randomLowerings,
  ...updateLowerings
}
