/** The step executors of Etude that are compared, by name. Each comes with its backend. */
import { Cpu, Native, Wasm } from "@etude/backend"
import type { Backend } from "@etude/core/Backend"
import type { BackendBusy, BackendUnavailable } from "@etude/core/Errors"
import type { StepExecutor } from "@etude/core/StepExecutor"
import type * as Layer from "effect/Layer"
import type { BackendName } from "../PlainBackend.ts"

export type Executor = Layer.Layer<Backend | StepExecutor, BackendUnavailable | BackendBusy>

export const eager: { readonly [backend in BackendName]: Executor } = {
  native: Native.layer,
  wasm: Wasm.layer,
  cpu: Cpu.layer
}
