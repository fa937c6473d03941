/**
 * The searchers and pruners that study.yaml may name by `_tag`. This package's are there; a plugin adds its own as the same kind of
 * entry, see `StudyPlugin`.
 */
import * as Registry from "@etude/core/Registry"
import type { PrunerEntry } from "./Pruner.ts"
import * as Pruners from "./Pruners.ts"
import type { SearcherEntry } from "./Searcher.ts"
import * as Searchers from "./Searchers.ts"

export interface StudyRegistry {
  readonly searchers: ReadonlyArray<SearcherEntry>
  readonly pruners: ReadonlyArray<PrunerEntry>
}

/** What a package adds. */
export type Contribution = Partial<StudyRegistry>

/** The contributions of this package. */
export const own: StudyRegistry = { searchers: Searchers.entries, pruners: Pruners.entries }

/** A registry with what packages add to it, in their order. */
export const extend = (registry: StudyRegistry, ...added: ReadonlyArray<Contribution>): StudyRegistry => ({
  searchers: [...registry.searchers, ...added.flatMap(({ searchers = [] }) => searchers)],
  pruners: [...registry.pruners, ...added.flatMap(({ pruners = [] }) => pruners)]
})

/** The names that a package adds although another entry has them. */
export const conflicts = (registry: StudyRegistry, added: Contribution): ReadonlyArray<string> => [
  ...Registry.taken("searcher", registry.searchers, added.searchers ?? []),
  ...Registry.taken("pruner", registry.pruners, added.pruners ?? [])
]
