/**
 * Adaptive gradient clipping: no unit's gradient may be large beside its weights. Brock et al. 2021, §4, arXiv:2102.06171.
 *
 * ```ts
 * AdaptiveClipping.layer({ clipping: 0.01, except: "output/**" })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as Options from "@etude/core/Options"
import * as PathPattern from "@etude/core/PathPattern"
import * as Plugin from "@etude/core/Plugin"
import * as Tensors from "@etude/core/Tensors"
import { clipUnits } from "@etude/core/Updates"
import * as Schema from "effect/Schema"

const fields = {
  clipping: Options.withDefault(
    Options.positive,
    0.01,
    "λ: the largest ratio of a unit's gradient norm to its weights'"
  ),
  epsilon: Options.withDefault(
    Options.positive,
    0.001,
    "ε: norms of weights count as at least this, so that zeros can move"
  ),
  except: Options.withDefault(
    Options.Patterns,
    [],
    "Parameters that are not clipped, by path; the paper exempts the last layer"
  ),
  id: Options.id('"adaptiveClipping"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "adaptiveClipping"

/** Scales the gradient of each unit so that its norm is at most λ · max(‖W‖, ε), with W the unit's weights. */
export const clipGradient = clipUnits

/** The transform. */
export const { layer, entry, plugin } = Plugin.callback({
  name: "adaptiveClipping",
  title: "adaptive clipping",
  description: "Limits each unit's gradient by the norm of its weights",
  kind: "transform",
  several: true,
  config: Config,
  make: (decoded) => {
    const isExcepted = PathPattern.matcherOfAny(decoded.except)
    return Callback.transform({
      id: decoded.id ?? id,
      transform: {
        gradients: (gradients, _scene, parameters) =>
          Tensors.map(gradients, (gradient, path) =>
            isExcepted(path) ? gradient : clipGradient(gradient, Tensors.get(parameters, path), decoded)
          )
      }
    })
  }
})
