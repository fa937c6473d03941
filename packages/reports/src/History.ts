/** The history of a run as a fold over its events: rows per epoch, per validation and per logged step. */
import * as Callback from "@etude/core/Callback"
import * as Event from "@etude/core/Event"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Rows from "./internal/rows.ts"
import * as Timeline from "./Timeline.ts"

/** Where a row was taken. */
interface Position {
  readonly epoch: number
  readonly step: number
  readonly samples: number
}
const position = { epoch: Schema.Natural, step: Schema.Natural, samples: Schema.Natural }

/** The end of an epoch. `epoch` counts from 1; `seconds` are those of the epoch, of its last part if it was resumed. */
export interface EpochRow extends Position {
  readonly learningRate: number
  readonly seconds: number
  readonly values: Event.Values
}
const epochFields = { ...position, learningRate: Schema.Number, seconds: Schema.Number, values: Event.Values }
export const EpochRow: Schema.Codec<EpochRow> = Schema.Struct(epochFields)

/**
 * A row of a run's table: the end of an epoch, or, with `midEpoch`, a validation between (on all sets) or the end of a run in the
 * middle of an epoch. There `epoch` counts the epochs that were finished.
 */
export interface Row extends EpochRow {
  readonly midEpoch?: boolean
}
export const Row: Schema.Codec<Row> = Schema.Struct({
  ...epochFields,
  midEpoch: Schema.optionalKey(Schema.Boolean)
})

/** A validation on one set. `epoch` counts the epochs that were finished, `samples` those trained on before. */
export interface ValidationRow extends Position {
  readonly name: string
  readonly seconds: number
  readonly values: Event.Values
}
export const ValidationRow: Schema.Codec<ValidationRow> = Schema.Struct({
  ...position,
  name: Schema.String,
  seconds: Schema.Number,
  values: Event.Values
})

/** A logged step. `epoch` counts the epochs that were finished. */
export interface StepRow extends Position {
  readonly learningRate: number
  readonly samplesPerSecond: number
  readonly values: Event.Values
  /** What callbacks measured, by callback. */
  readonly measured?: { readonly [callback: string]: Event.Values }
  /** What is scheduled beside the learning rate. */
  readonly scheduled?: Event.Values
}
export const StepRow: Schema.Codec<StepRow> = Schema.Struct({
  ...position,
  learningRate: Schema.Number,
  samplesPerSecond: Schema.Number,
  values: Event.Values,
  measured: Schema.optionalKey(Schema.Record(Schema.String, Event.Values)),
  scheduled: Schema.optionalKey(Event.Values)
})

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
    const position = { epoch, step, samples }
    switch (event._tag) {
      case "EpochEnded": {
        const { learningRate, seconds, values } = event
        epochs.push({ ...position, learningRate, seconds, values })
        break
      }
      case "ValidationEnded": {
        const { name, seconds, values } = event
        validations.push({ ...position, name, seconds, values })
        break
      }
      case "StepLogged": {
        const { learningRate, samplesPerSecond, values, measured, scheduled } = event
        steps.push({
          ...position,
          learningRate,
          samplesPerSecond,
          values,
          ...(measured === undefined ? {} : { measured }),
          ...(scheduled === undefined ? {} : { scheduled })
        })
        break
      }
    }
  }
  return { epochs, validations, steps }
}

/** The table that events tell. What a later attempt superseded is not in it. */
export const rows = (events: Iterable<Event.Event>): ReadonlyArray<Row> => {
  const completed = Rows.make()
  const known = Timeline.effective(events).filter((event) => event._tag !== "Unknown")
  const rowOf = ({ progress, learningRate = Number.NaN, seconds, values, midEpoch }: Rows.Row): Row => {
    const { epoch, step, samples } = progress
    return { epoch, step, samples, learningRate, seconds, values, ...(midEpoch ? { midEpoch } : {}) }
  }
  // A validation that is the last event is reported too.
  return [...known.flatMap(completed), ...completed(undefined)].map(rowOf)
}

/**
 * An observer that keeps the history in memory, and the function that returns its present value: during the run, in another fiber,
 * or after it. It holds what this process has seen; the whole of a resumed run is in its events file.
 *
 * ```ts
 * const history = History.observer()
 * yield* Trainer.train(task, { data, callbacks: history.layer })
 * history.current().epochs.at(-1)?.values
 * ```
 */
export const observer = (): {
  readonly layer: Layer.Layer<Callback.CallbackOf, never, Callback.CallbackRegistry>
  readonly current: () => History
} => {
  const events: Array<Event.Known> = []
  const isRow = ({ _tag }: Event.Known) =>
    _tag === "EpochEnded" ||
    _tag === "ValidationEnded" ||
    _tag === "StepLogged" ||
    _tag === "CheckpointSaved" ||
    _tag === "RunEnded"
  return {
    layer: Callback.observer({
      id: "history",
      hooks: {},
      onEvent: (event) => {
        if (isRow(event) || event._tag === "RunStarted" || event._tag === "Resumed") events.push(event)
      }
    }),
    current: () => fold(events)
  }
}
