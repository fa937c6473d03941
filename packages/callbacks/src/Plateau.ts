/**
 * Whether a value has stopped getting better: a pure fold, used by early stopping and by the reduction of learning rates.
 */
import * as Best from "@etude/core/Best"
import type { Patience, Position } from "@etude/core/Extent"
import type { Better } from "@etude/core/Options"
import type { Progress } from "@etude/core/Progress"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export interface Rule {
  readonly better: Better
  /** How long to wait since the last improvement; 0 of any unit: not at all. */
  readonly patience: Patience
  /** The minimum improvement over the best value. */
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
  /** The position of the best value, or where waiting began. */
  epoch: Schema.Natural,
  step: Schema.Natural,
  /** In mid-epoch, the batch of that. */
  batch: Schema.Natural.pipe(Schema.withDecodingDefaultKey(Effect.succeed(0))),
  /** Whether anything has been looked at. */
  begun: Schema.Boolean
})
export type State = typeof State.Type

export const initial: State = { best: null, waited: 0, epoch: 0, step: 0, batch: 0, begun: false }

/** Whether `value` is better than `best` by more than `minimumDelta`. NaN is never better; anything else beats no best. */
export const improves: (value: number, best: number | undefined, better: Better, minimumDelta?: number) => boolean =
  Best.isBetter

/** Takes the next value: the new state, and whether patience has run out. */
export const next = (
  rule: Rule,
  state: State,
  value: number,
  progress: Progress
): readonly [state: State, exhausted: boolean] => {
  if (!Best.hasBegun(rule.start, progress)) return [state, false]
  const { epoch, step, batch } = progress
  if (improves(value, state.best ?? rule.baseline, rule.better, rule.minimumDelta)) {
    return [{ best: value, waited: 0, epoch, step, batch, begun: true }, false]
  }
  // Without an earlier position to count from, waiting begins here.
  const since = state.begun ? state : { ...state, epoch, step, batch }
  const waited = state.waited + 1
  const { patience } = rule
  const exhausted =
    "evaluations" in patience
      ? waited >= patience.evaluations
      : "epochs" in patience
        ? // A validation at an epoch's end comes before that epoch is counted: its last batch is as late as the next epoch.
          epoch - since.epoch - (batch < since.batch ? 1 : 0) >= patience.epochs
        : step - since.step >= patience.steps
  return [{ ...since, waited, begun: true }, exhausted]
}
