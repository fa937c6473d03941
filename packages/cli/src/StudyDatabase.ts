/**
 * Where a study's database is: the file `study.sqlite` in its folder, or a PostgreSQL server by its URL. A URL may hold a password:
 * it is kept in no file, and shown to nobody.
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { isSqlError } from "effect/sql/SqlError"

/** The variable of the environment that holds a URL with its password, where it is in no command line that others can see. */
export const variable = "ETUDE_DATABASE"

/** Whether a database is a server's, by its URL. */
export const isServer = (database: string): boolean => /^postgres(ql)?:\/\//.test(database)

/** A URL as it may be shown and kept. */
export const withoutPassword = (database: string): string =>
  isServer(database)
    ? database
        .replace(/^(\w+:\/\/[^:@/?#]*):[^/?#]*@/, "$1@")
        .replace(/([?&])password=[^&#]*&?/g, "$1")
        .replace(/[?&]$/, "")
    : database

/** A study that is in another database than the one that is asked for. */
export class StudyElsewhere extends Schema.TaggedError<StudyElsewhere>()("StudyElsewhere", {
  folder: Schema.String,
  kept: Schema.String,
  asked: Schema.String
}) {
  override get message() {
    return (
      `The study in ${this.folder} is in ${this.kept}, and ${this.asked} was asked for; nothing was started. ` +
      "Continue it there, or begin another with --folder."
    )
  }
}

/** A database that is neither a URL of PostgreSQL nor left out. */
export class DatabaseUnknown extends Schema.TaggedError<DatabaseUnknown>()("DatabaseUnknown", {
  found: Schema.String
}) {
  override get message() {
    return (
      `The database ${this.found} is no URL of PostgreSQL, such as postgres://user@host/name. ` +
      "Leave it out for a SQLite file in the study's folder."
    )
  }
}

/** A database that does not answer, or refuses. */
export class DatabaseUnreachable extends Schema.TaggedError<DatabaseUnreachable>()("DatabaseUnreachable", {
  /** Without its password. */
  database: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    const advice = isServer(this.database)
      ? ` Does the server run, and is its URL with the password in ${variable}?`
      : ""
    return `The database ${this.database} could not be used: ${this.reason}.${advice}`
  }
}

/** Says which database it was that failed. */
export const explaining =
  (database: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | DatabaseUnreachable, R> =>
    Effect.mapError(effect, (error) =>
      isSqlError(error)
        ? new DatabaseUnreachable({ database: withoutPassword(database), reason: error.message })
        : error
    )

/** The SQLite file of a study's folder. */
export const fileOf = (folder: string): string => path.join(folder, "study.sqlite")

/** What a study's folder says where its trials are in no database, but in files beside their folders. */
export const files = "files"

/** How a study's folder names its database: a URL without its password, `files`, or null for its own SQLite file. */
export type Kept = string | null

const described = (kept: string): string => (kept === files ? "files of its trials (`etude study trial`)" : kept)

export interface Wanted {
  /** Of `--database`. */
  readonly flag: string | undefined
  /** Of the environment. */
  readonly variable: string | undefined
  /** Of the folder's study.json; undefined where there is none yet. */
  readonly kept: Kept | undefined
  readonly folder: string
}

/** The database to open, with its password where one is given, and how it is kept. */
export const choose = ({
  flag,
  variable,
  kept,
  folder
}: Wanted): { readonly open: string; readonly kept: Kept } | DatabaseUnknown | StudyElsewhere => {
  const asked = flag ?? (kept === null || kept === files ? undefined : variable)
  if (asked !== undefined && !isServer(asked)) return new DatabaseUnknown({ found: asked })
  if (kept === undefined) {
    return asked === undefined ? { open: fileOf(folder), kept: null } : { open: asked, kept: withoutPassword(asked) }
  }
  if (kept === null) {
    if (asked === undefined) return { open: fileOf(folder), kept }
    return new StudyElsewhere({ folder, kept: fileOf(folder), asked: withoutPassword(asked) })
  }
  if (asked === undefined && kept !== files) return { open: kept, kept }
  if (asked !== undefined && withoutPassword(asked) === kept) return { open: asked, kept }
  const shown = asked === undefined ? "a database" : withoutPassword(asked)
  return new StudyElsewhere({ folder, kept: described(kept), asked: shown })
}
