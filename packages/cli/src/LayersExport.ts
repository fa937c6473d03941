/** A model as tf.js writes it: a folder with `model.json` and `weights.bin`, which `tf.loadLayersModel` reads. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { TensorData } from "@etude/core/TrainState"
import * as tfl from "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import { RunNotWritten } from "./Errors.ts"
import * as RunFolder from "./RunFolder.ts"

const refuse = (folder: string, reason: string) =>
  new RunNotWritten({
    path: folder,
    reason,
    advice: "Export with --format safetensors instead, which every model can be written to."
  })

/** The weights end to end, in the manifest's order. */
const joined = (model: { readonly [path: string]: TensorData }): Uint8Array => {
  const parts = Object.values(model).map(
    ({ values }) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  )
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Writes the folder, after tf.js itself has read the same content and found every weight in its place. */
export const write = (
  folder: string,
  topology: Schema.Json | undefined,
  model: { readonly [path: string]: TensorData }
): Effect.Effect<void, RunNotWritten> =>
  Effect.gen(function* () {
    if (topology === undefined || topology === null) {
      return yield* refuse(folder, "the run's model is of plain functions, which tf.js has no format for")
    }
    const specs = Object.entries(model).map(([name, { shape, dtype }]) => ({ name, shape: [...shape], dtype }))
    const weights = joined(model)
    yield* Effect.tryPromise({
      try: async () => {
        const loaded = await tfl.loadLayersModel({
          load: async () => ({ modelTopology: topology as {}, weightSpecs: specs, weightData: weights.slice().buffer })
        })
        loaded.dispose()
      },
      catch: (cause) => refuse(folder, `tf.js cannot read it back: ${cause instanceof Error ? cause.message : cause}`)
    })
    yield* Effect.try({
      try: () => fs.mkdirSync(folder, { recursive: true }),
      catch: (cause) => refuse(folder, String(cause))
    })
    yield* RunFolder.write(path.join(folder, "weights.bin"), weights)
    yield* RunFolder.writeJson(path.join(folder, "model.json"), {
      format: "layers-model",
      generatedBy: "Etude",
      convertedBy: null,
      modelTopology: topology,
      weightsManifest: [{ paths: ["weights.bin"], weights: specs }]
    })
  })
