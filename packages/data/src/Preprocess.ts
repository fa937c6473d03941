/**
 * Preprocessing that can't leak: what it learns (means, ranges, categories) it learns from the training set, and from then on it is
 * part of the model. It is applied inside the step, so it is compiled; its values are statistics of the model, so they are in every
 * checkpoint, in `model.safetensors` and in exports, and prediction uses them without being told.
 *
 * ```ts
 * const fitted = yield* Preprocess.fit(train, { age: Preprocess.standardize(), colour: Preprocess.categories() })
 * const task = Task.supervised({ name: "prices", model: Preprocess.before(model, fitted, { join: true }), loss })
 * ```
 */
import { type Dataset, isSpec } from "@etude/core/Dataset"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import type { Forward, Model, Variables } from "@etude/core/Model"
import type { TensorOrRecord } from "@etude/core/Tensors"
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Apply from "./internal/preprocess/Apply.ts"
import * as Fit from "./internal/preprocess/Fit.ts"
import { Codec, type Fitted as FittedData, type Rule as RuleData } from "./internal/preprocess/Fitted.ts"
import { withNumbers } from "./internal/sameBytes.ts"

/** What is to be learned about a field, before it is learned. */
export type Rule = Fit.Rule

/** What was learned about a field. */
export type FittedRule = RuleData

/** What was learned about the fields of the inputs, and what else decided how raw values became numbers. */
export type Fitted = FittedData

/** {@link Fitted} as JSON. */
export const FittedSchema: Schema.Codec<Fitted, Schema.Json> = Codec

/** What a missing value (NaN) becomes: the mean of the training set, or nothing, so that one is an error of `fit`. */
export type Missing = "mean" | "fail"

/**
 * (x − mean) / deviation, with the mean and the population deviation of each feature (the last dimension: columns of a table,
 * channels of an image). A feature that never varies is only shifted. `missing`, default "fail": "mean" learns from the values that
 * are there, and a missing one becomes 0, the mean.
 */
export const standardize = (options: { readonly missing?: Missing } = {}): Rule => ({
  _tag: "Standardize",
  missing: options.missing ?? "fail"
})

/**
 * (x − minimum) / (maximum − minimum), with the range of each feature in the training set, so that it lies in 0 … 1 there; values
 * outside of that range go beyond. A feature that never varies becomes 0. `missing` as for {@link standardize}.
 */
export const minMax = (options: { readonly missing?: Missing } = {}): Rule => ({
  _tag: "MinMax",
  missing: options.missing ?? "fail"
})

/**
 * Indicators, one for each value that an int32 field has in the training set, in ascending order: shape [] becomes [n], [k] becomes
 * [k · n]. A value that the training set does not have becomes zeros. `maximum`, default 1000: more values than that are an error,
 * as they are numbers then and no categories.
 */
export const categories = (options: { readonly maximum?: number } = {}): Rule => ({
  _tag: "Categories",
  maximum: options.maximum ?? 1000
})

const isRule = (rules: Rule | { readonly [field: string]: Rule }): rules is Rule => typeof rules._tag === "string"

/** Rules for fields that the inputs don't have, or that hold something else. */
const misplaced = (dataset: Dataset, rules: { readonly [field: string]: Rule }): ReadonlyArray<DataError> => {
  const { inputs } = dataset.spec
  const specs = isSpec(inputs) ? { "": inputs } : inputs
  const names = isSpec(inputs) ? "a single field: give its rule itself" : Object.keys(inputs).join(", ")
  return Object.entries(rules).flatMap(([field, rule]) => {
    const spec = Object.hasOwn(specs, field) ? specs[field] : undefined
    const source = `${dataset.name}: inputs${field === "" ? "" : `.${field}`}`
    if (spec === undefined) {
      const advice = "Rules go by the names of the fields of the inputs."
      return [new DataError({ source, found: "a rule for a field that is not there", expected: names, advice })]
    }
    const dtype = rule._tag === "Categories" ? "int32" : "float32"
    if (spec.dtype === dtype) return []
    const advice = "Standardize and MinMax are for numbers (float32), Categories for whole numbers (int32)."
    return [new DataError({ source, found: spec.dtype, expected: `${dtype} for ${rule._tag}`, advice })]
  })
}

/**
 * Learns the rules of the inputs' fields from a dataset: the training set, and nothing else. A single field has a rule; fields by name
 * have rules by name, and those without a rule stay as they are. It reads every sample once, in order and without augmentation, a
 * batch at a time, and adds up in float64.
 *
 * @param options.encodings what else decided how raw values became numbers (columns with their categories, a vocabulary), as JSON.
 *   It is kept with the model, and weights of a model that was trained with other encodings are refused.
 *
 * Fails with `DatasetInvalid`, with all rules that don't fit, missing values and columns with too many categories.
 */
export const fit = (
  train: Dataset,
  rules: Rule | { readonly [field: string]: Rule },
  options: { readonly encodings?: Schema.Json } = {}
): Effect.Effect<Fitted, DatasetInvalid | DataError> =>
  Effect.gen(function* () {
    const byField = isRule(rules) ? { "": rules } : rules
    const problems = misplaced(train, byField)
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: train.name, problems })
    const fields = yield* Fit.fields(withNumbers(train), byField)
    return { fields, encodings: options.encodings ?? null }
  })

/** What was learned, out of a trained state or a model's variables; `undefined` where nothing was. */
export const ofState = ({ statistics }: Pick<Variables, "statistics">): Fitted | undefined =>
  Option.getOrUndefined(Apply.read(statistics))

/** Whether preprocessed fields are joined, in the order of the inputs' names, into one tensor [batch, features]. */
export interface BeforeOptions {
  readonly join?: boolean
}

/** The statistics without those of the preprocessing. */
const otherStatistics = ({ parameters, statistics }: Variables): Variables => ({
  parameters,
  statistics: Object.fromEntries(Object.entries(statistics).filter(([path]) => !Apply.isPath(path)))
})

/**
 * The model with its preprocessing before it: it takes the fields as the dataset has them. What was learned is among its
 * statistics, below `preprocess/`. It refuses the weights of a model whose `encodings` were others.
 *
 * @param options.join with it, `model` takes one float32 tensor [batch, features] of all fields, each flattened, in the order of their
 *   names in the inputs
 */
export const before: {
  <Out extends TensorOrRecord>(
    model: Model<tf.Tensor, Out>,
    fitted: Fitted,
    options: BeforeOptions & { readonly join: true }
  ): Model<any, Out> // a tensor or fields by name, whichever was fitted
  <In extends TensorOrRecord, Out extends TensorOrRecord>(model: Model<In, Out>, fitted: Fitted): Model<In, Out>
} = <Out extends TensorOrRecord>(
  model: Model<any, Out>,
  fitted: Fitted,
  options: BeforeOptions = {}
): Model<any, Out> => ({
  ...model,
  init: (key) => {
    const { parameters, statistics } = model.init(key)
    return { parameters, statistics: { ...statistics, ...Apply.statisticsOf(fitted) } }
  },
  apply: (variables, inputs, context): Forward<Out> => {
    const prepared = Apply.apply(fitted, variables.statistics, inputs)
    const joined = options.join === true ? Apply.join(prepared) : prepared
    return model.apply(otherStatistics(variables), joined, context)
  },
  refuses: (variables) => [...Apply.differences(fitted, variables), ...(model.refuses?.(variables) ?? [])]
})
