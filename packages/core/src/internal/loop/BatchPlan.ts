/** Which samples each batch holds: computed from a key, an epoch and a position, so that any batch can be entered directly. */

import { element } from "../../Lookup.ts"
import * as Rng from "../../Rng.ts"
import * as Sampler from "../../Sampler.ts"
import type { Rest } from "./Course.ts"

export interface BatchPlanOptions {
  /** How many samples the data have. */
  readonly length: number
  readonly batchSize: number
  /** The order of an epoch's samples; that of the dataset when absent. */
  readonly sampler?: Sampler.Sampler
  /** The stream that the sampler draws from; each epoch has a key of its own below it. */
  readonly key?: Rng.Key
  readonly dropLastBatch?: boolean
  /** Batches of an epoch at most. */
  readonly limit?: number
  /** What is left of an epoch that began with another batch size or other data. */
  readonly rest?: Rest
}

export interface BatchPlan {
  /** Batches of an epoch. */
  readonly batches: number
  /** Batches of one epoch: the same number, but for one that began with another batch size or other data. */
  readonly batchesOf: (epoch: number) => number
  /** How many samples a batch holds. */
  readonly samples: (epoch: number, batch: number) => number
  /** The samples of one batch, as indices into the dataset. */
  readonly indices: (epoch: number, batch: number) => Int32Array
  /** The batches of an epoch from `batch` on. */
  readonly from: (epoch: number, batch: number) => Iterable<Int32Array>
}

/** What is left of an epoch that began otherwise. A limit counts samples: batches had another size before. */
const alteredPart = ({ batch, samples, before }: Rest, count: (samples: number) => number, limit = Infinity) => {
  const left = Math.min(samples.length, limit - before)
  return { first: batch, left, batches: batch + count(Math.max(0, left)) }
}

const noDraws = Rng.key(0)

export const make = (options: BatchPlanOptions): BatchPlan => {
  const { length, batchSize, sampler = Sampler.sequential, key = noDraws, dropLastBatch, limit, rest } = options
  const size = Sampler.samplesOf(sampler, length)
  const count = (samples: number) =>
    dropLastBatch === true ? Math.floor(samples / batchSize) : Math.ceil(samples / batchSize)
  const batches = Math.min(count(size), limit ?? Number.POSITIVE_INFINITY)
  const whole = { first: 0, left: size, batches }
  const altered = rest && alteredPart(rest, count, limit && limit * batchSize)
  const partOf = (epoch: number) => (altered !== undefined && rest?.epoch === epoch ? altered : whole)
  const orderOf = (epoch: number): ((position: number) => number) => {
    if (rest?.epoch === epoch) return (position) => element(rest.samples, position)
    return sampler.order(Rng.fold(key, epoch), length)
  }
  const samples = (epoch: number, batch: number) => {
    const { first, left } = partOf(epoch)
    return Math.max(0, Math.min(batchSize, left - (batch - first) * batchSize))
  }
  const take = (epoch: number, order: (position: number) => number, batch: number): Int32Array => {
    const begin = (batch - partOf(epoch).first) * batchSize
    const indices = new Int32Array(samples(epoch, batch))
    for (let at = 0; at < indices.length; at++) indices[at] = order(begin + at)
    return indices
  }
  return {
    batches,
    batchesOf: (epoch) => partOf(epoch).batches,
    samples,
    indices: (epoch, batch) => take(epoch, orderOf(epoch), batch),
    *from(epoch, batch) {
      const order = orderOf(epoch)
      for (let next = batch; next < partOf(epoch).batches; next++) yield take(epoch, order, next)
    }
  }
}
