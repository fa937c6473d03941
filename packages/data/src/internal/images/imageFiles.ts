/** Image files of a file system: folders of classes, and files by their paths. */
import * as fs from "node:fs"
import { open, readdir, stat } from "node:fs/promises"
import * as path from "node:path"
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import { unreadable } from "../readFile.ts"
import type { ByteReader } from "./ByteReader.ts"
import { isFault, readHeader } from "./header.ts"
import { dataErrorOf, type ImageSource, type Limits } from "./imageSource.ts"

const hidden = /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i

const byCodeUnits = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const trying = <A>(file: string, evaluate: () => Promise<A>): Effect.Effect<A, DataError> =>
  Effect.catch(Effect.tryPromise({ try: evaluate, catch: (cause) => cause }), (cause) => unreadable(file, cause))

/** The folders in a folder, by their names; links to folders too. */
export const foldersIn = (folder: string): Effect.Effect<ReadonlyArray<string>, DataError> =>
  trying(folder, async () => {
    const entries = await readdir(folder, { withFileTypes: true })
    const isFolder = async (entry: fs.Dirent): Promise<boolean> =>
      entry.isDirectory() ||
      (entry.isSymbolicLink() &&
        (await stat(path.join(folder, entry.name)).then(
          (target) => target.isDirectory(),
          () => false
        )))
    const names: Array<string> = []
    for (const entry of entries) if (!hidden.test(entry.name) && (await isFolder(entry))) names.push(entry.name)
    return names.sort(byCodeUnits)
  })

/** The files below a folder, in the order of their paths, the same on every system. Folders behind links are left out. */
export const filesBelow = (folder: string): Effect.Effect<ReadonlyArray<string>, DataError> =>
  trying(folder, async () => {
    const files: Array<string> = []
    const visit = async (below: string): Promise<void> => {
      const entries = await readdir(path.join(folder, below), { withFileTypes: true })
      for (const { name, ...entry } of entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))) {
        if (hidden.test(name)) continue
        const inside = below === "" ? name : `${below}/${name}`
        if (entry.isFolder) await visit(inside)
        else files.push(inside)
      }
    }
    await visit("")
    return files.sort(byCodeUnits).map((file) => path.join(folder, file))
  })

const windowSize = 4096

/** Reads an open file piece by piece; one window serves the small reads that lie close together. */
const ofDescriptor = (descriptor: number, size: number, window: Uint8Array): ByteReader => {
  let begin = 0
  let filled = 0
  const fill = (into: Uint8Array, offset: number, length: number): number => {
    let total = 0
    while (total < length) {
      const count = fs.readSync(descriptor, into, total, length - total, offset + total)
      if (count === 0) break
      total += count
    }
    return total
  }
  const at = (offset: number, wanted: number): Uint8Array => {
    const length = Math.max(0, Math.min(wanted, size - offset))
    if (length > window.length) {
      const piece = new Uint8Array(length)
      return piece.subarray(0, fill(piece, offset, length))
    }
    if (offset < begin || offset + length > begin + filled) {
      begin = offset
      filled = fill(window, offset, Math.min(window.length, size - offset))
    }
    return window.subarray(offset - begin, Math.min(offset - begin + length, filled))
  }
  return { size, at }
}

const tooLarge = (file: string, size: number, { maximumBytes }: Limits) =>
  new DataError({
    source: file,
    found: `a file of ${size.toLocaleString("en-US")} bytes`,
    expected: `${maximumBytes.toLocaleString("en-US")} at most`,
    advice: "Raise `maximumBytes` if it is meant to be so large."
  })

const changed = (file: string) =>
  new DataError({
    source: file,
    found: "a file that has changed since the dataset was made",
    expected: "the same size and time of change",
    advice: "Make the dataset again, and don't write to its files while it is used."
  })

/** Files by their paths. Sizes and times are kept, so that a file that changes later is noticed. */
export const imageFiles = (files: ReadonlyArray<string>, limits: Limits): ImageSource => {
  const sizes = new Float64Array(files.length).fill(-1)
  const times = new Float64Array(files.length)
  const window = new Uint8Array(windowSize)
  const inspect = (index: number) =>
    Effect.suspend(() => {
      const file = element(files, index)
      let descriptor: number | undefined
      try {
        descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
        const status = fs.fstatSync(descriptor)
        if (status.isDirectory()) return unreadable(file, Object.assign(new Error(), { code: "EISDIR" }))
        if (!status.isFile()) return Effect.fail(notAFile(file))
        if (status.size > limits.maximumBytes) return Effect.fail(tooLarge(file, status.size, limits))
        sizes[index] = status.size
        times[index] = status.mtimeMs
        const header = readHeader(ofDescriptor(descriptor, status.size, window))
        return isFault(header) ? Effect.fail(dataErrorOf(file, header)) : Effect.succeed(header)
      } catch (cause) {
        return unreadable(file, cause)
      } finally {
        if (descriptor !== undefined) fs.closeSync(descriptor)
      }
    })
  const read = async (index: number): Promise<Uint8Array<ArrayBuffer>> => {
    const file = element(files, index)
    const handle = await open(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
    try {
      const { size, mtimeMs } = await handle.stat()
      const knownSize = element(sizes, index)
      if (knownSize >= 0 && (size !== knownSize || mtimeMs !== times[index])) throw changed(file)
      if (size > limits.maximumBytes) throw tooLarge(file, size, limits)
      const bytes = new Uint8Array(size)
      const { bytesRead } = await handle.read(bytes, 0, size, 0)
      if (bytesRead < size) throw changed(file)
      return bytes
    } finally {
      await handle.close()
    }
  }
  return {
    length: files.length,
    nameOf: (index) => element(files, index),
    inspect,
    read: (index) =>
      Effect.catch(Effect.tryPromise({ try: () => read(index), catch: (cause) => cause }), (cause) =>
        cause instanceof DataError ? Effect.fail(cause) : unreadable(element(files, index), cause)
      )
  }
}

const notAFile = (file: string) =>
  new DataError({
    source: file,
    found: "neither a file nor a folder",
    expected: "a file",
    advice: "Leave it out: pipes and devices have no end."
  })
