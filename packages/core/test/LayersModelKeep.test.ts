/** The weights that an adapted model begins with, for every layer of tf.layers. */
import { assert, describe, layer } from "@effect/vitest"
import type * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as LayersModel from "../src/LayersModel.ts"
import { stableNames } from "../src/layers/Names.ts"
import { innermost } from "../src/layers/TfLayers.ts"
import { walk } from "../src/layers/Walk.ts"
import type { Model } from "../src/Model.ts"
import * as Rng from "../src/Rng.ts"
import { isTensor, type Tensors } from "../src/Tensors.ts"
import * as Cpu from "./support/cpu.ts"
import { everyCase, everyLayer } from "./support/everyLayer.ts"
import { assertClose, context, integers, numbers } from "./support/layers.ts"

const inputsOf = ({ shapes, integersBelow }: (typeof everyCase)[string]) =>
  shapes.map((shape, at) =>
    integersBelow === undefined ? numbers([2, ...shape], at) : integers([2, ...shape], integersBelow, at)
  )

/** A model's outputs in evaluation, of inputs in the model's order. */
const outputsOf = (model: Model<any, any>, built: tfl.LayersModel, inputs: ReadonlyArray<tf.Tensor>) => {
  const names = stableNames(innermost(built).layers)
  const record = innermost(built).inputLayers.map((input, at) => [names.get(input)!, inputs[at]!])
  const given = inputs.length === 1 ? inputs[0]! : Object.fromEntries(record)
  const { outputs } = model.apply(model.init(Rng.key(5)), given, context(false))
  return isTensor(outputs) ? [outputs] : Object.values(outputs as Tensors)
}

layer(Cpu.layer)("a model of tf.layers", (it) => {
  const makes = Object.keys(tfl.layers).filter((name) => /^[a-z]/.test(name) && !/^(input|inputLayer)$/.test(name))
  const synonyms = /^(avgPool|avgPooling|maxPool|globalMaxPool)\dd$/
  it.effect("is tried with every layer there is", () =>
    Effect.sync(() => {
      const untried = makes.filter((name) => !(name in everyLayer) && !synonyms.test(name))
      // Both are refused: one draws by a generator of its own, the other cannot be used on batches.
      assert.deepStrictEqual(untried.sort(), ["randomWidth", "resizing"])
    })
  )
  for (const [name, tried] of Object.entries(everyCase)) {
    describe(name, () => {
      it.effect("computes with the weights that it has, kept from before", () =>
        Effect.gen(function* () {
          const built = tried.build()
          const inputs = inputsOf(tried)
          const expected = [built.predict(inputs.length === 1 ? inputs[0]! : inputs)].flat()
          const model = yield* LayersModel.adapt<any, any>(() => built, { weights: "keep" })
          const found = outputsOf(model, built, inputs)
          for (const [at, tensor] of expected.entries()) assertClose(found[at]!, tensor, 1e-6)
        })
      )
      it.effect("keeps what it has when it is built, the same each time", () =>
        Effect.gen(function* () {
          let values: ReadonlyArray<Array<number>> = []
          const adapted = LayersModel.adapt<any, any>(
            () => {
              const model = tried.build()
              if (!model.built) model.build(undefined as never)
              values = walk(model).weights.map(({ variable }) => [...(variable.read() as tf.Tensor).dataSync()])
              return model
            },
            { weights: "keep" }
          )
          const begun = (model: Model<any, any>) => {
            const { parameters, statistics } = model.init(Rng.key(1))
            return Object.values({ ...parameters, ...statistics }).map((tensor) => [...tensor.dataSync()])
          }
          const first = begun(yield* adapted)
          assert.sameDeepMembers(first, [...values])
          assert.deepStrictEqual(begun(yield* adapted), first)
        })
      )
    })
  }
})
