/** The sources of all packages, and what counts as a line of code in them. */
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import ts from "typescript"

export const root = path.resolve(import.meta.dirname, "..", "..", "..")

/** The TypeScript files below a folder of the repository, by their path from its root. */
export const sourcesBelow = (folder: string): ReadonlyArray<string> =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => path.posix.join(folder, file.split(path.sep).join("/")))
    .sort()

/** The sources of every package, without its tests. */
export const packageSources = (): ReadonlyArray<string> =>
  readdirSync(path.join(root, "packages"))
    .sort()
    .flatMap((name) => sourcesBelow(`packages/${name}/src`))

export const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest, true)
