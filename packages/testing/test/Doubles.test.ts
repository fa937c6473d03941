/** The doubles do what they say, and fail where they are told to. */
import { assert, describe, expect, it } from "@effect/vitest"
import * as Callback from "@etude/core/Callback"
import { Checkpoints } from "@etude/core/Checkpoints"
import * as Decision from "@etude/core/Decision"
import { Storage } from "@etude/core/Storage"
import * as Trainer from "@etude/core/Trainer"
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as CountingBackend from "../src/doubles/CountingBackend.ts"
import * as CpuBackend from "../src/doubles/CpuBackend.ts"
import * as CrashStorage from "../src/doubles/CrashStorage.ts"
import * as MemoryCheckpoints from "../src/doubles/MemoryCheckpoints.ts"
import * as Storages from "../src/doubles/Storages.ts"
import * as laws from "../src/Laws.ts"
import { matchers } from "../src/Matchers.ts"
import * as Data from "../src/subjects/Data.ts"
import * as Tiny from "../src/subjects/Tiny.ts"

const task = Tiny.perceptron()
const config = { until: { epochs: 1 }, batchSize: 4 } as const

laws.checkpoints(MemoryCheckpoints.layer(), { name: "checkpoints in memory" })

describe("checkpoints in memory", () => {
  const everyStep = Callback.controller({ id: "saving", hooks: { batchEnd: () => Decision.saveNow } })
  it.effect("fail from the save on that they are told", () =>
    Effect.gen(function* () {
      const store = MemoryCheckpoints.make({ fullAt: 2 })
      const training = Trainer.train(task, { config, data: { train: Tiny.vectors() }, callbacks: everyStep })
      const error = yield* Effect.flip(Effect.provideService(training, Checkpoints, store))
      assert.include(error.message, "there is no space left")
      assert.deepStrictEqual(
        store.saved.map(({ step }) => step),
        [1, 2]
      )
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )
})

describe("the counting backend", () => {
  const doubled = () => {
    const x = tf.tensor1d([1, 2])
    return [...tf.add(tf.mul(x, x), x).dataSync()]
  }
  it.effect("counts kernel calls", () => {
    const counting = CountingBackend.make()
    return Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* Effect.sync(() => tf.tidy(() => tf.tensor1d(doubled())).dataSync()),
        Float32Array.of(2, 6)
      )
      assert.deepStrictEqual(counting.byKernel(), { Multiply: 1, Add: 1 })
      assert.strictEqual(counting.calls(), 2)
    }).pipe(Effect.provide(counting.layer))
  })

  it.effect("fails at the call that it is told", () =>
    Effect.gen(function* () {
      const counting = CountingBackend.make({ failAt: 300 })
      const training = Effect.scoped(Trainer.train(task, { config, data: { train: Tiny.vectors() } }))
      const error = yield* Effect.flip(Effect.provide(training, counting.layer))
      assert.match(error.message, /kernel call 300, fails on purpose/)
      assert.strictEqual(counting.calls(), 301)
    })
  )
})

describe("data", () => {
  it.effect("fails at a batch", () =>
    Effect.gen(function* () {
      const train = Data.failingAt(Tiny.vectors(), 3)
      const steps: Array<number> = []
      const watching = Callback.observer({
        id: "watching",
        hooks: { batchEnd: ({ progress }) => void steps.push(progress.step) }
      })
      const error = yield* Effect.flip(Trainer.train(task, { config, data: { train }, callbacks: watching }))
      assert.include(error.message, "This dataset fails there on purpose.")
      assert.deepStrictEqual(steps, [1, 2])
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )

  it.effect("is slow without sleeping: a run waits until it is opened", () =>
    Effect.gen(function* () {
      const { dataset, open, reads: asked } = Data.held(Tiny.vectors())
      const training = yield* Effect.forkChild(Trainer.train(task, { config, data: { train: dataset } }))
      while (asked() === 0) yield* Effect.yieldNow
      assert.isUndefined(training.pollUnsafe())
      yield* open
      assert.strictEqual((yield* Fiber.join(training)).counts.steps, 4)
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )
})

describe("storages", () => {
  const write = (bytes: number) =>
    Effect.gen(function* () {
      const storage = yield* Storage
      const file = yield* storage.create("file")
      yield* file.write(new Uint8Array(bytes).fill(1))
      yield* file.write(new Uint8Array(bytes).fill(2))
      yield* file.sync
    }).pipe(Effect.scoped)
  const lengthOn = (disk: CrashStorage.Disk) =>
    Storage.use(({ read }) => read("file")).pipe(
      Effect.map(({ length }) => length),
      Effect.orElseSucceed(() => "missing"),
      Effect.provide(Storages.memory(disk, "later"))
    )

  it.effect("are full at a byte", () =>
    Effect.gen(function* () {
      const disk = CrashStorage.emptyDisk()
      const error = yield* Effect.flip(Effect.provide(write(10), Storages.full(15, disk)))
      assert.strictEqual(error.message, "write file: full at byte 15")
      assert.strictEqual(yield* lengthOn(disk), 15)
    })
  )

  it.effect("end the process at a byte", () =>
    Effect.gen(function* () {
      const disk = CrashStorage.emptyDisk()
      const exit = yield* Effect.exit(Effect.provide(write(10), Storages.torn(4, disk)))
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
      assert.strictEqual(yield* lengthOn(disk), 4)
    })
  )

  it.effect("forget what was not synced: the file, and its name in the folder", () =>
    Effect.gen(function* () {
      const disk = CrashStorage.emptyDisk()
      yield* Effect.provide(write(10), Storages.memory(disk))
      assert.strictEqual(yield* lengthOn(disk), 20)
      assert.strictEqual(yield* lengthOn(Storages.forgotten(disk)), "missing")
      yield* Storage.use(({ syncFolder }) => syncFolder("")).pipe(Effect.provide(Storages.memory(disk)))
      assert.strictEqual(yield* lengthOn(Storages.forgotten(disk)), 20)
    })
  )
})

describe("tiny data with known answers", () => {
  it.effect("gradient descent comes to the least-squares solution", () =>
    Effect.gen(function* () {
      const [inputs, targets] = [
        [
          [0, 1],
          [1, 3],
          [2, -1],
          [4, 0],
          [-1, 2]
        ],
        [1, 2, -1, 4, 0]
      ]
      const { weights, bias } = Tiny.leastSquares(inputs, targets)
      const { state } = yield* Trainer.train(Tiny.regression(), {
        config: { until: { epochs: 1500 }, batchSize: 5, optimizer: { _tag: "Sgd" }, learningRate: 0.05 },
        data: {
          train: Data.arrays({
            inputs: { shape: [2], values: inputs.flat() },
            targets: { shape: [1], values: targets }
          })
        }
      })
      expect.extend(matchers)
      expect(state.parameters["kernel"]).toBeCloseToTensor(weights, { absolute: 1e-3 })
      expect(state.parameters["bias"]).toBeCloseToTensor([bias], { absolute: 1e-3 })
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )

  it.effect("two moons are learned", () =>
    Effect.gen(function* () {
      const train = Tiny.moonsData()
      const { state } = yield* Trainer.train(Tiny.xor(), {
        config: { until: { epochs: 60 }, batchSize: 10, learningRate: 0.05 },
        data: { train }
      })
      const { values } = yield* Trainer.test(Tiny.xor(), { state, data: train })
      assert.isAbove(values["right"]!, 0.95)
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )
})

describe("matchers", () => {
  const failing = (body: () => void): string => {
    expect.extend(matchers)
    try {
      body()
    } catch (error) {
      return (error as Error).message
    }
    return "nothing failed"
  }
  it.effect("say what is different", () =>
    Effect.sync(() => {
      const x = tf.tensor2d([1, 2, 3, -0], [2, 2])
      expect.extend(matchers)
      expect(x).toBeCloseToTensor([1, 2, 3.000001, 0])
      expect(x).toEqualTensor(tf.clone(x))
      expect(x).toHaveShape([2, 2])
      expect(x).not.toEqualTensor([1, 2, 3, 0])
      assert.deepStrictEqual(
        [
          failing(() => expect(x).toBeCloseToTensor([1, 2, 4, 0])),
          failing(() => expect(x).toEqualTensor([1, 2, 3, 0])),
          failing(() => expect(x).toBeCloseToTensor(tf.tensor1d([1]))),
          failing(() => expect(x).toHaveShape([4])),
          failing(() => expect(7).toEqualTensor([7]))
        ],
        [
          "expected the tensor [2, 2] float32 to be close to what is expected, but it is 3 instead of 4 at element 2",
          "expected the tensor [2, 2] float32 to be equal to what is expected, but it is -0 instead of 0 at element 3",
          "expected the tensor [2, 2] float32 to be [1] float32",
          "expected the shape to be [4], found [2, 2]",
          "expected a tensor equal to what is expected, but found 7"
        ]
      )
    }).pipe(Effect.provide(CpuBackend.layer))
  )
})
