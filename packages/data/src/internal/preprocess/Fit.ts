/** Learning the rules of fields, a batch at a time. */
import { type Dataset, type FieldSpec, type Fields, isSpec, isTypedArray, type TypedArray } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError, DatasetInvalid } from "@etude/core/Errors"
import { element, entry } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import type * as Fitted from "./Fitted.ts"

export type Rule =
  | { readonly _tag: "Standardize"; readonly missing: "mean" | "fail" }
  | { readonly _tag: "MinMax"; readonly missing: "mean" | "fail" }
  | { readonly _tag: "Categories"; readonly maximum: number }

/** Samples read at once. */
const chunk = 1024

/** Takes in the values of one batch after another; `end` gives what they come to, or what speaks against it. */
interface Learner {
  readonly learn: (values: TypedArray, firstSample: number) => void
  readonly end: () => Fitted.Rule | DataError
}

const problem = (source: string, found: string, expected: string, advice: string) =>
  new DataError({ source, found, expected, advice })

/** Features of a field: its last dimension. */
const featuresOf = ({ shape }: FieldSpec): number => shape.at(-1) ?? 1

/** Count, mean, sum of squared deviations, and range of each feature. */
interface Moments {
  readonly count: Float64Array
  readonly mean: Float64Array
  readonly squares: Float64Array
  readonly minimum: Float64Array
  readonly maximum: Float64Array
}

const momentsOf = (features: number): Moments => ({
  count: new Float64Array(features),
  mean: new Float64Array(features),
  squares: new Float64Array(features),
  minimum: new Float64Array(features).fill(Infinity),
  maximum: new Float64Array(features).fill(-Infinity)
})

/**
 * Adds values by Welford's recurrence (Technometrics 4, 1962), which loses no digits to large means. Gives the position of the first
 * value that is not a number, or −1.
 */
const addAll = ({ count, mean, squares, minimum, maximum }: Moments, values: TypedArray): number => {
  const features = count.length
  let invalid = -1
  for (
    let index = 0, feature = 0;
    index < values.length;
    index++, feature = feature + 1 === features ? 0 : feature + 1
  ) {
    const value = element(values, index)
    if (!Number.isFinite(value)) {
      if (invalid < 0) invalid = index
      continue
    }
    const [counted, before] = [element(count, feature) + 1, element(mean, feature)]
    const after = before + (value - before) / counted
    count[feature] = counted
    mean[feature] = after
    squares[feature] = element(squares, feature) + (value - before) * (value - after)
    if (value < element(minimum, feature)) minimum[feature] = value
    if (value > element(maximum, feature)) maximum[feature] = value
  }
  return invalid
}

const fittedMoments = (rule: Exclude<Rule, { readonly _tag: "Categories" }>, moments: Moments): Fitted.Rule => {
  const mean = Array.from(moments.mean)
  if (rule._tag === "Standardize") {
    const deviation = Array.from(moments.squares, (sum, feature) => Math.sqrt(sum / element(moments.count, feature)))
    return { ...rule, mean, deviation: deviation.map((value) => (value === 0 ? 1 : value)) }
  }
  const minimum = Array.from(moments.minimum)
  const range = minimum.map((least, feature) => element(moments.maximum, feature) - least || 1)
  return { ...rule, minimum, range, mean }
}

const learnMoments = (
  rule: Exclude<Rule, { readonly _tag: "Categories" }>,
  source: string,
  spec: FieldSpec,
  size: number
): Learner => {
  const moments = momentsOf(featuresOf(spec))
  let missing: { readonly sample: number; readonly value: number } | undefined
  return {
    learn: (values, firstSample) => {
      const index = addAll(moments, values)
      if (index < 0) return
      const value = element(values, index)
      const isRefused = rule.missing === "fail" || !Number.isNaN(value)
      if (isRefused) missing ??= { sample: firstSample + Math.floor(index / size), value }
    },
    end: () => {
      if (missing !== undefined) {
        const { sample, value } = missing
        const advice =
          'A missing value is NaN: fill it when the data is read, or use { missing: "mean" }. Infinity is no measured value.'
        return problem(source, `${value} in sample ${sample}`, "finite numbers", advice)
      }
      const empty = moments.count.indexOf(0)
      if (empty < 0) return fittedMoments(rule, moments)
      return problem(source, `no value of feature ${empty}`, "at least one value", "Leave the column out.")
    }
  }
}

const learnCategories = (maximum: number, source: string): Learner => {
  const values = new Set<number>()
  return {
    learn: (batch) => {
      for (let index = 0; index < batch.length && values.size <= maximum; index++) values.add(element(batch, index))
    },
    end: () => {
      if (values.size <= maximum) return { _tag: "Categories", values: [...values].sort((one, other) => one - other) }
      const advice = "Raise `maximum`, or use an embedding."
      return problem(source, `more than ${maximum} different values`, `at most ${maximum} categories`, advice)
    }
  }
}

const sizeOf = ({ shape }: FieldSpec): number => shape.reduce((product, side) => product * side, 1)

const learnerOf = (rule: Rule, source: string, spec: FieldSpec): Learner =>
  rule._tag === "Categories" ? learnCategories(rule.maximum, source) : learnMoments(rule, source, spec, sizeOf(spec))

const fieldOf = <A extends object>(fields: Fields<A>, isOne: (fields: Fields<A>) => fields is A, name: string): A =>
  isOne(fields) ? fields : entry(fields, name)

/** Learns the rules, whose fields are there. */
export const fields = (
  dataset: Dataset,
  rules: { readonly [field: string]: Rule }
): Effect.Effect<Fitted.Fitted["fields"], DatasetInvalid | DataError> =>
  Effect.gen(function* () {
    const learners = Object.entries(rules).map(([field, rule]) => {
      const source = `${dataset.name}: inputs${field === "" ? "" : `.${field}`}`
      return { field, learner: learnerOf(rule, source, fieldOf(dataset.spec.inputs, isSpec, field)) }
    })
    for (let first = 0; first < dataset.length; first += chunk) {
      const indices = Int32Array.from({ length: Math.min(chunk, dataset.length - first) }, (_, index) => first + index)
      const batch = dataset.read(indices, Draw.fixed)
      const { inputs } = Effect.isEffect(batch) ? yield* batch : batch
      for (const { field, learner } of learners) learner.learn(fieldOf(inputs, isTypedArray, field), first)
      yield* Effect.yieldNow
    }
    const results = learners.map(({ field, learner }) => [field, learner.end()] as const)
    const problems = results.flatMap(([, result]) => (result._tag === "DataError" ? [result] : []))
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: dataset.name, problems })
    return Object.fromEntries(
      results.flatMap(([field, result]) => (result._tag === "DataError" ? [] : [[field, result] as const]))
    )
  })
