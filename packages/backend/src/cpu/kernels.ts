/** What Etude adds to tfjs-backend-cpu 4.22, and puts in the place of kernels that are wrong. */
import type { Kernel } from "../Kernels.ts"
import { averagePoolGradients } from "./pooling.ts"
import { randomBits } from "./randomBits.ts"
import { resizeBilinearGrad } from "./resizeBilinearGrad.ts"

export const kernels: ReadonlyArray<Kernel> = [randomBits, ...averagePoolGradients, resizeBilinearGrad]
