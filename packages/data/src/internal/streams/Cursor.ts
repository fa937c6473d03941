/**
 * Raw samples by their position in a stream. A position is found by going through the stream up to there, so positions that grow
 * cost nothing but the samples between them; one before the last begins its pass again.
 */
import { DataError } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Shards from "./Shards.ts"

export interface CursorOptions<A> {
  readonly name: string
  readonly shards: ReadonlyArray<Shards.Shard<A>>
  readonly counts: Shards.Counts
  readonly order: Shards.Order
  /** Samples that are read together, and mixed where the order has a key. */
  readonly block: number
  /** Whether a pass follows the last one. */
  readonly repeats: boolean
}

export interface Cursor<A> {
  /** The samples at these positions. Calls wait for each other. */
  readonly at: (positions: ReadonlyArray<number>) => Promise<ReadonlyArray<Shards.Raw<A>>>
  readonly close: () => Promise<void>
}

interface Place<A> {
  readonly pass: number
  /** Samples of the pass before the next one. */
  next: number
  readonly samples: Shards.Samples<A>
}

interface Block<A> {
  readonly pass: number
  readonly number: number
  readonly samples: ReadonlyArray<Shards.Raw<A>>
}

const tooFew = (name: string, samples: number, position: number) =>
  new DataError({
    source: name,
    found: samples === 0 ? "no sample" : `the end after ${samples} samples`,
    expected: samples === 0 ? "one or more" : `a sample at position ${position}`,
    advice: "Leave `samples` out, so that they are counted, or correct it."
  })

/** One after another, whatever happens in them. */
const oneByOne = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <B>(work: () => Promise<B>): Promise<B> => {
    const next = last.then(work, work)
    last = next.catch(() => {})
    return next
  }
}

/** Blocks of raw samples; the place in the stream moves on as they are read. */
const blocksOf = <A>({ shards, counts, order, block: size }: CursorOptions<A>) => {
  let place: Place<A> | undefined
  let block: Block<A> | undefined
  let length = Shards.totalOf(shards, counts)
  const close = async () => {
    const before = place
    place = undefined
    await before?.samples.close()
  }
  /** Goes to `offset` of a pass; false where the pass ends before. */
  const seek = async (pass: number, offset: number): Promise<Place<A> | undefined> => {
    if (place === undefined || place.pass !== pass || place.next > offset) {
      await close()
      const { begin, samples } = Shards.pass(shards, order, counts, pass, offset)
      place = { pass, next: begin, samples }
    }
    while (place.next < offset) if ((await pull(place)) === undefined) return undefined
    return place
  }
  const pull = async (from: Place<A>): Promise<Shards.Raw<A> | undefined> => {
    const sample = await from.samples.next()
    if (sample === undefined) length = from.next
    else from.next++
    return sample
  }
  const read = async (pass: number, number: number): Promise<Block<A>> => {
    if (block?.pass === pass && block.number === number) return block
    const samples: Array<Shards.Raw<A>> = []
    const reached = await seek(pass, number * size)
    while (reached !== undefined && samples.length < size) {
      const sample = await pull(reached)
      if (sample === undefined) break
      samples.push(sample)
    }
    block = { pass, number, samples }
    return block
  }
  const fail = async (cause: unknown): Promise<never> => {
    // What failed is gone through again from the beginning, if at all.
    await close().catch(() => {})
    throw cause
  }
  return {
    read: (pass: number, number: number) => read(pass, number).catch(fail),
    last: () => block,
    close,
    length: () => length
  }
}

/** The order of a block's samples. */
const orderOf = <A>({ key }: Shards.Order, { pass, number, samples }: Block<A>): ((place: number) => number) =>
  key === undefined
    ? (place) => place
    : Rng.permutation(Rng.fold(Rng.fold(Rng.named(key, "blocks"), pass), number), samples.length)

export const make = <A>(options: CursorOptions<A>): Cursor<A> => {
  const { name, order, block: size, repeats } = options
  const blocks = blocksOf(options)
  let ordered: { readonly block: Block<A>; readonly placeAt: (place: number) => number } | undefined
  const placeOf = (position: number) => {
    const length = blocks.length()
    // As long as nobody has seen the end of a pass, this is the first one.
    const pass = length === undefined ? 0 : Math.floor(position / length)
    const offset = position - pass * (length ?? 0)
    return { pass, number: Math.floor(offset / size), place: offset % size }
  }
  /** The sample, where it is in the block that was read last. */
  const held = (position: number): Shards.Raw<A> | undefined => {
    const block = blocks.last()
    const { pass, number, place } = placeOf(position)
    if (block?.pass !== pass || block.number !== number || place >= block.samples.length) return undefined
    if (ordered?.block !== block) ordered = { block, placeAt: orderOf(order, block) }
    return element(block.samples, ordered.placeAt(place))
  }
  const find = async (position: number): Promise<Shards.Raw<A>> => {
    for (let known = -1; ; ) {
      const length = blocks.length()
      if (length === 0 || length === known || (length !== undefined && !repeats && position >= length))
        throw tooFew(name, length ?? 0, position)
      const { pass, number } = placeOf(position)
      await blocks.read(pass, number)
      const sample = held(position)
      if (sample !== undefined) return sample
      known = length ?? -1
    }
  }
  const lock = oneByOne()
  return {
    at: (positions) =>
      lock(async () => {
        const samples: Array<Shards.Raw<A>> = []
        for (const position of positions) samples.push(held(position) ?? (await find(position)))
        return samples
      }),
    close: () => lock(blocks.close)
  }
}
