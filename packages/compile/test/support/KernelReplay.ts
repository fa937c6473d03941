/** Runs a recording by calling its kernels again, as the simplest thing that can be made of it. */
import * as tf from "@tensorflow/tfjs-core"
import type { Constant, Recording, Source } from "../../src/record/Recording.ts"
import * as Foreign from "../../src/runtime/Foreign.ts"

const tensorOf = ({ bytes, dtype, shape }: Constant): tf.Tensor => {
  const { buffer } = bytes.slice()
  if (dtype === "float32") return tf.tensor(new Float32Array(buffer), [...shape], "float32")
  if (dtype === "int32") return tf.tensor(new Int32Array(buffer), [...shape], "int32")
  return tf.tensor(new Uint8Array(buffer), [...shape], dtype === "bool" ? "bool" : "int32")
}

/** The recording's outputs; all other tensors are disposed. */
export const run = ({ constants, operations, outputs }: Recording, inputs: ReadonlyArray<tf.Tensor>) =>
  tf.tidy(() => {
    const given = constants.map(tensorOf)
    const made: Array<ReadonlyArray<tf.Tensor>> = []
    const of = (source: Source): tf.Tensor => {
      if (source._tag === "Input") return inputs[source.index]!
      return source._tag === "Constant" ? given[source.index]! : made[source.index]![source.output]!
    }
    for (const { attributes, inputs: taken, kernel } of operations) {
      const named = Object.entries(taken).map(([name, source]) => [name, of(source)] as const)
      made.push(Foreign.call(kernel, named, attributes))
    }
    return outputs.map(({ source }) => of(source))
  })
