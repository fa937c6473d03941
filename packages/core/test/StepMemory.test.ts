/** Executors with a memory of their own: steps are the same, but hardly any tensor is made for what comes from the host. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { Dataset, TypedArray } from "../src/Dataset.ts"
import * as Draw from "../src/Draw.ts"
import * as StepExecutor from "../src/StepExecutor.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task } from "./support/tiny.ts"

/** A memory of arrays: `refuses` says of each write whether it can't be done. */
const memoryOf = (refuses: (write: number) => boolean = () => false) => {
  const held = new Map<object, TypedArray>()
  const counts = { made: 0, written: 0 }
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array, uint8: Uint8Array }
  const memory: StepExecutor.StepMemory = {
    tensor: (values, shape, dtype) => {
      counts.made++
      if (dtype === "uint8") throw new Error("no bytes are expected")
      const own = arrays[dtype].from(values)
      // The backend for plain JavaScript keeps the array itself.
      const tensor = tf.tensor(own, [...shape], dtype)
      held.set(tensor.dataId, own)
      return tensor
    },
    write: ({ dataId }, values) => {
      const own = held.get(dataId)
      if (own === undefined || refuses(++counts.written)) return false
      own.set(values)
      return true
    },
    values: ({ dataId }) => held.get(dataId)
  }
  return { memory, counts }
}

/** Reads into rooms, which it leaves as full of other numbers as it finds them. */
const inRooms = (dataset: Dataset): Dataset => ({
  ...dataset,
  read: (indices, draw, room) => {
    const batch = dataset.read(indices, draw)
    if (Effect.isEffect(batch) || room === undefined) return batch
    const moved = (values: TypedArray) => {
      const array = room(values, values.length)
      array.set(values)
      return array
    }
    return { ...batch, inputs: moved(batch.inputs as TypedArray), targets: moved(batch.targets as TypedArray) }
  }
})

const run = (dataset: Dataset, executor: StepExecutor.StepExecutor["Service"]) =>
  Trainer.train(task, {
    config: { ...config, optimizer: { _tag: "Adam" }, batchSize: 2, shuffle: true, until: { epochs: 4 } },
    data: { train: dataset, validation: numbers(3) }
  }).pipe(
    Effect.map(({ history, state }) => ({ history, weights: state.parameters["w"]!.dataSync() })),
    Effect.provideService(StepExecutor.StepExecutor, executor),
    Effect.scoped
  )

describe("a memory for what steps take from the host", () => {
  it.effect("changes no bit, and makes tensors for the first step only, and for the last batch of an epoch", () =>
    Effect.gen(function* () {
      const expected = yield* run(numbers(7), StepExecutor.eager)
      const before = tf.memory().numTensors
      const { memory, counts } = memoryOf()
      assert.deepStrictEqual(yield* run(inRooms(numbers(7)), { ...StepExecutor.eager, memory }), expected)
      assert.strictEqual(tf.memory().numTensors, before)
      // Inputs and targets of 16 steps would be 32 tensors, and those of 8 validated batches 16.
      assert.isAtMost(counts.made, 16 + 16 + 16)
      assert.isAtLeast(counts.written, 16)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("may refuse a write at any time: the tensor is made anew", () =>
    Effect.gen(function* () {
      const expected = yield* run(numbers(7), StepExecutor.eager)
      for (const refuses of [() => true, (write: number) => write % 3 === 0]) {
        const before = tf.memory().numTensors
        const { memory } = memoryOf(refuses)
        assert.deepStrictEqual(yield* run(inRooms(numbers(7)), { ...StepExecutor.eager, memory }), expected)
        assert.strictEqual(tf.memory().numTensors, before)
      }
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("batches are read into the same arrays only where it is there", () =>
    Effect.gen(function* () {
      const rooms: Array<boolean> = []
      const watched: Dataset = {
        ...numbers(4),
        read: (indices, draw, room) => {
          rooms.push(room !== undefined)
          return numbers(4).read(indices, draw)
        }
      }
      yield* run(watched, StepExecutor.eager)
      assert.notInclude(rooms, true)
      yield* run(watched, { ...StepExecutor.eager, memory: memoryOf().memory })
      assert.include(rooms, true)
      assert.isFalse(Effect.isEffect(watched.read(Int32Array.of(0), Draw.fixed)))
    }).pipe(Effect.provide(Cpu.layer))
  )
})
