/** How big each package is, and how big it may become. */
import path from "node:path"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"
import type { Tarball } from "./Pack.ts"
import type { Package } from "./Workspace.ts"

export interface Size {
  /** The tarball: what is downloaded. */
  readonly packed: number
  /** All that the index exports, without other packages, minified and compressed: what a bundle for browsers gains at most. */
  readonly bundled: number
}

/** In kB of 1000 bytes. A package that isn't named has the default. */
export interface Budgets {
  readonly default: Size
  readonly [name: string]: Size
}

const kilobytes = (bytes: number): number => Math.ceil(bytes / 1000)

export const sizeOf = async ({ directory }: Package, { data }: Tarball): Promise<Size> => {
  const { outputFiles } = await build({
    entryPoints: [path.join(directory, "dist", "index.js")],
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    minify: true,
    write: false
  })
  return { packed: kilobytes(data.length), bundled: kilobytes(gzipSync(outputFiles[0]!.contents).length) }
}

/** What is over budget, with what to do. */
export const problemsOf = (name: string, size: Size, budgets: Budgets): ReadonlyArray<string> => {
  const budget = budgets[name] ?? budgets.default
  return (["packed", "bundled"] as const)
    .filter((kind) => size[kind] > budget[kind])
    .map(
      (kind) =>
        `${kind} it has ${size[kind]} kB, and ${budget[kind]} kB are allowed. Make it smaller, or say in the commit` +
        ` why it may grow and raise its budget in tools/release/budgets.json.`
    )
}
