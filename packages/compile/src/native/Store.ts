/**
 * Compiled addons in the cache. For each key there is `KEY.json`, which names the addon's file and its SHA-256; the file's name
 * holds a part of that hash too, so that nobody ever writes into a file that another process has loaded. Both appear by a
 * rename. What is not whole counts as absent.
 */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const Entry = Schema.fromJsonString(
  Schema.Struct({ format: Schema.Literal(1), file: Schema.String, sha256: Schema.String })
)
const decode = Schema.decodeUnknownOption(Entry)
const encode = Schema.encodeSync(Entry)

const prefix = ".making-"
const unusedMilliseconds = 30 * 24 * 3600 * 1000
const abandonedMilliseconds = 3600 * 1000

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")
const entryFile = (cache: string, key: string): string => path.join(cache, `${key}.json`)

/** The addon of a key, if there is one with unchanged bytes. */
export const find = (cache: string, key: string): string | undefined => {
  try {
    const entry = Option.getOrUndefined(decode(fs.readFileSync(entryFile(cache, key), "utf8")))
    if (entry === undefined || path.basename(entry.file) !== entry.file) return undefined
    const file = path.join(cache, entry.file)
    if (sha256(fs.readFileSync(file)) !== entry.sha256) return undefined
    touch(entryFile(cache, key))
    return file
  } catch {
    return undefined
  }
}

/** What is used is kept; where that can't be noted, it is kept as long as what isn't. */
const touch = (file: string): void => {
  try {
    fs.utimesSync(file, new Date(), new Date())
  } catch {
    // A cache that can't be written.
  }
}

/** A temporary folder for building an addon, beside the others. */
export const open = (cache: string): string => {
  fs.mkdirSync(cache, { recursive: true, mode: 0o700 })
  return fs.mkdtempSync(path.join(cache, prefix))
}

export const close = (folder: string): void => {
  try {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  } catch {
    // The next process removes it.
  }
}

/** Puts a made file in its place, and gives that. Of two processes that make the same, the last one's counts; both are right. */
export const publish = (cache: string, key: string, folder: string, made: string): string => {
  const hash = sha256(fs.readFileSync(made))
  const name = `${key}-${hash.slice(0, 16)}.node`
  const entry = path.join(folder, "entry.json")
  fs.writeFileSync(entry, encode({ format: 1, file: name, sha256: hash }))
  fs.renameSync(made, path.join(cache, name))
  fs.renameSync(entry, entryFile(cache, key))
  sweep(cache)
  return path.join(cache, name)
}

export const remove = (cache: string, key: string): void => fs.rmSync(entryFile(cache, key), { force: true })

/** Removes addons that were not used for a month, and leftovers of killed processes. */
const sweep = (cache: string): void => {
  const names = fs.readdirSync(cache)
  const isOld = (name: string, milliseconds: number) =>
    Date.now() - fs.statSync(path.join(cache, name)).mtimeMs > milliseconds
  const used = new Set<string>()
  for (const name of names) if (name.endsWith(".json") && !isOld(name, unusedMilliseconds)) used.add(name.slice(0, -5))
  for (const name of names) {
    try {
      const key = name.endsWith(".json") ? name.slice(0, -5) : name.split("-")[0]!
      const old = name.startsWith(prefix)
        ? isOld(name, abandonedMilliseconds)
        : !used.has(key) && isOld(name, unusedMilliseconds)
      if (old) fs.rmSync(path.join(cache, name), { recursive: true, force: true })
    } catch {
      // Another process was faster.
    }
  }
}
