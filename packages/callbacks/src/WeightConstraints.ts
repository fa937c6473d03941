/**
 * Constraints on parameters, put into force after each update.
 *
 * ```ts
 * WeightConstraints.layer({
 *   constraints: [
 *     { match: "**\/kernel", constraint: { _tag: "MaxNorm", maximum: 3 } },
 *     { match: "mixture/weights", constraint: { _tag: "NonNegative" } }
 *   ]
 * })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as Options from "@etude/core/Options"
import * as PathPattern from "@etude/core/PathPattern"
import * as Plugin from "@etude/core/Plugin"
import type * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"
import { unitNorms } from "./internal/units.ts"

export const Constraint = Schema.TaggedUnion({
  /** Each unit's norm is at most `maximum`. */
  MaxNorm: { maximum: Options.positive },
  /** No element is below 0. */
  NonNegative: {},
  /** Each unit's norm is 1. */
  UnitNorm: {}
}).annotate({ message: "expected { _tag: MaxNorm, maximum }, { _tag: NonNegative } or { _tag: UnitNorm }" })
export type Constraint = typeof Constraint.Type

const fields = {
  constraints: Schema.NonEmptyArray(Schema.Struct({ match: Options.Patterns, constraint: Constraint })).annotate({
    description: "Constraints by parameter path; all that match apply, in this order"
  }),
  id: Options.id('"weightConstraints"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "weightConstraints"

/**
 * Scales the weights of each unit (all that flows into one output; a whole vector) so that their norm is at most `maximum`.
 * Srivastava et al. 2014, §5.1. Keras adds 1e-7 to the norm; this doesn't: within the maximum nothing changes.
 */
export const maxNorm = (weights: tf.Tensor, maximum: number): tf.Tensor =>
  tf.tidy(() => tf.mul(weights, tf.div(maximum, tf.maximum(unitNorms(weights), maximum))))

/** Elements below 0 become 0. */
export const nonNegative = (weights: tf.Tensor): tf.Tensor => tf.maximum(weights, 0)

/** Scales the weights of each unit so that their norm is 1; those of a unit that is all zero stay zero. */
export const unitNorm = (weights: tf.Tensor): tf.Tensor =>
  tf.tidy(() => tf.div(weights, tf.maximum(unitNorms(weights), 1e-30)))

/** The weights as a constraint leaves them. */
export const apply = (constraint: Constraint, weights: tf.Tensor): tf.Tensor =>
  Constraint.match(constraint, {
    MaxNorm: ({ maximum }) => maxNorm(weights, maximum),
    NonNegative: () => nonNegative(weights),
    UnitNorm: () => unitNorm(weights)
  })

/** The transform. Constraints of the model's own come before these. Initial parameters are not changed. */
export const { layer, entry, plugin } = Plugin.callback({
  name: "weightConstraints",
  title: "weight constraints",
  description: "Keeps weights within bounds after each update",
  kind: "transform",
  several: true,
  config: Config,
  make: (decoded) => {
    const rules = decoded.constraints.map(({ match, constraint }) => ({
      matches: PathPattern.matcherOfAny(match),
      constraint
    }))
    return Callback.transform({
      id: decoded.id ?? id,
      transform: {
        parameters: (parameters) => {
          const changed: Record<string, tf.Tensor> = {}
          for (const { matches, constraint } of rules) {
            for (const [path, parameter] of Object.entries(parameters)) {
              if (matches(path)) changed[path] = apply(constraint, changed[path] ?? parameter)
            }
          }
          return { parameters: changed satisfies Tensors.Tensors }
        }
      }
    })
  }
})
