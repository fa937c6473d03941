/**
 * What a package exports so that study.yaml can name its searchers and pruners. It is an ordinary plugin, found by the same
 * `etude.plugin` in package.json, which may add what runs' configs name, too:
 *
 * ```ts
 * export const plugin = StudyPlugin.make({ name: "@me/annealing", searchers: [annealing] })
 * ```
 *
 * ```yaml
 * plugins:
 *   - use: "@me/annealing"
 * search: { _tag: Annealing, temperature: 2 }
 * ```
 */
import type { CallbackEntries } from "@etude/core/CallbackEntry"
import type { Problem } from "@etude/core/Errors"
import * as Plugin from "@etude/core/Plugin"
import * as StudyRegistry from "./StudyRegistry.ts"

/** What a package adds to studies, and to runs where it does. */
export interface Additions<Entries extends CallbackEntries = {}>
  extends Plugin.Additions<Entries>,
    StudyRegistry.Contribution {}

/** A plugin with searchers and pruners. */
export interface StudyPlugin<Entries extends CallbackEntries = {}>
  extends Plugin.PluginOf<Entries>,
    StudyRegistry.StudyRegistry {}

/** The plugin of a package. */
export const make = <Entries extends CallbackEntries = {}>({
  searchers = [],
  pruners = [],
  ...additions
}: Additions<Entries>): StudyPlugin<Entries> => ({ ...Plugin.make<Entries>(additions), searchers, pruners })

/** A plugin that a study names, and where. */
export interface Named {
  /** Such as `plugins.0`. */
  readonly path: string
  readonly plugin: { readonly name: string } & StudyRegistry.Contribution
}

const contributionOf = ({ searchers = [], pruners = [] }: StudyRegistry.Contribution): StudyRegistry.StudyRegistry => ({
  searchers,
  pruners
})

/**
 * This package's searchers and pruners with those of plugins, in their order. A plugin that adds none, and a name that is taken, are
 * problems of the plugin, which then adds nothing.
 */
export const registryOf = (
  plugins: ReadonlyArray<Named>
): { readonly registry: StudyRegistry.StudyRegistry; readonly problems: ReadonlyArray<Problem> } => {
  let registry = StudyRegistry.own
  const problems: Array<Problem> = []
  const names = new Set<string>()
  for (const { path, plugin } of plugins) {
    const refuse = (message: string) => problems.push({ path: `${path}.use`, message: `${plugin.name}: ${message}` })
    const added = contributionOf(plugin)
    const isEmpty = added.searchers.length + added.pruners.length === 0
    const conflicts = StudyRegistry.conflicts(registry, added)
    if (names.has(plugin.name)) refuse("is there already; name each plugin once")
    else if (isEmpty) refuse("adds no searcher and no pruner; plugins of runs are named in the config")
    else if (conflicts.length > 0) conflicts.forEach(refuse)
    else registry = StudyRegistry.extend(registry, added)
    names.add(plugin.name)
  }
  return { registry, problems }
}
