/** __description__ */
import * as Plugin from "@etude/core/Plugin"
import * as __Name__ from "./__Name__.ts"
import * as Hyperbolic from "./Hyperbolic.ts"

export * as __Name__ from "./__Name__.ts"
export * as Hyperbolic from "./Hyperbolic.ts"

/** What a config may name once it uses this package, as package.json says under `etude`. */
export const plugin = Plugin.make({
  name: "__package__",
  callbacks: { __name__: __Name__.entry },
  schedules: [Hyperbolic.schedule]
})
