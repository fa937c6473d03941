/** Where things are in this repository. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import path from "node:path"

export const root = path.join(import.meta.dirname, "..", "..", "..")

export interface Package {
  readonly name: string
  /** The folder's name below `packages`. */
  readonly folder: string
  readonly directory: string
}

/** The packages that are published, by folder. */
export const publicPackages = (): ReadonlyArray<Package> =>
  readdirSync(path.join(root, "packages")).flatMap((folder) => {
    const directory = path.join(root, "packages", folder)
    if (!existsSync(path.join(directory, "package.json"))) return []
    const manifest = JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")) as {
      readonly name: string
      readonly private?: boolean
    }
    return manifest.private === true ? [] : [{ name: manifest.name, folder, directory }]
  })

/** Files below a folder whose names end so, as paths relative to it; nothing of `node_modules` and `dist`. */
export const filesBelow = (folder: string, ending: string): ReadonlyArray<string> =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(ending) && !/(^|[\\/])(node_modules|dist)[\\/]/.test(file))
        .map((file) => file.replaceAll("\\", "/"))
        .sort()
    : []
