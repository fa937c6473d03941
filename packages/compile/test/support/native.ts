/** The native backend for tests, where its library is set up in the user's cache; tests of it say so when they are left out. */
import { Native, NativeInstaller } from "@etude/backend"
import type { Backend, Errors, StepExecutor } from "@etude/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as GraphExecutor from "../../src/GraphExecutor.ts"

export const isInstalled = Option.isSome(await Effect.runPromise(NativeInstaller.find()))
if (!isInstalled) {
  console.warn("The native library is not set up here (`etude backend install`): tests of compiled steps are left out.")
}

export const native = Native.layer

/** The native backend with an executor that compiles everything or fails. */
export const compiled: Layer.Layer<
  Backend.Backend | StepExecutor.StepExecutor,
  Errors.BackendUnavailable | Errors.BackendBusy
> = Layer.provideMerge(GraphExecutor.layerWith({ onNotCompilable: "fail" }), Native.layer)
