/**
 * A backend that counts every kernel call and fails at one of them: for programs that promise few operations, or promise to
 * clean up wherever they are cut. It computes with the kernels of tfjs-backend-cpu, each behind a counter.
 */
import * as Backend from "@etude/core/Backend"
import type { BackendBusy, BackendUnavailable } from "@etude/core/Errors"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as CpuBackend from "./CpuBackend.ts"

const tfjsName = "etude-testing-counting"

/** The error that the chosen kernel call throws. */
export class KernelFailed extends Error {
  override readonly name = "KernelFailed"
}

export interface Counting {
  readonly layer: Layer.Layer<Backend.Backend | StepExecutor, BackendBusy | BackendUnavailable>
  /** Calls so far, of all kernels. */
  readonly calls: () => number
  /** Calls so far, by kernel. */
  readonly byKernel: () => { readonly [kernel: string]: number }
}

/** `failAt` is the kernel call, counted from 0, that throws `KernelFailed`; those after it work again. */
export const make = ({ failAt }: { readonly failAt?: number } = {}): Counting => {
  const counts = new Map<string, number>()
  let calls = 0
  const counted = (name: string): void => {
    counts.set(name, (counts.get(name) ?? 0) + 1)
    if (calls++ === failAt) throw new KernelFailed(`${name}, kernel call ${failAt}, fails on purpose`)
  }
  const install = Effect.acquireRelease(
    Effect.gen(function* () {
      const { MathBackendCPU } = yield* CpuBackend.load
      tf.registerBackend(tfjsName, () => Object.assign(new MathBackendCPU(), { firstUse: false }))
      for (const kernel of tf.getKernelsForBackend("cpu")) {
        tf.registerKernel({
          ...kernel,
          backendName: tfjsName,
          kernelFunc: (call) => {
            counted(kernel.kernelName)
            return kernel.kernelFunc(call)
          }
        })
      }
    }),
    () =>
      Effect.sync(() => {
        for (const { kernelName } of tf.getKernelsForBackend(tfjsName)) tf.unregisterKernel(kernelName, tfjsName)
        tf.removeBackend(tfjsName)
      })
  )
  const info = { name: "counting", version: tf.version_core, device: "CPU", threads: 1, reason: "a test counts" }
  return {
    layer: Backend.layer(Effect.andThen(install, Backend.acquire(tfjsName, info))),
    calls: () => calls,
    byKernel: () => Object.fromEntries(counts)
  }
}
