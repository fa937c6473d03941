/** The version ranges that packages get which `etude new` writes: of the catalog, and of the packages here. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { parse } from "yaml"
import { publicPackages, root } from "./Places.ts"

/** What the templates name besides the packages of this workspace. */
const others = [
  "@changesets/cli",
  "@effect/vitest",
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-layers",
  "@types/node",
  "effect",
  "typescript",
  "vitest"
]

const versionOf = (directory: string): string =>
  (JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")) as { readonly version: string }).version

/** A JSON document of ranges by package name. */
export const ranges = (): string => {
  const { catalog } = parse(readFileSync(path.join(root, "pnpm-workspace.yaml"), "utf8")) as {
    readonly catalog: { readonly [name: string]: string }
  }
  const found = [
    ...others.map((name) => [name, `^${catalog[name]}`] as const),
    ...publicPackages().map(({ name, directory }) => [name, `^${versionOf(directory)}`] as const)
  ]
  return `${JSON.stringify(Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`
}
