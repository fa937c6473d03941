/** Every layer of this package, as a model, keeps the laws. */
import * as Rng from "@etude/core/Rng"
import type { TensorOrRecord } from "@etude/core/Tensors"
import * as laws from "@etude/testing/Laws"
import { Layer } from "../src/index.ts"
import { type Inputs, layers } from "./support/Tried.ts"

const sizeOf = (shape: ReadonlyArray<number>) => shape.reduce((size, side) => size * side, 1)
const draw = ({ shape, tokens, mask = false }: Inputs[string]) => {
  const whole = [3, ...shape]
  if (tokens !== undefined)
    return { values: Int32Array.from(Rng.uniforms(Rng.key(1), sizeOf(whole), 0, tokens)), shape: whole }
  const values = mask
    ? Float32Array.from({ length: sizeOf(whole) }, (_, index) => (index % sizeOf(shape) < 2 || index % 3 === 0 ? 1 : 0))
    : Rng.normals(Rng.key(2), sizeOf(whole))
  return { values, shape: whole }
}

for (const { name, layer, inputs } of layers) {
  const samples = Object.fromEntries(Object.entries(inputs).map(([field, input]) => [field, draw(input)]))
  const specs = Object.fromEntries(
    Object.entries(inputs).map(([field, { shape, tokens }]) => [
      field,
      { shape, dtype: tokens === undefined ? ("float32" as const) : ("int32" as const) }
    ])
  )
  const model = Layer.model<TensorOrRecord, TensorOrRecord>(name, layer, { inputs: specs[""] ?? specs })
  laws.model(model, { inputs: samples[""] ?? samples })
}
