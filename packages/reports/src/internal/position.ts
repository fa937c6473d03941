/** Where in a run something was, for files that are rewound when the run is resumed. */
import type { Progress } from "@etude/core/Progress"

/** Negative, 0 or positive as `a` is before, at or after `b`. */
export const compare = (a: Pick<Progress, "epoch" | "batch">, b: Pick<Progress, "epoch" | "batch">): number =>
  a.epoch - b.epoch || a.batch - b.batch
