/** Tests that hold on every backend. */
import "@tensorflow/tfjs-backend-cpu"
import { describe, layer, type Vitest } from "@effect/vitest"
import * as Cpu from "@etude/backend/Cpu"
import * as Native from "@etude/backend/Native"
import * as NativeInstaller from "@etude/backend/NativeInstaller"
import * as Wasm from "@etude/backend/Wasm"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

const isInstalled = Option.isSome(await Effect.runPromise(NativeInstaller.find()))

/** Runs the tests on plain JavaScript, on WebAssembly, and on TensorFlow where it is set up. */
export const onEachBackend = (tests: (it: Vitest.MethodsNonLive<any>) => void): void => {
  layer(Cpu.layer, { excludeTestServices: true })("on cpu", tests as never)
  layer(Wasm.layer, { excludeTestServices: true })("on wasm", tests as never)
  describe.skipIf(!isInstalled)("on native", () => layer(Native.layer, { excludeTestServices: true })(tests as never))
}
