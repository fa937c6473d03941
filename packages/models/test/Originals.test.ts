import { readFileSync } from "node:fs"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import * as WarmStart from "@etude/checkpoint/WarmStart"
import * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import { filter, get, type Tensors, tidy } from "@etude/core/Tensors"
import type { TensorData } from "@etude/core/TrainState"
import { Layer } from "@etude/layers"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { Gpt2, MobileNet, type PyTorch, ResNet, VisionTransformer } from "../src/index.ts"

type Named = { readonly [name: string]: TensorData }

/** A file of `make_models.py`. */
const stored = (name: string): Effect.Effect<Named, Safetensors.SafetensorsUnreadable> =>
  Effect.map(
    Effect.fromResult(
      Safetensors.decode(readFileSync(new URL(`../fixtures/${name}.safetensors`, import.meta.url)), name)
    ),
    ({ tensors }) => tensors
  )

/** Those whose names begin so, without it. */
const below = (tensors: Named, prefix: string): Named =>
  Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, data]) => [name.slice(prefix.length), data])
  )

const tensorOf = ({ values, shape, dtype }: TensorData): tf.Tensor => tf.tensor(values, [...shape], dtype)
const dataOf = (tensors: Named, name: string): TensorData => tensors[name] ?? assert.fail(`no ${name}`)

const assertNear = (what: string, found: tf.Tensor, expected: TensorData) => {
  assert.deepStrictEqual(found.shape, [...expected.shape], `${what}: shape`)
  const values = found.dataSync()
  for (const [index, wanted] of expected.values.entries()) {
    assert.approximately(values[index] ?? Number.NaN, wanted, 1e-4, `${what}: value ${index}`)
  }
}

const evaluation = {
  training: false,
  random: { bits: (_: string, shape: ReadonlyArray<number>) => tf.zeros([...shape], "int32") }
}

const strip = (tensors: Tensors, prefix: string): Tensors =>
  Object.fromEntries(
    Object.entries(filter(tensors, (path) => path.startsWith(prefix))).map(([path, tensor]) => [
      path.slice(prefix.length),
      tensor
    ])
  )

/** The outputs of each layer, by its name. */
const activations = (
  parts: { readonly [name: string]: Layer.LayerLike },
  { parameters, statistics }: Model.Variables,
  inputs: tf.Tensor
): Tensors => {
  const outputs: Record<string, tf.Tensor> = {}
  let x = inputs
  for (const [name, part] of Object.entries(parts)) {
    const single = typeof part === "function" ? Layer.fromFunction(part) : part
    const variables = { parameters: strip(parameters, `${name}/`), statistics: strip(statistics, `${name}/`) }
    x = single.apply(variables, x, evaluation).outputs
    outputs[name] = x
  }
  return outputs
}

interface Original {
  readonly name: string
  readonly model: Model.Model<tf.Tensor, tf.Tensor>
  readonly parts: { readonly [name: string]: Layer.LayerLike }
  readonly fromPyTorch: (weights: PyTorch.Weights) => Effect.Effect<PyTorch.Weights, PyTorch.PyTorchWeightsUnfit>
}

const resnet = { blocks: [2, 1, 1, 1], width: 3, classes: 5 }
const mobilenet = {
  width: 0.25,
  classes: 3,
  stages: [
    { expansion: 1, channels: 16, blocks: 1, strides: 1 },
    { expansion: 6, channels: 24, blocks: 2, strides: 2 },
    { expansion: 6, channels: 32, blocks: 1, strides: 2 }
  ]
}
const vit = { size: 12, patch: 4, layers: 2, heads: 2, width: 16, hidden: 32, classes: 5 }
const gpt2 = { layers: 2, heads: 2, width: 16, tokens: 50, positions: 12 }

const originals: ReadonlyArray<Original> = [
  {
    name: "resnet",
    model: ResNet.model({ ...resnet, size: 32 }),
    parts: ResNet.parts(resnet),
    fromPyTorch: (weights) => ResNet.fromPyTorch(weights, resnet)
  },
  {
    name: "mobilenet",
    model: MobileNet.model({ ...mobilenet, size: 32 }),
    parts: MobileNet.parts(mobilenet),
    fromPyTorch: (weights) => MobileNet.fromPyTorch(weights, mobilenet)
  },
  {
    name: "vit",
    model: VisionTransformer.model(vit),
    parts: VisionTransformer.parts(vit),
    fromPyTorch: (weights) => VisionTransformer.fromPyTorch(weights, vit)
  },
  {
    name: "gpt2",
    model: Gpt2.model(gpt2),
    parts: {},
    fromPyTorch: (weights) => Gpt2.fromPyTorch(weights, gpt2)
  }
]

layer(CpuBackend.layer)("with the original's weights", (it) => {
  for (const { name, model, parts, fromPyTorch } of originals) {
    it.effect(`${name} gives the original's activations`, () =>
      Effect.gen(function* () {
        const tensors = yield* stored(name)
        const weights = yield* fromPyTorch(below(tensors, "weights."))
        // Strict: each tensor is used, and fits.
        const { model: loaded } = yield* WarmStart.model(model, { weights })
        tidy(() => {
          const [variables, inputs] = [loaded.init(Rng.key(1)), tensorOf(dataOf(tensors, "inputs"))]
          const expected = below(tensors, "activations.")
          assertNear("outputs", Model.predict(loaded, variables, inputs), dataOf(expected, "head"))
          const outputs = activations(parts, variables, inputs)
          if (Object.keys(parts).length === 0) return inputs
          for (const [path, data] of Object.entries(expected)) assertNear(path, get(outputs, path), data)
          return inputs
        })
      })
    )
  }

  it.effect("gpt2 continues a text as the original does, with the cache and without", () =>
    Effect.gen(function* () {
      const tensors = yield* stored("gpt2")
      const weights = yield* Gpt2.fromPyTorch(below(tensors, "weights."), gpt2)
      const model = Gpt2.model(gpt2)
      const { model: loaded } = yield* WarmStart.model(model, { weights })
      const greedy = dataOf(tensors, "greedy")
      const expected = [0, 1].map((row) => Array.from(greedy.values.slice(row * 11, (row + 1) * 11)))
      const [variables, prompts] = [loaded.init(Rng.key(1)), expected.map((ids) => ids.slice(0, 3))]
      for (const cache of [true, false]) {
        const continued = Gpt2.generate(model, variables, prompts, { length: 8, temperature: 0, cache })
        assert.deepStrictEqual(continued, expected)
      }
    })
  )
})

describe("tensors of another model", () => {
  it.effect("with all that is missing, unknown or of another rank", () =>
    Effect.gen(function* () {
      const { "fc.bias": _, ...weights } = below(yield* stored("resnet"), "weights.")
      const wrong = {
        ...weights,
        "conv1.weight": { values: new Float32Array(3), shape: [3], dtype: "float32" },
        "layer9.weight": dataOf(weights, "bn1.weight"),
        "bn1.num_batches_tracked": dataOf(weights, "bn1.weight")
      } as const
      const error = yield* Effect.flip(ResNet.fromPyTorch(wrong, resnet))
      assert.deepStrictEqual(error.message.split("\n"), [
        "The tensors are not those of torchvision's ResNet at these sizes.",
        "  conv1.weight has the shape [3], expected one with 4 axes",
        "  fc.bias is missing",
        "  layer9.weight is not a tensor of this model",
        "Give the sizes of the model that they come from, and all of its state_dict."
      ])
    })
  )

  it.effect("a head of GPT-2 is taken where it is the table of tokens, and no other one", () =>
    Effect.gen(function* () {
      const weights = below(yield* stored("gpt2"), "weights.")
      const table = dataOf(weights, "transformer.wte.weight")
      const tied = yield* Gpt2.fromPyTorch({ ...weights, "lm_head.weight": table }, gpt2)
      assert.isFalse(Object.keys(tied).some((path) => path.includes("head")))
      const other = { ...table, values: table.values.map((value) => value + 1) }
      const error = yield* Effect.flip(Gpt2.fromPyTorch({ ...weights, "lm_head.weight": other }, gpt2))
      assert.deepStrictEqual(error.unknown, ["lm_head.weight"])
    })
  )

  it.effect("the published names of GPT-2, without their prefix, are those of the model", () =>
    Effect.gen(function* () {
      const weights = below(yield* stored("gpt2"), "weights.")
      const published = {
        ...below(weights, "transformer."),
        "h.0.attn.bias": { values: new Float32Array(1), shape: [1, 1, 1, 1], dtype: "float32" }
      } as const
      assert.deepStrictEqual(yield* Gpt2.fromPyTorch(published, gpt2), yield* Gpt2.fromPyTorch(weights, gpt2))
    })
  )
})
