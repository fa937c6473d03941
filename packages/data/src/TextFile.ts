/**
 * Text in files, with Node: a whole file as a string, a file of any size as tokens of which any part is read by its
 * position, and tokenizers in files. Datasets of the tokens are made by `Text.windows`.
 */

import { createHash } from "node:crypto"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { DataError } from "@etude/core/Errors"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { writeWhole } from "./internal/files/atomic.ts"
import { cacheFolder } from "./internal/files/cacheFolder.ts"
import { unreadable } from "./internal/readFile.ts"
import { openIds } from "./internal/text/idFile.ts"
import { bytesOf, dtypeFor, type IdDtype, zeros } from "./internal/text/ids.ts"
import { eachText, hashOf } from "./internal/text/utf8File.ts"
import * as Text from "./Text.ts"
import * as Tokenizer from "./Tokenizer.ts"

const attempt = <A>(file: string, run: () => Promise<A>): Effect.Effect<A, DataError> =>
  Effect.tryPromise({ try: run, catch: (cause) => cause }).pipe(Effect.catch((cause) => unreadable(file, cause)))

/**
 * The text of a UTF-8 file, without a byte order mark; line ends stay as they are. Fails with a `DataError` for a file
 * that can't be read, is not UTF-8 (with the byte offset) or is too large for one string (512 MiB).
 */
export const read = (file: string): Effect.Effect<string, DataError> =>
  Effect.flatMap(
    attempt(file, () => fs.readFile(file)),
    (bytes) => Text.decode(bytes, file)
  )

export interface TokensOptions {
  /** The folder for files of tokens. Default: `tokens` in Etude's cache folder (`ETUDE_CACHE`). */
  readonly cache?: string
}

/** What is kept beside a file of tokens. */
const Kept = Schema.Struct({ tokens: Schema.Natural, dtype: Schema.Literals(["uint8", "uint16", "uint32"]) })

/** Part of the key: raised when the same text and tokenizer would give other tokens. */
const format = 1

const versionOf = (file: string) => attempt(file, () => fs.stat(file))

/** The tokens in the cache, if they are there and whole. */
const cached = (stem: string): Effect.Effect<Option.Option<Text.Tokens>> =>
  Effect.gen(function* () {
    const text = yield* attempt(`${stem}.json`, () => fs.readFile(`${stem}.json`, "utf8"))
    const { tokens: count, dtype } = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Kept))(text)
    const version = yield* versionOf(`${stem}.ids`)
    if (version.size !== count * bytesOf[dtype]) return Option.none()
    return Option.some(openIds(`${stem}.ids`, dtype, version))
  }).pipe(Effect.catch(() => Effect.succeed(Option.none())))

const empty = (file: string) =>
  new DataError({
    source: file,
    found: "a file without text",
    expected: "text in UTF-8",
    advice: "Look at how the file was made."
  })

const encodeInto = (stem: string, file: string, hash: string, tokenizer: Tokenizer.Tokenizer) =>
  Effect.gen(function* () {
    const dtype = dtypeFor(tokenizer.size)
    const count = yield* writeWhole(`${stem}.ids`, (add) =>
      Effect.gen(function* () {
        let count = 0
        const contentHash = yield* eachText(file, (text) =>
          Effect.gen(function* () {
            const encoded = yield* tokenizer.encode(text)
            const ids = zeros(dtype, encoded.length)
            ids.set(encoded)
            count += ids.length
            yield* add(new Uint8Array(ids.buffer, 0, ids.byteLength))
          })
        )
        if (count === 0) return yield* empty(file)
        if (contentHash === hash) return count
        return yield* new DataError({
          source: file,
          found: "a file that changed while it was encoded",
          expected: "the same content from beginning to end",
          advice: "Wait until it is written, and start again."
        })
      })
    )
    const kept = new TextEncoder().encode(`${JSON.stringify({ tokens: count, dtype })}\n`)
    yield* writeWhole(`${stem}.json`, (add) => add(kept))
  })

/**
 * The tokens of a UTF-8 file of any size: encoded once, kept in the cache folder as 1, 2 or 4 bytes an id, and read from
 * there by position, so that memory stays flat. The file's name in the cache is a hash of the text's content and of the
 * tokenizer, so that a change of either encodes again. The text is encoded in pieces of about a mebibyte that end at line
 * ends. Fails with a `DataError` for a file that can't be read, is empty, is not UTF-8 (with the byte offset) or changes
 * meanwhile, a text that the tokenizer refuses, and a cache that can't be written.
 */
export const tokens = (
  file: string,
  tokenizer: Tokenizer.Tokenizer,
  options: TokensOptions = {}
): Effect.Effect<Text.Tokens, DataError> =>
  Effect.gen(function* () {
    const content = yield* hashOf(file)
    const key = createHash("sha256")
      .update(JSON.stringify([format, content, tokenizer.data]))
      .digest("hex")
      .slice(0, 32)
    const stem = path.join(options.cache ?? cacheFolder("tokens"), key)
    const named = (tokens: Text.Tokens): Text.Tokens => ({ ...tokens, name: path.basename(file) })
    const kept = yield* cached(stem)
    if (Option.isSome(kept)) return named(kept.value)
    yield* encodeInto(stem, file, content, tokenizer)
    const written = yield* cached(stem)
    if (Option.isSome(written)) return named(written.value)
    return yield* new DataError({
      source: `${stem}.ids`,
      found: "no whole file",
      expected: "the tokens that were written there",
      advice: "Does something else clean this folder? Choose another one by `cache`."
    })
  })

export interface OpenOptions {
  /** How an id is held, little-endian. nanoGPT writes `uint16`. */
  readonly dtype: IdDtype
}

/**
 * The tokens of a file of raw ids, as other tools write them: no header, little-endian. Any part is read by position.
 * Fails with a `DataError` for a file that can't be read, is empty, or whose size the dtype doesn't divide. A file that
 * changes afterwards is a `DataError` of the read.
 */
export const open = (file: string, { dtype }: OpenOptions): Effect.Effect<Text.Tokens, DataError> =>
  Effect.gen(function* () {
    const version = yield* versionOf(file)
    if (version.isDirectory()) return yield* unreadable(file, Object.assign(new Error("a folder"), { code: "EISDIR" }))
    if (version.size > 0 && version.size % bytesOf[dtype] === 0) return openIds(file, dtype, version)
    return yield* new DataError({
      source: file,
      found: `${version.size} bytes`,
      expected: `a multiple of ${bytesOf[dtype]}, above 0, for ids of dtype ${dtype}`,
      advice: "Is the file truncated, or of another dtype?"
    })
  })

/** Writes a tokenizer's `data` as JSON, whole or not at all. Fails with a `DataError` where the file can't be written. */
export const saveTokenizer = (file: string, tokenizer: Tokenizer.Tokenizer): Effect.Effect<void, DataError> =>
  writeWhole(file, (add) => add(new TextEncoder().encode(`${JSON.stringify(tokenizer.data)}\n`)))

/**
 * The tokenizer in a file: one that {@link saveTokenizer} wrote, or a `tokenizer.json` of the Hugging Face tokenizers. Fails
 * with a `DataError` for a file that can't be read or is neither.
 */
export const loadTokenizer = (file: string): Effect.Effect<Tokenizer.Tokenizer, DataError> =>
  Effect.gen(function* () {
    const text = yield* read(file)
    const json = yield* Effect.try({
      try: (): unknown => JSON.parse(text),
      catch: (cause) =>
        new DataError({
          source: file,
          found: cause instanceof Error ? cause.message : String(cause),
          expected: "JSON",
          advice: "Is this the right file, and whole?",
          cause
        })
    })
    const isOwn = typeof json === "object" && json !== null && "_tag" in json
    return yield* isOwn ? Tokenizer.fromData(json, file) : Tokenizer.fromJson(json, path.basename(file))
  })
