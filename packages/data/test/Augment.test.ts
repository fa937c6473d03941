import "@tensorflow/tfjs-backend-cpu"
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { type Dataset, type HostBatch, isTypedArray } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Model from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Arrays from "../src/Arrays.ts"
import * as Augment from "../src/Augment.ts"
import * as Colour from "../src/internal/augment/colour.ts"
import { affineWarp, zoom } from "../src/internal/augment/geometry.ts"
import * as Levels from "../src/internal/augment/levels.ts"
import type { Range } from "../src/internal/augment/operation.ts"
import * as Policies from "../src/internal/augment/policies.ts"
import { everywhere, warp } from "../src/internal/augment/warp.ts"
import { bytesOf } from "./support/imageFixtures.ts"

interface Case {
  readonly operation: string
  readonly parameters: ReadonlyArray<number> & { readonly degrees?: number }
  readonly result: string
}

const fixture: {
  readonly height: number
  readonly width: number
  readonly levels: string
  readonly cases: ReadonlyArray<Case>
} = JSON.parse(readFileSync(new URL("../fixtures/images/augmented.json", import.meta.url), "utf8"))

const { height, width } = fixture
const shape = { height, width, channels: 3 }
const levels = bytesOf(fixture.levels)
const [unit, normalized]: [Range, Range] = [
  { low: 0, high: 1 },
  { low: -0.5, high: 3.5 }
]

/** An operation with the numbers of a case. */
const operationOf = ({
  operation,
  parameters
}: Case): readonly [Pick<Augment.Operation, "host" | "step">, ReadonlyArray<number>] => {
  switch (operation) {
    case "affine":
      return [Augment.affine({}), affineWarp(shape, parameters)]
    case "zoom":
      return [Augment.resizedCrop(), zoom(shape, parameters as unknown as [number, number, number, number])]
    case "policy": {
      const [policy, name, magnitude, sign] = parameters as unknown as readonly [
        string,
        Policies.PolicyOperation,
        number,
        number
      ]
      const strengths = policy === "rand" ? Policies.randStrengths : Policies.wideStrengths
      const trivial = Augment.trivialAugment(name === "equalize" ? {} : { without: ["equalize"] })
      return [trivial, Policies.slotOf(name, magnitude, sign, shape, strengths)]
    }
    case "flip": {
      const [horizontal = 0, vertical = 0] = parameters
      const flip = Augment.flip({ horizontal, vertical })
      return [flip, flip.draw(Rng.key(0), shape)]
    }
    case "erase":
      return [Augment.erase(), parameters]
    default: {
      const byName = { ...Colour, ...Levels } as { readonly [name: string]: unknown }
      return [byName[operation] as Pick<Augment.Operation, "host" | "step">, parameters]
    }
  }
}

const valuesIn = ({ low, high }: Range) => Float32Array.from(levels, (level) => low + (level / 255) * (high - low))

const differenceOf = (result: ArrayLike<number>, expected: Float32Array, { low, high }: Range): number =>
  expected.reduce((most, value, index) => Math.max(most, Math.abs((result[index]! - low) / (high - low) - value)), 0)

/** Float32 keeps 24 bits, and coordinates lose some of them. */
const tolerance = 2e-5

describe("known answers of torchvision", () => {
  for (const one of fixture.cases) {
    it(`${one.operation} ${JSON.stringify(one.parameters)}, on the host and in the step`, () => {
      const bytes = bytesOf(one.result)
      const expected = new Float32Array(bytes.buffer, 0, bytes.length / 4)
      const [operation, numbers] = operationOf(one)
      const parameters = Float32Array.from(numbers)
      for (const range of [unit, normalized]) {
        const [source, target] = [valuesIn(range), new Float32Array(levels.length)]
        operation.host(source, target, parameters, shape, range)
        assert.isAtMost(differenceOf(target, expected, range), tolerance, `host ${range.low}`)
        if (operation.step === undefined) continue
        const step = operation.step
        const values = tf.tidy(() =>
          step({
            images: tf.tensor(source, [1, height, width, 3]),
            parameters: tf.tensor(parameters, [1, parameters.length]),
            ...{ shape, range }
          }).dataSync()
        )
        assert.isAtMost(differenceOf(values, expected, range), tolerance, `step ${range.low}`)
      }
    })
  }
})

const everything = [
  Augment.crop({ padding: 3, fill: 0.5 }),
  Augment.flip({ vertical: 0.5 }),
  Augment.resizedCrop({ area: [0.3, 1] }),
  Augment.affine({ degrees: 40, shift: 0.2, scale: [0.8, 1.2], shearX: 10, shearY: 5 }),
  Augment.colourJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 }),
  Augment.erase({ probability: 0.7 }),
  Augment.cutout({ size: 4 }),
  Augment.randAugment({ without: ["equalize", "posterize", "solarize"] }),
  Augment.trivialAugment({ without: ["equalize", "posterize", "solarize"] })
]

const count = 12
const images = Uint8Array.from(Rng.uniforms(Rng.key(7), count * 8 * 6 * 3, 0, 256), Math.floor)

const datasetOf = (values: Uint8Array | Float32Array) =>
  Arrays.fromArrays({
    inputs: { values, shape: [8, 6, 3], dtype: "float32" },
    targets: { values: Int32Array.from({ length: count }, (_, index) => index) }
  })

const readWith = (dataset: Dataset, draw: Draw.Draw, indices: ReadonlyArray<number>): HostBatch => {
  const batch = dataset.read(Int32Array.from(indices), draw)
  if (Effect.isEffect(batch)) throw new Error("a synchronous dataset reads synchronously")
  return batch
}

const inputsOf = ({ inputs }: HostBatch, name: string) =>
  isTypedArray(inputs) ? inputs : (inputs as { readonly [name: string]: Float32Array })[name]!

const all = Array.from({ length: count }, (_, index) => index)

/** The model that gives its images back. */
const mirror = Model.make({ name: "mirror", init: () => ({}), apply: (_, inputs: tf.Tensor) => tf.clone(inputs) })
const contextOf = (training: boolean): Model.ForwardContext => ({
  training,
  random: RandomBits.make({ key: tf.tensor1d([0, 0], "int32"), batchSize: count })
})
const none = { parameters: {}, statistics: {} }

it("whole moves and mirrors copy what a warp of any kind gives", () => {
  const source = valuesIn(unit)
  for (let seed = 0; seed < 60; seed++) {
    const [a, c, e, f] = [0, 1, 2, 3].map((index) => Rng.uniform(Rng.key(seed), index)) as [
      number,
      number,
      number,
      number
    ]
    const whole = (draw: number, length: number) => Math.floor(draw * 3 * length) - length
    const numbers = [a < 0.5 ? -1 : 1, 0, whole(c, width), 0, e < 0.5 ? -1 : 1, whole(f, height)]
    const [moved, warped] = [new Float32Array(source.length), new Float32Array(source.length)]
    warp(source, moved, Float32Array.from([...numbers, ...everywhere]), shape, 0.25)
    // Clamped so far away that nothing is, but not as the moves are known.
    warp(source, warped, Float32Array.from([...numbers, -1e5, -1e5, 1e5, 1e5]), shape, 0.25)
    assert.deepStrictEqual(moved, warped)
  }
})

describe("the two homes", () => {
  it.effect("give the same pixels, within the rounding of bytes", () =>
    Effect.gen(function* () {
      const dataset = yield* datasetOf(images)
      const host = yield* Augment.onHost(dataset, everything)
      const drawn = yield* Augment.draws(dataset, everything)
      const model = Augment.inStep(mirror, everything, { range: Augment.rangeOf(dataset) })
      for (let epoch = 0; epoch < 2; epoch++) {
        const draw = Draw.ofEpoch(3, epoch)
        const expected = inputsOf(readWith(host, draw, all), "")
        const { inputs } = readWith(drawn, draw, all)
        const { image, augment } = inputs as { readonly [name: string]: Float32Array }
        const pixels = tf.tidy(() => {
          const tensors = {
            image: tf.tensor(Float32Array.from(image!), [count, 8, 6, 3]),
            augment: tf.tensor(augment!, [count, augment!.length / count])
          }
          return (model.apply(none, tensors, contextOf(true)).outputs as tf.Tensor).dataSync()
        })
        for (const [index, pixel] of pixels.entries()) assert.closeTo(pixel, expected[index]!, 0.52)
      }
    })
  )

  it.effect("change nothing outside of training", () =>
    Effect.gen(function* () {
      const dataset = yield* datasetOf(images)
      const host = yield* Augment.onHost(dataset, everything)
      assert.deepStrictEqual(inputsOf(readWith(host, Draw.ofEvaluation(3), all), ""), images)
      const drawn = yield* Augment.draws(dataset, everything)
      const { augment } = readWith(drawn, Draw.ofEvaluation(3), all).inputs as { readonly [name: string]: Float32Array }
      const neutral = everything.flatMap((operation) => operation.neutral)
      assert.deepStrictEqual(augment, Float32Array.from(all.flatMap(() => neutral)))
      const model = Augment.inStep(mirror, everything, { range: Augment.rangeOf(dataset) })
      const outputs = tf.tidy(() => {
        const plain = tf.tensor(Float32Array.from(images), [count, 8, 6, 3])
        const drawn = {
          image: plain,
          augment: tf.tensor(Rng.uniforms(Rng.key(1), augment!.length), [count, neutral.length])
        }
        return [plain, drawn].map((inputs) =>
          (model.apply(none, inputs, contextOf(false)).outputs as tf.Tensor).dataSync()
        )
      })
      for (const output of outputs) assert.deepStrictEqual(output, Float32Array.from(images))
    })
  )
})

describe("draws", () => {
  it.effect("depend on seed, epoch and sample alone: in any batches and any order", () =>
    Effect.gen(function* () {
      for (const make of [Augment.onHost, Augment.draws]) {
        const dataset = yield* make(yield* datasetOf(images), everything)
        const name = make === Augment.draws ? "augment" : ""
        const draw = Draw.ofEpoch(5, 2)
        const whole = inputsOf(readWith(dataset, draw, all), name)
        const size = whole.length / count
        for (let seed = 0; seed < 8; seed++) {
          const permuted = Rng.permutation(Rng.key(seed), count)
          const order = all.map(permuted)
          const cut = 1 + (seed % (count - 1))
          for (const indices of [order.slice(0, cut), order.slice(cut)]) {
            const values = inputsOf(readWith(dataset, draw, indices), name)
            for (const [row, index] of indices.entries()) {
              assert.deepStrictEqual(
                values.slice(row * size, (row + 1) * size),
                whole.slice(index * size, (index + 1) * size)
              )
            }
          }
        }
        const others = [Draw.ofEpoch(5, 3), Draw.ofEpoch(6, 2)]
        for (const other of others) assert.notDeepEqual(inputsOf(readWith(dataset, other, all), name), whole)
        assert.deepStrictEqual(inputsOf(readWith(dataset, Draw.ofEpoch(5, 2), all), name), whole)
      }
    })
  )

  it.effect("of two names are independent", () =>
    Effect.gen(function* () {
      const dataset = yield* datasetOf(images)
      const draw = Draw.ofEpoch(1, 1)
      const [one, two] = [
        yield* Augment.draws(dataset, [Augment.cutout({ size: 2 })]),
        yield* Augment.draws(dataset, [Augment.cutout({ size: 2 })], { name: "second" })
      ]
      assert.notDeepEqual(inputsOf(readWith(one, draw, all), "augment"), inputsOf(readWith(two, draw, all), "augment"))
    })
  )

  it("are spread as their options say", () => {
    const keys = Array.from({ length: 4000 }, (_, index) => Rng.fold(Rng.key(9), index))
    const drawn = (operation: Augment.Operation) =>
      keys.map((key) => operation.draw(key, { height: 60, width: 80, channels: 3 }))
    const crops = drawn(Augment.crop({ padding: 2 }))
    for (let shift = -2; shift <= 2; shift++) {
      assert.closeTo(crops.filter((numbers) => numbers[2] === shift).length / keys.length, 0.2, 0.03)
    }
    const flips = drawn(Augment.flip({ horizontal: 0.3, vertical: 0 }))
    assert.closeTo(flips.filter((numbers) => numbers[0] === -1).length / keys.length, 0.3, 0.03)
    assert.isTrue(flips.every((numbers) => numbers[4] === 1))
    const areas = drawn(Augment.resizedCrop({ area: [0.25, 0.5] })).map((numbers) => numbers[0]! * numbers[4]!)
    assert.isTrue(areas.every((area) => area > 0.2 && area < 0.56))
    const erased = drawn(Augment.erase({ probability: 0.25 })).filter((numbers) => numbers[2]! > 0)
    assert.closeTo(erased.length / keys.length, 0.25, 0.03)
  })
})

describe("datasets", () => {
  it.effect("keep bytes, targets and classes; several inputs are augmented by name", () =>
    Effect.gen(function* () {
      const plain = yield* datasetOf(images)
      const host = yield* Augment.onHost(plain, [Augment.flip({ horizontal: 1 })])
      const batch = readWith(host, Draw.ofEpoch(0, 0), [2, 5])
      assert.instanceOf(batch.inputs, Uint8Array)
      assert.deepStrictEqual(batch.targets, Int32Array.of(2, 5))
      assert.deepStrictEqual(host.readTargets?.(Int32Array.of(4)), Int32Array.of(4))
      assert.deepStrictEqual(
        [...(batch.inputs as Uint8Array).slice(0, 3)],
        [...images.slice(2 * 144 + 15, 2 * 144 + 18)]
      )
      const several = yield* Arrays.fromArrays({
        inputs: {
          left: { values: images, shape: [8, 6, 3], dtype: "float32" },
          size: { values: new Float32Array(count) }
        }
      })
      const named = yield* Augment.draws(several, [Augment.flip()], { field: "left" })
      assert.deepStrictEqual(Object.keys(named.spec.inputs), ["left", "size", "augment"])
    })
  )

  it.effect("that can't be augmented, and options that can't be, are reported together", () =>
    Effect.gen(function* () {
      const numbers = yield* Arrays.fromArrays({ inputs: { values: new Float32Array(4) }, name: "numbers" })
      const recipe = [
        Augment.flip({ horizontal: 2 }),
        Augment.crop({ padding: -1 }),
        Augment.erase({ area: [0.5, 0.2] })
      ]
      const { problems } = yield* Effect.flip(Augment.onHost(numbers, recipe))
      assert.deepStrictEqual(
        problems.map(({ message }) => message),
        [
          "numbers/augment[0]: found flip whose horizontal is 2, expected a probability in 0 … 1. See the options of the operation.",
          "numbers/augment[1]: found crop whose padding is -1, expected whole pixels of at least 0. See the options of the operation.",
          "numbers/augment[2]: found erase whose area is [0.5,0.2], expected a range within 0 … 1. See the options of the operation.",
          "numbers/augment: found float32 [], expected float32 [height, width, channels]. Only images can be augmented so."
        ]
      )
      const inStep = yield* Effect.flip(
        Augment.draws(yield* datasetOf(images), [Augment.flip(), Augment.randAugment()])
      )
      assert.strictEqual(
        inStep.problems[0]?.message,
        "arrays/augment[1]: found the operation randAugment, expected one that a step can do. Use `Augment.onHost`, or leave it out."
      )
      const unnamed = yield* Effect.flip(Augment.onHost(yield* datasetOf(images), [], { field: "image" }))
      assert.include(unnamed.message, "found image for one input without a name")
    })
  )
})
