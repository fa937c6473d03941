/** Beginning a new run with weights of another one: chosen by path patterns, strict or not, with an account of each tensor. */
import { type Model, PathPattern, type TrainState } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** What happened to each tensor. */
export const Account = Schema.Struct({
  /** Taken over from the weights. */
  loaded: Schema.Array(Schema.String),
  /** Asked for, but not among the weights: begins as in a new run. */
  missing: Schema.Array(Schema.String),
  /** Among the weights, but not used. */
  unused: Schema.Array(Schema.String),
  /** There on both sides with different shapes: begins as in a new run. */
  mismatched: Schema.Array(
    Schema.Struct({ path: Schema.String, found: Schema.Array(Schema.Natural), expected: Schema.Array(Schema.Natural) })
  )
})
export type Account = typeof Account.Type

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
          `${path} is [${found.join(", ")}] in the weights and [${expected.join(", ")}] in the model`
      ),
      ...missing.map((path) => `${path} is in the model, but not in the weights`),
      ...unused.map((path) => `${path} is in the weights, but not in the model`)
    ]
    return (
      `The weights do not fit ${this.model}; nothing was loaded.${lines.map((one) => `\n  ${one}`).join("")}\n` +
      `Choose what to load by patterns (match: "conv*/**"), or take what fits (strict: false).`
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

/** The model, beginning with the given weights where they match. Everything else begins as before. */
export const model = <In extends tf.Tensor, Out extends tf.Tensor>(
  self: Model.Model<In, Out>,
  { weights, match = "**", strict = true }: WarmStartOptions
): Effect.Effect<{ readonly model: Model.Model<In, Out>; readonly account: Account }, WeightsUnfit> =>
  Effect.suspend(() => {
    const matches = PathPattern.matcherOfAny(match)
    const given = new Map(Object.entries(weights).map(([path, data]) => [split(path).join("/"), data]))
    // Shapes come from one initialization, whose values are thrown away.
    const shapes = tf.tidy(() => {
      const { parameters, statistics } = self.init({ hi: 0, lo: 0 })
      const found = new Map<string, ReadonlyArray<number>>()
      for (const path in parameters) found.set(`parameters/${path}`, parameters[path]!.shape)
      for (const path in statistics) found.set(`statistics/${path}`, statistics[path]!.shape)
      return found as never
    }) as ReadonlyMap<string, ReadonlyArray<number>>
    const wanted = [...shapes].filter(([path]) => matches(split(path)[1]))
    const fits = (path: string, shape: ReadonlyArray<number>) => given.get(path)?.shape.join() === shape.join()
    const loaded = wanted.filter(([path, shape]) => given.has(path) && fits(path, shape)).map(([path]) => path)
    const account: Account = {
      loaded,
      missing: wanted.filter(([path]) => !given.has(path)).map(([path]) => path),
      unused: [...given.keys()].filter(
        (path) => !loaded.includes(path) && !(shapes.has(path) && matches(split(path)[1]))
      ),
      mismatched: wanted
        .filter(([path, shape]) => given.has(path) && !fits(path, shape))
        .map(([path, expected]) => ({ path, found: given.get(path)!.shape, expected }))
    }
    const unusedThatMatch = account.unused.filter((path) => matches(split(path)[1]))
    if (strict && account.missing.length + account.mismatched.length + unusedThatMatch.length > 0) {
      return Effect.fail(new WeightsUnfit({ model: self.name, account: { ...account, unused: unusedThatMatch } }))
    }
    const begin = (key: Parameters<typeof self.init>[0]): Model.Variables => {
      const fresh = self.init(key)
      const taken = { parameters: { ...fresh.parameters }, statistics: { ...fresh.statistics } }
      for (const full of loaded) {
        const [group, path] = split(full)
        const { values, shape, dtype } = given.get(full)!
        taken[group][path]!.dispose()
        taken[group][path] = tf.tensor(values.slice(), [...shape], dtype)
      }
      return taken
    }
    return Effect.succeed({ model: { ...self, init: begin }, account })
  })
