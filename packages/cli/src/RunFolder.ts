/**
 * The folder of a run: `config.json` with its JSON Schema, `events.jsonl`, `report.json`, `model.safetensors` and `figures/`. Each file appears whole or
 * not at all (except the events, which grow), and a run that ends before its first step leaves no folder.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { RunNotWritten } from "./Errors.ts"
import { fileReason, makeRoom } from "./FileReason.ts"
import * as Leftovers from "./Leftovers.ts"
import { makeFolders } from "./MakeFolders.ts"

export interface RunFolder {
  readonly path: string
  /** Takes the folder away again, with the folders that were made for it. */
  readonly remove: Effect.Effect<void>
}

export const configFile = (folder: string): string => path.join(folder, "config.json")
/** The JSON Schema of `config.json`, for editors. */
export const schemaFile = (folder: string): string => path.join(folder, "config.schema.json")
export const eventsFile = (folder: string): string => path.join(folder, "events.jsonl")
export const reportFile = (folder: string): string => path.join(folder, "report.json")
/** A copy of the checkpoint that the run was paused with last, for whoever continues from it. */
export const pausedFolder = (folder: string): string => path.join(folder, "paused")
export const checkpointsFolder = (folder: string): string => path.join(folder, "checkpoints")
/** A figure of a metric on the test set. A name may hold what no file's name can. */
export const figureFile = (folder: string, metric: string): string =>
  path.join(folder, "figures", `test-${metric.replace(/[^A-Za-z0-9._-]+/g, "-")}.svg`)
/** Which checkpoint a run began with a copy of, where it did. */
export const startedFromFile = (folder: string): string => path.join(folder, "started-from.json")
export const modelFile = (folder: string): string => path.join(folder, "model.safetensors")
/** The last weights of a run that ended with the best ones, and the best of a run that ended with the last ones. */
export const weightsFile = (folder: string, weights: "best" | "last"): string =>
  path.join(folder, `model-${weights}.safetensors`)

/** What of a run's folder is the run's own: nothing else may write there. */
export const files: ReadonlyArray<string> = [
  "config.json",
  "config.schema.json",
  "events.jsonl",
  "report.json",
  "model.safetensors",
  "model-best.safetensors",
  "model-last.safetensors",
  "lock.json",
  "fences",
  "started-from.json",
  "predictions.jsonl",
  "checkpoints",
  "paused",
  "figures"
]

const chooseRuns = "Choose a folder with --runs that is writable and has enough space."

const writing = <A>(target: string, body: () => A, advice = makeRoom): Effect.Effect<A, RunNotWritten> =>
  Effect.try({
    try: body,
    catch: (cause) =>
      new RunNotWritten({
        path: target,
        reason: fileReason(cause),
        advice
      })
  })

/** `lenet-5-20260131T120000Z-1a2b3c4`: what was run, when it started (UTC), and the start of its config's hash. */
export const nameOf = (experiment: string, time: Date, hash: string): string => {
  const safe = experiment.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, "")
  const stamp = time
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replace(/[-:]/g, "")
  return `${safe === "" ? "run" : safe}-${stamp}-${hash.slice(0, 7)}`
}

/** When a run started, from its folder's name, to the second. */
const begun = (folder: string): string => /\d{8}T\d{6}Z/.exec(path.basename(folder))?.[0] ?? ""

/** Run folders from the oldest to the newest. */
export const byTime = (a: string, b: string): number => begun(a).localeCompare(begun(b)) || a.localeCompare(b)

/** Takes away a folder, and those on the way to it that were made for it: from `first` on, as far as they are empty. */
const removing = (folder: string, first: string | undefined): Effect.Effect<void> =>
  Effect.sync(() => {
    fs.rmSync(folder, { recursive: true, force: true })
    if (first === undefined) return
    // Another run may have started in the meantime: only an empty folder is removed.
    for (let empty = path.dirname(folder); empty.startsWith(first); empty = path.dirname(empty)) fs.rmdirSync(empty)
  }).pipe(Effect.catchDefect(() => Effect.void))

/** Makes the folder `name` in `runs`, or `name-2`, `name-3`, … where there is one already. */
export const make = (runs: string, name: string): Effect.Effect<RunFolder, RunNotWritten> => {
  const parent = path.resolve(runs)
  return writing(
    path.join(parent, name),
    () => {
      const first = makeFolders(parent)
      for (let count = 1; ; count++) {
        const folder = path.join(parent, count === 1 ? name : `${name}-${count}`)
        try {
          fs.mkdirSync(folder)
        } catch (cause) {
          if ((cause as { code?: unknown }).code === "EEXIST") continue
          if (first !== undefined) fs.rmSync(first, { recursive: true, force: true })
          throw cause
        }
        return { path: folder, remove: removing(folder, first) }
      }
    },
    chooseRuns
  )
}

/** Makes exactly this folder, where it is not there yet. */
export const makeAt = (folder: string): Effect.Effect<RunFolder & { readonly isNew: boolean }, RunNotWritten> =>
  writing(
    folder,
    () => {
      const first = makeFolders(folder)
      // Throws what is wrong with a file that lies there in the folder's place.
      fs.readdirSync(folder)
      return { path: folder, remove: removing(folder, first), isNew: first !== undefined }
    },
    "Choose a folder with --run that is writable and has enough space."
  )

/** Whether something other than a file or nothing is there: a device or a pipe is written to, never replaced. */
export const isSpecial = (file: string): boolean => {
  const stats = fs.statSync(file, { throwIfNoEntry: false })
  return stats !== undefined && !stats.isFile()
}

/** Who writes to the run's folder: whether it still may, and the token in the names of its temporary files. */
export const Writer = Context.Reference<{
  readonly check: Effect.Effect<void, { readonly message: string }>
  readonly token: string | undefined
}>("@etude/cli/RunFolder/Writer", {
  // Where no other process could write.
  defaultValue: () => ({ check: Effect.void, token: undefined })
})

const allowed = (file: string): Effect.Effect<void, RunNotWritten> =>
  Effect.flatMap(Writer, ({ check }) =>
    Effect.mapError(check, ({ message }) => new RunNotWritten({ path: file, reason: message, advice: "" }))
  )

/** Writes a file in one move: readers see the whole of it or nothing. */
export const write = (file: string, content: string | Uint8Array): Effect.Effect<void, RunNotWritten> =>
  Effect.gen(function* () {
    yield* allowed(file)
    if (yield* writing(file, () => isSpecial(file))) {
      return yield* writing(file, () => fs.writeFileSync(file, content))
    }
    const { token } = yield* Writer
    const temporary = Leftovers.nameOf(file, token)
    const place = Effect.gen(function* () {
      yield* writing(file, () => put(temporary, content))
      // Asked when the temporary file is there: who takes the run over removes that first.
      yield* allowed(file)
      yield* writing(file, () => fs.renameSync(temporary, file))
    })
    yield* Effect.onError(place, () => Effect.sync(() => fs.rmSync(temporary, { force: true })))
  }).pipe(Effect.uninterruptible)

const put = (temporary: string, content: string | Uint8Array): void => {
  makeFolders(path.dirname(temporary))
  // What a process that died left there goes; a link that lies there is not followed.
  fs.rmSync(temporary, { force: true })
  const descriptor = fs.openSync(temporary, "wx")
  try {
    fs.writeFileSync(descriptor, content)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Removes a file or a folder, where it is there. */
export const remove = (file: string): Effect.Effect<void, RunNotWritten> =>
  Effect.andThen(
    allowed(file),
    writing(file, () => fs.rmSync(file, { recursive: true, force: true }))
  )

export const writeJson = (file: string, value: unknown): Effect.Effect<void, RunNotWritten> =>
  write(file, `${JSON.stringify(value, null, 2)}\n`)

/** Copies a folder of files in one move: readers see the whole of it or nothing. */
export const copyFolder = (from: string, to: string): Effect.Effect<void, RunNotWritten> =>
  Effect.gen(function* () {
    const { token } = yield* Writer
    // Beside its parent, whose names are those of whole folders only.
    const temporary = Leftovers.nameOf(path.join(path.dirname(path.dirname(to)), path.basename(to)), token)
    yield* allowed(to)
    yield* writing(to, () => {
      makeFolders(path.dirname(to))
      fs.rmSync(temporary, { recursive: true, force: true })
      fs.cpSync(from, temporary, { recursive: true, mode: fs.constants.COPYFILE_FICLONE })
    })
    yield* allowed(to)
    yield* writing(to, () => fs.renameSync(temporary, to))
  }).pipe(Effect.uninterruptible)

/** Puts a damaged log aside, under a name that no earlier one has, and gives that name. */
export const setAside = (file: string): Effect.Effect<string, RunNotWritten> =>
  Effect.andThen(
    allowed(file),
    writing(file, () => {
      for (let count = 1; ; count++) {
        const aside = `${file}.damaged${count === 1 ? "" : `-${count}`}`
        if (fs.existsSync(aside)) continue
        fs.renameSync(file, aside)
        return path.basename(aside)
      }
    })
  )
