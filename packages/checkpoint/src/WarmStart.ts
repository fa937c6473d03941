/** Beginning a new run with weights of another one: chosen by path patterns, strict or not, with an account of each tensor. */
import { type Model, PathPattern, type Tensors, type TrainState } from "@etude/core"
import { mapEntry } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** Shape and dtype of a tensor. */
interface Kind {
  readonly shape: ReadonlyArray<number>
  readonly dtype: string
}
const Kind = Schema.Struct({ shape: Schema.Array(Schema.Natural), dtype: Schema.String })

/** The outcome for each tensor. */
export interface Account {
  /** Taken over from the weights. */
  readonly loaded: ReadonlyArray<string>
  /** Requested, but not among the weights: initialized as in a new run. */
  readonly missing: ReadonlyArray<string>
  /** Among the weights, but not used. */
  readonly unused: ReadonlyArray<string>
  /** Present on both sides with different shapes or dtypes: initialized as in a new run. */
  readonly mismatched: ReadonlyArray<{ readonly path: string; readonly found: Kind; readonly expected: Kind }>
}
export const Account: Schema.Codec<Account> = Schema.Struct({
  loaded: Schema.Array(Schema.String),
  missing: Schema.Array(Schema.String),
  unused: Schema.Array(Schema.String),
  mismatched: Schema.Array(Schema.Struct({ path: Schema.String, found: Kind, expected: Kind }))
})

/** `[2, 3]`, with the dtype where the dtypes differ. */
const text = ({ shape, dtype }: Kind, other: Kind): string =>
  `[${shape.join(", ")}]${dtype === other.dtype ? "" : ` ${dtype}`}`

/** Weights that do not fit a model, where they were required to. */
export class WeightsUnfit extends Schema.TaggedError<WeightsUnfit>()("WeightsUnfit", {
  model: Schema.String,
  account: Account
}) {
  override get message() {
    const { missing, unused, mismatched } = this.account
    const lines = [
      ...mismatched.map(
        ({ path, found, expected }) =>
          `${path} is ${text(found, expected)} in the weights and ${text(expected, found)} in the model`
      ),
      ...missing.map((path) => `${path} is in the model, but not in the weights`),
      ...unused.map((path) => `${path} is in the weights, but not in the model`)
    ]
    return (
      `The weights do not fit ${this.model}; nothing was loaded.${lines.map((one) => `\n  ${one}`).join("")}\n` +
      `Choose what to load by patterns (match: "conv*/**"), or load what fits (strict: false).`
    )
  }
}

export interface WarmStartOptions {
  /** Weights by path, as `parameters/conv1/kernel` and `statistics/bn/mean`, or without that first part (parameters). */
  readonly weights: { readonly [path: string]: TrainState.TensorData }
  /** Patterns over the model's paths; everything, by default. */
  readonly match?: string | ReadonlyArray<string>
  /** Whether everything that matches must be there and fit, and every weight that matches be used; true by default. */
  readonly strict?: boolean
}

const split = (path: string): readonly [group: "parameters" | "statistics", path: string] =>
  path.startsWith("statistics/")
    ? ["statistics", path.slice("statistics/".length)]
    : ["parameters", path.replace(/^parameters\//, "")]

const kindOf = ({ shape, dtype }: Kind): Kind => ({ shape: [...shape], dtype })

/** The model, initialized with the given weights where they match and as before elsewhere. */
export const model = <In extends Tensors.TensorOrRecord, Out extends Tensors.TensorOrRecord>(
  self: Model.Model<In, Out>,
  { weights, match = "**", strict = true }: WarmStartOptions
): Effect.Effect<{ readonly model: Model.Model<In, Out>; readonly account: Account }, WeightsUnfit> =>
  Effect.suspend(() => {
    const matches = PathPattern.matcherOfAny(match)
    const stored = new Map(Object.entries(weights).map(([path, data]) => [split(path).join("/"), data]))
    // Shapes and dtypes come from one initialization, whose values are thrown away.
    const kinds = new Map<string, Kind>()
    tf.tidy(() => {
      const { parameters, statistics } = self.init({ hi: 0, lo: 0 })
      for (const [path, value] of Object.entries(parameters)) kinds.set(`parameters/${path}`, kindOf(value))
      for (const [path, value] of Object.entries(statistics)) kinds.set(`statistics/${path}`, kindOf(value))
    })
    const selected = [...kinds].filter(([path]) => matches(split(path)[1]))
    const fits = (path: string, { shape, dtype }: Kind) => {
      const data = stored.get(path)
      return data?.dtype === dtype && data.shape.join() === shape.join()
    }
    const loaded = selected.filter(([path, kind]) => stored.has(path) && fits(path, kind)).map(([path]) => path)
    const account: Account = {
      loaded,
      missing: selected.filter(([path]) => !stored.has(path)).map(([path]) => path),
      unused: [...stored.keys()].filter(
        (path) => !loaded.includes(path) && !(kinds.has(path) && matches(split(path)[1]))
      ),
      mismatched: selected
        .filter(([path, kind]) => stored.has(path) && !fits(path, kind))
        .map(([path, expected]) => ({ path, found: kindOf(mapEntry(stored, path)), expected }))
    }
    const unusedThatMatch = account.unused.filter((path) => matches(split(path)[1]))
    if (strict && account.missing.length + account.mismatched.length + unusedThatMatch.length > 0) {
      return Effect.fail(new WeightsUnfit({ model: self.name, account: { ...account, unused: unusedThatMatch } }))
    }
    const begin = (key: Parameters<typeof self.init>[0]): Model.Variables => {
      const fresh = self.init(key)
      const merged = { parameters: { ...fresh.parameters }, statistics: { ...fresh.statistics } }
      for (const full of loaded) {
        const [group, path] = split(full)
        const { values, shape, dtype } = mapEntry(stored, full)
        merged[group][path]?.dispose()
        merged[group][path] = tf.tensor(values.slice(), [...shape], dtype)
      }
      return merged
    }
    return Effect.succeed({ model: { ...self, init: begin }, account })
  })
