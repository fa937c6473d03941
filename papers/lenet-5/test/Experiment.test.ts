import { createHash } from "node:crypto"
import { assert, layer } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import { Bytes, type Dataset, Trainer, TrainState } from "@etude/core"
import * as Draw from "@etude/core/Draw"
import { Split } from "@etude/data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { experiment, task } from "../src/index.ts"

const setup = Effect.map(experiment.make({ heldOut: 5000 }, 1998, "."), ({ data }) => ({
  train: data.train,
  heldOut: data.validation as Dataset.Dataset,
  test: data.test!
}))

/** A fingerprint of each image of a dataset, by its pixels. */
const fingerprints = (dataset: Dataset.Dataset): ReadonlyArray<string> => {
  const prints: Array<string> = []
  for (let begin = 0; begin < dataset.length; begin += 1000) {
    const indices = Int32Array.from({ length: Math.min(1000, dataset.length - begin) }, (_, at) => begin + at)
    const { inputs } = dataset.read(indices, Draw.fixed) as { readonly inputs: Uint8Array }
    for (let at = 0; at < indices.length; at++) {
      prints.push(
        createHash("sha1")
          .update(inputs.subarray(at * 1024, (at + 1) * 1024))
          .digest("base64")
      )
    }
  }
  return prints
}

const first = (count: number) => Effect.flatMap(setup, ({ train }) => Split.take(train, count))

layer(Wasm.layer)("LeNet-5 on MNIST", (it) => {
  it.effect("55,000 images train, 5,000 others are held out, and the 10,000 test images are a set of their own", () =>
    Effect.gen(function* () {
      const { train, heldOut, test } = yield* setup
      assert.deepStrictEqual([train.length, heldOut.length, test.length], [55_000, 5000, 10_000])
      const held = new Set(fingerprints(heldOut))
      assert.strictEqual(held.size, 5000)
      for (const others of [train, test]) {
        assert.deepStrictEqual(
          fingerprints(others).filter((print) => held.has(print)),
          []
        )
      }
    })
  )

  it.effect("another seed holds other images out", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* experiment.make({ heldOut: 10 }, 1, "."), yield* experiment.make({ heldOut: 10 }, 2, ".")]
      const labels = ({ data }: typeof a) => fingerprints(data.validation as Dataset.Dataset)
      assert.notDeepEqual(labels(a), labels(b))
    })
  )

  it.effect("pixels are on the paper's scale, paper −0.1 and ink 1.175, with a mean about 0", () =>
    Effect.gen(function* () {
      const data = yield* first(2000)
      const read = data.read(
        Int32Array.from({ length: 2000 }, (_, at) => at),
        Draw.fixed
      ) as { readonly inputs: Uint8Array }
      const inputs = Bytes.widen(read.inputs, (data.spec.inputs as Dataset.FieldSpec).bytes)
      // The paper speaks of the 28×28 images; the frame of 2 around them is paper.
      const inner = inputs.filter((_, at) => at % 32 >= 2 && at % 32 < 30 && (at >> 5) % 32 >= 2 && (at >> 5) % 32 < 30)
      const mean = inner.reduce((sum, value) => sum + value, 0) / inner.length
      assert.closeTo(
        inputs.reduce((a, b) => Math.min(a, b)),
        -0.1,
        1e-6
      )
      assert.closeTo(
        inputs.reduce((a, b) => Math.max(a, b)),
        1.175,
        1e-6
      )
      assert.closeTo(mean, 0, 0.1)
    })
  )

  it.effect("the test says accuracy, macro F1, calibration error and which digits are taken for which", () =>
    Effect.gen(function* () {
      const { test } = yield* setup
      const data = yield* Split.take(test, 500)
      const { state } = yield* Trainer.train(task, {
        config: { batchSize: 64, learningRate: 0.01, until: { steps: 1 } },
        data: { train: yield* first(64) }
      })
      const { values, results, figures } = yield* Trainer.test(task, { state, data })
      assert.deepStrictEqual(Object.keys(values), ["loss", "accuracy", "macroF1", "ece"])
      const matrix = Option.getOrThrow(results["confusion"] as Option.Option<ReadonlyArray<ReadonlyArray<number>>>)
      const { targets } = data.read(
        Int32Array.from({ length: 500 }, (_, at) => at),
        Draw.fixed
      ) as { readonly targets: Int32Array }
      const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((a, b) => a + b, 0)
      assert.deepStrictEqual(
        matrix.map(sum),
        matrix.map((_, digit) => targets.filter((label) => label === digit).length)
      )
      assert.strictEqual(values["accuracy"], sum(matrix.map((row, digit) => row[digit]!)) / 500)
      assert.deepStrictEqual(
        figures.map(({ metric }) => metric),
        ["confusion", "reliability"]
      )
    })
  )

  it.effect("one step lowers the loss of its batch", () =>
    Effect.gen(function* () {
      const data = yield* first(16)
      const config = { batchSize: 16, until: { steps: 1 }, optimizer: { _tag: "Sgd" }, learningRate: 0.05 } as const
      const { state, history } = yield* Trainer.train(task, { config, data: { train: data } })
      const { values } = yield* Trainer.validate(task, { state, data })
      assert.isBelow(values.loss!, history[0]!.values["train/loss"]!)
    })
  )

  it.effect("two runs of one seed end in the same parameters, bit for bit; another seed in others", () =>
    Effect.gen(function* () {
      const train = yield* first(64)
      const run = (seed: number) =>
        Trainer.train(task, { config: { seed, batchSize: 16 }, data: { train } }).pipe(
          Effect.map(({ state }) => TrainState.toData(state).tensors)
        )
      assert.deepStrictEqual(yield* run(1), yield* run(1))
      assert.notDeepEqual(yield* run(1), yield* run(2))
    })
  )

  it.effect(
    "400 images are enough to read seven digits of ten, and not enough to read nearly all",
    () =>
      Effect.gen(function* () {
        const { heldOut } = yield* setup
        const [train, data] = [yield* first(400), yield* Split.take(heldOut, 500)]
        const config = { batchSize: 16, until: { epochs: 5 }, learningRate: 0.003 }
        const { state } = yield* Trainer.train(task, { config, data: { train } })
        const { accuracy } = (yield* Trainer.test(task, { state, data })).values
        assert.isAbove(accuracy!, 0.7)
        assert.isBelow(accuracy!, 0.97)
      }),
    120_000
  )
})
