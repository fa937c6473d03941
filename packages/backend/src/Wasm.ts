/**
 * The WebAssembly backend: needs nothing but npm packages, in Node and in browsers. Completed by the kernels that
 * gradients need and tfjs-backend-wasm lacks, and by faster ones for training (see `wasm/kernels.ts`).
 */
import * as Backend from "@etude/core/Backend"
import { type BackendBusy, BackendUnavailable } from "@etude/core/Errors"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { completed } from "./gradients/completed.ts"
import { install } from "./Kernels.ts"
import { kernels } from "./wasm/kernels.ts"
import { withoutNewListeners } from "./wasm/processListeners.ts"

export interface WasmOptions {
  /**
   * Where the `.wasm` files of tfjs-backend-wasm are: a folder's path or URL with its last slash, or each file's. Default:
   * beside the module itself, which is right in Node and wrong in most bundles for browsers. Read at the first start only.
   */
  readonly paths?:
    | string
    | {
        readonly "tfjs-backend-wasm.wasm": string
        readonly "tfjs-backend-wasm-simd.wasm": string
        readonly "tfjs-backend-wasm-threaded-simd.wasm": string
      }
}

const load = Effect.tryPromise({
  try: () => import("@tensorflow/tfjs-backend-wasm"),
  catch: (cause) =>
    new BackendUnavailable({
      backend: "wasm",
      reason: String(cause),
      advice: "Install the package @tensorflow/tfjs-backend-wasm."
    })
})

const whereFilesAre =
  "It needs the three .wasm files of @tensorflow/tfjs-backend-wasm, which bundlers don't include: copy them next to the " +
  "bundle, or set their place with `Wasm.layerWith({ paths })`."

/** Makes it the backend of this process until the scope closes. */
export const acquireWith = ({ paths }: WasmOptions) =>
  Effect.gen(function* () {
    const wasm = yield* load
    if (paths !== undefined) wasm.setWasmPaths(typeof paths === "string" ? paths : { ...paths })
    const simd = yield* Effect.promise(() => tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))
    const info = yield* Backend.acquire("wasm", {
      name: "wasm",
      version: wasm.version_wasm,
      device: `CPU, WebAssembly ${simd ? "with" : "without"} SIMD`,
      threads: 0,
      reason: "chosen by name"
    }).pipe(
      withoutNewListeners,
      Effect.catchTag("BackendUnavailable", ({ backend, reason }) =>
        Effect.fail(new BackendUnavailable({ backend, reason, advice: whereFilesAre }))
      )
    )
    yield* install("wasm", kernels)
    yield* completed("wasm")
    return { ...info, threads: wasm.getThreadsCount() }
  })

/** {@link acquireWith} its defaults. */
export const acquire = acquireWith({})

/** The WebAssembly backend. In Node it has one thread: tfjs-backend-wasm's workers start in browsers only. */
export const layerWith = (
  options: WasmOptions
): Layer.Layer<Backend.Backend | StepExecutor, BackendUnavailable | BackendBusy> => Backend.layer(acquireWith(options))

/** {@link layerWith} its defaults. */
export const layer = layerWith({})
