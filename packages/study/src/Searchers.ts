/**
 * How settings are chosen, as study.yaml names it:
 *
 * | `search` | Settings |
 * | --- | --- |
 * | `Grid` | every combination of a finite space, in order |
 * | `Random` | drawn independently |
 */
import type { SearcherEntry } from "./Searcher.ts"
import * as Grid from "./searchers/Grid.ts"
import * as Random from "./searchers/Random.ts"

/** Every searcher of this package. */
export const entries: ReadonlyArray<SearcherEntry> = [Grid.entry, Random.entry]
