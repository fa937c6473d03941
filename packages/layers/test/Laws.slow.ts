/** Every layer of this package, as a model, keeps the laws. */
import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import type { TensorOrRecord } from "@etude/core/Tensors"
import * as laws from "@etude/testing/Laws"
import * as Layers from "../src/index.ts"
import { batchOf, layers, specsOf } from "./support/Tried.ts"

const samples = 3
for (const { name, layer, inputs } of layers) {
  const model = Layers.Layer.model<TensorOrRecord, TensorOrRecord>(name, layer, { inputs: specsOf(inputs) })
  laws.model(model, { inputs: batchOf(inputs, samples) })
}

/** Functions that are no layers, and layers of one time and a cache, which other tests hold to those of all times. */
const others = ["gelu", "geluTanh", "silu", "rotate", "cachedAttention", "cachedTransformerBlock", "emptyCache"]

it("every layer of the package is tried", () => {
  const text = readFileSync(new URL("./support/Tried.ts", import.meta.url), "utf8")
  const functions = Object.entries(Layers).filter(([, value]) => typeof value === "function")
  const missing = functions.map(([name]) => name).filter((name) => !text.includes(`L.${name}(`))
  assert.deepStrictEqual(
    missing.filter((name) => !others.includes(name)),
    []
  )
})
