import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import { StepExecutor } from "@etude/core"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NativeTier from "../../src/NativeTier.ts"
import * as NativeCompiler from "../../src/native/NativeCompiler.ts"
import * as NativeEmitter from "../../src/native/NativeEmitter.ts"
import type * as PlanCompiler from "../../src/PlanCompiler.ts"
import * as PlanExecutor from "../../src/PlanExecutor.ts"
import type { Arena } from "../../src/runtime/Executable.ts"
import * as WebAssembly from "../../src/runtime/WebAssembly.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import * as EmitterExecutor from "../support/EmitterExecutor.ts"
import { cache, unavailable } from "../support/nativeCode.ts"
import * as Networks from "../support/networks.ts"

const run = <E>(subject: Trajectory.Subject, executor: Layer.Layer<StepExecutor.StepExecutor, E>) =>
  Trajectory.record(subject, { config: { until: { steps: 4 } } }).pipe(
    Effect.provide(executor.pipe(Layer.provideMerge(Wasm.layer)))
  )
const onWasm = EmitterExecutor.layer((arena) => Effect.succeed(WasmEmitter.makeSingle({ arena })))
const onNative = (threads: number) => EmitterExecutor.layer((arena) => NativeEmitter.make({ arena, threads, cache }))

describe.skipIf(unavailable !== undefined)("a run in native code", () => {
  const networks = { perceptron: Networks.perceptron([300, 100]), lenet5: Networks.lenet5, residual: Networks.residual }
  for (const [name, network] of Object.entries(networks)) {
    it.live(`has the bits of WebAssembly, on any number of threads: ${name}`, () =>
      Effect.gen(function* () {
        const subject = Networks.subjectOf(name, network, 32)
        const alone = yield* run(subject, onWasm)
        for (const threads of [1, 2]) {
          const native = yield* run(subject, onNative(threads))
          assert.deepStrictEqual(native.batches, alone.batches)
          assert.deepStrictEqual(native.state.tensors, alone.state.tensors)
        }
      })
    )
  }
})

/** Calls a program that changes a state, and says what the state is after each call. */
const calls = (executor: StepExecutor.StepExecutor["Service"]) => {
  const program = executor.compile("state", ({ x }: { readonly x: tf.Tensor }) => ({ x: tf.tanh(tf.mul(x, 1.1)) }))
  let state = { x: tf.tensor1d(Array.from({ length: 37 }, (_, index) => index / 10)) as tf.Tensor }
  return () => {
    state = program(state)
    return [...state.x.dataSync()]
  }
}

/** The results of some calls, before and after what `between` does. */
const around = (between: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const executor = yield* StepExecutor.StepExecutor
    tf.engine().startScope()
    const call = calls(executor)
    const before = [call(), call(), call()]
    yield* between
    const after = [call(), call(), call()]
    tf.engine().endScope()
    return [...before, ...after]
  })

const find = (compilers?: ReadonlyArray<string>) =>
  NativeCompiler.find({ cache, ...(compilers === undefined ? {} : { compilers }) })

describe.skipIf(unavailable !== undefined)("going over to native code", () => {
  it.live("happens between two calls, and changes no bit", () =>
    Effect.gen(function* () {
      const failures: Array<string> = []
      let [tier, replaced] = [undefined as NativeTier.NativeTier | undefined, 0]
      const emitterOf = Effect.fnUntraced(function* (arena: Arena) {
        const options = {
          memory: arena.memory,
          threads: 2,
          onFailure: (...given: [string, string]) => failures.push(...given)
        }
        tier = yield* NativeTier.make(find(), options)
        return WasmEmitter.makeSingle({ arena })
      })
      const onRunning = (running: PlanCompiler.Running) => {
        const { instance } = running
        const replace: typeof instance.replace = (candidate) => {
          replaced++
          instance.replace(candidate)
        }
        tier!.onRunning({ ...running, instance: { ...instance, replace } })
      }
      const settled = Effect.suspend(() => tier!.settled)
      const layer = EmitterExecutor.layer(emitterOf, onRunning).pipe(Layer.provideMerge(Wasm.layer))
      const there = yield* Effect.provide(around(settled), layer)
      const here = yield* Effect.provide(around(Effect.void), onWasm.pipe(Layer.provideMerge(Wasm.layer)))
      assert.deepStrictEqual(failures, [])
      assert.strictEqual(replaced, 1)
      assert.deepStrictEqual(there, here)
    })
  )

  it.live("is told once where there is no compiler, and the run stays on WebAssembly", () =>
    Effect.gen(function* () {
      const failures: Array<string> = []
      yield* Effect.scoped(
        Effect.gen(function* () {
          const options = {
            memory: new WebAssembly.Memory({ initial: 1 }),
            threads: 1,
            onFailure: (...given: [string, string]) => failures.push(given.join(": "))
          }
          const tier = yield* NativeTier.make(find(["no-such-cc"]), options)
          // What is compiled is not looked at.
          tier.onRunning({ program: "step" } as PlanCompiler.Running)
          yield* tier.settled
        })
      )
      assert.strictEqual(failures.length, 1)
      assert.match(failures[0]!, /^step: there is no native code: .*no-such-cc/)
    })
  )
})

describe("native code that is required", () => {
  it.effect("is refused on another backend than the one that records", () =>
    Effect.gen(function* () {
      const { Cpu } = yield* Effect.promise(() => import("@etude/backend"))
      const error = yield* Layer.build(
        PlanExecutor.layerWith({ native: "required" }).pipe(Layer.provide(Cpu.layer))
      ).pipe(Effect.scoped, Effect.flip)
      assert.include(error.message, "programs are recorded on wasm only, and this is cpu")
    })
  )
})
