/**
 * How a run goes through its training data, kept in its state: the position in an epoch is a number of batches, and this says
 * which samples those were. So a run that is resumed with another batch size, or with data of another length, finishes its
 * running epoch in the order in which it began: no sample is skipped and none is repeated.
 */
import * as Schema from "effect/Schema"
import * as Rng from "../../Rng.ts"
import * as Streams from "../Streams.ts"

/** The order of an epoch's samples: a keyed permutation, or the dataset's own order. */
const Order = Schema.Struct({ seed: Schema.Int, shuffled: Schema.Boolean, length: Schema.Natural })

/** From `batch` on, batches of so many samples, of data with that length. */
const Part = Schema.Struct({ batch: Schema.Natural, batchSize: Schema.Natural, length: Schema.Natural })

/** An epoch in which something changed: the order in which it began, and its parts, oldest first. */
export const Altered = Schema.Struct({ epoch: Schema.Natural, order: Order, parts: Schema.Array(Part) })
export type Altered = typeof Altered.Type

export const Course = Schema.Struct({
  ...Order.fields,
  batchSize: Schema.Natural,
  /** The last epoch that was continued with something else than it began with. */
  altered: Schema.NullOr(Altered)
})
export type Course = typeof Course.Type
/** What a course is of. */
export type Setting = Omit<Course, "altered">

const same = (a: Setting, b: Setting): boolean =>
  a.seed === b.seed && a.shuffled === b.shuffled && a.length === b.length && a.batchSize === b.batchSize

/** The course of a run that continues at `batch` of `epoch` in a setting; `stored` is null before the first step. */
export const continued = (
  stored: Course | null,
  { epoch, batch }: { readonly epoch: number; readonly batch: number },
  setting: Setting
): Course => {
  if (stored === null || batch === 0) return { ...setting, altered: null }
  const { altered: before, batchSize, ...order } = stored
  const running = before?.epoch === epoch ? before : null
  if (same(stored, setting)) return { ...setting, altered: running }
  const begun = running ?? { epoch, order, parts: [{ batch: 0, batchSize, length: order.length }] }
  const part = { batch, batchSize: setting.batchSize, length: setting.length }
  return { ...setting, altered: { ...begun, parts: [...begun.parts.filter((one) => one.batch < batch), part] } }
}

/** What is left of an epoch in which something changed. */
export interface Rest {
  readonly epoch: number
  /** The batch from which on it is left. */
  readonly batch: number
  /** Samples of the epoch before that batch. */
  readonly before: number
  /** The samples, in order. Those that the data no longer have are left out; new ones come in the next epoch. */
  readonly samples: Int32Array
}

/** The rest of an altered epoch, from the first batch of its last part on. */
export const restOf = ({ epoch, order, parts }: Altered): Rest => {
  const place = order.shuffled ? Rng.permutation(Rng.fold(Streams.shuffle(order.seed), epoch), order.length) : undefined
  let samples = Int32Array.from({ length: order.length }, (_, position) => place?.(position) ?? position)
  let before = 0
  for (const [index, { batch, length }] of parts.entries()) {
    const previous = parts[index - 1]
    if (previous !== undefined) {
      const done = Math.min(samples.length, (batch - previous.batch) * previous.batchSize)
      before += done
      samples = samples.subarray(done)
    }
    samples = samples.filter((sample) => sample < length)
  }
  return { epoch, batch: parts.at(-1)!.batch, before, samples }
}

/** How much of an epoch is done at one of its batches, where an epoch that nothing changed in has so many `batches`. */
export const fractionDone = (
  course: Course | null,
  { epoch, batch }: { readonly epoch: number; readonly batch: number },
  batches: number
): number => {
  if (batch === 0) return 0
  const altered = course?.altered?.epoch === epoch ? course.altered : null
  if (course === null || altered === null) return Math.min(1, batch / Math.max(1, batches))
  const { batch: begin, before, samples } = restOf(altered)
  return Math.min(1, (before + (batch - begin) * course.batchSize) / Math.max(1, before + samples.length))
}
