/**
 * Which trials go on, as study.yaml names it:
 *
 * | `pruner` | Trials |
 * | --- | --- |
 * | `Median` | stop where they are worse than the median of complete ones at the same epoch |
 * | `Asha` | pause at rungs, and go on as soon as they are among the best third there |
 * | `SuccessiveHalving` | wait for each other at rungs, and the best third goes on |
 * | `Hyperband` | the same in brackets with other first rungs |
 * | `Population` | wait for each other after each generation; the worst continue from copies of the best |
 */
import type { PrunerEntry } from "./Pruner.ts"
import * as Asha from "./pruners/Asha.ts"
import * as Halving from "./pruners/Halving.ts"
import * as Hyperband from "./pruners/Hyperband.ts"
import * as Median from "./pruners/Median.ts"
import * as Population from "./pruners/Population.ts"

export { asha } from "./pruners/Asha.ts"
export { type HalvingOptions, successiveHalving } from "./pruners/Halving.ts"
export { type HyperbandOptions, hyperband } from "./pruners/Hyperband.ts"
export { type MedianOptions, median } from "./pruners/Median.ts"
export { type PopulationOptions, population } from "./pruners/Population.ts"

/** Every pruner of this package. */
export const entries: ReadonlyArray<PrunerEntry> = [
  Median.entry,
  Asha.entry,
  Halving.successiveHalvingEntry,
  Hyperband.entry,
  Population.entry
]
