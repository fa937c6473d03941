/** Finds the study that a person names: by its folder, its file, its name among `studies`, or the URL of its database. */
import * as fs from "node:fs"
import * as path from "node:path"
import { ConfigInvalid } from "@etude/core/Errors"
import { nearest } from "@etude/core/nearest"
import * as Database from "@etude/study/Database"
import * as Static from "@etude/study/Static"
import * as Study from "@etude/study/Study"
import * as StudyConfig from "@etude/study/StudyConfig"
import { StudyStore } from "@etude/study/StudyStore"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ConfigFile from "./ConfigFile.ts"
import * as StudyDatabase from "./StudyDatabase.ts"
import * as StudyFile from "./StudyFile.ts"
import * as StudyFolder from "./StudyFolder.ts"
import * as StudyPlugins from "./StudyPlugins.ts"

/** What names no study that can be used. */
export class StudyUnusable extends Schema.TaggedError<StudyUnusable>()("StudyUnusable", {
  /** As it was named; empty where none was. */
  study: Schema.String,
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    const named = this.study === "" ? "No study was named" : `The study ${this.study} cannot be used`
    return `${named}.${this.problems.map((problem) => `\n  ${problem}`).join("")}`
  }
}

/** A study that was begun. */
export interface Place {
  /** Absolute. */
  readonly folder: string
  readonly study: Study.Study
  /** The absolute path of the config that its trials train. */
  readonly config: string
  /** What to open, with its password where it is known; undefined where its trials are in files. */
  readonly database: string | undefined
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
  names.length === 0
    ? `there is none in ${StudyFolder.studies}; \`etude study run\` begins one`
    : `there are ${names.join(", ")}`

/** The only study there is. */
const only = Effect.suspend(() => {
  const known = StudyFolder.here()
  const [first] = known
  return first !== undefined && known.length === 1 ? Effect.succeed(first) : Effect.fail(refuse("", listed(known)))
})

/** The folder that a study's file means. */
const folderOfFile = (file: string) =>
  Effect.gen(function* () {
    const document = yield* ConfigFile.read(file)
    const { name } = (document ?? {}) as { readonly name?: unknown }
    const study = typeof name === "string" ? name : StudyFile.nameOf(file)
    const folder = path.join(StudyFolder.studies, StudyFolder.nameOf(study))
    if (StudyFolder.isStudy(folder)) return folder
    return yield* refuse(file, `it was not begun: \`etude study run ${file}\` begins it in ${folder}`)
  })

/** The folder that a name means. */
const folderOf = (target: string) =>
  Effect.gen(function* () {
    if (fs.statSync(target, { throwIfNoEntry: false })?.isFile() === true) return yield* folderOfFile(target)
    const found = [target, path.join(StudyFolder.studies, target)].find(StudyFolder.isStudy)
    if (found !== undefined) return found
    const known = StudyFolder.here()
    const names = known.map((one) => path.basename(one))
    const meant = nearest(path.basename(target), names)
    const hint = meant === undefined ? listed(known) : `did you mean ${path.join(StudyFolder.studies, meant)}?`
    return yield* refuse(target, `it is no folder with a study.json, and no file; ${hint}`)
  })

/** A study of that definition, in that folder. */
const placed = (folder: string, name: string, definition: unknown, database: string | undefined) =>
  Effect.gen(function* () {
    const file = StudyFolder.describedFile(folder)
    const { registry, problems } = yield* StudyPlugins.registryOf(definition, folder)
    if (problems.length > 0) return yield* new ConfigInvalid({ source: file, problems })
    const config = yield* StudyConfig.decode(definition, file, registry)
    return {
      folder: path.resolve(folder),
      study: Study.make(name, config, registry),
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
  }).pipe(Effect.provide(Database.store(url)), StudyDatabase.explaining(url))

/** What is known of a study now. */
export const record = ({ folder, study, database }: Place) =>
  Effect.gen(function* () {
    if (database === undefined) {
      return yield* Static.gather(study, folder, { versions: {}, created: StudyFolder.begun(folder) })
    }
    return yield* StudyStore.use((store) => store.record(study.name)).pipe(
      Effect.provide(Database.store(database)),
      StudyDatabase.explaining(database)
    )
  })

/** Finds a study that was begun. Its definition is the one that it was begun with. */
export const locate = (named: Named) =>
  Effect.gen(function* () {
    const { target, database: flag } = named
    const variable = process.env[StudyDatabase.variable]
    if (target !== undefined && StudyDatabase.isServer(target)) return yield* onServer(target, named)
    if (target === undefined && StudyFolder.here().length === 0 && variable !== undefined) {
      return yield* onServer(variable, named)
    }
    const folder = named.folder ?? (yield* target === undefined ? only : folderOf(target))
    const described = yield* StudyFolder.read(folder)
    if (described === undefined) return yield* refuse(folder, "there is no study.json in it")
    if (described.database === StudyDatabase.files && flag === undefined) {
      return yield* placed(folder, described.name, described.definition, undefined)
    }
    const chosen = StudyDatabase.choose({ flag, variable, kept: described.database, folder })
    if (!("open" in chosen)) return yield* chosen
    return yield* placed(folder, described.name, described.definition, chosen.open)
  })
