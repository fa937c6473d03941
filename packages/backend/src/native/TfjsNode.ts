/** The npm package `@tensorflow/tfjs-node`, an optional peer: found, never written to. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** The package as it lies on disk. */
export interface TfjsNode {
  readonly directory: string
  readonly version: string
  /** SHA-256 over the C++ sources of its binding. */
  readonly sources: string
}

export class TfjsNodeMissing extends Schema.TaggedError<TfjsNodeMissing>()("TfjsNodeMissing", {
  reason: Schema.String
}) {
  override get message() {
    return `the package @tensorflow/tfjs-node cannot be used: ${this.reason}`
  }
}

/** What to do when the package is absent; its own install script is not needed. */
export const advice =
  "Add it to your project without its install script: `pnpm add @tensorflow/tfjs-node`, or " +
  "`npm install --ignore-scripts @tensorflow/tfjs-node`."

/** Resolves from here, so a project's own copy is found as the peer that it is. */
export const requireFromHere = createRequire(import.meta.url)

const hashSources = (directory: string): string => {
  const hash = createHash("sha256")
  const binding = path.join(directory, "binding")
  for (const name of fs.readdirSync(binding).sort())
    hash.update(`${name}\0`).update(fs.readFileSync(path.join(binding, name)))
  return hash.digest("hex")
}

/** Where the package is found; tests provide another place. */
export const TfjsNodePackage = Context.Reference<() => string>("@etude/backend/TfjsNodePackage", {
  defaultValue: () => () => requireFromHere.resolve("@tensorflow/tfjs-node/package.json")
})

export const locate: Effect.Effect<TfjsNode, TfjsNodeMissing> = Effect.flatMap(TfjsNodePackage, (find) =>
  Effect.try({
    try: () => {
      const manifest = find()
      const directory = path.dirname(manifest)
      const { version } = JSON.parse(fs.readFileSync(manifest, "utf8")) as { readonly version: string }
      return { directory, version, sources: hashSources(directory) }
    },
    catch: (cause) =>
      new TfjsNodeMissing({
        reason:
          (cause as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND"
            ? "it is not installed"
            : ((cause as Error).message.split("\n")[0] ?? "")
      })
  })
)
