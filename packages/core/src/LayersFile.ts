/**
 * Models of tf.js from files: `model.json` beside its weights, as `model.save`, `tensorflowjs_converter` and
 * `etude checkpoint export --format layers` write them; from a disk or from the web. tf.js itself reads from a disk only
 * with handlers of tfjs-node, which Etude does not load.
 *
 * What is read is a model of tf.layers. Take it over, or layers of it, by {@link LayersModel.adapt} with
 * `weights: "keep"`.
 */
import * as tf from "@tensorflow/tfjs-core"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as Scope from "effect/Scope"
import { Backend } from "./Backend.ts"
import { LayersFileUnreadable, type Problem, reasonOf } from "./Errors.ts"
import { concatenated } from "./internal/concatenated.ts"
import { element } from "./Lookup.ts"
import { recording } from "./layers/BuildRecord.ts"
import { valueOf } from "./layers/TfLayers.ts"
import { walk } from "./layers/Walk.ts"

interface WeightGroup {
  readonly paths: ReadonlyArray<string>
  readonly weights: ReadonlyArray<tf.io.WeightsManifestEntry>
}

interface Description {
  readonly topology: {}
  readonly groups: ReadonlyArray<WeightGroup>
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isGroup = (value: unknown): value is WeightGroup =>
  isObject(value) &&
  Array.isArray(value["paths"]) &&
  value["paths"].every((path) => typeof path === "string") &&
  Array.isArray(value["weights"]) &&
  value["weights"].every(
    (weight) =>
      isObject(weight) &&
      typeof weight["name"] === "string" &&
      typeof weight["dtype"] === "string" &&
      Array.isArray(weight["shape"]) &&
      weight["shape"].every((side) => Number.isSafeInteger(side) && side >= 0)
  )

const converter = "Convert the Keras model with `tensorflowjs_converter --output_format tfjs_layers_model`"

/** The contents of a file, or a sentence about what it is instead. */
const describedBy = (text: string): Description | string => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    return `it is not JSON (${reasonOf(cause)}). Name the \`model.json\`; Keras files (.h5, .keras) must be converted first: ${converter}`
  }
  if (!isObject(json)) return "it is not the description of a model"
  const { modelTopology, weightsManifest, format } = json
  if (format === "graph-model" || (isObject(modelTopology) && "node" in modelTopology))
    return `it is a graph model, which no longer has layers. ${converter}`
  if (!isObject(modelTopology)) return "it has no `modelTopology`: it is not a `model.json` of tf.js"
  if (!Array.isArray(weightsManifest) || !weightsManifest.every(isGroup))
    return "it has no `weightsManifest`, which locates the weights"
  return { topology: modelTopology, groups: weightsManifest }
}

const sizes: { readonly [dtype: string]: number } = {
  float32: 4,
  int32: 4,
  complex64: 8,
  uint16: 2,
  float16: 2,
  uint8: 1,
  bool: 1
}

/** The number of bytes of a weight; `undefined` where the data holds its length. */
const bytesOf = ({ shape, dtype, quantization }: tf.io.WeightsManifestEntry): number | undefined => {
  const size = sizes[quantization?.dtype ?? dtype]
  return size === undefined ? undefined : size * tf.util.sizeFromShape([...shape])
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)

/** The problems of the bytes of a group's files. */
const misfit = ({ paths, weights }: WeightGroup, shards: ReadonlyArray<Uint8Array>): ReadonlyArray<Problem> => {
  const expected = weights.map(bytesOf)
  if (expected.includes(undefined)) return []
  const [actual, declared] = [sum(shards.map(({ length }) => length)), sum(expected as Array<number>)]
  if (actual === declared) return []
  return [
    { path: paths.join(", "), message: `holds ${actual} bytes, expected ${declared} for its ${weights.length} weights` }
  ]
}

/** A model's variables are disposed with the scope, except those of an adapted model, which are disposed already. */
const disposeModel = (model: tfl.LayersModel): void => {
  for (const { variable } of walk(model).weights) {
    const value = valueOf(variable)
    if (!value.isDisposed) value.dispose()
  }
}

/** Runs `during` without the constraints that tf.js would apply to weights that are set; Keras applies them in training. */
const asTheyAre = (model: tfl.LayersModel, during: () => void): void => {
  const constrained = walk(model).weights.map(({ variable }) => ({ variable, constraint: variable.constraint }))
  const set = (variable: tfl.LayerVariable, constraint: unknown) => Object.assign(variable, { constraint })
  for (const { variable } of constrained) set(variable, null)
  try {
    during()
  } finally {
    for (const { variable, constraint } of constrained) set(variable, constraint)
  }
}

/** The model with its weights; nothing stays of one that cannot be built. */
const build = async (
  modelTopology: {},
  specs: Array<tf.io.WeightsManifestEntry>,
  data: ArrayBuffer
): Promise<tfl.LayersModel> => {
  const earlier = new Set(Object.keys(tf.engine().state.registeredVariables))
  const built: Array<Promise<tfl.LayersModel>> = []
  try {
    // The model is built before the call returns; initial values would be overwritten.
    tf.tidy(() => recording(true, new Map(), () => void built.push(tfl.models.modelFromJSON({ modelTopology }))))
    const model = await element(built, 0)
    asTheyAre(model, () => tf.tidy(() => model.loadWeights(tf.io.decodeWeights(data, specs))))
    return model
  } catch (cause) {
    const { registeredVariables } = tf.engine().state
    for (const [name, value] of Object.entries(registeredVariables)) if (!earlier.has(name)) value.dispose()
    throw cause
  }
}

const plainPath = (path: string): boolean => !/^([/\\]|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)|:\/\//.test(path)

/**
 * The model whose files `read` gives: `model.json` under the name `file`, and its weights by the paths that stand in
 * it, relative to it. For custom places: an archive, a bucket, memory.
 */
export const readWith = <E, R>(
  location: string,
  file: string,
  read: (path: string) => Effect.Effect<Uint8Array, E, R>
): Effect.Effect<tfl.LayersModel, LayersFileUnreadable, R | Backend | Scope.Scope> =>
  Effect.gen(function* () {
    yield* Backend
    const refuse = (...problems: ReadonlyArray<Problem>) => new LayersFileUnreadable({ location, problems })
    const text = yield* Effect.mapError(read(file), (cause) => refuse({ path: "", message: reasonOf(cause) }))
    const described = describedBy(new TextDecoder().decode(text))
    if (typeof described === "string") return yield* refuse({ path: "", message: described })
    const { topology, groups } = described
    const leaving = groups.flatMap(({ paths }) => paths).filter((path) => !plainPath(path))
    if (leaving.length > 0)
      return yield* refuse(...leaving.map((path) => ({ path, message: "is not next to the model's description" })))
    const problems: Array<Problem> = []
    const data = yield* Effect.forEach(groups, (group) =>
      Effect.gen(function* () {
        const shards: Array<Uint8Array> = []
        for (const path of group.paths) {
          const shard = yield* Effect.match(read(path), {
            onFailure: (cause) => void problems.push({ path, message: reasonOf(cause) }),
            onSuccess: (bytes) => bytes
          })
          if (shard !== undefined) shards.push(shard)
        }
        if (shards.length === group.paths.length) problems.push(...misfit(group, shards))
        return shards
      })
    )
    if (problems.length > 0) return yield* refuse(...problems)
    const specs = groups.flatMap(({ weights }) => [...weights])
    return yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () => build(topology, specs, concatenated(data.flat()).buffer),
        catch: (cause) => refuse({ path: "", message: `tf.js cannot read it: ${reasonOf(cause)}` })
      }),
      (model) => Effect.sync(() => disposeModel(model))
    )
  })

/**
 * The model of a file `model.json`, or of the folder in which it lies. Paths use `/`. Its weights live as long as the
 * scope, or until the model is adapted.
 *
 * Fails with everything that is wrong with its files at once: shards that are missing or too short, graph models (which
 * have no layers any more), classes of layers that are not registered (`tf.serialization.registerClass`).
 */
export const read = (
  path: string
): Effect.Effect<tfl.LayersModel, LayersFileUnreadable, Backend | FileSystem.FileSystem | Scope.Scope> =>
  Effect.gen(function* () {
    const files = yield* FileSystem.FileSystem
    const info = yield* Effect.option(files.stat(path))
    const isFolder = info._tag === "Some" && info.value.type === "Directory"
    const file = isFolder ? `${path.replace(/[/\\]$/, "")}/model.json` : path
    const folder = file.slice(0, Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)
    const name = file.slice(folder.length)
    return yield* readWith(file, name, (file) =>
      Effect.mapError(files.readFile(folder + file), (error) =>
        error.reason._tag === "NotFound" ? "there is no such file" : error.message
      )
    )
  })

/**
 * The model of the address of a `model.json`, by `fetch`. Otherwise as {@link read}.
 */
export const fetch = (url: string): Effect.Effect<tfl.LayersModel, LayersFileUnreadable, Backend | Scope.Scope> => {
  const get = (address: string) =>
    Effect.tryPromise({
      try: async (signal) => {
        const response = await globalThis.fetch(address, { signal })
        if (!response.ok) throw new Error(`the server answers ${response.status} ${response.statusText}`.trim())
        return new Uint8Array(await response.arrayBuffer())
      },
      catch: reasonOf
    })
  return readWith(url, url, (path) => get(path === url ? url : new URL(path, url).href))
}
