/** The file that names who writes to a run folder: created whole at once, and taken away only by who has read it. */
import * as fs from "node:fs"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

export const Holder = Schema.Struct({
  version: Schema.Literal(1),
  /** Of this holder alone. */
  token: Schema.String,
  process: Schema.Natural,
  host: Schema.String,
  /** When the process started, as its system tells it; null where it can't be known. */
  started: Schema.NullOr(Schema.String),
  /** Of this start of the machine; null where it can't be known. */
  boot: Schema.NullOr(Schema.String),
  /** UTC, ISO 8601. */
  since: Schema.String,
  /** Absent where it has none. */
  fence: Schema.optionalKey(Schema.Natural)
})
export type Holder = typeof Holder.Type

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Holder))
const encode = (holder: Holder): string => `${JSON.stringify(holder, null, 2)}\n`

/** The holder that a file names; none where there is no such file, or no lock in it. */
export const read = (file: string): { readonly text: string; readonly holder: Holder | undefined } | undefined => {
  try {
    const text = fs.readFileSync(file, "utf8")
    return { text, holder: Option.getOrUndefined(decode(text)) }
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return undefined
    throw cause
  }
}

const isThere = (cause: unknown): boolean => (cause as { code?: unknown }).code === "EEXIST"

/** Creates the lock with its whole text at once, if there is none; returns whether it did. */
export const create = (file: string, holder: Holder): boolean => {
  const temporary = `${file}.${holder.token}`
  fs.writeFileSync(temporary, encode(holder), { flag: "wx" })
  try {
    fs.linkSync(temporary, file)
    return true
  } catch (cause) {
    if (isThere(cause)) return false
    // A file system without links: nearly as good.
    try {
      fs.writeFileSync(file, encode(holder), { flag: "wx" })
      return true
    } catch (again) {
      if (isThere(again)) return false
      throw again
    }
  } finally {
    fs.rmSync(temporary, { force: true })
  }
}

/** Takes a stale lock away, unless another process has taken the run over since it was read. */
export const clear = (file: string, stale: string, token: string): void => {
  const aside = `${file}.${token}.stale`
  try {
    fs.renameSync(file, aside)
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return
    throw cause
  }
  try {
    if (fs.readFileSync(aside, "utf8") !== stale) fs.linkSync(aside, file)
  } catch (cause) {
    if (!isThere(cause)) throw cause
  } finally {
    fs.rmSync(aside, { force: true })
  }
}
