/**
 * An exponential moving average of the parameters, with which the model is validated and tested while training
 * continues with the parameters themselves. Polyak and Juditsky 1992.
 *
 * ```ts
 * ExponentialMovingAverage.layer({ decay: 0.999 })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as Decision from "@etude/core/Decision"
import * as Options from "@etude/core/Options"
import * as PathPattern from "@etude/core/PathPattern"
import * as Plugin from "@etude/core/Plugin"
import * as Tensors from "@etude/core/Tensors"
import type { TrainState } from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as Schema from "effect/Schema"

const fields = {
  decay: Options.withDefault(Options.fraction, 0.999, "The fraction of the average that is kept at each step"),
  warmup: Options.withDefault(
    Schema.Boolean,
    true,
    "Begin with a smaller decay, min(decay, (1 + step) / (10 + step)), so that the initial parameters are forgotten soon"
  ),
  match: Options.withDefault(Options.Patterns, "**", "Which parameters are averaged, by path"),
  evaluate: Options.withDefault(Schema.Boolean, true, "Validate and test with the average"),
  id: Options.id('"exponentialMovingAverage"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default; the average's tensors are `callbacks/exponentialMovingAverage/path` in a checkpoint. */
export const id = "exponentialMovingAverage"

/** a ← decay · a + (1 − decay) · p, for each tensor of the average. `decay` is a number or a scalar tensor. */
export const update = (
  average: Tensors.Tensors,
  parameters: Tensors.Tensors,
  decay: number | tf.Tensor
): Tensors.Tensors =>
  Tensors.map(average, (averaged, path) => {
    const parameter = Tensors.get(parameters, path)
    return tf.add(parameter, tf.mul(decay, tf.sub(averaged, parameter)))
  })

/** The decay of a step, counted from 1. */
export const decayAt = (step: number, { decay, warmup }: Pick<Config, "decay" | "warmup">): number =>
  warmup ? Math.min(decay, (1 + step) / (10 + step)) : decay

/** The parameters with their averages in place, of a state of a run that had this callback. The tensors stay the state's. */
export const averaged = (state: TrainState, callback: string = id): Tensors.Tensors => ({
  ...state.parameters,
  ...Tensors.ofOwner(state.callbacks, callback)
})

/**
 * The transform. The average begins as the initial parameters and follows after each update, after weight constraints.
 * It is part of the state, so that a resumed run continues it; training never sees it. Where the best parameters are
 * restored (`restoreBest`), so is the average of that time. Frozen parameters are averages of themselves.
 */
export const { layer, entry, plugin } = Plugin.callback({
  name: "exponentialMovingAverage",
  title: "the moving average",
  description: "Averages the parameters; validates and tests with the average",
  kind: "transform",
  several: true,
  evaluates: true,
  config: Config,
  make: (decoded) => {
    const callbackId = decoded.id ?? id
    const matches = PathPattern.matcherOfAny(decoded.match)
    const evaluateWith = () => Decision.useParameters(callbackId)
    return Callback.transform({
      id: callbackId,
      after: ["weightConstraints"],
      evaluates: decoded.evaluate,
      transform: {
        tensors: (parameters) => Tensors.retain(Tensors.filter(parameters, matches)),
        hyper: (step) => ({ decay: decayAt(step, decoded) }),
        parameters: (parameters, average, { hyper }) => ({
          tensors: update(average, parameters, Tensors.get(hyper, "decay"))
        })
      },
      hooks: decoded.evaluate
        ? { validationBegin: evaluateWith, testBegin: evaluateWith, predictBegin: evaluateWith }
        : {}
    })
  }
})
