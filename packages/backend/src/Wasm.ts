/**
 * The WebAssembly backend: needs nothing but npm packages, in Node and in browsers. Completed by the kernels that
 * gradients need and tfjs-backend-wasm lacks, and by faster ones for training (see `wasm/kernels.ts`).
 */

import * as Backend from "@etude/core/Backend"
import { BackendUnavailable } from "@etude/core/Errors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { install } from "./Kernels.ts"
import { kernels } from "./wasm/kernels.ts"

export interface WasmOptions {
  /**
   * Where the `.wasm` files of tfjs-backend-wasm are served: a folder's URL with its last slash, or each file's. Default:
   * beside the module itself, which is right in Node and wrong in most bundles for browsers.
   */
  readonly paths?: string | { readonly [file in (typeof files)[number]]: string }
  /** Why this backend was chosen, one sentence. */
  readonly reason?: string
}

const files = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"] as const

const load = Effect.tryPromise({
  try: () => import("@tensorflow/tfjs-backend-wasm"),
  catch: (cause) =>
    new BackendUnavailable({
      backend: "wasm",
      reason: String(cause),
      advice: "Install the package @tensorflow/tfjs-backend-wasm."
    })
})

/** Starts the backend until the scope closes. */
export const make = ({ paths, reason = "It was asked for by name." }: WasmOptions = {}) =>
  Effect.gen(function* () {
    const wasm = yield* load
    if (paths !== undefined) wasm.setWasmPaths(typeof paths === "string" ? paths : { ...paths })
    const simd = yield* Effect.promise(() => tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))
    const info = yield* Backend.acquire("wasm", {
      name: "wasm",
      version: wasm.version_wasm,
      device: `CPU, WebAssembly ${simd ? "with" : "without"} SIMD`,
      threads: 0,
      reason
    })
    yield* install("wasm", kernels)
    return { ...info, threads: wasm.getThreadsCount() }
  })

export const layerWith = (options: WasmOptions) => Backend.layer(make(options))

export const layer = layerWith({})
