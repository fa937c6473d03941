/** The packages of this workspace, as their package.json files tell. Whatever is not private is published. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import path from "node:path"

export const root = path.join(import.meta.dirname, "..", "..", "..")

export type Exports = string | null | { readonly [condition: string]: Exports }

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly description?: string
  readonly license?: string
  readonly type?: string
  readonly sideEffects?: boolean | ReadonlyArray<string>
  readonly repository?: unknown
  readonly exports?: { readonly [path: string]: Exports }
  readonly files?: ReadonlyArray<string>
  readonly bin?: { readonly [name: string]: string }
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean }
  readonly engines?: { readonly node?: string }
  readonly scripts?: { readonly [name: string]: string }
  readonly dependencies?: { readonly [name: string]: string }
  readonly devDependencies?: { readonly [name: string]: string }
  readonly peerDependencies?: { readonly [name: string]: string }
  readonly peerDependenciesMeta?: { readonly [name: string]: { readonly optional?: boolean } }
}

export interface Package {
  readonly name: string
  readonly directory: string
  readonly manifest: Manifest
}

export const readManifest = (directory: string): Manifest =>
  JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")) as Manifest

/** All packages below `from`, by name. */
export const packages = (from = root): ReadonlyArray<Package> =>
  ["packages", "papers", "tools", "examples", "benchmarks"]
    .map((folder) => path.join(from, folder))
    .flatMap((folder) => {
      if (existsSync(path.join(folder, "package.json"))) return [folder]
      return existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : []
    })
    .filter((directory) => existsSync(path.join(directory, "package.json")))
    .map((directory) => ({ directory, manifest: readManifest(directory) }))
    .map(({ directory, manifest }) => ({ name: manifest.name, directory, manifest }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

/** The packages that are published. */
export const publicPackages = (from = root): ReadonlyArray<Package> =>
  packages(from).filter(({ manifest }) => manifest.private !== true)
