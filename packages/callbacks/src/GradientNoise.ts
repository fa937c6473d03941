/**
 * Normal noise on the gradients, less of it from step to step. Neelakantan et al. 2015, arXiv:1511.06807.
 *
 * ```ts
 * GradientNoise.layer({ eta: 0.01 })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as Options from "@etude/core/Options"
import * as Plugin from "@etude/core/Plugin"
import { get } from "@etude/core/Tensors"
import { withNoise } from "@etude/core/Updates"
import * as Schema from "effect/Schema"

const fields = {
  eta: Options.withDefault(
    Options.positive,
    0.01,
    "η: the variance before the first step; the paper uses 0.01, 0.3, 1"
  ),
  gamma: Options.withDefault(Options.notNegative, 0.55, "γ: how fast the variance falls; 0 keeps it"),
  id: Options.id('"gradientNoise"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "gradientNoise"

/** σ = √(η / (1 + t)^γ), with t counted from 0 (`step` from 1). */
export const deviationAt = (step: number, { eta, gamma }: Pick<Config, "eta" | "gamma">): number =>
  Math.sqrt(eta / step ** gamma)

/** Adds independent noise from N(0, σ²) to each gradient. */
export const addNoise = withNoise

/** The transform, after adaptive clipping and before core's own. Draws are keyed by the step. */
export const { layer, entry, plugin } = Plugin.callback({
  name: "gradientNoise",
  title: "gradient noise",
  description: "Adds falling noise to gradients",
  kind: "transform",
  config: Config,
  make: (decoded) => {
    return Callback.transform({
      id: decoded.id ?? id,
      after: ["adaptiveClipping"],
      transform: {
        hyper: (step) => ({ deviation: deviationAt(step, decoded) }),
        gradients: (gradients, { random, hyper }) => addNoise(gradients, random, get(hyper, "deviation"))
      }
    })
  }
})
