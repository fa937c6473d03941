/**
 * Models as tf.js writes them: a folder with `model.json` and `weights.bin`, which `tf.loadLayersModel` reads. A task of
 * several models has such a folder for each, by its name.
 */
import * as path from "node:path"
import * as Cpu from "@etude/backend/Cpu"
import * as LayersArtifacts from "@etude/core/LayersArtifacts"
import type { TensorData } from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { RunNotWritten } from "./Errors.ts"
import { fileReason } from "./FileReason.ts"
import { makeFolders } from "./MakeFolders.ts"
import * as RunFolder from "./RunFolder.ts"

interface Written {
  readonly folder: string
  /** The model in the task; empty for the only one. */
  readonly name: string
  readonly artifacts: LayersArtifacts.Artifacts
}

const plainFunctions =
  "Use --format safetensors instead: it stores every weight by its path, for any tool. " +
  "In JavaScript the model runs directly: `etude predict`, or `SavedModel.read` of @etude/cli in a program. " +
  "To write a folder for tf.js, build the model from tf.layers and adapt it (`LayersModel.adapt`)."

const otherwise = "Use --format safetensors instead, which supports every model."

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null

/** Classes of layers in a description that this process does not know: those of the experiment's own. */
export const unknownClasses = (topology: unknown): ReadonlyArray<string> => {
  const { classNameMap } = tf.serialization.SerializationMap.getMap()
  const visit = (value: unknown): ReadonlyArray<string> => {
    if (!isObject(value)) return []
    const { class_name: name, config } = value
    const custom = typeof name === "string" && isObject(config) && !(name in classNameMap) ? [name] : []
    return [...custom, ...Object.values(value).flatMap(visit)]
  }
  return [...new Set(visit(topology))]
}

/** The folder of a named model below the output: any name stays inside, and takes no file's place. */
const folderOf = (name: string): string => {
  const encoded = encodeURIComponent(name)
  return /^\.+$|^(model\.json|weights\.bin)$/.test(encoded) ? encoded.replaceAll(".", "%2E") : encoded
}

/** The weights of a model by its own paths: a path belongs to the model with the longest name that it begins with. */
const weightsOf = <A>(model: string, models: ReadonlyArray<string>, weights: { readonly [path: string]: A }) => {
  const begins = (path: string) => models.filter((name) => name === "" || path.startsWith(`${name}/`))
  const ownerOf = (path: string) =>
    begins(path).reduce((longest, name) => (name.length > longest.length ? name : longest), "")
  const entries = Object.entries(weights).filter(([path]) => ownerOf(path) === model)
  return Object.fromEntries(entries.map(([path, data]) => [model === "" ? path : path.slice(model.length + 1), data]))
}

const writeOne = ({ folder, artifacts }: Written): Effect.Effect<void, RunNotWritten> =>
  Effect.gen(function* () {
    const { modelTopology, weightSpecs, weightData } = artifacts
    yield* Effect.try({
      try: () => makeFolders(folder),
      catch: (cause) => new RunNotWritten({ path: folder, reason: fileReason(cause), advice: "" })
    })
    yield* RunFolder.write(path.join(folder, "weights.bin"), weightData)
    yield* RunFolder.writeJson(path.join(folder, "model.json"), {
      format: "layers-model",
      generatedBy: "Etude",
      convertedBy: null,
      modelTopology,
      weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs.map((spec) => ({ ...spec })) }]
    })
  })

/**
 * Writes the folder, after tf.js itself has read the same content and found every weight in its place. The backend is the
 * command's own: no other may be in use.
 *
 * @param topologies the descriptions of a task's models by name, as a checkpoint keeps them
 * @param weights parameters and statistics by path, those of named models below the name
 */
export const write = (
  output: string,
  topologies: { readonly [name: string]: Schema.Json },
  weights: { readonly [path: string]: TensorData }
): Effect.Effect<void, RunNotWritten> => {
  const names = Object.keys(topologies)
  const encoded = Effect.forEach(names.length === 0 ? [""] : names, (name) => {
    const modelWeights = weightsOf(name, names, weights)
    const folder = name === "" ? output : path.join(output, folderOf(name))
    const topology = topologies[name] ?? null
    const model = name === "" ? "the run's model" : `its model ${name}`
    if (topology === null) {
      const reason = `${model} consists of plain functions, for which tf.js has no format`
      return Effect.fail(new RunNotWritten({ path: output, reason, advice: plainFunctions }))
    }
    return LayersArtifacts.encode(topology, modelWeights).pipe(
      Effect.map((artifacts): Written => ({ folder, name, artifacts })),
      Effect.mapError(({ reason }) => new RunNotWritten({ path: output, reason, advice: otherwise }))
    )
  }).pipe(
    Effect.provide(Cpu.layer),
    Effect.catchTags({
      BackendBusy: (error) => new RunNotWritten({ path: output, reason: error.message, advice: otherwise }),
      BackendUnavailable: (error) => new RunNotWritten({ path: output, reason: error.message, advice: otherwise })
    })
  )
  return Effect.flatMap(encoded, Effect.forEach(writeOne, { discard: true }))
}
