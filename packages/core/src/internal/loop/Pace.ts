/**
 * How many updates an epoch has had, over the whole run. It changes only where a run is resumed with another batch size, data
 * of another length or another limit of batches; schedules in epochs then continue from the epochs done.
 */
import * as Schema from "effect/Schema"
import { element } from "../../Lookup.ts"

/** From update `step` on, at which `epochs` were done (the running one in part), an epoch has so many updates. */
export interface Stretch {
  readonly step: number
  readonly epochs: number
  readonly stepsPerEpoch: number
}
export const Stretch: Schema.Codec<Stretch> = Schema.Struct({
  step: Schema.Natural,
  epochs: Schema.Finite,
  stepsPerEpoch: Schema.Natural
})

/** The stretches of a run, oldest first. Empty before its first step. */
export type Pace = ReadonlyArray<Stretch>
export const Pace: Schema.Codec<Pace> = Schema.Array(Stretch)

/** Where a run stands when its pace is looked at. */
export interface Position {
  /** Epochs done, the running one in part. */
  readonly epochs: number
  readonly step: number
}

/** The pace of a run that continues from `position` with so many updates an epoch; the same where nothing changed. */
export const continued = (pace: Pace, { epochs, step }: Position, stepsPerEpoch: number): Pace => {
  const current = pace.at(-1)
  if (current === undefined) return [{ step: 0, epochs: 0, stepsPerEpoch }]
  if (current.stepsPerEpoch === stepsPerEpoch) return pace
  return [...pace.filter((stretch) => stretch.step < step), { step, epochs, stepsPerEpoch }]
}

/** Updates of the run, as a length of epochs counts them: today's updates per epoch times the epochs done. */
export interface Conversion {
  /** From updates of the run; the same number where the pace never changed. */
  readonly toToday: (step: number) => number
  /** Its inverse. */
  readonly fromToday: (position: number) => number
}

const same = (value: number): number => value

export const conversion = (pace: Pace, stepsPerEpoch: number): Conversion => {
  const [first, ...others] = pace
  if (first === undefined || (others.length === 0 && first.stepsPerEpoch === stepsPerEpoch)) {
    return { toToday: same, fromToday: same }
  }
  const stretches = pace.map((stretch) => ({
    step: stretch.step,
    today: stretch.epochs * stepsPerEpoch,
    factor: stepsPerEpoch / Math.max(1, stretch.stepsPerEpoch)
  }))
  return {
    toToday: (step) => {
      const {
        today,
        step: begin,
        factor
      } = stretches.findLast((stretch) => stretch.step <= step) ?? element(stretches, 0)
      return today + (step - begin) * factor
    },
    fromToday: (position) => {
      const { today, step, factor } =
        stretches.findLast((stretch) => stretch.today <= position) ?? element(stretches, 0)
      return step + (position - today) / factor
    }
  }
}
