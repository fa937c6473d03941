import { assert, layer } from "@effect/vitest"
import { Initializer, type Layer, Summary } from "@etude/layers"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as Effect from "effect/Effect"
import { Gpt2, MobileNet, ResNet, VisionTransformer } from "../src/index.ts"

// Zeros are memory that is never touched, so that models of hundreds of megabytes cost nothing here.
const initializer = Initializer.zeros

interface Size {
  readonly name: string
  readonly layer: Layer.Layer
  readonly inputs: Layer.Inputs
  /** As the documentation of torchvision says, or the sum of the original's tensors. */
  readonly parameters: number
  /** Billions of multiply-adds, as the documentation of torchvision says ("GFLOPS"). */
  readonly multiplyAdds: number
}

const sizes: ReadonlyArray<Size> = [
  {
    name: "ResNet-18",
    layer: ResNet.layer({ initializer }),
    inputs: [224, 224, 3],
    parameters: 11_689_512,
    multiplyAdds: 1.814
  },
  {
    name: "MobileNetV2",
    layer: MobileNet.layer({ initializer }),
    inputs: [224, 224, 3],
    parameters: 3_504_872,
    multiplyAdds: 0.301
  },
  {
    name: "ViT-B/16",
    layer: VisionTransformer.layer({ initializer }),
    inputs: [224, 224, 3],
    parameters: 86_567_656,
    multiplyAdds: 17.564
  },
  {
    name: "GPT-2",
    layer: Gpt2.layer({ initializer }),
    inputs: { shape: [1], dtype: "int32" },
    parameters: 124_439_808,
    // For one token: 12 blocks of 12 · 768² and 2 · 768 for its attention to itself, and the logits, 768 · 50,257.
    multiplyAdds: 0.123550464
  }
]

layer(CpuBackend.layer)("a model of the original's sizes", (it) => {
  for (const { name, layer, inputs, parameters, multiplyAdds } of sizes) {
    it.effect(`${name} has its numbers of parameters and multiply-adds`, () =>
      Effect.sync(() => {
        const rows = Summary.rows(layer, inputs)
        const sum = (of: (row: Layer.Row) => number) => rows.reduce((total, row) => total + of(row), 0)
        assert.strictEqual(
          sum((row) => row.parameters),
          parameters
        )
        const billions = sum((row) => row.multiplyAdds) / 1e9
        assert.approximately(billions, multiplyAdds, 0.0006)
      })
    )
  }
})
