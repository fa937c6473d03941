/**
 * Whether a value has stopped getting better: a pure fold, used by early stopping and by the reduction of learning rates.
 */
import type { Progress } from "@etude/core/Progress"
import * as Schema from "effect/Schema"
import type { Better, Patience, Position } from "./internal/options.ts"

export interface Rule {
  readonly better: Better
  /** How long to wait since the last improvement; 0 of any unit: not at all. */
  readonly patience: Patience
  /** By how much a value must be better than the best to count. */
  readonly minimumDelta: number
  /** The value to beat at first. */
  readonly baseline?: number | undefined
  /** Values before this position are not looked at. */
  readonly start?: Position | undefined
}

export const State = Schema.Struct({
  /** The best value; null before the first. */
  best: Schema.NullOr(Schema.Number),
  /** Evaluations since the best that were not better. */
  waited: Schema.Natural,
  /** Where the best was, or where waiting began. */
  epoch: Schema.Natural,
  step: Schema.Natural,
  /** Whether anything has been looked at. */
  begun: Schema.Boolean
})
export type State = typeof State.Type

export const initial: State = { best: null, waited: 0, epoch: 0, step: 0, begun: false }

/** Whether `value` is better than `best` by more than `minimumDelta`. NaN is never better; anything else beats no best. */
export const improves = (value: number, best: number | undefined, better: Better, minimumDelta = 0): boolean => {
  if (Number.isNaN(value)) return false
  if (best === undefined) return true
  return better === "higher" ? value > best + minimumDelta : value < best - minimumDelta
}

const hasBegun = (start: Position | undefined, { epoch, step }: Progress): boolean =>
  start === undefined || ("epochs" in start ? epoch >= start.epochs : step >= start.steps)

/** Takes the next value: the new state, and whether patience has run out. */
export const next = (
  rule: Rule,
  state: State,
  value: number,
  progress: Progress
): readonly [state: State, exhausted: boolean] => {
  if (!hasBegun(rule.start, progress)) return [state, false]
  const { epoch, step } = progress
  if (improves(value, state.best ?? rule.baseline, rule.better, rule.minimumDelta)) {
    return [{ best: value, waited: 0, epoch, step, begun: true }, false]
  }
  // Without an earlier position to count from, waiting begins here.
  const since = state.begun ? state : { ...state, epoch, step }
  const waited = state.waited + 1
  const { patience } = rule
  const exhausted =
    "evaluations" in patience
      ? waited >= patience.evaluations
      : "epochs" in patience
        ? epoch - since.epoch >= patience.epochs
        : step - since.step >= patience.steps
  return [{ ...since, waited, begun: true }, exhausted]
}
