/** Remembers what was set up, as hashes of what it was made from, so that nothing is done twice. */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { root } from "./machine.mjs"

const file = path.join(root, "node_modules", ".etude", "setup.json")

const read = () => {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return {}
  }
}

/** What was remembered under a name; `undefined` when nothing was. */
export const recall = (name) => read()[name]

export const remember = (name, value) => {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ ...read(), [name]: value }, null, 2)}\n`)
}

/** The folders of the workspace: those with a package.json in or below these. */
export const packages = () =>
  ["packages", "papers", "tools", ".", "examples", "benchmarks"]
    .flatMap((parent) => {
      const folder = path.join(root, parent)
      if (existsSync(path.join(folder, "package.json"))) return [folder]
      if (!existsSync(folder)) return []
      return readdirSync(folder).map((name) => path.join(folder, name))
    })
    .filter((folder) => existsSync(path.join(folder, "package.json")))
    .sort()

const filesBelow = (folder) => {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const inner = path.join(folder, entry.name)
      return entry.isDirectory() ? filesBelow(inner) : [inner]
    })
    .sort()
}

const hashOf = (files, more = []) => {
  const hash = createHash("sha256")
  for (const name of files) {
    if (!existsSync(name)) continue
    hash.update(path.relative(root, name)).update("\0").update(readFileSync(name)).update("\0")
  }
  for (const text of more) hash.update(text).update("\0")
  return hash.digest("hex")
}

/**
 * What the installed packages come from: the lockfile and every package.json. Not this Node: npm runs the first set-up under
 * the machine's own, and what comes after under the one that was installed.
 */
export const installHash = () =>
  hashOf(
    ["pnpm-lock.yaml", "pnpm-workspace.yaml"]
      .map((name) => path.join(root, name))
      .concat(packages().map((folder) => path.join(folder, "package.json"))),
    [process.platform, process.arch]
  )

/** What the built packages come from: their sources and the settings of the compiler. */
export const buildHash = () =>
  hashOf(
    [path.join(root, "tsconfig.base.json"), path.join(root, "turbo.json")].concat(
      packages().flatMap((folder) => [
        path.join(folder, "package.json"),
        path.join(folder, "tsconfig.json"),
        path.join(folder, "tsconfig.build.json"),
        ...filesBelow(path.join(folder, "src"))
      ])
    ),
    [installHash()]
  )
