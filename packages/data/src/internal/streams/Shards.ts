/** The raw samples of shards, in the order of a pass. */
import { DataError, reasonOf } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Stream from "effect/Stream"

/** A part of a stream that can be gone through from its beginning, again and again. */
export interface Shard<A> {
  /** Such as its file: messages say it. */
  readonly name: string
  /** How many samples it has, if that is known: it is then skipped without reading. */
  readonly samples?: number
  /** Its samples from the first one on, the same ones each time. */
  readonly open: () => AsyncIterable<A> | Iterable<A> | Stream.Stream<A, unknown>
}

/** A sample as it came, with its place. */
export interface Raw<A> {
  readonly sample: A
  readonly shard: string
  /** Samples before it in its shard. */
  readonly place: number
}

export interface Order {
  /** Below it are the orders of passes; absent: shards come in their own order, and so do their samples. */
  readonly key?: Rng.Key
  /** Shards that take turns. */
  readonly interleave: number
}

/** How many samples shards have, as far as that is known, and what a shard is found to have. */
export interface Counts {
  readonly of: (name: string) => number | undefined
  readonly note: (name: string, samples: number) => void
}

const changed = (name: string, found: number, expected: number) =>
  new DataError({
    source: name,
    found: `${found} samples`,
    expected: `${expected}, as it had before`,
    advice: "A shard must have the same samples each time: don't change it while it is read."
  })

export const countsOf = <A>(shards: ReadonlyArray<Shard<A>>): Counts => {
  const counts = new Map(
    shards.flatMap(({ name, samples }) => (samples === undefined ? [] : [[name, samples] as const]))
  )
  return {
    of: (name) => counts.get(name),
    note: (name, samples) => {
      const expected = counts.get(name)
      if (expected !== undefined && expected !== samples) throw changed(name, samples, expected)
      counts.set(name, samples)
    }
  }
}

/** The number of samples of shards; undefined where one of them is not known. */
export const totalOf = (shards: ReadonlyArray<{ readonly name: string }>, counts: Counts): number | undefined => {
  let total = 0
  for (const { name } of shards) {
    const count = counts.of(name)
    if (count === undefined) return undefined
    total += count
  }
  return total
}

const iteratorOf = <A>({ open }: Shard<A>): AsyncIterator<A> | Iterator<A> => {
  const samples = open()
  if (Stream.isStream(samples)) return Stream.toAsyncIterable(samples)[Symbol.asyncIterator]()
  return Symbol.asyncIterator in samples ? samples[Symbol.asyncIterator]() : samples[Symbol.iterator]()
}

const unreadable = (name: string, place: number, cause: unknown) =>
  new DataError({
    source: name,
    found: `an error after ${place} samples (${reasonOf(cause)})`,
    expected: "one more sample, or the end",
    advice: "See its cause.",
    cause
  })

/** One shard, which counts its samples at its end and says where it fails. */
async function* samplesOf<A>(shard: Shard<A>, counts: Counts): AsyncGenerator<Raw<A>> {
  const { name } = shard
  let [place, isOver]: [number, boolean] = [0, false]
  let iterator: AsyncIterator<A> | Iterator<A> | undefined
  try {
    iterator = iteratorOf(shard)
    for (;;) {
      const next = await iterator.next()
      isOver = next.done === true
      if (next.done === true) break
      yield { sample: next.value, shard: name, place: place++ }
    }
  } catch (cause) {
    isOver = true
    throw cause instanceof DataError ? cause : unreadable(name, place, cause)
  } finally {
    if (!isOver) await iterator?.return?.()
  }
  counts.note(name, place)
}

/** Several shards that take turns until all are through. */
async function* turns<A>(shards: ReadonlyArray<Shard<A>>, counts: Counts): AsyncGenerator<Raw<A>> {
  let open = shards.map((shard) => samplesOf(shard, counts))
  try {
    while (open.length > 0) {
      const left: typeof open = []
      for (const samples of open) {
        const { done, value } = await samples.next()
        if (done === true) continue
        left.push(samples)
        yield value
      }
      open = left
    }
  } finally {
    for (const samples of open) await samples.return(undefined)
  }
}

const groupsOf = <A>(shards: ReadonlyArray<Shard<A>>, { key, interleave }: Order, pass: number) => {
  const shardAt =
    key === undefined ? (position: number) => position : Rng.permutation(Rng.fold(key, pass), shards.length)
  const ordered = shards.map((_, position) => element(shards, shardAt(position)))
  const groups = Array.from({ length: Math.ceil(ordered.length / interleave) }, (_, group) =>
    ordered.slice(group * interleave, (group + 1) * interleave)
  )
  return groups
}

/** Samples one by one; `undefined` after the last. */
export interface Samples<A> {
  readonly next: () => Promise<Raw<A> | undefined>
  readonly close: () => Promise<void>
}

/** A pass from a group of shards on: how many samples it begins after, and the samples. */
export interface Pass<A> {
  readonly begin: number
  readonly samples: Samples<A>
}

/** Goes through a pass from `offset` or, where it isn't known how many samples shards have, from before it. */
export const pass = <A>(
  shards: ReadonlyArray<Shard<A>>,
  order: Order,
  counts: Counts,
  number: number,
  offset: number
): Pass<A> => {
  const groups = groupsOf(shards, order, number)
  let [begin, first] = [0, 0]
  for (; first < groups.length; first++) {
    const total = totalOf(element(groups, first), counts)
    if (total === undefined || begin + total > offset) break
    begin += total
  }
  return { begin, samples: following(groups.slice(first), counts) }
}

/** One group of shards after another. */
const following = <A>(groups: ReadonlyArray<ReadonlyArray<Shard<A>>>, counts: Counts): Samples<A> => {
  let number = -1
  let current: AsyncGenerator<Raw<A>> | undefined
  return {
    next: async () => {
      for (;;) {
        const sample = await current?.next()
        if (sample?.done === false) return sample.value
        const group = groups[++number]
        if (group === undefined) return undefined
        const [only, ...others] = group
        current = only !== undefined && others.length === 0 ? samplesOf(only, counts) : turns(group, counts)
      }
    },
    close: async () => {
      await current?.return(undefined)
    }
  }
}

/** Counts shards that say nothing of their samples, by going through them. */
export const count = async <A>(shards: ReadonlyArray<Shard<A>>, counts: Counts): Promise<number> => {
  for (const shard of shards) {
    if (counts.of(shard.name) !== undefined) continue
    const samples = samplesOf(shard, counts)
    while ((await samples.next()).done !== true);
  }
  return totalOf(shards, counts) ?? 0
}
