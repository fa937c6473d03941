/** What the callbacks that write files have in common: the type of their layers, and options. */
import type * as Callback from "@etude/core/Callback"
import type { ConfigInvalid } from "@etude/core/Errors"
import * as Options from "@etude/core/Options"
import type * as FileSystem from "effect/FileSystem"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { OutputFileError } from "./OutputFile.ts"

/** An observer that writes a file. */
export type FileObserver = Layer.Layer<
  Callback.CallbackOf<OutputFileError>,
  ConfigInvalid,
  Callback.CallbackRegistry | FileSystem.FileSystem
>

/** The path of a file that a resumed run continues. */
export const path = Schema.NonEmptyString.annotate({
  description: "The file's path; a new run replaces it, a resumed one continues it"
})

/** How often a file is written between boundaries. */
export const flushEverySteps = Options.withDefault(
  Options.count("steps"),
  500,
  "How often to write between the ends of epochs and validations"
)
