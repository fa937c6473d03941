import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { Plan } from "../src/plan/Plan.ts"
import type { Executable } from "../src/runtime/Executable.ts"
import { Handles } from "../src/runtime/Handles.ts"
import * as Instance from "../src/runtime/Instance.ts"
import * as TestArena from "./support/TestArena.ts"

/** Two numbers from two numbers; what computes them is given. */
const plan: Plan = {
  buffers: [
    { id: 0, type: "f32", size: 2, place: { _tag: "Input", index: 0 } },
    { id: 1, type: "f32", size: 2, place: { _tag: "Output", index: 0 } }
  ],
  nodes: [],
  inputs: [{ buffer: 0, shape: [2], dtype: "float32" }],
  outputs: [{ buffer: 1, shape: [2], dtype: "float32" }]
}

interface Code extends Executable {
  readonly log: Array<string>
}

const world = (
  body: (instance: Instance.Instance, code: (compute: (x: number) => number) => Code, x: tf.Tensor) => void
) =>
  Effect.sync(() => {
    const arena = TestArena.make()
    const handles = new Handles(arena)
    const table = arena.allocate(8)
    const code = (compute: (x: number) => number): Code => {
      const log: Array<string> = []
      const run = () => {
        log.push("run")
        const [from = 0, to = 0] = new Uint32Array(arena.memory.buffer, table, 2)
        new Float32Array(arena.memory.buffer, to, 2).set(new Float32Array(arena.memory.buffer, from, 2).map(compute))
      }
      return { log, run, release: () => void log.push("release") }
    }
    tf.tidy(() => {
      const placements = [0, 1].map((entry) => ({ _tag: "Bound", entry }) as const)
      const first = code((x) => 2 * x)
      const parts = [first]
      const instance = Instance.make({
        plan,
        placed: { table, placements },
        parts,
        handles,
        free: () => arena.free(table)
      })
      body(instance, code, handles.upload([1, Number.NaN], { dtype: "float32", shape: [2] }))
      instance.release()
    })
    assert.strictEqual(arena.taken(), 0)
  }).pipe(Effect.provide(Wasm.layer))

const refused = (reasons: Array<string>) => (reason: string) => void reasons.push(reason)

describe("other code for a plan that runs", () => {
  it.effect("takes its place after a call in which both give the same bits", () =>
    world((instance, code, x) => {
      const reasons: Array<string> = []
      const other = code((x) => x + x)
      instance.replace({ executables: [other], onRefused: refused(reasons) })
      for (const _ of [1, 2, 3]) assert.deepStrictEqual([...instance.run([x])[0]!.dataSync()], [2, Number.NaN])
      assert.deepStrictEqual(other.log, ["run", "run", "run"])
      assert.deepStrictEqual(reasons, [])
    })
  )

  it.effect("is refused where it gives others or fails, and nothing of it is seen", () =>
    world((instance, code, x) => {
      const reasons: Array<string> = []
      const fails = (): number => {
        throw new Error("a bus error")
      }
      const others = [code((x) => Math.fround(x * 2.0000002)), code(fails)]
      for (const other of others) {
        instance.replace({ executables: [other], onRefused: refused(reasons) })
        for (const _ of [1, 2]) assert.deepStrictEqual([...instance.run([x])[0]!.dataSync()], [2, Number.NaN])
        assert.deepStrictEqual(other.log, ["run", "release"])
      }
      assert.deepStrictEqual(reasons, [
        "a step gives other results (element 0 of output 0 is 2.000000238418579 instead of 2)",
        "a step failed (a bus error)"
      ])
    })
  )

  it.effect("is released where it was never tried", () => {
    const logs: Array<Array<string>> = []
    return world((instance, code) => {
      for (const other of [code((x) => x), code((x) => x)]) {
        logs.push(other.log)
        instance.replace({ executables: [other], onRefused: () => undefined })
      }
      assert.deepStrictEqual(logs, [["release"], []])
    }).pipe(Effect.map(() => assert.deepStrictEqual(logs, [["release"], ["release"]])))
  })
})
