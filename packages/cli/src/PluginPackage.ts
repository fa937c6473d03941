/**
 * An installed package that declares a plugin: its place, the versions it supports, and the plugin that it exports.
 * Its package.json is read before any of its code is run.
 */
import { readFileSync } from "node:fs"
import * as NodeModule from "node:module"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { reasonOf } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import type { Plugin } from "@etude/core/Plugin"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import semver from "semver"
import { PluginNotLoaded } from "./Errors.ts"
import * as Import from "./Import.ts"
import * as Workspace from "./Workspace.ts"

/** A plugin of whatever options. */
export type AnyPlugin = Plugin<any, any, any, unknown, any> // any: its types are known to itself only

const isPlugin = (value: unknown): value is AnyPlugin => {
  if (typeof value !== "object" || value === null) return false
  const { name, config, layer } = value as Partial<Record<keyof AnyPlugin, unknown>>
  return typeof name === "string" && Schema.isSchema(config) && typeof layer === "function"
}

/** What discovery reads of a package.json. */
interface Declaration {
  readonly name?: unknown
  readonly etude?: { readonly plugin?: unknown }
  readonly peerDependencies?: { readonly [name: string]: string }
}

const read = (file: string): Declaration & { readonly version?: string } => JSON.parse(readFileSync(file, "utf8"))

const packageOf = (name: string, folder: string): string | undefined => {
  try {
    const parent = pathToFileURL(path.join(folder, "_"))
    // Bun lacks the first way; the second needs a package that exports its package.json, as ours do.
    return NodeModule.findPackageJSON === undefined
      ? NodeModule.createRequire(parent).resolve(`${name}/package.json`)
      : NodeModule.findPackageJSON(name, parent)
  } catch {
    return undefined
  }
}

/** The folder from which a package is found: `folder` itself, or the package's own in the workspace around it. */
const findFrom = (name: string, folder: string): string =>
  packageOf(name, folder) === undefined ? (Workspace.folderOf(name, folder) ?? folder) : folder

/** The packages that a plugin shares with this process, with the versions that run here. */
const shared = ["@etude/core", "effect", "@tensorflow/tfjs-core"] as const
const versionOf = (name: string): string =>
  read(packageOf(name, path.dirname(fileURLToPath(import.meta.url)))!).version!

/** What is wrong with the versions that a plugin is for, as a reason with its advice. */
const misfit = (peers: NonNullable<Declaration["peerDependencies"]>): readonly [string, string] | undefined => {
  for (const name of shared) {
    const [range, version] = [peers[name], versionOf(name)]
    if (range === undefined && name === "@etude/core") {
      return [
        `its package.json does not declare which versions of ${name} it supports`,
        `Its author must add "peerDependencies": { "${name}": "^${version}" }.`
      ]
    }
    // Ranges of pnpm's own stand in the sources of a workspace only, and mean what is beside it.
    if (range === undefined || /^(workspace|catalog):/.test(range)) continue
    if (semver.validRange(range) === null) {
      return [`its package.json requires ${name} "${range}", which is not a version range`, "Its author must fix it."]
    }
    if (semver.satisfies(version, range, { includePrerelease: true })) continue
    return [
      `it is for ${name} ${range}, and this is ${version}`,
      `Install a version of the plugin that is for ${name} ${version}, or ${name} ${range}.`
    ]
  }
  return undefined
}

const isSubpath = (entry: unknown): entry is string => typeof entry === "string" && /^\.(\/|$)/.test(entry)

/** How a config names a plugin of a package. */
const useOf = (name: string, entry: string): string => `${name}${entry.slice(1)}`

/** The module that a package declares as the plugin that `use` names: its only one, or one of several. */
const declared = (
  use: string,
  folder: string,
  refuse: (reason: string, advice: string) => PluginNotLoaded
): Effect.Effect<string, PluginNotLoaded> =>
  Effect.gen(function* () {
    const { name, subpath } = Import.partsOf(use)
    const file = packageOf(name, folder)
    if (file === undefined) return yield* refuse("it is not installed there", `Install it: npm install ${name}`)
    const declaration = yield* Effect.try({
      try: () => read(file),
      catch: (cause) => refuse(`its package.json cannot be read (${reasonOf(cause)})`, "Reinstall it.")
    })
    const plugin = declaration.etude?.plugin
    if (plugin === undefined) {
      return yield* refuse(
        "its package.json declares no plugin",
        'Is it the right package? A package with a plugin declares it: "etude": { "plugin": "." }.'
      )
    }
    const entries = Array.isArray(plugin) ? plugin : [plugin]
    if (entries.length === 0 || !entries.every(isSubpath)) {
      return yield* refuse(
        `its package.json has the etude.plugin ${JSON.stringify(plugin)}`,
        "Its author must give a path of its exports, . or ./name, or a list of them."
      )
    }
    const wrong = misfit(declaration.peerDependencies ?? {})
    if (wrong !== undefined) return yield* refuse(...wrong)
    // A package's only plugin has the package's name, in any file.
    const entry = entries.length === 1 && subpath === "." ? element(entries, 0) : subpath
    if (entries.includes(entry)) return useOf(name, entry)
    const known = entries.map((one) => useOf(name, one)).join(", ")
    return yield* refuse(
      `${subpath === "." ? "it has several plugins" : "its package.json declares no plugin there"}`,
      `Use one of ${known}.`
    )
  })

/**
 * The plugin that `use` names: of an installed package, looked up as an import in a file of `folder` would be, or of a module
 * by its path (`./…`), for plugins that are not published yet.
 */
export const load = (use: string, folder: string): Effect.Effect<AnyPlugin, PluginNotLoaded> =>
  Effect.gen(function* () {
    const refuse = (reason: string, advice: string) => new PluginNotLoaded({ use, from: folder, reason, advice })
    const unwanted = Import.refusal(use)
    if (unwanted !== undefined) return yield* refuse(...unwanted)
    const place = Import.isPath(use) ? folder : findFrom(Import.partsOf(use).name, folder)
    const specifier = Import.isPath(use) ? use : yield* declared(use, place, refuse)
    const imported = yield* Effect.promise(() => Import.from(specifier, place))
    if ("missing" in imported) {
      return yield* Import.isPath(use)
        ? refuse(
            "there is no such module",
            "A path is relative to the config file and includes the extension, as in ./plugin.ts."
          )
        : refuse(
            `it declares ${specifier} as its plugin, which does not exist`,
            `Its author must fix it (${reasonOf(imported.missing).split("\n")[0]}).`
          )
    }
    if ("broken" in imported) return yield* refuse("its module throws when loaded", reasonOf(imported.broken))
    const { plugin } = imported.module as { readonly plugin?: unknown }
    if (isPlugin(plugin)) return plugin
    return yield* plugin === undefined
      ? refuse(
          `it exports ${Import.exportsOf(imported.module)}, but no \`plugin\``,
          "Export one: `export const plugin = Plugin.make({ name, config, layer })`."
        )
      : refuse("its `plugin` has no name, config schema and layer", "Make it with `Plugin.make` of @etude/core.")
  })
