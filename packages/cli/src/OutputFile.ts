/** A file that a command was asked to write, in folders that are made where they are missing. */
import { writeFileSync } from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { RunNotWritten } from "./Errors.ts"
import { fileReason } from "./FileReason.ts"
import { makeFolders } from "./MakeFolders.ts"

export const write = (file: string, text: string): Effect.Effect<void, RunNotWritten> =>
  Effect.try({
    try: () => {
      makeFolders(path.dirname(file))
      writeFileSync(file, text)
    },
    catch: (cause) =>
      new RunNotWritten({ path: file, reason: fileReason(cause), advice: "Choose another place with --output." })
  })
