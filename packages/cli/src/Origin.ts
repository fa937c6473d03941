/** Where a run continues from: its own newest checkpoint, or a copy of one of another run's. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as CheckpointId from "@etude/checkpoint/CheckpointId"
import * as Effect from "effect/Effect"
import { RunUnusable } from "./Errors.ts"
import * as RunFolder from "./RunFolder.ts"

/** The names in a folder; none where it can't be read. */
export const namesIn = (folder: string): ReadonlyArray<string> => {
  try {
    return fs.readdirSync(folder)
  } catch {
    return []
  }
}

const newestOf = (folder: string): string | undefined => CheckpointId.sorted(namesIn(folder)).at(-1)

/** The checkpoint that a run was paused with last; the newest of one that was never paused. A checkpoint is what it is. */
const pointOf = (run: string): string | undefined => {
  if (CheckpointId.parse(path.basename(run)) !== undefined) return run
  const folders = [RunFolder.pausedFolder(run), RunFolder.checkpointsFolder(run)]
  const found = folders.flatMap((folder) => {
    const newest = newestOf(folder)
    return newest === undefined ? [] : [path.join(folder, newest)]
  })
  return found[0]
}

/** The id of the checkpoint that was copied into a run's folder; undefined where none was. */
const originOf = (folder: string): string | undefined => {
  try {
    const { checkpoint } = JSON.parse(fs.readFileSync(RunFolder.startedFromFile(folder), "utf8")) as {
      readonly checkpoint?: unknown
    }
    return typeof checkpoint === "string" ? checkpoint : undefined
  } catch {
    return undefined
  }
}

/**
 * The newest checkpoint in the folder. Where there is none, one of the run `startFrom` is copied: from that a run continues whatever
 * its own config differs in, until it has saved one of its own.
 */
export const newestIn = (folder: string, startFrom: string | undefined) =>
  Effect.gen(function* () {
    const own = newestOf(RunFolder.checkpointsFolder(folder))
    if (own !== undefined || startFrom === undefined) {
      return { id: own, isCopied: own !== undefined && own === originOf(folder) }
    }
    const point = pointOf(startFrom)
    if (point === undefined) {
      return yield* new RunUnusable({ path: startFrom, problems: ["nothing was saved in it to continue from"] })
    }
    const id = path.basename(point)
    yield* RunFolder.writeJson(RunFolder.startedFromFile(folder), { checkpoint: id, of: startFrom })
    yield* RunFolder.copyFolder(point, path.join(RunFolder.checkpointsFolder(folder), id))
    return { id, isCopied: true }
  })

/** Keeps a copy of the checkpoint that a run was paused with: the run may go on before others have continued from it. */
export const keepPaused = (folder: string) =>
  Effect.gen(function* () {
    const newest = newestOf(RunFolder.checkpointsFolder(folder))
    if (newest === undefined) return
    const paused = RunFolder.pausedFolder(folder)
    const earlier = namesIn(paused)
    if (earlier.includes(newest)) return
    yield* RunFolder.copyFolder(path.join(RunFolder.checkpointsFolder(folder), newest), path.join(paused, newest))
    for (const name of earlier) yield* RunFolder.remove(path.join(paused, name))
  })
