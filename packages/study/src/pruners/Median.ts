/**
 * The median rule: a trial stops when the best value that it has had is worse than the median of what completed trials had at the
 * same epoch. Golovin et al. 2017, "Google Vizier", §3.2.2; with the details of Optuna's `MedianPruner`.
 */
import * as Config from "@etude/core/Config"
import * as Entry from "@etude/core/Entry"
import { element } from "@etude/core/Lookup"
import * as Schema from "effect/Schema"
import { type Course, type Pruner, proceed, stop } from "../Pruner.ts"
import { compare } from "./Rungs.ts"

export interface MedianOptions {
  /** Nobody stops before so many trials are complete. Default: 5. */
  readonly startup?: number
  /** Nobody stops in the first so many epochs. Default: 0. */
  readonly warmup?: number
  /** Trials are judged once in so many epochs, counted from the end of the warm-up. Default: at each report. */
  readonly interval?: number
  /** Which part of the trials is good enough. Default: 0.5, the median. */
  readonly quantile?: number
}

/** The value below which that part of the values lies, with linear interpolation between neighbours, as NumPy's `quantile`. */
const quantileOf = (values: ReadonlyArray<number>, quantile: number): number => {
  const sorted = [...values].sort(compare)
  const position = quantile * (sorted.length - 1)
  const low = element(sorted, Math.floor(position))
  return low + (position - Math.floor(position)) * (element(sorted, Math.ceil(position)) - low)
}

/** What a trial had at an epoch: its last value there or before; undefined where it has none or ended before. */
const valueAt = ({ points }: Course, epoch: number): number | undefined => {
  const slack = 1e-9
  if ((points.at(-1)?.epoch ?? -1) + slack < epoch) return undefined
  return points.filter((point) => point.epoch <= epoch + slack).at(-1)?.value
}

/** Whether no report of the trial was in this interval before its newest. */
const isFirstInInterval = ({ points }: Course, warmup: number, interval: number): boolean => {
  const intervalOf = (epoch: number) => Math.floor((epoch - warmup) / interval)
  const [before, newest] = [points.at(-2), points.at(-1)]
  return newest !== undefined && (before === undefined || intervalOf(before.epoch) < intervalOf(newest.epoch))
}

/**
 * Stops a trial whose best value so far is above the quantile of the values that completed trials had at its newest epoch. Values that
 * are no finite numbers are left out of the quantile; a trial that has no finite one stops.
 */
export const median = ({ startup = 5, warmup = 0, interval, quantile = 0.5 }: MedianOptions = {}): Pruner => ({
  decide: (trial, all) => {
    const newest = trial.points.at(-1)
    const complete = all.filter(({ state, number }) => state === "complete" && number !== trial.number)
    if (newest === undefined || complete.length < Math.max(1, startup) || newest.epoch < warmup) return proceed
    if (interval !== undefined && !isFirstInInterval(trial, warmup, interval)) return proceed
    const best = Math.min(...trial.points.map(({ value }) => value))
    if (best === Number.POSITIVE_INFINITY) return stop("has no finite value")
    const others = complete.flatMap((course) => valueAt(course, newest.epoch) ?? []).filter(Number.isFinite)
    if (others.length === 0 || best <= quantileOf(others, quantile)) return proceed
    const name = quantile === 0.5 ? "median" : `quantile ${quantile}`
    return stop(`worse than the ${name} of ${others.length} complete trials at epoch ${newest.epoch}`)
  }
})

const part = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1 }, { message: "expected a number from 0 to 1" })
)

export const schema = Schema.TaggedStruct("Median", {
  startup: Config.withDefault(Schema.Natural, 5, "Nobody stops before so many trials are complete"),
  warmup: Config.withDefault(Config.notNegative, 0, "Nobody stops in the first so many epochs"),
  interval: Schema.optionalKey(Config.positive).annotate({
    description: "Trials are judged once in so many epochs. Default: at each report"
  }),
  quantile: Config.withDefault(part, 0.5, "Which part of the trials is good enough")
})

export const entry = Entry.of({ tag: "Median", schema, make: (options) => median(options) })
