/**
 * The L2 norm of the gradients at logged steps, as the optimizer's clipping gets them: `gradientNorms/all`, and each tensor's
 * on its own if wanted.
 *
 * ```ts
 * GradientNorms.layer({ each: true })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as CoreConfig from "@etude/core/Config"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Gradient from "@etude/core/Gradient"
import * as Options from "@etude/core/Options"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { nameOfAll } from "./internal/nameOfAll.ts"

const fields = {
  each: Options.withDefault(Schema.Boolean, false, "Also the norm of each gradient on its own"),
  id: Options.id('"gradientNorms"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "gradientNorms"

/** L2 norms of gradients as scalars: `all` (`all together` beside a parameter of that name), and with `each` by path. */
export const norms = (gradients: Tensors.Tensors, each: boolean): Tensors.Tensors => ({
  [nameOfAll(each ? Object.keys(gradients) : [])]: Gradient.globalNorm(gradients),
  ...(each ? Tensors.map(gradients, Gradient.norm) : {})
})

/**
 * The transform, since gradients exist inside the step only. It changes none of them; the norms of the last step are
 * tensors, so that a run with it cannot be resumed without it, or vice versa. After noise and adaptive
 * clipping, before core's clipping. A norm costs one pass over the gradients at every step.
 */
export const layer = (
  config: ConfigInput = {}
): Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const { each, id: callbackId = id } = yield* CoreConfig.decode(Config, config, "the config of gradient norms")
      // From one stage of a step to a later one of the same step.
      let found: Tensors.Tensors = {}
      return Callback.transform({
        id: callbackId,
        after: ["adaptiveClipping", "gradientNoise"],
        transform: {
          tensors: (parameters) => ({
            [nameOfAll(each ? Object.keys(parameters) : [])]: tf.scalar(0),
            ...(each ? Tensors.map(parameters, () => tf.scalar(0)) : {})
          }),
          gradients: (gradients) => {
            found = norms(gradients, each)
            return gradients
          },
          parameters: () => {
            const tensors = found
            found = {}
            return { tensors }
          }
        },
        measures: ({ state }) => {
          const tensors = Tensors.ofOwner(state().callbacks, callbackId)
          return Object.fromEntries(Object.entries(tensors).map(([name, norm]) => [name, Tensors.read(norm)]))
        }
      })
    })
  )
