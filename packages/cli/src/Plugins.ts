/**
 * The plugins of a config: those of the packages under `plugins`, and the callbacks under `callbacks`, ours and those that
 * plugins add, which are one more plugin. Nothing that a config does not name is loaded.
 */
import * as path from "node:path"
import * as Callback from "@etude/core/Callback"
import * as Config from "@etude/core/Config"
import { type Problem, reasonOf } from "@etude/core/Errors"
import * as Plugin from "@etude/core/Plugin"
import * as Registry from "@etude/core/Registry"
import type { Terminal } from "@etude/reports/Terminal"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as BuiltIn from "./BuiltIn.ts"
import * as PluginPackage from "./PluginPackage.ts"

/** A config's entry for a plugin; its other keys belong to the plugin's schema. */
export const Entry = Schema.StructWithRest(
  Schema.Struct({
    use: Schema.String.check(
      Schema.isMinLength(1, { message: "expected a package name, or a path that starts with ./" })
    ).annotate({
      description: "A package that declares a plugin, or a module's path, resolved from the experiment's folder"
    }),
    onFailure: Config.withDefault(
      Schema.Literals(["fail", "warn"]),
      "fail",
      "If one of its handlers fails: end the run with its error, or warn and continue without it"
    )
  }),
  [Schema.Record(Schema.String, Schema.Json)]
)
export type Entry = typeof Entry.Type
export type EntryEncoded = typeof Entry.Encoded

/** A plugin with the options that a config gives it. */
export interface Configured {
  /** Where in the config: `callbacks`, `plugins.0`. */
  readonly path: string
  /** Identifies it where configs are compared: its package, with a number when it occurs more than once. */
  readonly key: string
  readonly plugin: PluginPackage.AnyPlugin
  readonly options: unknown
  /** The options as a file would hold them, with every default. */
  readonly encoded: { readonly [key: string]: Schema.Json }
  readonly onFailure: Entry["onFailure"]
}

/** The callbacks of the section `callbacks`: those of the registry that it names. */
export const named = (
  { callbacks }: Registry.RegistryService,
  options: object,
  encoded: object | undefined
): Configured => ({
  path: "callbacks",
  key: "callbacks",
  plugin: Plugin.make({ name: "callbacks", callbacks }),
  options,
  encoded: (encoded ?? {}) as Configured["encoded"],
  onFailure: "fail"
})

/** One entry of `plugins`: the plugin as far as it could be loaded, with its options as far as they could be decoded. */
interface LoadedEntry {
  readonly path: string
  readonly plugin?: PluginPackage.AnyPlugin
  readonly configured?: Configured
  readonly problems: ReadonlyArray<Problem>
}

const loadEntry = (entry: unknown, index: number, folder: string): Effect.Effect<ReadonlyArray<LoadedEntry>> =>
  Effect.gen(function* () {
    const path = `plugins.${index}`
    // What is wrong with the entry itself is found together with the rest of the document.
    const decoded = Schema.decodeUnknownResult(Entry)(entry)
    if (Result.isFailure(decoded)) return []
    const { use, onFailure, ...options } = decoded.success
    const within = (problems: ReadonlyArray<Problem>) =>
      problems.map(({ path: below, message }) => ({ path: below === "" ? path : `${path}.${below}`, message }))
    const loaded = yield* Effect.result(PluginPackage.load(use, folder))
    if (Result.isFailure(loaded)) {
      return [{ path, problems: within([{ path: "use", message: loaded.failure.message }]) }]
    }
    const plugin = loaded.success
    const read = yield* Effect.result(Config.decode(plugin.config, options, use))
    if (Result.isFailure(read)) return [{ path, plugin, problems: within(read.failure.problems) }]
    const encoded = Schema.encodeSync(plugin.config as Schema.Codec<any, Configured["encoded"]>)(read.success)
    return [
      { path, plugin, configured: { path, key: use, plugin, options: read.success, encoded, onFailure }, problems: [] }
    ]
  })

/** What the plugins add to the registry; a name that is taken is a problem of the plugin that comes later. */
const registryOf = (results: ReadonlyArray<LoadedEntry>) => {
  let registry = BuiltIn.registry
  const problems: Array<Problem> = []
  const added = new Set(BuiltIn.plugins.map(({ name }) => name))
  for (const { path, plugin } of results) {
    if (plugin === undefined || added.has(plugin.name)) continue
    added.add(plugin.name)
    const conflicts = Registry.conflicts(registry, plugin)
    problems.push(...conflicts.map((message) => ({ path: `${path}.use`, message: `${plugin.name}: ${message}` })))
    if (conflicts.length === 0) registry = Registry.extend(registry, plugin)
  }
  return { registry, problems }
}

/** A number distinguishes the options of plugins that occur more than once. */
const numbered = (results: ReadonlyArray<LoadedEntry>): ReadonlyArray<Configured> => {
  const all: Array<Configured> = []
  for (const one of results.flatMap(({ configured }) => configured ?? [])) {
    const same = all.filter(({ plugin }) => plugin === one.plugin).length
    all.push(same === 0 ? one : { ...one, key: `${one.key} (${same + 1})` })
  }
  return all
}

/** Everything of `plugins` that can be loaded, from where a file of `folder` would import it, and every problem of the rest. */
export const load = Effect.fn("Plugins.load")(function* (document: unknown, folder: string) {
  const entries = (document as { readonly plugins?: unknown } | null | undefined)?.plugins
  const results = (yield* Effect.forEach(Array.isArray(entries) ? entries : [], (entry, index) =>
    loadEntry(entry, index, folder)
  )).flat()
  const { registry, problems } = registryOf(results)
  return { plugins: numbered(results), registry, problems: [...results.flatMap((one) => one.problems), ...problems] }
})

/** The entries as a file would hold them. */
export const encode = (plugins: ReadonlyArray<Configured>): ReadonlyArray<typeof Entry.Encoded> =>
  plugins.map(({ key, onFailure, encoded }) => ({ use: key.replace(/ \(\d+\)$/, ""), onFailure, ...encoded }))

/** Replaces a plugin that could not be set up: the problem is reported before the first step, with all others. */
const failed = ({ path, plugin }: Configured, cause: Cause.Cause<unknown>) =>
  Cause.hasInterruptsOnly(cause)
    ? Layer.effectDiscard(Effect.interrupt)
    : Callback.observer({
        id: `@etude/cli/${path}`,
        check: Effect.succeed([
          { path, message: `${plugin.name} could not be set up: ${reasonOf(Cause.squash(cause))}` }
        ]),
        hooks: {}
      })

/** All callbacks, merged. A plugin that can't be set up is a problem that the run's preflight reports. */
export const layerOf = (
  plugins: ReadonlyArray<Configured>,
  place: Plugin.Place
): Layer.Layer<any, never, Plugin.Provided | Terminal> =>
  Layer.mergeAll(
    Layer.empty,
    ...plugins.map((one) => {
      const layer = Layer.suspend(
        () => one.plugin.layer(one.options, place) as Layer.Layer<any, unknown, Plugin.Provided>
      )
      const placed = one.onFailure === "warn" ? Callback.optional(layer) : layer
      return Layer.catchCause(placed, (cause) => failed(one, cause) as Layer.Layer<any, never, Plugin.Provided>)
    })
  )

/** What of the plugins decides the outcome of a run, by package; for hashes and comparisons. */
export const decisive = (configured: ReadonlyArray<Configured>): { readonly [part: string]: Schema.Json } => {
  const parts = configured.map((one) => {
    const { plugin, encoded } = one
    return { ...one, decisive: (plugin.decisive?.(encoded) ?? encoded) as Configured["encoded"] }
  })
  const callbacks = parts.find(({ path }) => path === "callbacks")?.decisive ?? {}
  // A plugin that only observes has no part; one that decides counts by its presence, whatever its options.
  const plugins = parts.filter(
    ({ path, plugin, decisive }) =>
      path !== "callbacks" && (plugin.decisive === undefined || Object.keys(decisive).length > 0)
  )
  return {
    ...(Object.keys(callbacks).length === 0 ? {} : { callbacks }),
    ...(plugins.length === 0
      ? {}
      : { plugins: Object.fromEntries(plugins.map(({ key, decisive }) => [key, decisive])) })
  }
}

/** What takes part in passes without training. */
export const evaluating = (plugins: ReadonlyArray<Configured>): ReadonlyArray<Configured> =>
  plugins.flatMap((one) => {
    const { evaluating } = one.plugin
    return evaluating === undefined ? [] : [{ ...one, options: evaluating(one.options) }]
  })

/** The files and folders that they write, by path. */
export const filesOf = (plugins: ReadonlyArray<Configured>): ReadonlyArray<string> =>
  plugins.flatMap(({ plugin, options }) => plugin.files?.(options) ?? [])

/** A file's place in the run's folder; `undefined` where its path is absolute. Case is nothing: some disks know none. */
const placeOf = (file: string): string | undefined => {
  const posix = file.replaceAll("\\", "/")
  if (path.posix.isAbsolute(posix) || /^[A-Za-z]:/.test(posix)) return undefined
  return path.posix.normalize(posix).replace(/\/$/, "").toLowerCase()
}

/** Why a plugin's file can't be at its path; `writers` names who writes there already. */
const conflictOf = (file: string, writers: ReadonlyMap<string, string>): string | undefined => {
  const place = placeOf(file)
  if (place === undefined) return undefined
  if (place === "." || place === ".." || place.startsWith("../")) {
    return `${file} leads outside the run's folder; use a path inside it, or an absolute one`
  }
  const parts = place.split("/")
  // Everything below a place belongs to it, and so does the temporary file that replaces it.
  const places = parts.map((_, index) => parts.slice(0, index + 1).join("/"))
  const other = [...places, ...places.map((one) => one.replace(/\.tmp$/, ""))].find(
    (one) => writers.get(one) !== undefined
  )
  return other === undefined ? undefined : `${file} is written by ${writers.get(other)}; give one of them another path`
}

/**
 * Files of plugins that leave the run's folder, that the run writes itself (`filesOfRun`: files, and folders with everything in them), or that
 * two of them write.
 */
export const conflictsOf = (
  plugins: ReadonlyArray<Configured>,
  filesOfRun: ReadonlyArray<string>
): ReadonlyArray<Problem> => {
  const writers = new Map(filesOfRun.map((file) => [file, "the run itself"]))
  const ofOthers = new Map<string, string>()
  return plugins.flatMap(({ path: location, plugin, options }) =>
    (plugin.files?.(options) ?? []).flatMap((file) => {
      const place = placeOf(file)
      // Two plugins may share a folder, but no file.
      const same = place === undefined ? undefined : (ofOthers.get(place) ?? ofOthers.get(place.replace(/\.tmp$/, "")))
      if (place !== undefined) ofOthers.set(place, location)
      const message =
        conflictOf(file, writers) ??
        (same === undefined ? undefined : `${file} is written by ${same}; give one of them another path`)
      return message === undefined ? [] : [{ path: location, message }]
    })
  )
}
