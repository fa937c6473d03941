/**
 * The API report of a package: the declarations that TypeScript emits for its public modules, in one file, without comments
 * and imports. It is committed, so that a change of the interface is seen where the change is reviewed.
 */
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"
import { filesBelow, type Package, publicPackages, root } from "./Places.ts"

const exported = /^export (?:type )?(?:\*|\{[^}]*\})(?: as \w+)? from "\.\/(.+)\.ts";?$/gm

const imported = /^import (?:type )?(.+) from "\.\/?((?:\.\/)*[^"]+)\.ts";?$/gm
const bare = /^export (?:type )?\{([^}]*)\};?$/gm

const namesIn = (list: string): ReadonlyArray<string> => list.match(/\w+/g) ?? []

/** The modules whose declarations a declaration file hands on: those it re-exports, and those it imports names to export from. */
export const reexports = (text: string): ReadonlyArray<string> => {
  const handedOn = new Set(Array.from(text.matchAll(bare), ([, list]) => namesIn(list!)).flat())
  return [
    ...Array.from(text.matchAll(exported), ([, module]) => module!),
    ...Array.from(text.matchAll(imported)).flatMap(([, list, module]) =>
      namesIn(list!).some((name) => name !== "type" && name !== "as" && handedOn.has(name)) ? [module!] : []
    )
  ]
}

/**
 * The public modules: the index, what it exports, and what these export in turn; then the modules that other packages of the
 * workspace import by name. `textOf` gives a module's declarations.
 */
export const publicModules = (textOf: (module: string) => string, named: Iterable<string>): ReadonlyArray<string> => {
  const modules = new Set<string>()
  const add = (module: string): void => {
    if (modules.has(module)) return
    modules.add(module)
    const folder = path.posix.dirname(module)
    for (const inner of reexports(textOf(module))) add(path.posix.join(folder, inner))
  }
  add("index")
  for (const module of named) add(module)
  return [...modules]
}

/** Declarations without imports, empty lines and what only marks a module, indented by two. */
export const compact = (text: string): string =>
  text
    .replace(/^import [^;]*;\n/gm, "")
    .replace(/^export \{\};\n/gm, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.replace(/^( {4})+/, (spaces) => spaces.slice(spaces.length / 2)))
    .join("\n")

/** Modules of a package that sources elsewhere in the workspace import by name. */
const namedElsewhere = (packageName: string, sources: ReadonlyArray<string>): ReadonlyArray<string> => {
  const pattern = new RegExp(`(?:from |import\\()"${packageName}/([\\w/]+)"`, "g")
  const found = sources.flatMap((text) => Array.from(text.matchAll(pattern), ([, module]) => module!))
  return [...new Set(found)].sort()
}

/** The module behind a name by which a package exports it, as a path in `src` without its ending. */
const behind = ({ directory }: Package): ((name: string) => string) => {
  const { exports } = JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")) as {
    readonly exports: { readonly [name: string]: { readonly "@etude/source"?: string } }
  }
  return (name) => exports[`./${name}`]?.["@etude/source"]?.replace(/^\.\/src\/(.+)\.ts$/, "$1") ?? name
}

const reportOf = (one: Package, emitted: string, sources: ReadonlyArray<string>): string => {
  const { name, folder } = one
  const moduleOf = behind(one)
  const textOf = (module: string) => readFileSync(path.join(emitted, folder, "src", `${moduleOf(module)}.d.ts`), "utf8")
  const sections = publicModules(textOf, namedElsewhere(name, sources)).map((module) => {
    const entry = module === "index" ? name : `${name}/${module}`
    return `// ${entry}\n${compact(textOf(module))}\n`
  })
  return `// The public interface of ${name}. Made by \`npm run generate\`.\n\n${sections.join("\n")}`
}

/** The reports of all public packages, by file name. TypeScript's compiler emits the declarations from the sources. */
export const reports = async (): Promise<ReadonlyMap<string, string>> => {
  const folder = mkdtempSync(path.join(tmpdir(), "etude-api-"))
  try {
    const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc")
    const project = path.join(import.meta.dirname, "..", "tsconfig.api.json")
    await promisify(execFile)(process.execPath, [tsc, "-p", project, "--outDir", folder], { maxBuffer: 2 ** 26 }).catch(
      (error: { readonly stdout?: string }) => {
        throw new Error(`The declarations could not be emitted; mend this first:\n${error.stdout ?? error}`)
      }
    )
    const sources = ["packages", "papers", "examples", "benchmarks"].flatMap((place) =>
      filesBelow(path.join(root, place), ".ts").map((file) => readFileSync(path.join(root, place, file), "utf8"))
    )
    return new Map(publicPackages().map((one) => [`api/${one.folder}.d.ts`, reportOf(one, folder, sources)]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
