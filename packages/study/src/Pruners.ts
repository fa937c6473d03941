/** Which trials go on, as study.yaml names it. */
import type { PrunerEntry } from "./Pruner.ts"

/** Every pruner of this package. */
export const entries: ReadonlyArray<PrunerEntry> = []
