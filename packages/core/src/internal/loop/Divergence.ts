/** Whether training makes the loss worse and worse, told once: a rate that is too high gives large losses long before NaN. */

/** How many times its first value a loss must be. */
const factor = 10

/** Whether the mean loss since the epoch began is far above the first one of the run. Nothing is far above a loss of 0 or less. */
export const hasDiverged = (first: number, mean: number): boolean => first > 0 && mean > factor * first

/** What to tell of it. */
export const warningOf = (first: number, mean: number): string =>
  `The training loss is ${mean.toPrecision(4)}, more than ${factor} times what it was at first (${first.toPrecision(4)}): the run ` +
  "diverges. Lower the learning rate, begin with a warmup, or clip gradients (clip: { _tag: GlobalNorm, maximum: 1 })."
