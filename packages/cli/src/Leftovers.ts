/**
 * Temporary files of a run folder's writers: each has the token of its writer in its name. Who takes the folder over removes those of
 * all others, after which none of them can become a file of the run: a process that was stopped between its last look at the lock
 * and the renaming finds nothing to rename.
 */
import * as fs from "node:fs"
import * as path from "node:path"

/** The temporary file of a writer, in the folder of the file that it becomes. */
export const nameOf = (file: string, token: string | undefined): string =>
  token === undefined ? `${file}.tmp` : `${file}.${token}.tmp`

const pattern = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/

/** Checkpoints look after their own. */
const elsewhere = "checkpoints"

/** Removes what earlier writers of the run had not finished. */
export const clear = (run: string): void => {
  const clearIn = (folder: string): void => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const place = path.join(folder, entry.name)
      if (pattern.test(entry.name)) fs.rmSync(place, { recursive: true, force: true })
      else if (entry.isDirectory() && entry.name !== elsewhere) clearIn(place)
    }
  }
  clearIn(run)
}
