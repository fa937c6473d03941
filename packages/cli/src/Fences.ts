/**
 * The fences of a run folder: a number for each time that somebody was given the run, the highest of which may write. They only
 * grow, and stay when their holder goes: a process that was given the run earlier, and was stopped meanwhile, finds a higher one
 * whenever it continues. Each is an empty file in `fences`, named by its number, so that raising one is one atomic step on every
 * file system, without a lock.
 */
import * as fs from "node:fs"
import * as path from "node:path"

export const folderName = "fences"

const fencesIn = (run: string): ReadonlyArray<number> => {
  try {
    return fs
      .readdirSync(path.join(run, folderName))
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return []
    throw cause
  }
}

/** The highest fence of a run; null where nobody has had one. */
export const highest = (run: string): number | null => {
  const fences = fencesIn(run)
  return fences.length === 0 ? null : Math.max(...fences)
}

/** Raises a fence. From here on every process with a lower one, or with none, has lost the run. */
export const raise = (run: string, fence: number): void => {
  const folder = path.join(run, folderName)
  fs.mkdirSync(folder, { recursive: true })
  fs.closeSync(fs.openSync(path.join(folder, String(fence)), "a"))
  for (const lower of fencesIn(run)) {
    if (lower < fence) fs.rmSync(path.join(folder, String(lower)), { force: true })
  }
}

/** Whether a process with a fence, or with none, is behind another. */
export const isBehind = (fence: number | null | undefined, other: number | null | undefined): boolean =>
  (fence ?? -1) < (other ?? -1)
