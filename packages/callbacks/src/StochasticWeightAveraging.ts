/**
 * Stochastic weight averaging: the run ends with the mean of the weights that it came past, and with statistics of batch normalization
 * that fit them. Take a rate that stays high while it averages, constant or cyclic. Izmailov et al. 2018, arXiv:1803.05407.
 *
 * ```ts
 * StochasticWeightAveraging.layer({ start: 7500, every: 100 })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as Decision from "@etude/core/Decision"
import * as Options from "@etude/core/Options"
import * as PathPattern from "@etude/core/PathPattern"
import * as Plugin from "@etude/core/Plugin"
import * as Tensors from "@etude/core/Tensors"
import * as Schema from "effect/Schema"
import { update } from "./ExponentialMovingAverage.ts"

const fields = {
  start: Options.count("steps").annotate({ description: "The step whose weights are the first of the mean" }),
  every: Options.withDefault(
    Options.count("steps"),
    1,
    "Steps between two weights of the mean; the paper takes an epoch, or a cycle of the rate"
  ),
  match: Options.withDefault(Options.Patterns, "**", "Which parameters are averaged, by path"),
  statisticsBatches: Schema.optionalKey(Options.count("batches")).annotate({
    description: "Batches of training data to measure statistics on at the end. Default: all"
  }),
  evaluate: Options.withDefault(
    Schema.Boolean,
    false,
    "Validate with the mean while training, by statistics of the weights that are trained"
  ),
  id: Options.id('"stochasticWeightAveraging"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default; the mean's tensors are `callbacks/stochasticWeightAveraging/path` in a checkpoint. */
export const id = "stochasticWeightAveraging"

/** How much of the mean stays at a step, counted from 1: none before and at the start, then n / (n + 1) at every next one of the mean. */
export const decayAt = (step: number, { start, every }: Pick<Config, "start" | "every">): number => {
  if (step <= start) return 0
  const count = (step - start) / every
  return Number.isInteger(count) ? count / (count + 1) : 1
}

/**
 * The transform. Training never sees the mean: it is part of the state, so that a resumed run continues it. A run that is to end with
 * its best weights, or by its config with the last ones, does so. One that ends before the start ends with the weights that it has.
 */
export const { layer, entry, plugin } = Plugin.callback({
  name: "stochasticWeightAveraging",
  title: "the mean of weights",
  description: "Ends the run with the mean of weights on the way, and with statistics that fit it",
  kind: "transform",
  evaluates: true,
  config: Config,
  make: (decoded) => {
    const { evaluate, statisticsBatches: batches } = decoded
    const callbackId = decoded.id ?? id
    const matches = PathPattern.matcherOfAny(decoded.match)
    const evaluateWith = () => Decision.useParameters(callbackId)
    return Callback.transform({
      id: callbackId,
      after: ["weightConstraints"],
      evaluates: evaluate,
      endsWithAverage: batches === undefined ? {} : { batches },
      transform: {
        tensors: (parameters) => Tensors.retain(Tensors.filter(parameters, matches)),
        hyper: (step) => ({ decay: decayAt(step, decoded) }),
        parameters: (parameters, mean, { hyper }) => ({
          tensors: update(mean, parameters, Tensors.get(hyper, "decay"))
        })
      },
      hooks: evaluate ? { validationBegin: evaluateWith } : {}
    })
  }
})
