/** What was learned, as statistics of a model and as operations of the step. */
import type { Variables } from "@etude/core/Model"
import { asRecord, get, isTensor, sizeOf, type TensorOrRecord, type Tensors } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Fitted from "./Fitted.ts"

const folder = "preprocess/"
/** Everything that was learned, as bytes of JSON, so that a state alone says what was done before the model. */
const description = `${folder}description`

export const isPath = (path: string): boolean => path.startsWith(folder)

const pathOf = (field: string, name: string): string => `${folder}${field === "" ? "" : `${field}/`}${name}`

/** What was done, without the numbers: those are tensors, and may differ between models that are otherwise alike. */
const Structure = Schema.fromJsonString(
  Schema.Struct({
    fields: Schema.Record(
      Schema.String,
      Schema.Union([
        Schema.TaggedStruct("Standardize", { missing: Fitted.Missing }),
        Schema.TaggedStruct("MinMax", { missing: Fitted.Missing }),
        Schema.TaggedStruct("Categories", {})
      ])
    ),
    encodings: Schema.Json
  })
)
const decode = Schema.decodeUnknownOption(Structure)
const encode = Schema.encodeSync(Structure)

/** The learned numbers of a rule, by name. */
const numbersOf = (rule: Fitted.Rule): { readonly [name: string]: ReadonlyArray<number> } => {
  if (rule._tag === "Categories") return { values: rule.values }
  if (rule._tag === "Standardize") return { mean: rule.mean, deviation: rule.deviation }
  return { minimum: rule.minimum, range: rule.range, mean: rule.mean }
}

/** The tensors of what was learned; the caller owns them. */
export const statisticsOf = (fitted: Fitted.Fitted): Tensors => {
  const bytes = Int32Array.from(new TextEncoder().encode(encode(fitted)))
  const tensors: Record<string, tf.Tensor> = { [description]: tf.tensor1d(bytes, "int32") }
  for (const [field, rule] of Object.entries(fitted.fields)) {
    const dtype = rule._tag === "Categories" ? "int32" : "float32"
    for (const [name, numbers] of Object.entries(numbersOf(rule))) {
      tensors[pathOf(field, name)] = tf.tensor1d([...numbers], dtype)
    }
  }
  return tensors
}

type Structure = typeof Structure.Type

const ruleOf = (statistics: Tensors, field: string, rule: Structure["fields"][string]): Fitted.Rule => {
  const numbers = (name: string) => Array.from(get(statistics, pathOf(field, name)).dataSync())
  if (rule._tag === "Categories") return { ...rule, values: numbers("values") }
  if (rule._tag === "Standardize") return { ...rule, mean: numbers("mean"), deviation: numbers("deviation") }
  return { ...rule, minimum: numbers("minimum"), range: numbers("range"), mean: numbers("mean") }
}

const structureOf = (statistics: Tensors): Option.Option<Structure> => {
  if (!Object.hasOwn(statistics, description)) return Option.none()
  const bytes = Uint8Array.from(get(statistics, description).dataSync())
  return decode(new TextDecoder().decode(bytes))
}

/** What was learned, as a state has it. */
export const read = (statistics: Tensors): Option.Option<Fitted.Fitted> =>
  Option.map(structureOf(statistics), ({ fields, encodings }) => ({
    fields: Object.fromEntries(Object.entries(fields).map(([field, rule]) => [field, ruleOf(statistics, field, rule)])),
    encodings
  }))

/** Missing values as the mean of their feature. */
const filled = (x: tf.Tensor, mean: tf.Tensor): tf.Tensor => tf.where(tf.isNaN(x), tf.broadcastTo(mean, x.shape), x)

/** [batch, …] as [batch, n]. */
const flat = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0] ?? -1, sizeOf(x.shape.slice(1))])

const indicators = (x: tf.Tensor, values: tf.Tensor): tf.Tensor => {
  const isValue = tf.cast(tf.equal(tf.expandDims(x, -1), values), "float32")
  return x.rank <= 1 ? isValue : flat(isValue)
}

const applyRule = (rule: Fitted.Rule, field: string, statistics: Tensors, x: tf.Tensor): tf.Tensor => {
  const learned = (name: string) => get(statistics, pathOf(field, name))
  if (rule._tag === "Categories") return indicators(x, learned("values"))
  const values = rule.missing === "mean" ? filled(x, learned("mean")) : x
  return rule._tag === "Standardize"
    ? tf.div(tf.sub(values, learned("mean")), learned("deviation"))
    : tf.div(tf.sub(values, learned("minimum")), learned("range"))
}

/** The inputs after preprocessing, with the values that the statistics have. */
export const apply = ({ fields }: Fitted.Fitted, statistics: Tensors, inputs: TensorOrRecord): TensorOrRecord => {
  const after = (x: tf.Tensor, field: string) => {
    const rule = Object.hasOwn(fields, field) ? fields[field] : undefined
    return rule === undefined ? x : applyRule(rule, field, statistics, x)
  }
  if (isTensor(inputs)) return after(inputs, "")
  return Object.fromEntries(Object.entries(inputs).map(([field, x]) => [field, after(x, field)]))
}

/** All fields as one tensor [batch, features]. */
export const join = (inputs: TensorOrRecord): tf.Tensor => {
  const features = Object.values(asRecord(inputs)).map((x) => tf.cast(flat(x), "float32"))
  return features.length === 1 && features[0] !== undefined ? features[0] : tf.concat(features, 1)
}

const shown = (json: Schema.Json): string => {
  const text = JSON.stringify(json)
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}

/**
 * What speaks against using weights with data that is encoded as `fitted` says, as sentences. Learned numbers may differ, since those
 * of the weights are used; encodings were applied before.
 */
export const differences = (fitted: Fitted.Fitted, { statistics }: Variables): ReadonlyArray<string> => {
  const stored = Option.getOrUndefined(structureOf(statistics))
  if (stored === undefined || JSON.stringify(stored.encodings) === JSON.stringify(fitted.encodings)) return []
  return [
    `they belong to a model whose data was encoded as ${shown(stored.encodings)}; this data is encoded as ` +
      `${shown(fitted.encodings)}. Read the data with the encodings that the model was trained with (Preprocess.ofState)`
  ]
}
