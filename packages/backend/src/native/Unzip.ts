/** Takes chosen files out of a zip archive, as a stream: archives here unpack to hundreds of megabytes. */
import * as fs from "node:fs"
import * as path from "node:path"
import { Transform } from "node:stream"
import { pipeline } from "node:stream/promises"
import * as yauzl from "yauzl"

export interface UnzipOptions {
  readonly archive: string
  /** The target of a file of the archive (an absolute path), or `undefined` to skip it. */
  readonly target: (name: string) => string | undefined
  readonly signal: AbortSignal
  /** Hears how much of what is wanted is written, 0 to 1. */
  readonly onProgress: (fraction: number) => void
}

/** Unpacks; gives the archive's names of the files that were written. The caller has verified the archive. */
export const unzip = async ({ archive, target, signal, onProgress }: UnzipOptions): Promise<ReadonlyArray<string>> => {
  const zip = await yauzl.openPromise(archive, { autoClose: false })
  try {
    const selected: Array<{ readonly entry: yauzl.Entry; readonly to: string }> = []
    for await (const entry of zip.eachEntry()) {
      const to = entry.fileName.endsWith("/") ? undefined : target(entry.fileName)
      if (to !== undefined) selected.push({ entry, to })
    }
    const total = selected.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0)
    let written = 0
    for (const { entry, to } of selected) {
      await fs.promises.mkdir(path.dirname(to), { recursive: true })
      const count = new Transform({
        transform: (chunk: Buffer, _encoding, done) => {
          written += chunk.length
          onProgress(total === 0 ? 1 : written / total)
          done(null, chunk)
        }
      })
      await pipeline(await zip.openReadStreamPromise(entry), count, fs.createWriteStream(to), { signal })
    }
    return selected.map(({ entry }) => entry.fileName)
  } finally {
    zip.close()
  }
}
