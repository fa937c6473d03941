/** Finds the folder of a run that a person names: one check for every command, which lists the runs that may have been meant. */
import * as fs from "node:fs"
import * as path from "node:path"
import { nearest } from "@etude/core/nearest"
import * as Effect from "effect/Effect"
import { FileUnreadable, RunUnusable } from "./Errors.ts"
import { fileReason } from "./FileReason.ts"
import * as RunFolder from "./RunFolder.ts"

/** Whether a folder is that of a run. */
const isRun = (folder: string): boolean => fs.existsSync(RunFolder.configFile(folder))

const runsBelow = (folder: string): ReadonlyArray<string> => {
  try {
    return fs
      .readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && isRun(path.join(folder, entry.name)))
      .map((entry) => path.join(folder, entry.name))
      .sort(RunFolder.byTime)
  } catch {
    return []
  }
}

/** The run folders in a folder, oldest first. */
export const runsIn = (folder: string): Effect.Effect<ReadonlyArray<string>, FileUnreadable> =>
  Effect.try({
    try: () => {
      fs.readdirSync(folder)
      return runsBelow(folder)
    },
    catch: (cause) => new FileUnreadable({ path: folder, what: "folder of runs", reason: fileReason(cause) })
  })

const usualRuns = "runs"
const shownRuns = 3

/**
 * The runs that may have been meant: with that name elsewhere, with that prefix, with a similar name; else the newest.
 */
const meantBy = (run: string): ReadonlyArray<string> => {
  const name = path.basename(run)
  const known = [...new Set([run, path.dirname(run), usualRuns].flatMap(runsBelow))].sort(RunFolder.byTime)
  const containing = known.filter((other) => path.basename(other).includes(name))
  if (containing.length > 0) return containing
  const similar = nearest(
    name,
    known.map((other) => path.basename(other))
  )
  return similar === undefined ? known : known.filter((other) => path.basename(other) === similar)
}

const suggestion = (run: string): ReadonlyArray<string> => {
  const meant = meantBy(run)
  if (meant.length === 0) return []
  if (meant.length === 1) return [`did you mean ${meant[0]}?`]
  return [`the newest runs are ${meant.slice(-shownRuns).reverse().join(", ")}`]
}

/** The file of a run folder that was named in its place. */
const ofFile = (file: string): string => {
  const folder = path.dirname(file)
  return isRun(folder) ? `it is a file; use the run's folder, ${folder}` : "it is a file; use a run's folder"
}

/** The absolute folder of the run; or why it is none, with the runs that may have been meant. */
export const locate = (run: string): Effect.Effect<string, RunUnusable> =>
  Effect.suspend(() => {
    const refuse = (...problems: ReadonlyArray<string>) => Effect.fail(new RunUnusable({ path: run, problems }))
    const stats = fs.statSync(run, { throwIfNoEntry: false })
    if (stats === undefined) {
      return refuse("there is no such folder; `etude train` makes one and prints its path", ...suggestion(run))
    }
    if (!stats.isDirectory()) return refuse(ofFile(run))
    if (!isRun(run)) return refuse("config.json is missing: is it a run folder?", ...suggestion(run))
    return Effect.succeed(path.resolve(run))
  }).pipe(Effect.catchDefect((cause) => Effect.fail(new RunUnusable({ path: run, problems: [fileReason(cause)] }))))
