/** __description__ */
import * as Plugin from "@etude/core/Plugin"
import * as __Name__ from "./__Name__.ts"

export * as __Name__ from "./__Name__.ts"

/** What a config asks for by the package's name, as package.json says under `etude`. */
export const plugin = Plugin.make({
  name: "__package__",
  config: __Name__.Config,
  layer: (options) => __Name__.layer(options)
})
