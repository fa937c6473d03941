/** The samples of a tar archive, in the layout of WebDataset: files that belong together follow each other. */
import { Readable } from "node:stream"
import { DataError, reasonOf } from "@etude/core/Errors"
import { createTarDecoder, type ParsedTarEntry } from "modern-tar"
import * as Bytes from "./bytes.ts"

/** Files of the same name, by their extensions: all that follows the first dot, in lower case. */
export interface TarSample {
  readonly key: string
  readonly files: { readonly [extension: string]: Uint8Array }
}

/** The folder and the name up to the first dot, and what follows it. */
const named = /^((?:.*\/)?[^./][^./]*)\.([^/]+)$/

const problem = (source: string, found: string, expected: string, advice: string, cause?: unknown) =>
  new DataError({ source, found, expected, advice, ...(cause === undefined ? {} : { cause }) })

const contentOf = async (file: string, { header, body }: ParsedTarEntry, largest: number): Promise<Uint8Array> => {
  const { name, size } = header
  if (size > largest)
    throw problem(`${file}, ${name}`, `${size} bytes`, `${largest} at most`, "Raise `largest` where that is right.")
  const bytes = new Uint8Array(size)
  let length = 0
  for await (const chunk of body) {
    bytes.set(chunk, length)
    length += chunk.length
  }
  return bytes
}

/** Each file of an archive with the sample that it is of. */
async function* filesOf(file: string, largest: number) {
  const bytes = Bytes.open(file)
  let failure: unknown
  bytes.on("error", (cause) => {
    failure = cause
  })
  let last = ""
  try {
    // A stream of bytes for the platform's streams; types of Node and of the platform name the same thing differently.
    const readable = Readable.toWeb(bytes) as ReadableStream<Uint8Array>
    for await (const entry of readable.pipeThrough(createTarDecoder({ strict: true }))) {
      const [, key, extension] = named.exec(entry.header.name) ?? []
      last = entry.header.name
      if (entry.header.type !== "file" || key === undefined || extension === undefined) await entry.body.cancel()
      else yield { key, extension: extension.toLowerCase(), content: await contentOf(file, entry, largest) }
    }
  } catch (cause) {
    if (failure !== undefined) throw await Bytes.errorOf(file, failure)
    if (cause instanceof DataError) throw cause
    const where = last === "" ? "at its beginning" : `in or after ${last}`
    const advice = "The archive may be truncated or altered: download it again."
    throw problem(file, `no tar archive ${where} (${reasonOf(cause)})`, "a whole tar archive", advice, cause)
  } finally {
    bytes.destroy()
  }
}

export async function* samplesOf(file: string, largest: number): AsyncGenerator<TarSample> {
  let sample: { readonly key: string; readonly files: Record<string, Uint8Array> } | undefined
  for await (const { key, extension, content } of filesOf(file, largest)) {
    if (sample !== undefined && sample.key !== key) {
      yield sample
      sample = undefined
    }
    sample ??= { key, files: {} }
    if (Object.hasOwn(sample.files, extension))
      throw problem(
        `${file}, ${key}.${extension}`,
        "two files of that name",
        "one",
        "Give each sample a name of its own."
      )
    sample.files[extension] = content
  }
  if (sample !== undefined) yield sample
}
