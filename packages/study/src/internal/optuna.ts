/** Optuna's terms for a space: its distributions, and values as its storage has them. */
import type * as Schema from "effect/Schema"
import * as Space from "../Space.ts"

/** As `optuna.distributions.distribution_to_json` writes it. */
export interface Distribution {
  readonly name: "FloatDistribution" | "IntDistribution" | "CategoricalDistribution"
  readonly attributes: { readonly [name: string]: Schema.Json }
}

/** Optuna's choices are null, true, false, numbers and text; lists and objects are there as their JSON. */
export const choiceOf = (value: Schema.Json): Schema.Json =>
  value !== null && typeof value === "object" ? JSON.stringify(value) : value

export const distributionOf = (range: Space.Range): Distribution => {
  if (range._tag === "Choice") {
    return { name: "CategoricalDistribution", attributes: { choices: range.values.map(choiceOf) } }
  }
  const { low, high, log } = range
  return range._tag === "Int"
    ? { name: "IntDistribution", attributes: { log, step: 1, low, high } }
    : { name: "FloatDistribution", attributes: { step: null, low, high, log } }
}

/** A number as it is, a choice as its index; undefined for what the range doesn't hold. */
export const internalOf = (range: Space.Range, value: Schema.Json): number | undefined => {
  if (range._tag !== "Choice") return typeof value === "number" ? value : undefined
  const index = range.values.findIndex((one) => Space.isSame(one, value))
  return index === -1 ? undefined : index
}
