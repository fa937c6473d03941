/** `etude validate`, `test` and `predict`: what a finished run's model does on its data. */
import { existsSync } from "node:fs"
import * as path from "node:path"
import { Backend } from "@etude/core/Backend"
import type { Dataset } from "@etude/core/Dataset"
import { Values } from "@etude/core/Event"
import { element } from "@etude/core/Lookup"
import * as MetricResults from "@etude/core/MetricResults"
import * as Task from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as Trainer from "@etude/core/Trainer"
import * as NodeTerminal from "@etude/reports/NodeTerminal"
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as ConfigFile from "./ConfigFile.ts"
import { DataMissing, RunUnusable } from "./Errors.ts"
import * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as Plugins from "./Plugins.ts"
import * as RunFolder from "./RunFolder.ts"
import * as RunLookup from "./RunLookup.ts"
import * as SavedModel from "./SavedModel.ts"
import * as Setup from "./Setup.ts"
import * as Summary from "./Summary.ts"
import * as Table from "./Table.ts"

export interface EvaluateArguments {
  readonly run: string
  readonly backend: "auto" | "native" | "wasm" | "cpu" | undefined
  readonly batchSize: number | undefined
  readonly json: boolean
  /** Which weights of the run; those that it ended with when absent. */
  readonly weights?: SavedModel.Weights | undefined
  /** Changes to the run's config, such as the place that a moved run finds its experiment from. */
  readonly overrides?: ReadonlyArray<ConfigFile.Override>
}

const encodeValues = Schema.encodeSync(Schema.toCodecJson(Values))

/** The config of a run folder. */
const loadRun = Effect.fnUntraced(function* ({ run, backend, overrides = [] }: EvaluateArguments) {
  const folder = yield* RunLookup.locate(run)
  if (!existsSync(RunFolder.modelFile(folder))) {
    const problem = `${path.basename(RunFolder.modelFile(folder))} is missing: the run has not saved its model yet`
    return yield* new RunUnusable({ path: run, problems: [problem] })
  }
  const all = [...overrides, ...(backend === undefined ? [] : [{ path: ["backend"], value: backend }])]
  return { folder, loaded: yield* Load.fromFile(RunFolder.configFile(folder), all) }
})

/** The setup of a run's model, open while `body` runs. */
const withRun = <A, E, R>(
  args: EvaluateArguments,
  body: (run: {
    readonly folder: string
    readonly loaded: Load.Loaded
    readonly setup: Effect.Success<ReturnType<typeof Setup.make>>
    readonly state: Effect.Success<ReturnType<typeof SavedModel.read>>
  }) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const { folder, loaded } = yield* loadRun(args)
    return yield* Effect.gen(function* () {
      const setup = yield* Setup.make(loaded)
      const state = yield* SavedModel.read(folder, setup.task, loaded.config.train.seed, args.weights)
      yield* Output.note(`With ${SavedModel.describe(state)}.`)
      return yield* body({ folder, loaded, setup, state })
    }).pipe(Effect.scoped, Effect.provide(Setup.backendOf(loaded)))
  })

/** The data sets of an experiment by name, the test set first. */
const setsOf = (setup: Effect.Success<ReturnType<typeof Setup.make>>): { readonly [name: string]: Dataset } => ({
  ...(setup.data.test === undefined ? {} : { test: setup.data.test }),
  ...Setup.validationsOf(setup),
  train: setup.data.train
})

const choose = (experiment: string, sets: { readonly [name: string]: Dataset }, name: string) =>
  sets[name] === undefined
    ? Effect.fail(new DataMissing({ experiment, set: name, available: Object.keys(sets) }))
    : Effect.succeed(sets[name])

/** The callbacks that say with which parameters a run is measured. */
const pluginsOf = ({ plugins }: Load.Loaded, folder: string) =>
  Layer.provide(Plugins.layerOf(Plugins.evaluating(plugins), { folder }), NodeTerminal.layerOf(process.stderr))

/** Measures a run on each of its validation sets, or on its test set, and prints the values. */
export const evaluate = (kind: "validate" | "test", args: EvaluateArguments) =>
  withRun(args, ({ folder, loaded, setup, state }) =>
    Effect.gen(function* () {
      const { name } = loaded.experiment
      const validations = Object.entries(Setup.validationsOf(setup))
      if (kind === "validate" && validations.length === 0) {
        return yield* new DataMissing({ experiment: name, set: "validation", available: Object.keys(setsOf(setup)) })
      }
      const sets = kind === "validate" ? validations : [["test", yield* choose(name, setsOf(setup), "test")] as const]
      const measure = kind === "validate" ? Trainer.validate : Trainer.test
      const results = yield* Effect.forEach(sets, ([set, data]) => {
        const callbacks = pluginsOf(loaded, folder)
        const options = {
          state,
          data,
          callbacks,
          ...(args.batchSize === undefined ? {} : { batchSize: args.batchSize })
        }
        return Effect.map(measure(setup.task, options), (measured) => ({ set, ...measured }))
      })
      const backend = yield* Backend
      if (args.json) {
        return yield* Output.json({
          run: folder,
          experiment: name,
          backend: { name: backend.name, version: backend.version, device: backend.device, reason: backend.reason },
          results: results.map(({ set, samples, values, results: full }) => {
            const more = MetricResults.jsonOf(Task.whenEvaluated(setup.task).metrics, full)
            return {
              set,
              samples,
              values: encodeValues(values),
              ...(Object.keys(more).length === 0 ? {} : { results: more })
            }
          })
        })
      }
      const keys = [...new Set(results.flatMap(({ values }) => Object.keys(values)))]
      yield* Output.result(
        Table.render(
          [name, "samples", ...keys],
          results.map(({ set, samples, values }) => [
            set,
            String(samples),
            ...keys.map((key) => Table.number(values[key]))
          ])
        )
      )
      for (const { set, results: full } of results) {
        for (const line of Summary.texts(`the ${set} set`, Output.textsOf(setup.task, full))) yield* Output.result(line)
      }
      yield* Output.result(`\nOn ${backend.name}: ${backend.reason}.`)
    })
  )

interface Prediction {
  readonly sample: number
  readonly output: unknown
  readonly class?: number
  readonly name?: string
}

type Nested = number | ReadonlyArray<Nested>

/** One tensor of outputs, an entry of the tensor's own shape per sample. */
const rowsOf = (tensor: tf.Tensor): ReadonlyArray<Nested> => [tensor.arraySync() as Nested].flat(1)

const isVector = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.every((item) => typeof item === "number")

const indexOfMaximum = (row: ReadonlyArray<number>): number =>
  row.reduce((best, value, index) => (value > element(row, best) ? index : best), 0)

const isClassification = ({ spec: { targets } }: Dataset): boolean =>
  targets !== undefined &&
  "dtype" in targets &&
  targets.dtype === "int32" &&
  (targets.shape as ReadonlyArray<number>).length === 0

/** What is written for each sample: its outputs in their shape, and the class where there is one. */
export const predictionsOf = (
  outputs: tf.Tensor | Tensors.Tensors,
  first: number,
  samples: number,
  data: Dataset
): ReadonlyArray<Prediction> => {
  const named = Object.entries(Tensors.asRecord(outputs)).map(([name, tensor]) => [name, rowsOf(tensor)] as const)
  return Array.from({ length: samples }, (_, index): Prediction => {
    const sample = named.map(([name, rows]) => [name, element(rows, index)] as const)
    const output = Tensors.isTensor(outputs) ? element(sample, 0)[1] : Object.fromEntries(sample)
    if (!isVector(output) || !isClassification(data)) return { sample: first + index, output }
    const label = indexOfMaximum(output)
    const name = data.classes?.[label]
    return { sample: first + index, output, class: label, ...(name === undefined ? {} : { name }) }
  })
}

/** The model's outputs for a set, one JSON document a line; by default into `predictions.jsonl` of the run folder. */
export const predict = (
  args: EvaluateArguments & { readonly set: string | undefined; readonly output: string | undefined }
) =>
  withRun(args, ({ folder, loaded, setup, state }) =>
    Effect.gen(function* () {
      const sets = setsOf(setup)
      const set = args.set ?? element(Object.keys(sets), 0)
      const data = yield* choose(loaded.experiment.name, sets, set)
      let first = 0
      const batches = yield* Trainer.predict(setup.task, {
        state,
        data,
        callbacks: pluginsOf(loaded, folder),
        ...(args.batchSize === undefined ? {} : { batchSize: args.batchSize }),
        use: (outputs: tf.Tensor | Tensors.Tensors, _batch, samples) => {
          const lines = predictionsOf(outputs, first, samples, data).map((prediction) => JSON.stringify(prediction))
          first += samples
          return lines
        }
      })
      const file = path.resolve(args.output ?? path.join(folder, "predictions.jsonl"))
      yield* RunFolder.write(file, `${batches.flat().join("\n")}\n`)
      yield* args.json
        ? Output.json({ run: folder, experiment: loaded.experiment.name, set, samples: first, predictions: file })
        : Output.result(`Predictions for the ${first} samples of the ${set} data are in ${file}.`)
    })
  )
