/** Every layer of this package, as a model, keeps the laws. */
import type { TensorOrRecord } from "@etude/core/Tensors"
import * as laws from "@etude/testing/Laws"
import { Layer } from "../src/index.ts"
import { batchOf, layers, specsOf } from "./support/Tried.ts"

const samples = 3
for (const { name, layer, inputs } of layers) {
  const model = Layer.model<TensorOrRecord, TensorOrRecord>(name, layer, { inputs: specsOf(inputs) })
  laws.model(model, { inputs: batchOf(inputs, samples) })
}
