/** An installed native library on disk: a folder with a manifest that names every file, its size and checksum. */

import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** Version of Node-API that the binding is compiled for; Node 22 and 24 both have it. */
export const nodeApi = 8

export const manifestName = "etude-native.json"

export const InstalledFile = Schema.Struct({ path: Schema.String, bytes: Schema.Natural, sha256: Schema.String })
export type InstalledFile = typeof InstalledFile.Type

/** The manifest of an installed library. Paths are relative to its folder, with forward slashes. */
export const Manifest = Schema.Struct({
  format: Schema.Literal(1),
  /** The way by which it was installed. */
  way: Schema.String,
  /** Version of TensorFlow, as the library itself gives it. */
  tensorflow: Schema.String,
  platform: Schema.String,
  arch: Schema.String,
  nodeApi: Schema.Natural,
  /** The file that Node loads. */
  binding: Schema.String,
  installedAt: Schema.String,
  files: Schema.Array(InstalledFile)
})
export type Manifest = typeof Manifest.Type

/** An installed library: its folder and manifest. */
export interface Install {
  readonly directory: string
  readonly manifest: Manifest
}

const ManifestText = Schema.fromJsonString(Manifest)
const decode = Schema.decodeUnknownOption(ManifestText)
export const encode = Schema.encodeSync(Schema.fromJsonString(Manifest, { space: 2 }))

/** The file that Node loads. */
export const bindingPath = ({ directory, manifest }: Install): string =>
  path.join(directory, ...manifest.binding.split("/"))

/** All files below `directory`, relative to it, in order, with forward slashes. */
export const listFiles = (directory: string): ReadonlyArray<string> =>
  fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .sort()

/** SHA-256 of a file, in hexadecimal, read in pieces; `onBytes` hears how many bytes are done. */
export const sha256 = (file: string, onBytes: (bytes: number) => void = () => {}): Effect.Effect<string, Error> =>
  Effect.tryPromise({
    try: async (signal) => {
      const hash = createHash("sha256")
      let done = 0
      for await (const chunk of fs.createReadStream(file, { highWaterMark: 4 * 1024 * 1024, signal })) {
        hash.update(chunk)
        done += chunk.length
        onBytes(done)
      }
      return hash.digest("hex")
    },
    catch: (cause) => (cause instanceof Error ? cause : new Error(String(cause)))
  })

/** Reads an install and compares file sizes, which takes no time; `None` unless everything is in its place. */
export const read = (directory: string): Effect.Effect<Option.Option<Install>> =>
  Effect.sync(() => {
    try {
      return Option.map(decode(fs.readFileSync(path.join(directory, manifestName), "utf8")), (manifest) => ({
        directory,
        manifest
      })).pipe(
        Option.filter(({ manifest }) =>
          manifest.files.every((file) => fs.statSync(path.join(directory, file.path)).size === file.bytes)
        )
      )
    } catch {
      return Option.none()
    }
  })

/** Reads every byte of an install: one sentence for each file that differs from the manifest. */
export const verify = ({ directory, manifest }: Install): Effect.Effect<ReadonlyArray<string>> =>
  Effect.forEach(manifest.files, (file) =>
    sha256(path.join(directory, file.path)).pipe(
      Effect.map((found) =>
        found === file.sha256 ? [] : [`${file.path} has SHA-256 ${found}, expected ${file.sha256}`]
      ),
      Effect.catch((cause) => Effect.succeed([`${file.path} cannot be read: ${cause.message}`]))
    )
  ).pipe(Effect.map((problems) => problems.flat()))
