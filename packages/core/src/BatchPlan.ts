/** Which samples each batch holds: computed from a key, an epoch and a position, so that any batch can be entered directly. */
import * as Rng from "./Rng.ts"

export interface BatchPlanOptions {
  /** How many samples there are. */
  readonly length: number
  readonly batchSize: number
  /** The stream that shuffles; the order of the dataset when absent. */
  readonly shuffle?: Rng.Key
  readonly dropLastBatch?: boolean
  /** Batches of an epoch at most. */
  readonly limit?: number
}

export interface BatchPlan {
  /** Batches of an epoch. */
  readonly batches: number
  /** How many samples a batch holds. */
  readonly samples: (batch: number) => number
  /** The samples of one batch, as indices into the dataset. */
  readonly indices: (epoch: number, batch: number) => Int32Array
  /** The batches of an epoch from `batch` on. */
  readonly from: (epoch: number, batch: number) => Iterable<Int32Array>
}

export const make = ({ length, batchSize, shuffle, dropLastBatch, limit }: BatchPlanOptions): BatchPlan => {
  const all = dropLastBatch === true ? Math.floor(length / batchSize) : Math.ceil(length / batchSize)
  const batches = Math.min(all, limit ?? all)
  const orderOf = (epoch: number) =>
    shuffle === undefined ? (position: number) => position : Rng.permutation(Rng.fold(shuffle, epoch), length)
  const samples = (batch: number) => Math.max(0, Math.min(batchSize, length - batch * batchSize))
  const take = (order: (position: number) => number, batch: number): Int32Array => {
    const begin = batch * batchSize
    const indices = new Int32Array(samples(batch))
    for (let at = 0; at < indices.length; at++) indices[at] = order(begin + at)
    return indices
  }
  return {
    batches,
    samples,
    indices: (epoch, batch) => take(orderOf(epoch), batch),
    *from(epoch, batch) {
      const order = orderOf(epoch)
      for (let next = batch; next < batches; next++) yield take(order, next)
    }
  }
}
