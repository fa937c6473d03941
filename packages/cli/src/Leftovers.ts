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

/** Where a run writes files in one move: its folder, and the one of figures. */
const foldersOf = (run: string): ReadonlyArray<string> => [run, path.join(run, "figures")]

const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return fs.readdirSync(folder)
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return []
    throw cause
  }
}

/** Removes what earlier writers of the run had not finished. */
export const clear = (run: string): void => {
  for (const folder of foldersOf(run)) {
    for (const name of namesIn(folder))
      if (pattern.test(name)) fs.rmSync(path.join(folder, name), { recursive: true, force: true })
  }
}
