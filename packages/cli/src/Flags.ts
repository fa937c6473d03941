/** Flags of many commands, and how a command loads the module that does it. */
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { backends, executors } from "./RunConfig.ts"

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Print one JSON document; everything else goes to standard error"),
  Flag.withDefault(false)
)
export const set = Flag.String("set").pipe(
  Flag.withMetavar("key=value"),
  Flag.withDescription("Override a key of the config, in YAML: --set train.batchSize=128. Repeatable"),
  Flag.atLeast(0)
)
export const backend = Flag.Literals("backend", backends).pipe(
  Flag.withDescription("The backend; auto uses ETUDE_BACKEND, else the fastest one available"),
  Flag.optional
)
export const executor = Flag.Literals("executor", executors).pipe(
  Flag.withDescription("How steps run; auto takes native code where there is a C compiler, else WebAssembly"),
  Flag.optional
)
export const config = Argument.String("config").pipe(Argument.withDescription("A config in JSON or YAML"))
export const run = Argument.String("run").pipe(Argument.withDescription("A run folder, as written by `etude train`"))

/** Modules with tensors are loaded only when they are needed. */
export const load = <A>(module: () => Promise<A>) => Effect.promise(module)
