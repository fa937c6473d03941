/** Flags of many commands, and how a command loads the module that does it. */
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Print one JSON document; everything else goes to standard error"),
  Flag.withDefault(false)
)
export const set = Flag.String("set").pipe(
  Flag.withMetavar("key=value"),
  Flag.withDescription("Override a key of the config, in YAML: --set train.batchSize=128. Repeatable"),
  Flag.atLeast(0)
)

/** Modules with tensors are loaded only when they are needed. */
export const load = <A>(module: () => Promise<A>) => Effect.promise(module)
