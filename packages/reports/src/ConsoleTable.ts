/**
 * The run as a table alone: a row for each epoch, and what one must know (warnings, the end). It is `ProgressBar` without its
 * bar, for output that is kept.
 *
 * ```ts
 * ConsoleTable.layer().pipe(Layer.provide(NodeTerminal.layer))
 * ```
 */
import type * as Callback from "@etude/core/Callback"
import type { ConfigInvalid } from "@etude/core/Errors"
import type * as Layer from "effect/Layer"
import * as ProgressBar from "./ProgressBar.ts"
import type { Terminal } from "./Terminal.ts"

/** The observer; its id is that of `ProgressBar`, since one of them is enough. */
export const layer = (): Layer.Layer<Callback.CallbackOf, ConfigInvalid, Callback.CallbackRegistry | Terminal> =>
  ProgressBar.layer({ verbosity: "minimal" })
