/** What Etude adds to tfjs-backend-wasm 4.22: kernels it lacks, and others in the place of slow or wrong ones. */
import { averagePoolGradients, maximumPoolGradients } from "../cpu/pooling.ts"
import { randomBits } from "../cpu/randomBits.ts"
import type { Kernel } from "../Kernels.ts"
import { batchMatMul } from "./batchMatMul.ts"
import { conv2DBackpropFilter } from "./conv2DBackpropFilter.ts"
import { conv2DBackpropInput } from "./conv2DBackpropInput.ts"
import { conv3DBackpropFilterV2, conv3DBackpropInputV2 } from "./conv3DGradients.ts"
import { depthwiseConv2dNativeBackpropFilter } from "./depthwiseConv2dNativeBackpropFilter.ts"
import { depthwiseConv2dNativeBackpropInput } from "./depthwiseConv2dNativeBackpropInput.ts"
import { floorDiv } from "./floorDiv.ts"
import { oneHot } from "./oneHot.ts"
import { samePadding } from "./samePadding.ts"
import { unsortedSegmentSum } from "./unsortedSegmentSum.ts"
import { unsupportedKernels } from "./unsupported.ts"

export const kernels: ReadonlyArray<Kernel> = [
  randomBits,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  depthwiseConv2dNativeBackpropFilter,
  depthwiseConv2dNativeBackpropInput,
  unsortedSegmentSum,
  batchMatMul,
  floorDiv,
  oneHot,
  ...samePadding,
  ...averagePoolGradients,
  ...maximumPoolGradients,
  conv3DBackpropInputV2,
  conv3DBackpropFilterV2,
  ...unsupportedKernels
]
