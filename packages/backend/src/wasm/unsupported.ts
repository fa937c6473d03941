/** Operations that the WASM backend lacks; each gives an error with advice. */
import { KernelUnsupported } from "@etude/core/Errors"
import type { Kernel } from "../Kernels.ts"

const elsewhere = "Run this on the native or the cpu backend"

const refuse = (kernel: string, advice: string): never => {
  throw new KernelUnsupported({ kernel, backend: "wasm", advice })
}

const unsupported = (kernel: string, advice: string): Kernel => ({
  name: kernel,
  make: () => () => refuse(kernel, advice)
})

const complexAdvice = `It has no complex numbers. ${elsewhere}, or keep real and imaginary parts in two tensors.`

/** Kernels that throw `KernelUnsupported`. */
export const unsupportedKernels: ReadonlyArray<Kernel> = [
  ...["Complex", "Real", "Imag", "ComplexAbs", "FFT", "IFFT"].map((name) => unsupported(name, complexAdvice)),
  ...["RaggedGather", "RaggedRange", "RaggedTensorToTensor"].map((name) =>
    unsupported(name, `${elsewhere}, or pad the rows to one length and mask them.`)
  ),
  unsupported("StaticRegexReplace", `${elsewhere}, or prepare strings before they become tensors.`)
]

/** Throws unless channels are the last axis, the only order that the backend's convolutions know. */
export const onlyChannelsLast = (kernel: string, dataFormat: string | undefined): void => {
  if (dataFormat === undefined || dataFormat === "NHWC") return
  refuse(`${kernel} with dataFormat "${dataFormat}"`, "Use channelsLast (NHWC) tensors, or the native backend.")
}
