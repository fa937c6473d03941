/**
 * The packages of a workspace (a monorepo of npm, pnpm or Yarn) by name. In a workspace a package need not be installed where
 * a config lies: `@me/paper` means the folder whose package.json has that name.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import * as YAML from "yaml"

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"))
  } catch {
    return undefined
  }
}

const readYaml = (file: string): unknown => {
  try {
    return YAML.parse(fs.readFileSync(file, "utf8"))
  } catch {
    return undefined
  }
}

const fieldOf = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null ? (value as { readonly [key: string]: unknown })[key] : undefined

/** The patterns of package folders that a workspace's root declares; none where the folder is not such a root. */
const patternsOf = (root: string): ReadonlyArray<string> => {
  const npm = fieldOf(readJson(path.join(root, "package.json")), "workspaces")
  const lists = [fieldOf(readYaml(path.join(root, "pnpm-workspace.yaml")), "packages"), npm, fieldOf(npm, "packages")]
  return lists
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .filter((pattern): pattern is string => typeof pattern === "string")
}

/** A folder and everything above it, nearest first. */
const upwards = (folder: string): ReadonlyArray<string> => {
  const parent = path.dirname(folder)
  return parent === folder ? [folder] : [folder, ...upwards(parent)]
}

/** The folders of a workspace's packages. */
const foldersOf = (root: string, patterns: ReadonlyArray<string>): ReadonlyArray<string> => {
  const included = patterns.filter((pattern) => !pattern.startsWith("!"))
  const exclude = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1))
  return fs
    .globSync([...included], { cwd: root, exclude: ["**/node_modules", ...exclude] })
    .map((folder) => path.join(root, folder))
}

/** The folder of the package `name` in the nearest workspace around `folder` that has one. */
export const folderOf = (name: string, folder: string): string | undefined => {
  for (const root of upwards(path.resolve(folder))) {
    const patterns = patternsOf(root)
    if (patterns.length === 0) continue
    const packages = foldersOf(root, patterns)
    const folder = packages.find((one) => fieldOf(readJson(path.join(one, "package.json")), "name") === name)
    if (folder !== undefined) return folder
  }
  return undefined
}
