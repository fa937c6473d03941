/** A graph that TensorFlow has loaded, as a function from tensors to tensors. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as tf from "@tensorflow/tfjs-core"
import * as Graph from "./Graph.ts"
import type { Messages } from "./Messages.ts"
import type { Binding, NativeBackend, TensorMetadata } from "./NativeBinding.ts"
import type { Constant, Recording } from "./Recording.ts"

export interface Replay {
  /** Runs the graph. The caller owns what it gives, in the order of the recording's outputs. */
  readonly run: (backend: NativeBackend, inputs: ReadonlyArray<tf.Tensor>) => ReadonlyArray<tf.Tensor>
  readonly release: () => void
}

/** TensorFlow loads models from folders only; the folder is needed no longer than that. */
const loadModel = (binding: Binding, model: Uint8Array): number => {
  const folder = mkdtempSync(path.join(tmpdir(), "etude-graph-"))
  try {
    writeFileSync(path.join(folder, "saved_model.pb"), model)
    return binding.loadSavedModel(folder, Graph.tag)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const tensorOf = ({ bytes, dtype, shape }: Constant, binding: Binding): tf.Tensor => {
  const { buffer } = bytes
  const of = [...shape]
  if (dtype === binding.TF_FLOAT) return tf.tensor(new Float32Array(buffer), of, "float32")
  if (dtype === binding.TF_INT32) return tf.tensor(new Int32Array(buffer), of, "int32")
  return tf.tensor(new Uint8Array(buffer), of, "bool")
}

/** Has TensorFlow load the graph of a recording. Throws what TensorFlow says of a graph that it can't load. */
export const make = (messages: Messages, binding: Binding, recording: Recording): Replay => {
  const { model, inputs, inputNames, fetched, outputNames } = Graph.make(messages, binding, recording)
  const loaded = fetched.length === 0 ? undefined : loadModel(binding, model)
  const place = new Map(fetched.map(({ index, output }, at) => [`${index}:${output}`, at]))
  return {
    run: (backend, given) => {
      const made: ReadonlyArray<TensorMetadata> =
        loaded === undefined
          ? []
          : binding.runSavedModel(
              loaded,
              backend.getInputTensorIds(inputs.map((index) => given[index]!)),
              inputNames,
              outputNames
            )
      const tensors = made.map((metadata) => backend.createOutputTensor(metadata))
      const handedOut = new Set<tf.Tensor>()
      return recording.outputs.map(({ source }) => {
        if (source._tag === "Input") return tf.clone(given[source.index]!)
        if (source._tag === "Constant") return tensorOf(recording.constants[source.index]!, binding)
        const tensor = tensors[place.get(`${source.index}:${source.output}`)!]!
        if (handedOut.has(tensor)) return tf.clone(tensor)
        handedOut.add(tensor)
        return tensor
      })
    },
    release: () => {
      if (loaded !== undefined) binding.deleteSavedModel(loaded)
    }
  }
}
