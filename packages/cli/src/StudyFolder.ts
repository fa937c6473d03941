/**
 * The folder of a study: `study.json` with its definition, `study.sqlite` unless its trials are on a server, `trials/0000`, … with the
 * trials' run folders, and what came out: `results.md`, `results.csv`, `results.json`, `curves.svg`.
 */
import * as fs from "node:fs"
import { hostname } from "node:os"
import * as path from "node:path"
import { reasonOf } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { FileUnreadable, RunNotWritten } from "./Errors.ts"
import { fileReason } from "./FileReason.ts"
import { makeFolders } from "./MakeFolders.ts"

/** What `study.json` holds. */
export const Described = Schema.Struct({
  version: Schema.Literal(1),
  name: Schema.String,
  /** The definition with every default; its `config` is relative to the study's folder. */
  definition: Schema.Json,
  /** A URL without its password; null for `study.sqlite` in this folder; `files` where there is no database. */
  database: Schema.NullOr(Schema.String)
})
export type Described = typeof Described.Type

/** The parent folder of studies, in the working folder. */
export const studies = "studies"

export const describedFile = (folder: string): string => path.join(folder, "study.json")

/** Whether a folder is that of a study. */
export const isStudy = (folder: string): boolean => fs.existsSync(describedFile(folder))

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Described))

/** What a folder's `study.json` says; undefined where there is none. */
export const read = (folder: string): Effect.Effect<Described | undefined, FileUnreadable> =>
  Effect.suspend(() => {
    const file = describedFile(folder)
    const refuse = (reason: string) => Effect.fail(new FileUnreadable({ path: file, what: "study", reason }))
    if (!isStudy(folder)) return Effect.succeed(undefined)
    const decoded = decode(fs.readFileSync(file, "utf8"))
    return Result.isSuccess(decoded) ? Effect.succeed(decoded.success) : refuse(reasonOf(decoded.failure))
  }).pipe(
    Effect.catchDefect((cause) =>
      Effect.fail(new FileUnreadable({ path: describedFile(folder), what: "study", reason: fileReason(cause) }))
    )
  )

/** The name of a study as that of a folder. */
export const nameOf = (study: string): string =>
  study.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, "") || "study"

/** Writes `study.json`. Tasks of an array may do so at once: each has a file of its own, and all are equal. */
export const write = (folder: string, described: Omit<Described, "version">): Effect.Effect<void, RunNotWritten> => {
  const file = describedFile(folder)
  const own = `${file}.${hostname()}-${process.pid}.tmp`
  return Effect.try({
    try: () => {
      makeFolders(path.resolve(folder))
      fs.writeFileSync(own, `${JSON.stringify({ version: 1, ...described }, null, 2)}\n`)
      fs.renameSync(own, file)
    },
    catch: (cause) =>
      new RunNotWritten({
        path: file,
        reason: fileReason(cause),
        advice: "Choose a folder with --folder that is writable."
      })
  })
}

/** When its study.json was written, in seconds since 1970. */
export const begun = (folder: string): number => fs.statSync(describedFile(folder)).mtimeMs / 1000

/** Studies of the working folder, by name. */
export const here = (): ReadonlyArray<string> => {
  try {
    return fs
      .readdirSync(studies)
      .map((name) => path.join(studies, name))
      .filter(isStudy)
      .sort()
  } catch {
    return []
  }
}

/** A path as files of the study's folder write it. */
export const relativeTo = (folder: string, file: string): string =>
  path.relative(path.resolve(folder), path.resolve(file)).replaceAll(path.sep, "/")
