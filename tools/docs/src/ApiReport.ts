/**
 * The API report of a package: the declarations that TypeScript emits for its public modules, in one file, without comments
 * and imports. It is committed, so that a change of the interface is seen where the change is reviewed.
 */
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { declarations } from "./Declarations.ts"
import { handedOn } from "./HandedOn.ts"
import { filesBelow, type Package, publicPackages, root } from "./Places.ts"
import { type Defaults, defaultsOf } from "./TypeDefaults.ts"

/** A public module, as a path in `src` without its ending, with the names of it that are public: all, if none are listed. */
export interface PublicModule {
  readonly module: string
  readonly names?: ReadonlySet<string> | undefined
}

/**
 * The public modules: the index, what it exports, and what these export in turn; then the modules that other packages of the
 * workspace import by name. Of a module that can't be imported only the names are public that others export of it. `textOf`
 * gives a module's declarations.
 */
export const publicModules = (
  textOf: (module: string) => string,
  named: Iterable<string>,
  isEntry: (module: string) => boolean
): ReadonlyArray<PublicModule> => {
  const modules = new Map<string, Set<string> | undefined>()
  const add = (module: string, names: ReadonlySet<string> | undefined): void => {
    const isNew = !modules.has(module)
    const before = modules.get(module)
    const whole = names === undefined || isEntry(module) || (!isNew && before === undefined)
    modules.set(module, whole ? undefined : new Set([...(before ?? []), ...names]))
    if (!isNew) return
    const folder = path.posix.dirname(module)
    for (const inner of handedOn(textOf(module))) add(path.posix.join(folder, inner.module), inner.names)
  }
  add("index", undefined)
  for (const module of named) add(module, undefined)
  return [...modules].map(([module, names]) => ({ module, names }))
}

/** Modules of a package that sources elsewhere in the workspace import by name. */
const namedElsewhere = (packageName: string, sources: ReadonlyArray<string>): ReadonlyArray<string> => {
  const pattern = new RegExp(`(?:from |import\\()"${packageName}/([\\w/]+)"`, "g")
  const found = sources.flatMap((text) => Array.from(text.matchAll(pattern), ([, module]) => module!))
  return [...new Set(found)].sort()
}

/** The modules that a package exports by name, by that name, as paths in `src` without their ending. */
const entriesOf = ({ directory }: Package): ReadonlyMap<string, string> => {
  const { exports } = JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8")) as {
    readonly exports: { readonly [name: string]: { readonly "@etude/source"?: string } }
  }
  return new Map(
    Object.entries(exports).flatMap(([name, { "@etude/source": file }]) =>
      file === undefined ? [] : [[name.slice(2), file.replace(/^\.\/src\/(.+)\.ts$/, "$1")]]
    )
  )
}

interface Emitted {
  readonly folder: string
  readonly sources: ReadonlyArray<string>
  readonly defaults: Defaults
}

const notation =
  "// All of it is exported, but what is marked `declare`; members are read-only, but those marked `-readonly`."

const reportOf = (one: Package, { folder: emitted, sources, defaults }: Emitted): string => {
  const { name, folder } = one
  const entries = entriesOf(one)
  const files = new Set(entries.values())
  const moduleOf = (entry: string) => entries.get(entry) ?? entry
  const textOf = (module: string) => readFileSync(path.join(emitted, folder, "src", `${module}.d.ts`), "utf8")
  const named = namedElsewhere(name, sources).map(moduleOf)
  const sections = publicModules(textOf, named, (module) => files.has(module)).map(({ module, names }) => {
    const entry = module === "index" ? name : `${name}/${module}`
    return `// ${entry}\n${declarations(textOf(module), { names, defaults })}\n`
  })
  return `// The public interface of ${name}. Made by \`npm run generate\`.\n${notation}\n\n${sections.join("\n")}`
}

/** Effect's modules whose types have parameters with defaults, and stand in nearly every signature. */
const declarationsOfEffect = (): ReadonlyArray<string> =>
  ["Effect", "Layer", "Schema"].map((module) => {
    const file = fileURLToPath(import.meta.resolve(`effect/${module}`))
    return readFileSync(file.replace(/\.js$/, ".d.ts"), "utf8")
  })

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
    const modules = filesBelow(folder, ".d.ts").map((file) => readFileSync(path.join(folder, file), "utf8"))
    const defaults = defaultsOf([...modules, ...declarationsOfEffect()])
    const emitted = { folder, sources, defaults }
    return new Map(publicPackages().map((one) => [`api/${one.folder}.d.ts`, reportOf(one, emitted)]))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
