/**
 * The L2 norm of the parameters at logged steps, all together and each on its own: `weightNorms/all`, `weightNorms/path`.
 *
 * ```ts
 * WeightNorms.layer({ match: "**\/kernel" })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import type { OptionsSchema } from "@etude/core/CallbackEntry"
import * as CoreConfig from "@etude/core/Config"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Gradient from "@etude/core/Gradient"
import * as Options from "@etude/core/Options"
import * as PathPattern from "@etude/core/PathPattern"
import * as Tensors from "@etude/core/Tensors"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { nameOfAll } from "./internal/nameOfAll.ts"

const fields = {
  each: Options.withDefault(Schema.Boolean, false, "Also the norm of each tensor on its own"),
  match: Options.withDefault(Options.Patterns, "**", "Which parameters count, by path"),
  id: Options.id('"weightNorms"')
}
export interface Config extends Schema.Struct.Type<typeof fields> {}
export interface ConfigInput extends Schema.Struct.Encoded<typeof fields> {}
export const Config: OptionsSchema<Config, ConfigInput> = Schema.Struct(fields)

/** The id by default. */
export const id = "weightNorms"

/** L2 norms by path, and of all together as `all` (`all together` beside a tensor of that name). Read to the host; 0 without tensors. */
export const norms = (tensors: Tensors.Tensors, each = false): { readonly [path: string]: number } =>
  Tensors.tidy(() => {
    const all = nameOfAll(each ? Object.keys(tensors) : [])
    const norms: Record<string, number> = { [all]: Tensors.read(Gradient.globalNorm(tensors)) }
    if (each) for (const [path, tensor] of Object.entries(tensors)) norms[path] = Tensors.read(Gradient.norm(tensor))
    return norms
  })

/** The observer: it costs nothing at steps that are not logged. */
export const layer = (
  config: ConfigInput = {}
): Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry> =>
  Callback.unwrap(
    Effect.gen(function* () {
      const decoded = yield* CoreConfig.decode(Config, config, "the config of weight norms")
      const matches = PathPattern.matcherOfAny(decoded.match)
      return Callback.observer({
        id: decoded.id ?? id,
        hooks: {},
        measures: ({ state }) => norms(Tensors.filter(state().parameters, matches), decoded.each)
      })
    })
  )
