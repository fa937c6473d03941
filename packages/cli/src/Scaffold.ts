/** `etude new`: writes a package from the templates that come with this one. */
import * as fs from "node:fs"
import { builtinModules } from "node:module"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { entry } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { fileReason } from "./FileReason.ts"
import { makeFolders } from "./MakeFolders.ts"
import * as Output from "./Output.ts"

/** Nothing was written. */
export class NotScaffolded extends Schema.TaggedError<NotScaffolded>()("NotScaffolded", {
  name: Schema.String,
  reason: Schema.String,
  advice: Schema.String
}) {
  override get message() {
    return `${this.name} was not created: ${this.reason}. ${this.advice}`
  }
}

export type Kind = "plugin" | "paper" | "metric"

/** The kinds of files that a paper may begin with, instead of points that it draws. */
export const dataKinds = ["csv", "images", "text"] as const
export type DataKind = (typeof dataKinds)[number]

const templates = fileURLToPath(new URL("../templates", import.meta.url))

const descriptions: { readonly [kind in Kind]: string } = {
  plugin: "Ends a run once a monitored value has reached a target.",
  paper: "A paper, re-implemented with Etude.",
  metric: "The fraction of predictions that are off by no more than a tolerance."
}

/** A name that npm takes, in lower case, with or without a scope. */
const npmName = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z][a-z0-9._-]*$/

/** `@me/learning-rate-finder` in PascalCase, without its scope. */
/** Names that npm keeps for itself, and those of Node's own modules, which would be imported instead. */
const reserved = new Set(["node_modules", "favicon.ico", "package.json", ...builtinModules])

const pascal = (name: string): string =>
  name
    .replace(/^@[^/]+\//, "")
    .split(/[._-]+/)
    .filter((word) => word !== "")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")

/** Placeholders of templates, in texts and in file names, with their values. */
const placeholders = (kind: Kind, name: string, ranges: Readonly<Record<string, string>>) => {
  const Name = pascal(name)
  const values: Readonly<Record<string, string>> = {
    package: name,
    Name,
    name: Name.charAt(0).toLowerCase() + Name.slice(1),
    description: descriptions[kind]
  }
  return (text: string): string =>
    text
      .replace(/__range:([^_]+)__/g, (_, dependency: string) => entry(ranges, dependency))
      .replace(/__(package|Name|name|description)__/g, (_, key: string) => entry(values, key))
}

/**
 * What npm would leave out of a tarball stands in the templates with `_` for its dot, and what tools would take for a
 * package's own with another ending.
 */
const published = (file: string): string => file.replace(/^_/, ".").replace(/\.template$/, "")

/** The folders of templates that a package is made of; a file of a later one replaces those of the same name. */
const foldersOf = (kind: Kind, data: DataKind | undefined): ReadonlyArray<string> =>
  data === undefined ? ["common", kind] : ["common", kind, `${kind}-${data}`]

/** The files of a template by their names in the new package. */
const filesOf = (folders: ReadonlyArray<string>): ReadonlyMap<string, string> =>
  new Map(
    folders.flatMap((folder) =>
      fs
        .readdirSync(path.join(templates, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const file = path.join(entry.parentPath, entry.name)
          return [published(path.relative(path.join(templates, folder), file)), file] as const
        })
    )
  )

/** Files whose content is taken as it is. */
const isData = (file: string): boolean => file.startsWith(`data${path.sep}`)

const write = (kind: Kind, data: DataKind | undefined, name: string, directory: string): ReadonlyArray<string> => {
  const ranges = JSON.parse(fs.readFileSync(path.join(templates, "ranges.json"), "utf8"))
  const fill = placeholders(kind, name, ranges)
  return [...filesOf(foldersOf(kind, data))].map(([to, from]) => {
    const target = path.join(directory, fill(to))
    makeFolders(path.dirname(target))
    if (isData(to)) fs.copyFileSync(from, target)
    else {
      const mode = to === path.join(".ci", "run") ? 0o755 : 0o644
      fs.writeFileSync(target, fill(fs.readFileSync(from, "utf8")), { mode })
    }
    return path.relative(directory, target)
  })
}

const schemaFile = "config.schema.json"

/** What an editor checks a config with that knows no experiment yet. Loaded only here: it knows every callback. */
const configSchema = Effect.promise(async () => {
  const [Config, { RunConfig }] = await Promise.all([import("@etude/core/Config"), import("./RunConfig.ts")])
  return Config.jsonSchema(RunConfig)
})

/** Writes the package and prints what to do next. A folder that is not empty is not touched. */
export const create = (options: {
  readonly kind: Kind
  readonly name: string
  /** What a paper begins with; points that it draws when absent. */
  readonly data?: DataKind | undefined
  readonly folder?: string | undefined
}): Effect.Effect<void, NotScaffolded> =>
  Effect.gen(function* () {
    const { kind, name, data } = options
    const refuse = (reason: string, advice: string) => new NotScaffolded({ name, reason, advice })
    if (!npmName.test(name) || name.length > 214 || reserved.has(name)) {
      return yield* refuse(
        "npm does not allow this name",
        "Use a name in lower case that starts with a letter and is not reserved by npm or Node, such as etude-target or @me/target."
      )
    }
    if (data !== undefined && kind !== "paper") {
      return yield* refuse(`a ${kind} has no data`, "Leave --data out; it is for papers.")
    }
    const directory = path.resolve(options.folder ?? name.replace(/^@[^/]+\//, ""))
    if (fs.existsSync(directory) && !(fs.statSync(directory).isDirectory() && fs.readdirSync(directory).length === 0)) {
      return yield* refuse(`${directory} already exists`, "Choose another place with --folder.")
    }
    const schema = kind === "paper" ? yield* configSchema : undefined
    const files = yield* Effect.try({
      try: () => {
        const templated = write(kind, data, name, directory)
        if (schema === undefined) return templated
        fs.writeFileSync(path.join(directory, schemaFile), `${JSON.stringify(schema)}\n`)
        return [...templated, schemaFile]
      },
      catch: (cause) =>
        refuse(`${directory} cannot be written: ${fileReason(cause)}`, "Choose another place with --folder.")
    })
    yield* Output.note(
      `${directory}:\n${files
        .map((file) => `  ${file}`)
        .sort()
        .join("\n")}\n`
    )
    yield* Output.result(`cd ${path.relative(process.cwd(), directory) || "."} && npm install && npm test`)
  })
