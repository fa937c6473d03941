/**
 * Models of tf.layers in the format of tf.js: the description and the weights that `tf.loadLayersModel` takes, as values.
 * Files are somewhere else. Weights have names of tf.js' own there, which are not the paths of `LayersModel`: those of
 * nested models stand without the model's name, and cells of recurrent layers with their layer's.
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import { Backend } from "./Backend.ts"
import { ModelNotEncoded, reasonOf } from "./Errors.ts"
import { concatenated } from "./internal/concatenated.ts"
import { valueOf } from "./layers/TfLayers.ts"
import * as Topology from "./layers/Topology.ts"
import { walk } from "./layers/Walk.ts"
import type { TensorData } from "./TrainState.ts"

/** The contents of `model.json` and its weights. */
export interface Artifacts {
  readonly modelTopology: {}
  readonly weightSpecs: ReadonlyArray<tf.io.WeightsManifestEntry>
  /** The weights end to end, in the order of `weightSpecs`, little-endian. */
  readonly weightData: Uint8Array<ArrayBuffer>
}

/** The bytes of a weight as tf.js reads them. */
const bytesOf = ({ dtype, values }: TensorData): Uint8Array =>
  dtype === "bool" ? Uint8Array.from(values) : new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

/** A model of tf.js by that description; `use` sees it before it is disposed. */
const withModel = async <A>(artifacts: tf.io.ModelArtifacts, use: (model: tfl.LayersModel) => A): Promise<A> => {
  const model = await tfl.loadLayersModel({ load: async () => artifacts })
  try {
    return use(model)
  } finally {
    for (const { variable } of walk(model).weights) if (!valueOf(variable).isDisposed) variable.dispose()
  }
}

const namesOf = (model: tfl.LayersModel): ReadonlyArray<string> =>
  walk(model).weights.map(({ variable }) => variable.originalName)

const repeated = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.filter((name, index) => names.indexOf(name) !== index)

/** The data of each weight of `model`, in the order of the walk. Missing weights and other shapes are reported. */
const dataOf = (
  model: tfl.LayersModel,
  aliases: Topology.Aliases,
  weights: { readonly [path: string]: TensorData }
): ReadonlyArray<TensorData> => {
  const problems: Array<string> = []
  const data = walk(model).weights.flatMap(({ path, variable }) => {
    const tensor = weights[path] ?? weights[aliases[path] ?? ""]
    const expected = (variable.shape as Array<number>).join(", ")
    if (tensor !== undefined && tensor.shape.join(", ") === expected) return [tensor]
    problems.push(
      `${path} is ${tensor === undefined ? "missing" : `[${tensor.shape.join(", ")}]`}, expected [${expected}]`
    )
    return []
  })
  if (problems.length > 0) throw new Error(problems.join("; "))
  return data
}

/** The names of weights into which tf.js puts other values than those written, beyond rounding. */
const changed = (model: tfl.LayersModel, data: ReadonlyArray<TensorData>): ReadonlyArray<string> =>
  Arr.zip(walk(model).weights, data).flatMap(([{ variable }, { values: expected }]) => {
    const values = (variable.read() as tf.Tensor).dataSync()
    const differs = (index: number): boolean => {
      const [now, before] = [Number(values[index]), Number(expected[index])]
      return !Object.is(now, before) && !(Math.abs(now - before) <= 1e-6 * Math.abs(before))
    }
    return expected.some((_, index) => differs(index)) ? [variable.originalName] : []
  })

const encodeNow = async (topology: unknown, weights: { readonly [path: string]: TensorData }): Promise<Artifacts> => {
  const aliases = Topology.aliasesOf(topology)
  let modelTopology = Topology.plain(topology)
  const [data, first] = await withModel({ modelTopology }, (model) => [dataOf(model, aliases, weights), namesOf(model)])
  let names = first
  if (repeated(names).length > 0) {
    modelTopology = Topology.withUniqueNames(modelTopology)
    names = await withModel({ modelTopology }, namesOf)
  }
  const weightSpecs = Arr.zipWith(data, names, ({ shape, dtype }, name) => ({ name, shape: [...shape], dtype }))
  const weightData = concatenated(data.map(bytesOf))
  const changedBy = (topology: {}) =>
    withModel({ modelTopology: topology, weightSpecs, weightData: weightData.slice().buffer }, (model) =>
      changed(model, data)
    )
  // A weight that does not satisfy its constraint would be changed when it is read.
  if ((await changedBy(modelTopology)).length > 0) modelTopology = Topology.withoutConstraints(modelTopology)
  const wrong = await changedBy(modelTopology)
  if (wrong.length > 0) throw new Error(`it changes the values of ${wrong.join(", ")}`)
  return { modelTopology, weightSpecs, weightData }
}

/**
 * A model's weights, parameters and statistics by path, beside the description that is its `topology`. tf.js has read the
 * result, and found each value in its place.
 *
 * Layers that nested models share with the model around them are written once for each place, since the format cannot say
 * that they are one; layers of nested models are renamed where two have weights of equal names. Constraints that a weight
 * does not satisfy (they are applied to trained weights only) are left out, since tf.js would change the weight.
 */
export const encode = (
  topology: unknown,
  weights: { readonly [path: string]: TensorData }
): Effect.Effect<Artifacts, ModelNotEncoded, Backend> =>
  Effect.flatMap(Backend, () => {
    const refuse = (reason: string) => new ModelNotEncoded({ format: "tf.js", reason })
    if (topology === undefined || topology === null)
      return Effect.fail(refuse("it consists of plain functions, which the format does not support"))
    return Effect.tryPromise({
      try: () => encodeNow(topology, weights),
      catch: (cause) => refuse(`tf.js cannot read it back: ${reasonOf(cause)}`)
    })
  })
