/** The config of a training run: one Schema, from which the decoder, the defaults, the JSON Schema and the hash come. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Best from "./Best.ts"
import * as Config from "./Config.ts"
import type { ConfigInvalid } from "./Errors.ts"
import * as Extent from "./Extent.ts"
import * as Gradient from "./Gradient.ts"
import { named } from "./internal/InCode.ts"
import { LayerRates } from "./LayerRates.ts"
import * as LearningRate from "./LearningRate.ts"
import * as Optimizer from "./Optimizer.ts"
import * as ParameterGroup from "./ParameterGroup.ts"
import * as Registry from "./Registry.ts"
import * as Sampler from "./Sampler.ts"
import * as Links from "./updates/Config.ts"

const positive = (what: string) =>
  Schema.Int.check(Schema.isGreaterThan(0, { message: `expected a whole number of ${what} above 0` }))

/** What to do when the loss or a gradient is NaN or infinite. */
export type NonFinite =
  /** Fail with `NonFiniteFound`, which names the tensor and the batch. */
  | { readonly _tag: "Fail" }
  /** Leave the batch out; fail after more than `maximum` in a row. */
  | { readonly _tag: "Skip"; readonly maximum: number }
  /**
   * Roll back to the parameters of at most `steps` updates ago and continue with the next batch; at most `maximum`
   * times.
   */
  | { readonly _tag: "Rollback"; readonly steps: number; readonly maximum: number }
export const NonFinite: Schema.Codec<NonFinite> = Schema.TaggedUnion({
  Fail: {},
  Skip: { maximum: positive("batches") },
  Rollback: { steps: positive("steps"), maximum: positive("times") }
}).annotate({ description: "What to do when the loss or a gradient is NaN or infinite" })

/** How often a run is validated, and on how much. */
export interface Validation {
  readonly every: Extent.Every
  readonly batchSize?: number
  readonly limitBatches?: number
  readonly sanityBatches: number
}
export const Validation: Schema.Codec<Validation, Partial<Validation>> = Schema.Struct({
  every: Config.withDefault(Extent.Every, { epochs: 1 }, "How often to validate during training"),
  batchSize: Schema.optionalKey(positive("samples")).annotate({ description: "Default: the training batch size" }),
  limitBatches: Schema.optionalKey(positive("batches")).annotate({ description: "Use the first batches only" }),
  sanityBatches: Config.withDefault(
    Schema.Natural,
    0,
    "Batches to validate before training, so that a broken validation is found immediately"
  )
})

const schemaOf = (registry: Registry.RegistryService) =>
  Schema.Struct({
    seed: Config.withDefault(Schema.Int, 0, "Seed of every random stream"),
    until: Config.withDefault(Extent.Until, { epochs: 1 }, "The first limit reached ends the run"),
    batchSize: Config.withDefault(positive("samples"), 32, "Samples of one batch, one update"),
    microbatchSize: Schema.optionalKey(positive("samples")).annotate({
      description: "Split each batch into parts of this size and sum their gradients"
    }),
    shuffle: Config.withDefault(Schema.Boolean, true, "Reorder the samples in each epoch"),
    sampler: Schema.optionalKey(Sampler.schemaOf(registry.samplers)),
    dropLastBatch: Config.withDefault(Schema.Boolean, false, "Drop a partial last batch"),
    optimizer: Config.withDefault(Optimizer.schemaOf(registry.optimizers, registry.schedules), { _tag: "Adam" }),
    learningRate: Config.withDefault(LearningRate.schemaOf(registry.schedules), 0.001),
    groups: Config.withDefault(
      Schema.Array(ParameterGroup.schemaOf(registry)),
      [],
      "Parameter groups; the first that matches a path applies, before the task's own groups"
    ),
    layerRates: Schema.optionalKey(LayerRates).annotate({
      description: "Learning rates that fall from the output to the input, by patterns over parameter paths"
    }),
    gradients: Schema.optionalKey(Schema.Array(Links.schemaOf(registry.links))).annotate({
      description: "Links that all gradients go through before the optimizers, in order; clip is the last one"
    }),
    clip: Schema.optionalKey(Gradient.Clip),
    nonFinite: Config.withDefault(NonFinite, { _tag: "Fail" }),
    validation: Config.withDefault(Validation, {}),
    endWith: Schema.optionalKey(Best.EndWith).annotate({
      description:
        'The weights with which the run ends: "last", or { best: monitor }. Default: as a callback requests, else the last'
    }),
    limitTrainBatches: Schema.optionalKey(positive("batches")).annotate({ description: "Maximum batches per epoch" }),
    overfitBatches: Schema.optionalKey(positive("batches")).annotate({
      description: "Train and validate on the same first batches, unshuffled, to see whether the model can learn them"
    }),
    fastDevRun: Config.withDefault(
      Schema.Boolean,
      false,
      "Run one batch of training and validation each, as a quick check"
    ),
    logEverySteps: Config.withDefault(positive("steps"), 50, "How often a step is logged")
  }).check(
    Schema.makeFilter((config) =>
      config.microbatchSize === undefined || config.microbatchSize <= config.batchSize
        ? undefined
        : { path: ["microbatchSize"], issue: `expected at most batchSize (${config.batchSize})` }
    )
  )

type Schemas = ReturnType<typeof schemaOf>
/** A decoded config. Optimizers and schedules of other packages are in it as the same kind of data as ours. */
export interface TrainConfig extends Schema.Schema.Type<Schemas> {}
/** The form in files: keys with a default may be missing. */
export interface TrainConfigEncoded extends Schema.Codec.Encoded<Schemas> {}
/** The form in code: as in files, but optimizers and schedules may also be values. */
export interface TrainConfigInput extends Omit<TrainConfigEncoded, "optimizer" | "learningRate" | "groups"> {
  readonly optimizer?: Optimizer.ConfigInCode | Optimizer.Optimizer
  readonly learningRate?: LearningRate.ScheduleInput
  readonly groups?: ReadonlyArray<ParameterGroup.GroupInput>
}

/** The schema of a config that may name what is in a registry. */
export const of = (registry: Registry.RegistryService): Schema.Codec<TrainConfig, TrainConfigEncoded> =>
  schemaOf(registry)

/** The schema of a config that names what this package has. */
export const TrainConfig: Schema.Codec<TrainConfig, TrainConfigEncoded> = of(Registry.core)

/** A config and the registry that knows all it names. */
export interface Understood {
  readonly config: TrainConfig
  readonly registry: Registry.RegistryService
}

/** Decodes what code wrote, by the registry that is provided: values in it get their names. */
export const read = Effect.fnUntraced(function* (input: TrainConfigInput): Effect.fn.Return<Understood, ConfigInvalid> {
  const { written, registry } = named(input, yield* Registry.Registry)
  return { config: yield* Config.decode(of(registry), written, "the training config"), registry }
})
