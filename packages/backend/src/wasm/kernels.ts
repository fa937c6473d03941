/** Additions to tfjs-backend-wasm 4.22: kernels that it lacks, and replacements of slow or wrong ones. */
import { broadcastMatMul } from "../cpu/broadcastMatMul.ts"
import { dilationKernels } from "../cpu/dilation2d.ts"
import { prelu, sign } from "../cpu/elementwise.ts"
import { emptyReductions } from "../cpu/emptyReductions.ts"
import { runningAlongAnyAxis } from "../cpu/negativeAxis.ts"
import { averagePoolGradients, maximumPool3D, maximumPoolGradients } from "../cpu/pooling.ts"
import { randomBits } from "../cpu/randomBits.ts"
import { resizeGradients } from "../cpu/resizeGradients.ts"
import { spacePadding } from "../cpu/spacePadding.ts"
import { stridedSlice } from "../cpu/stridedSlice.ts"
import { topK } from "../cpu/topK.ts"
import { einsum } from "../gradients/einsum.ts"
import type { Kernel } from "../Kernels.ts"
import { batchMatMul } from "./batchMatMul.ts"
import { conv2DBackpropFilter } from "./conv2DBackpropFilter.ts"
import { conv2DBackpropInput } from "./conv2DBackpropInput.ts"
import { conv3DBackpropFilterV2, conv3DBackpropInputV2 } from "./conv3DGradients.ts"
import { depthwiseConv2dNativeBackpropFilter } from "./depthwiseConv2dNativeBackpropFilter.ts"
import { depthwiseConv2dNativeBackpropInput } from "./depthwiseConv2dNativeBackpropInput.ts"
import { dtypes } from "./dtypes.ts"
import { floorDiv } from "./floorDiv.ts"
import { gather } from "./gather.ts"
import { identity } from "./identity.ts"
import { nanKernels } from "./nan.ts"
import { oneHot } from "./oneHot.ts"
import { sumKernels } from "./reductions.ts"
import { samePadding } from "./samePadding.ts"
import { sharedWeights } from "./sharedWeights.ts"
import { unsortedSegmentSum } from "./unsortedSegmentSum.ts"
import { unsupportedKernels } from "./unsupported.ts"

export const kernels: ReadonlyArray<Kernel> = [
  randomBits,
  identity,
  ...sharedWeights,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  unsortedSegmentSum,
  batchMatMul,
  broadcastMatMul,
  floorDiv,
  oneHot,
  ...samePadding,
  ...averagePoolGradients,
  ...maximumPoolGradients,
  maximumPool3D,
  conv3DBackpropInputV2,
  conv3DBackpropFilterV2,
  ...spacePadding,
  ...dilationKernels,
  ...resizeGradients,
  ...sumKernels,
  ...emptyReductions,
  ...runningAlongAnyAxis,
  gather,
  stridedSlice,
  prelu,
  topK,
  einsum,
  sign,
  ...nanKernels,
  ...dtypes,
  ...unsupportedKernels
]
