/**
 * How settings are chosen, as study.yaml names it:
 *
 * | `search` | Settings |
 * | --- | --- |
 * | `Grid` | every combination of a finite space, in order |
 * | `Random` | drawn independently |
 * | `Halton` | evenly spread, whatever their number |
 * | `Sobol` | evenly spread in all projections, best with a power of two of them |
 * | `Tpe` | learned from those before |
 * | `Optuna` | by a sampler of Optuna's, in a Python process |
 */
import type { SearcherEntry } from "./Searcher.ts"
import * as Grid from "./searchers/Grid.ts"
import * as Halton from "./searchers/Halton.ts"
import * as Optuna from "./searchers/Optuna.ts"
import * as Random from "./searchers/Random.ts"
import * as Sobol from "./searchers/Sobol.ts"
import * as Tpe from "./searchers/Tpe.ts"

export { grid } from "./searchers/Grid.ts"
export { halton } from "./searchers/Halton.ts"
export { type OptunaOptions, optuna } from "./searchers/Optuna.ts"
export { drawn, random } from "./searchers/Random.ts"
export { sobol } from "./searchers/Sobol.ts"
export { type TpeOptions, tpe } from "./searchers/Tpe.ts"

/** Every searcher of this package. */
export const entries: ReadonlyArray<SearcherEntry> = [
  Grid.entry,
  Random.entry,
  Halton.entry,
  Sobol.entry,
  Tpe.entry,
  Optuna.entry
]
