/** Additions to tfjs-backend-cpu 4.22, and replacements of wrong kernels. */
import { einsum } from "../gradients/einsum.ts"
import type { Kernel } from "../Kernels.ts"
import { broadcastMatMul } from "./broadcastMatMul.ts"
import { dilationKernels } from "./dilation2d.ts"
import { floorDiv, mean, sign, unsortedSegmentSum } from "./elementwise.ts"
import { emptyReductions } from "./emptyReductions.ts"
import { runningAlongAnyAxis } from "./negativeAxis.ts"
import { averagePoolGradients, maximumPool, maximumPool3D, maximumPoolGradients } from "./pooling.ts"
import { randomBits } from "./randomBits.ts"
import { resizeGradients } from "./resizeGradients.ts"
import { spacePadding } from "./spacePadding.ts"
import { stridedSlice } from "./stridedSlice.ts"
import { topK } from "./topK.ts"

export const kernels: ReadonlyArray<Kernel> = [
  randomBits,
  ...averagePoolGradients,
  maximumPool,
  maximumPool3D,
  ...maximumPoolGradients,
  ...resizeGradients,
  ...spacePadding,
  ...dilationKernels,
  ...emptyReductions,
  ...runningAlongAnyAxis,
  floorDiv,
  mean,
  sign,
  topK,
  broadcastMatMul,
  stridedSlice,
  einsum,
  unsortedSegmentSum
]
