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
export const checkpointsFolder = (folder: string): string => path.join(folder, "checkpoints")
/** A figure of a metric on the test set. A name may hold what no file's name can. */
export const figureFile = (folder: string, metric: string): string =>
  path.join(folder, "figures", `test-${metric.replace(/[^A-Za-z0-9._-]+/g, "-")}.svg`)
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
  "predictions.jsonl",
  "checkpoints",
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
        const remove = Effect.sync(() => {
          fs.rmSync(folder, { recursive: true, force: true })
          if (first === undefined) return
          // Another run may have started in the meantime: only an empty folder is removed.
          for (let empty = parent; empty.startsWith(first); empty = path.dirname(empty)) fs.rmdirSync(empty)
        }).pipe(Effect.catchDefect(() => Effect.void))
        return { path: folder, remove }
      }
    },
    chooseRuns
  )
}

/** Whether something other than a file or nothing is there: a device or a pipe is written to, never replaced. */
const isSpecial = (file: string): boolean => {
  const stats = fs.statSync(file, { throwIfNoEntry: false })
  return stats !== undefined && !stats.isFile()
}

/** Whether this process may still write to the run's folder. Always, where no other process could. */
export const Guard = Context.Reference<Effect.Effect<void, { readonly message: string }>>(
  "@etude/cli/RunFolder/Guard",
  {
    defaultValue: () => Effect.void
  }
)

const guarded = <A>(file: string, effect: Effect.Effect<A, RunNotWritten>): Effect.Effect<A, RunNotWritten> =>
  Effect.flatMap(Guard, (guard) =>
    guard.pipe(
      Effect.mapError(({ message }) => new RunNotWritten({ path: file, reason: message, advice: "" })),
      Effect.andThen(effect)
    )
  )

/** Writes a file in one move: readers see the whole of it or nothing. */
export const write = (file: string, content: string | Uint8Array): Effect.Effect<void, RunNotWritten> =>
  guarded(file, put(file, content))

const put = (file: string, content: string | Uint8Array): Effect.Effect<void, RunNotWritten> =>
  writing(file, () => {
    if (isSpecial(file)) return fs.writeFileSync(file, content)
    const temporary = `${file}.tmp`
    try {
      makeFolders(path.dirname(file))
      // What a process that died left there goes; a link that lies there is not followed.
      fs.rmSync(temporary, { force: true })
      const descriptor = fs.openSync(temporary, "wx")
      try {
        fs.writeFileSync(descriptor, content)
        fs.fsyncSync(descriptor)
      } finally {
        fs.closeSync(descriptor)
      }
      fs.renameSync(temporary, file)
    } catch (cause) {
      fs.rmSync(temporary, { force: true })
      throw cause
    }
  })

export const writeJson = (file: string, value: unknown): Effect.Effect<void, RunNotWritten> =>
  write(file, `${JSON.stringify(value, null, 2)}\n`)

/** Puts a damaged log aside, under a name that no earlier one has, and gives that name. */
export const setAside = (file: string): Effect.Effect<string, RunNotWritten> =>
  guarded(
    file,
    writing(file, () => {
      for (let count = 1; ; count++) {
        const aside = `${file}.damaged${count === 1 ? "" : `-${count}`}`
        if (fs.existsSync(aside)) continue
        fs.renameSync(file, aside)
        return path.basename(aside)
      }
    })
  )
