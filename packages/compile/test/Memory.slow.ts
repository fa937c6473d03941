/** A long run needs no more memory than a short one: tensors, the arena, JavaScript's heap and the whole process. */
import * as v8 from "node:v8"
import * as vm from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Callback from "@etude/core/Callback"
import * as Trainer from "@etude/core/Trainer"
import * as Data from "@etude/testing/subjects/Data"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as WasmEmitter from "../src/wasm/WasmEmitter.ts"
import * as EmitterExecutor from "./support/EmitterExecutor.ts"

const steps = 100_000
const mega = 2 ** 20

v8.setFlagsFromString("--expose-gc")
const collect: () => void = vm.runInNewContext("gc")

interface Measured {
  readonly tensors: number
  readonly bytes: number
  readonly heap: number
  readonly resident: number
}

const measured = (): Measured => {
  collect()
  const { numTensors: tensors, numBytes: bytes } = tf.memory()
  const { heapUsed: heap, rss: resident } = process.memoryUsage()
  return { tensors, bytes, heap, resident }
}

/**
 * Growth from the first three looks to the last three: what is not given back is in each of them, what a collector or an allocator
 * keeps for a moment is not.
 */
const growth = (values: ReadonlyArray<number>): number =>
  Math.min(...values.slice(-3)) - Math.max(...values.slice(0, 3))

/** Looks at the memory after each epoch, of which there are ten. */
const watching = (look: () => void) => Callback.observer({ id: "watching", hooks: { epochEnd: look } })

const batchSize = 4
const samples = (batchSize * steps) / 10
const data = Data.arrays({
  inputs: { shape: [2], values: Float32Array.from({ length: 2 * samples }, (_, at) => ((7 * at) % 11) / 11) },
  targets: { shape: [1], values: Float32Array.from({ length: samples }, (_, at) => (at % 5) / 5) }
})

describe(`a run of ${steps} steps`, () => {
  it.live("needs no more memory at its end than after a tenth of it", () =>
    Effect.gen(function* () {
      const seen: Array<Measured> = []
      const blocks: Array<number> = []
      let inUse = (): number => 0
      const executor = EmitterExecutor.layer((arena) => {
        inUse = arena.inUse
        return Effect.succeed(WasmEmitter.makeSingle({ arena }))
      })
      const look = () => {
        seen.push(measured())
        blocks.push(inUse())
      }
      yield* Trainer.train(Tiny.regression(), {
        config: { until: { steps }, batchSize, optimizer: { _tag: "Adam" }, learningRate: 1e-3 },
        data: { train: data },
        callbacks: watching(look)
      }).pipe(Effect.scoped, Effect.provide(executor.pipe(Layer.provideMerge(Wasm.layer))))
      assert.strictEqual(seen.length, 10)
      const [first, last] = [seen[0]!, seen.at(-1)!]
      assert.deepStrictEqual([last.tensors, last.bytes], [first.tensors, first.bytes])
      assert.strictEqual(blocks.at(-1), blocks[0])
      // 20 and 250 bytes a step, over the 50,000 steps between the looks.
      assert.isBelow(growth(seen.map(({ heap }) => heap)), mega)
      assert.isBelow(growth(seen.map(({ resident }) => resident)), 12 * mega)
    })
  )
})
