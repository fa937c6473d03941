/** In browsers no path can be opened. */
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import type { openFile as openInNode } from "./nodeFile.ts"

export const openFile: typeof openInNode = (file) =>
  Effect.fail(
    new DataError({
      source: file,
      found: "a path",
      expected: "a URL, a Blob or bytes: a page can't open files by their paths",
      advice: "Pass the File that was chosen, or the address from which it is served."
    })
  )
