/**
 * The learning-rate range test: a short run in which the rate rises from too small to too large, and where the loss falls fastest.
 * Smith 2017, arXiv:1506.01186, §3.3.
 *
 * ```ts
 * const { steepest, figure } = yield* RateFinder.find(task, { config, data: { train } })
 * ```
 */
import type { Backend } from "@etude/core/Backend"
import * as Callback from "@etude/core/Callback"
import type { Dataset } from "@etude/core/Dataset"
import * as Decision from "@etude/core/Decision"
import type { Figure } from "@etude/core/Figure"
import { element } from "@etude/core/Lookup"
import type { StepExecutor } from "@etude/core/StepExecutor"
import type { Task } from "@etude/core/Task"
import type { TrainConfigInput } from "@etude/core/TrainConfig"
import * as Trainer from "@etude/core/Trainer"
import * as Effect from "effect/Effect"
import { figureOf } from "./internal/rateFigure.ts"

export interface FindOptions {
  /** The rate of the first step; default 1e-7. */
  readonly from?: number
  /** The rate of the last step; default 10. */
  readonly to?: number
  /** Updates in all; default 100. */
  readonly steps?: number
  /** How much of the mean of losses is kept at each step; default 0.9. */
  readonly smoothing?: number
  /** The run ends where the smoothed loss is this many times its smallest; default 4. */
  readonly stopAt?: number
}

/** A step of the test. */
export interface Point {
  readonly rate: number
  /** Of the batch. */
  readonly loss: number
  /** The mean of losses so far, the newer the more, corrected for its beginning. */
  readonly smoothed: number
}

export interface Found {
  readonly points: ReadonlyArray<Point>
  /** The rate at which the smoothed loss falls fastest by the logarithm of the rate: a rate to begin with. */
  readonly steepest: number
  /** A tenth of the rate at which the smoothed loss is least: the largest rate of a schedule that falls. */
  readonly belowMinimum: number
  readonly figure: Figure
}

/** Rates that rise by the same factor from step to step. */
const rising =
  ({ from = 1e-7, to = 10, steps = 100 }: FindOptions) =>
  (step: number): number =>
    from * (to / from) ** (Math.min(step, steps - 1) / Math.max(1, steps - 1))

/** Collects points, and ends the run where the loss has grown too far. */
const collector = (points: Array<Point>, { smoothing = 0.9, stopAt = 4 }: FindOptions) => {
  let [mean, least] = [0, Number.POSITIVE_INFINITY]
  return (rate: number, loss: number): Decision.Decision | undefined => {
    mean = smoothing * mean + (1 - smoothing) * loss
    const smoothed = mean / (1 - smoothing ** (points.length + 1))
    if (!Number.isFinite(smoothed)) return Decision.stopRun("the loss is not finite")
    points.push({ rate, loss, smoothed })
    least = Math.min(least, smoothed)
    return smoothed > stopAt * least ? Decision.stopRun("the loss has grown") : undefined
  }
}

/** The place of the smallest smoothed loss. */
const leastIn = (points: ReadonlyArray<Point>): number =>
  points.reduce((best, point, index) => (point.smoothed < element(points, best).smoothed ? index : best), 0)

/**
 * The rate at the steepest fall, and a tenth of that at the minimum; the ends of the test are no answers. The first tenth of the points
 * is left out, where a mean of few losses moves by chance.
 */
export const suggestions = (points: ReadonlyArray<Point>): Pick<Found, "steepest" | "belowMinimum"> => {
  const [least, first] = [leastIn(points), Math.max(1, Math.floor(points.length / 10))]
  let [steepest, slope] = [0, Number.POSITIVE_INFINITY]
  for (let index = first; index < Math.min(least + 1, points.length - 1); index++) {
    const [before, after] = [element(points, index - 1), element(points, index + 1)]
    const fall = (after.smoothed - before.smoothed) / Math.log(after.rate / before.rate)
    if (fall < slope) [steepest, slope] = [index, fall]
  }
  return { steepest: element(points, steepest).rate, belowMinimum: element(points, least).rate / 10 }
}

/** The losses that a picture shows, from the smallest to a little above what was there before it: where it ends it may be anything. */
export const shownLosses = (points: ReadonlyArray<Point>): readonly [low: number, high: number] => {
  const losses = points.map(({ smoothed }) => smoothed)
  const before = losses.slice(0, leastIn(points) + 1)
  const [low, highest] = [Math.min(...losses), Math.max(...before)]
  return [low, Math.min(Math.max(...losses), highest + (highest - low) / 4)]
}

/**
 * Trains from new initial values with a rate that rises, and throws the weights away. Groups with rates of their own keep them. Where
 * a loss or gradient is no longer finite the test ends. Fails as `Trainer.train` does.
 */
export const find = (
  task: Task,
  options: FindOptions & { readonly config?: TrainConfigInput; readonly data: { readonly train: Dataset } }
): Effect.Effect<Found, Trainer.TrainError, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const points: Array<Point> = []
    const collect = collector(points, options)
    const callbacks = Callback.controller({
      id: "rateFinder",
      hooks: { batchEnd: ({ values, learningRate }) => collect(learningRate, values["loss"] ?? Number.NaN) }
    })
    const config = {
      ...options.config,
      learningRate: rising(options),
      until: { steps: options.steps ?? 100 },
      nonFinite: { _tag: "Skip", maximum: 1 },
      // The weights are thrown away, and nothing is validated.
      endWith: "last",
      fastDevRun: false
    } as const
    const run = Trainer.train(task, { config, data: { train: options.data.train }, callbacks })
    // More than one step that is not finite: the rate has become too large, which is what the test is to find.
    yield* Effect.catchTag(run, "NonFiniteFound", (error) => (points.length < 3 ? Effect.fail(error) : Effect.void))
    const found = suggestions(points)
    return { points, ...found, figure: figureOf(points, found, shownLosses(points)) } satisfies Found
  }).pipe(Effect.scoped)
