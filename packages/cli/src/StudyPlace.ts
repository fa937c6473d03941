/** Finds the study that a person names: by its folder, its file, its name among `studies`, or the URL of its database. */
import * as fs from "node:fs"
import * as path from "node:path"
import { nearest } from "@etude/core/nearest"
import * as Database from "@etude/study/Database"
import * as Study from "@etude/study/Study"
import * as StudyConfig from "@etude/study/StudyConfig"
import { StudyStore } from "@etude/study/StudyStore"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as StudyDatabase from "./StudyDatabase.ts"
import * as StudyFile from "./StudyFile.ts"
import * as StudyFolder from "./StudyFolder.ts"

/** What names no study that can be used. */
export class StudyUnusable extends Schema.TaggedError<StudyUnusable>()("StudyUnusable", {
  study: Schema.String,
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return `The study ${this.study} cannot be used.${this.problems.map((problem) => `\n  ${problem}`).join("")}`
  }
}

/** A study that was begun. */
export interface Place {
  /** Absolute. */
  readonly folder: string
  readonly study: Study.Study
  /** The absolute path of the config that its trials train. */
  readonly config: string
  /** What to open, with its password where it is known. */
  readonly database: string
}

export interface Named {
  /** A folder, a file, a name or a URL; undefined for the only one there is. */
  readonly target: string | undefined
  /** The database's URL, with its password. */
  readonly database?: string | undefined
  /** Which of a server's studies. */
  readonly name?: string | undefined
  /** The folder of a study that is named by a URL. Default: in `studies`. */
  readonly folder?: string | undefined
}

const refuse = (study: string, ...problems: ReadonlyArray<string>) => new StudyUnusable({ study, problems })

const listed = (names: ReadonlyArray<string>): string =>
  names.length === 0 ? "there is none in studies" : `there are ${names.join(", ")}`

/** The folder that a name means. */
const folderOf = (target: string | undefined): Effect.Effect<string, StudyUnusable> =>
  Effect.suspend(() => {
    const known = StudyFolder.here()
    if (target === undefined) {
      const [only] = known
      if (only !== undefined && known.length === 1) return Effect.succeed(only)
      return Effect.fail(refuse("", `name its folder; ${listed(known)}`))
    }
    const isFile = fs.statSync(target, { throwIfNoEntry: false })?.isFile() === true
    const folder = isFile ? path.join(StudyFolder.studies, StudyFile.nameOf(target)) : target
    const found = [folder, path.join(StudyFolder.studies, target)].find(StudyFolder.isStudy)
    if (found !== undefined) return Effect.succeed(found)
    const meant = nearest(
      path.basename(folder),
      known.map((one) => path.basename(one))
    )
    const hint = meant === undefined ? listed(known) : `did you mean ${path.join(StudyFolder.studies, meant)}?`
    return Effect.fail(
      isFile
        ? refuse(target, `it was not begun: \`etude study run ${target}\` begins it in ${folder}; ${hint}`)
        : refuse(target, `there is no study.json in ${folder}; ${hint}`)
    )
  })

/** A study of that definition, in that folder. */
const placed = (folder: string, name: string, definition: unknown, database: string) =>
  Effect.gen(function* () {
    const config = yield* StudyConfig.decode(definition, StudyFolder.describedFile(folder))
    return {
      folder: path.resolve(folder),
      study: Study.make(name, config),
      config: path.resolve(folder, config.config),
      database
    } satisfies Place
  })

/** The study of a server, by its name or as its only one. */
const onServer = (url: string, { name, folder }: Named) =>
  Effect.gen(function* () {
    const store = yield* StudyStore
    const names = yield* store.names
    const chosen = name ?? (names.length === 1 ? names[0] : undefined)
    const shown = StudyDatabase.withoutPassword(url)
    if (chosen === undefined) {
      const which = names.length === 0 ? "it holds no study" : `it holds ${names.join(", ")}: choose one with --name`
      return yield* refuse(shown, which)
    }
    const { definition } = yield* store.find(chosen)
    return yield* placed(folder ?? path.join(StudyFolder.studies, chosen), chosen, definition, url)
  }).pipe(Effect.provide(Database.store(url)))

/** Finds a study that was begun. Its definition is the one that it was begun with. */
export const locate = (named: Named) =>
  Effect.gen(function* () {
    const { target, database: flag } = named
    const variable = process.env[StudyDatabase.variable]
    if (target !== undefined && StudyDatabase.isServer(target)) return yield* onServer(target, named)
    if (target === undefined && StudyFolder.here().length === 0 && variable !== undefined) {
      return yield* onServer(variable, named)
    }
    const folder = named.folder ?? (yield* folderOf(target))
    const described = yield* StudyFolder.read(folder)
    if (described === undefined) return yield* refuse(folder, "there is no study.json in it")
    const chosen = StudyDatabase.choose({ flag, variable, kept: described.database, folder })
    if (!("open" in chosen)) return yield* chosen
    return yield* placed(folder, described.name, described.definition, chosen.open)
  })
