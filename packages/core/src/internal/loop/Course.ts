/**
 * How a run goes through its training data, kept in its state: the position in an epoch is a number of batches, and this says
 * which samples those were. So a run that is resumed with another batch size, or with data of another length, finishes its
 * running epoch in the order in which it began: no sample is skipped and none is repeated.
 */
import * as Schema from "effect/Schema"
import * as Entry from "../../Entry.ts"
import { element } from "../../Lookup.ts"
import * as Rng from "../../Rng.ts"
import * as Sampler from "../../Sampler.ts"
import * as Streams from "../Streams.ts"
import * as Samplers from "./Samplers.ts"

/** The order of an epoch's samples: a named sampler's, else a keyed permutation, or the dataset's own order. */
interface Order {
  readonly seed: number
  readonly shuffled: boolean
  readonly length: number
  readonly sampler?: { readonly [option: string]: Schema.Json }
}
const orderFields = {
  seed: Schema.Int,
  shuffled: Schema.Boolean,
  length: Schema.Natural,
  sampler: Schema.optionalKey(Schema.Record(Schema.String, Schema.Json))
}

/** From `batch` on, batches of so many samples, of data with that length. */
interface Part {
  readonly batch: number
  readonly batchSize: number
  readonly length: number
}
const Part = Schema.Struct({ batch: Schema.Natural, batchSize: Schema.Natural, length: Schema.Natural })

/** An epoch in which something changed: the order in which it began, and its parts, oldest first. */
export interface Altered {
  readonly epoch: number
  readonly order: Order
  readonly parts: ReadonlyArray<Part>
}
export const Altered: Schema.Codec<Altered> = Schema.Struct({
  epoch: Schema.Natural,
  order: Schema.Struct(orderFields),
  parts: Schema.Array(Part)
})

export interface Course extends Order {
  readonly batchSize: number
  /** The last epoch that was continued with something else than it began with. */
  readonly altered: Altered | null
}
export const Course: Schema.Codec<Course> = Schema.Struct({
  ...orderFields,
  batchSize: Schema.Natural,
  altered: Schema.NullOr(Altered)
})
/** What a course is of. */
export type Setting = Omit<Course, "altered">

const same = (a: Setting, b: Setting): boolean =>
  a.seed === b.seed &&
  a.shuffled === b.shuffled &&
  a.length === b.length &&
  a.batchSize === b.batchSize &&
  JSON.stringify(a.sampler) === JSON.stringify(b.sampler)

export const isNamed = (sampler: Order["sampler"]): sampler is Sampler.Config => typeof sampler?.["_tag"] === "string"

/** The sampler of an order; `undefined` where none of these has its name. */
export const samplerOf = (
  { sampler, shuffled }: Pick<Order, "sampler" | "shuffled">,
  samplers: Samplers.Samplers
): Sampler.Sampler | undefined => {
  if (!isNamed(sampler)) return shuffled ? Sampler.shuffled : Sampler.sequential
  return samplers.some(({ tag }) => tag === sampler._tag) ? Entry.make(samplers, sampler) : undefined
}

/** The samples of one epoch, in order. */
const samplesIn = (sampler: Sampler.Sampler, { seed, length }: Order, epoch: number): Int32Array => {
  const at = sampler.order(Rng.fold(Streams.shuffle(seed), epoch), length)
  return Int32Array.from({ length: Sampler.samplesOf(sampler, length) }, (_, position) => at(position))
}

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

/** What is wrong with a course whose running epoch began in an order that nobody knows any more. */
export const problems = (
  { altered }: Course,
  samplers: Samplers.Samplers
): ReadonlyArray<{ readonly path: string; readonly message: string }> => {
  if (altered === null) return []
  const { order } = altered
  const sampler = samplerOf(order, samplers)
  const problem = (message: string) => [{ path: "config.sampler", message }]
  const begun = `the epoch that this run is in began with the sampler ${order.sampler?.["_tag"]}`
  if (sampler === undefined)
    return problem(`${begun}, and nothing here has that name: add its plugin until the epoch is over`)
  if (sampler.length === undefined || sampler.length === order.length) return []
  return problem(
    `${begun} of ${order.length} samples, whose order follows from those samples, and the training data now have ` +
      `${sampler.length}: continue with the data that it began with until the epoch is over`
  )
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

/**
 * The rest of an altered epoch, from the first batch of its last part on; nothing where the sampler that it was begun with is
 * none of these.
 */
export const restOf = ({ epoch, order, parts }: Altered, samplers: Samplers.Samplers = Samplers.withoutData): Rest => {
  const sampler = samplerOf(order, samplers)
  let samples = sampler === undefined ? new Int32Array() : samplesIn(sampler, order, epoch)
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
  return { epoch, batch: element(parts, -1).batch, before, samples }
}

/** How much of an epoch is done at one of its batches, where an epoch that nothing changed in has so many `batches`. */
export const fractionDone = (
  course: Course | null,
  { epoch, batch }: { readonly epoch: number; readonly batch: number },
  batches: number,
  samplers: Samplers.Samplers = Samplers.withoutData
): number => {
  if (batch === 0) return 0
  const altered = course?.altered?.epoch === epoch ? course.altered : null
  if (course === null || altered === null) return Math.min(1, batch / Math.max(1, batches))
  const { batch: begin, before, samples } = restOf(altered, samplers)
  return Math.min(1, (before + (batch - begin) * course.batchSize) / Math.max(1, before + samples.length))
}
