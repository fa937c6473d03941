/** The versions of the libraries that wrote a checkpoint, to explain later why two runs differ. */
import { createRequire } from "node:module"
import { version_core } from "@tensorflow/tfjs-core"

const require = createRequire(import.meta.url)

const versionOf = (manifest: string): string => {
  try {
    return (require(manifest) as { readonly version: string }).version
  } catch {
    // Bundlers leave the package.json files out.
    return "unknown"
  }
}

/** Versions of the installed libraries, by package, and of Node. */
export const versions = (): { readonly [library: string]: string } => ({
  "@etude/core": versionOf("@etude/core/package.json"),
  "@etude/checkpoint": versionOf("../package.json"),
  effect: versionOf("effect/package.json"),
  "@tensorflow/tfjs-core": version_core,
  node: process.versions.node
})

/** Such as `linux-x64`. */
export const platform = (): string => `${process.platform}-${process.arch}`
