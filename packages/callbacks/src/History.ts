/** The history of a run as a fold over its events: rows per epoch, per validation and per logged step. */
import * as Event from "@etude/core/Event"
import * as Schema from "effect/Schema"
import * as Timeline from "./Timeline.ts"

const position = { epoch: Schema.Natural, step: Schema.Natural, samples: Schema.Natural }

/** The end of an epoch. `epoch` counts from 1; `seconds` are those of the epoch, of its last part if it was resumed. */
export const EpochRow = Schema.Struct({
  ...position,
  learningRate: Schema.Number,
  seconds: Schema.Number,
  values: Event.Values
})
export type EpochRow = typeof EpochRow.Type

/** A validation on one set. `epoch` counts the epochs that were finished, `samples` those trained on before. */
export const ValidationRow = Schema.Struct({
  ...position,
  name: Schema.String,
  seconds: Schema.Number,
  values: Event.Values
})
export type ValidationRow = typeof ValidationRow.Type

/** A logged step. `epoch` counts the epochs that were finished. */
export const StepRow = Schema.Struct({
  ...position,
  learningRate: Schema.Number,
  samplesPerSecond: Schema.Number,
  values: Event.Values
})
export type StepRow = typeof StepRow.Type

export interface History {
  readonly epochs: ReadonlyArray<EpochRow>
  readonly validations: ReadonlyArray<ValidationRow>
  readonly steps: ReadonlyArray<StepRow>
}

/** The history that events tell. What a later attempt superseded is not in it. */
export const fold = (events: Iterable<Event.Event>): History => {
  const epochs: Array<EpochRow> = []
  const validations: Array<ValidationRow> = []
  const steps: Array<StepRow> = []
  for (const event of Timeline.effective(events)) {
    if (event._tag === "Unknown") continue
    const { epoch, step, samples } = event.progress
    const at = { epoch, step, samples }
    switch (event._tag) {
      case "EpochEnded": {
        const { learningRate, seconds, values } = event
        epochs.push({ ...at, learningRate, seconds, values })
        break
      }
      case "ValidationEnded": {
        const { name, seconds, values } = event
        validations.push({ ...at, name, seconds, values })
        break
      }
      case "StepLogged": {
        const { learningRate, samplesPerSecond, values } = event
        steps.push({ ...at, learningRate, samplesPerSecond, values })
        break
      }
    }
  }
  return { epochs, validations, steps }
}
