/** A graph loaded into TensorFlow, as a function from tensors to tensors. */
import type { Binding, NativeBackend, TensorMetadata } from "@etude/core/kernels/TfjsNode"
import { element, mapEntry } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import * as Graph from "./Graph.ts"
import type { Messages } from "./Messages.ts"
import type { Constant, Recording } from "./Recording.ts"

export interface Replay {
  /** Runs the graph. The caller owns the results, which are in the order of the recording's outputs. */
  readonly run: (backend: NativeBackend, inputs: ReadonlyArray<tf.Tensor>) => ReadonlyArray<tf.Tensor>
  readonly release: () => void
}

/** TensorFlow loads models from folders only; the folder is needed no longer than that. */
const loadModel = (binding: Binding, model: Uint8Array): number => {
  // Imported only where there is a binding, on Node, so that importers of this module can be bundled for a page.
  const { mkdtempSync, rmSync, writeFileSync } = process.getBuiltinModule("node:fs")
  const { tmpdir } = process.getBuiltinModule("node:os")
  const path = process.getBuiltinModule("node:path")
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

/** Loads the graph of a recording into TensorFlow. Throws TensorFlow's error if it can't be loaded. */
export const make = (messages: Messages, binding: Binding, recording: Recording): Replay => {
  const graph = Graph.make(messages, binding, recording)
  const { inputs, numbersIn, inputNames, fetched, numbersOut, outputNames } = graph
  const loaded = outputNames === "" ? undefined : loadModel(binding, graph.model)
  const key = ({ index, output }: (typeof fetched)[number]) => `${index}:${output}`
  const places = new Map([...fetched, ...numbersOut].map((source, at) => [key(source), at]))
  /** For each output of the recording, its index among the graph's results; -1 if it is not among them. */
  const placeOf = recording.outputs.map(({ source }) =>
    source._tag === "Operation" ? mapEntry(places, key(source)) : -1
  )
  const isRepeated = placeOf.map((place, at) => placeOf.indexOf(place) < at)

  /** Runs the graph: tensors that it fetches, then numbers, which stay on the host until an operation wants them. */
  const fetch = (backend: NativeBackend, given: ReadonlyArray<tf.Tensor>): ReadonlyArray<tf.Tensor> => {
    if (loaded === undefined) return []
    const ids = backend.getInputTensorIds(inputs.map((index) => element(given, index)))
    let vector: number | undefined
    if (numbersIn.length > 0) {
      const values = Float32Array.from(numbersIn, (index) => element(element(given, index).dataSync<"float32">(), 0))
      vector = binding.createTensor([values.length], binding.TF_FLOAT, values)
      ids.push(vector)
    }
    let made: ReadonlyArray<TensorMetadata>
    try {
      made = binding.runSavedModel(loaded, ids, inputNames, outputNames)
    } finally {
      if (vector !== undefined) binding.deleteTensor(vector)
    }
    const tensors = made.slice(0, fetched.length).map((metadata) => backend.createOutputTensor(metadata))
    if (numbersOut.length > 0) {
      const { id } = element(made, fetched.length)
      for (const value of binding.tensorDataSync(id)) tensors.push(tf.tensor(Float32Array.of(value), [], "float32"))
      binding.deleteTensor(id)
    }
    return tensors
  }

  return {
    run: (backend, given) => {
      const tensors = fetch(backend, given)
      return recording.outputs.map(({ source }, at) => {
        if (source._tag === "Input") return tf.clone(element(given, source.index))
        if (source._tag === "Constant") return tensorOf(element(recording.constants, source.index), binding)
        const tensor = element(tensors, element(placeOf, at))
        return isRepeated[at] ? tf.clone(tensor) : tensor
      })
    },
    release: () => {
      if (loaded !== undefined) binding.deleteSavedModel(loaded)
    }
  }
}
