/** Tarballs as they would be published, and what is in them. */
import { execFile } from "node:child_process"
import { mkdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { promisify } from "node:util"
import { createPackageFromTarballData } from "@arethetypeswrong/core"
import { type Manifest, type Package, root } from "./Workspace.ts"

const run = promisify(execFile)

/** pnpm of the workspace: it replaces `workspace:` and `catalog:` by the ranges that users get. */
export const pnpm = (from = root): string => path.join(from, "node_modules", ".bin", "pnpm")

export interface Tarball {
  readonly name: string
  readonly file: string
  readonly data: Uint8Array<ArrayBuffer>
  readonly manifest: Manifest
  /** Paths from the package's own folder. */
  readonly files: ReadonlyArray<string>
  readonly textOf: (file: string) => string
}

/** Packs a package that has been built into `folder`. */
export const pack = async ({ name, directory }: Package, folder: string): Promise<Tarball> => {
  mkdirSync(folder, { recursive: true })
  const args = ["pack", "--json", "--pack-destination", folder]
  const { stdout } = await run(pnpm(), args, { cwd: directory, maxBuffer: 2 ** 26 })
  const { filename } = JSON.parse(stdout) as { readonly filename: string }
  const file = path.resolve(directory, filename)
  const data = Uint8Array.from(readFileSync(file))
  const contents = createPackageFromTarballData(data)
  const inside = `/node_modules/${name}/`
  const textOf = (one: string) => contents.readFile(`${inside}${one}`)
  const files = contents.listFiles().map((one) => one.slice(inside.length))
  return { name, file, data, manifest: JSON.parse(textOf("package.json")) as Manifest, files: files.sort(), textOf }
}

/** Packs packages one after the other. */
export const packAll = async (all: ReadonlyArray<Package>, folder: string): Promise<ReadonlyArray<Tarball>> => {
  const tarballs: Array<Tarball> = []
  for (const one of all) tarballs.push(await pack(one, folder))
  return tarballs
}
