/** The executor of plans on an emitter of one's choice, for the WASM backend; it fails where a program can't be compiled. */
import { StepExecutor } from "@etude/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as CompilingExecutor from "../../src/CompilingExecutor.ts"
import * as PlanCompiler from "../../src/PlanCompiler.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import type { Emitter } from "../../src/runtime/Executable.ts"
import { Handles } from "../../src/runtime/Handles.ts"
import * as SharingKernels from "../../src/runtime/SharingKernels.ts"
import * as StepMemory from "../../src/runtime/StepMemory.ts"

/** `onRunning` is told of each plan that runs. */
export const layer = <E>(
  emitterOf: (arena: Arena.MeasuredArena) => Effect.Effect<Emitter, E, Scope.Scope>,
  onRunning: (running: PlanCompiler.Running) => void = () => undefined,
  options: CompilingExecutor.CompilingOptions = { onNotCompilable: "fail" }
): Layer.Layer<StepExecutor.StepExecutor, E> =>
  Layer.effect(
    StepExecutor.StepExecutor,
    Effect.gen(function* () {
      // Pages that aren't isolated can't share memory.
      const arena = Arena.make({ shared: typeof SharedArrayBuffer === "function" })
      const handles = new Handles(arena)
      const emitter = yield* emitterOf(arena)
      yield* SharingKernels.install(PlanCompiler.backend, handles)
      const compiler = PlanCompiler.make({ handles, emitter, onRunning })
      const described = { name: "an emitter", memory: StepMemory.of(handles) }
      return yield* CompilingExecutor.make(described, compiler, options)
    })
  )
