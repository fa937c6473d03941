/** The step executors of Etude that are compared. Each comes with its backend. */
import { Cpu, Native, Wasm } from "@etude/backend"
import type { ExecutorUnavailable } from "@etude/compile/Errors"
import type { Backend } from "@etude/core/Backend"
import type { BackendBusy, BackendUnavailable } from "@etude/core/Errors"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { BackendName } from "../PlainBackend.ts"

export type Executor = Layer.Layer<Backend | StepExecutor, BackendUnavailable | BackendBusy | ExecutorUnavailable>

export const eager: { readonly [backend in BackendName]: Executor } = {
  native: Native.layer,
  wasm: Wasm.layer,
  cpu: Cpu.layer
}

/**
 * Steps as code of Etude's own, on so many threads. A program that can't be compiled is an error: it must not be taken for a
 * compiled one. Loaded only by who compiles.
 */
export const planned = (native: "off" | "required", threads: number): Executor =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("@etude/compile/PlanExecutor")),
      ({ layerWith }) => Layer.provideMerge(layerWith({ native, threads, onNotCompilable: "fail" }), Wasm.layer)
    )
  )

/** Steps as graphs of TensorFlow's. */
export const graph = (backend: BackendName): Executor =>
  Layer.unwrap(
    Effect.map(
      Effect.promise(() => import("@etude/compile/GraphExecutor")),
      ({ layerWith }) => Layer.provideMerge(layerWith({ onNotCompilable: "fail" }), eager[backend])
    )
  )
