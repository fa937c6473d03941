/** The callbacks that come with the command: those of its section `callbacks`, put together from the packages that have them. */
import * as CallbacksConfig from "@etude/callbacks/CallbacksConfig"
import * as Plugin from "@etude/core/Plugin"
import * as ReportsConfig from "@etude/reports/ReportsConfig"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

/** Every callback that the section may name: what changes a run, and what looks at it. */
export interface Callbacks extends CallbacksConfig.CallbacksConfig, ReportsConfig.ReportsConfig {}
export interface CallbacksInput extends CallbacksConfig.CallbacksInput, ReportsConfig.ReportsInput {}
export const Callbacks: Schema.Codec<Callbacks, CallbacksInput> = Schema.Struct({
  ...CallbacksConfig.CallbacksConfig.fields,
  ...ReportsConfig.ReportsConfig.fields
})

/** All of them as one plugin. */
export const plugin = Plugin.make({
  name: "callbacks",
  config: Callbacks,
  layer: (options: Callbacks, place) =>
    Layer.mergeAll(CallbacksConfig.layerOf(options, place), ReportsConfig.layerOf(options, place)),
  decisive: (options: CallbacksInput) => CallbacksConfig.decisive(options),
  evaluating: (options: Callbacks): Callbacks => CallbacksConfig.evaluating(options),
  files: ReportsConfig.filesOf
})
