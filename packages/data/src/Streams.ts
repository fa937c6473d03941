/**
 * Datasets of samples that can only be gone through from their beginning: generators, Effect's `Stream`, lines of text, tar shards.
 * A stream is made of shards, each of which gives the same samples whenever it is opened.
 *
 * An epoch is a number of samples. The next epoch continues where it ended; at the end of the stream the next pass begins. So a
 * position is epoch · samples + index, and nothing is skipped or repeated where a run is resumed.
 *
 * What a resume costs: a stream has no other way to a sample than through those before it. Samples before the position are read
 * again, and not decoded, from the beginning of the pass; whole shards are left out whose number of samples is known, because it
 * was given, or because they were counted when the dataset was made.
 *
 * ```ts
 * const train = yield* Streams.dataset({
 *   name: "reviews",
 *   spec: { inputs: { shape: [256], dtype: "int32" }, targets: { shape: [], dtype: "int32" } },
 *   shards: StreamFiles.lines(["reviews-0.jsonl", "reviews-1.jsonl.gz"]),
 *   decode: (line) => encode(JSON.parse(line)),
 *   shuffle: { buffer: 10_000 }
 * })
 * ```
 */
import type { Dataset, DatasetSpec, HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError, DatasetInvalid, reasonOf } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { guarded } from "./internal/Rows.ts"
import * as Cursor from "./internal/streams/Cursor.ts"
import { collate, type Named, type Sample, type Value } from "./internal/streams/collate.ts"
import * as Shards from "./internal/streams/Shards.ts"

export type { Sample, Value }
export type Shard<A> = Shards.Shard<A>

/** What a sample is decoded with. */
export interface Scene {
  /** The stream of random numbers of this sample in this epoch, for augmentation. */
  readonly key: Rng.Key
  readonly epoch: number
  /** False in validation, test and prediction. */
  readonly training: boolean
}

export interface Shuffle {
  /** A key, or a seed to make one of; below it, each pass has its own order. Default: it follows from the seed of the run. */
  readonly key?: Rng.Key | number
  /**
   * Samples that are mixed with each other: so many are read, taken in a drawn order, and the next ones are read. All of them
   * are in memory, not decoded. Shards come in a drawn order, too. Default: 1000.
   */
  readonly buffer?: number
}

export interface StreamOptions<A> {
  readonly name: string
  readonly spec: DatasetSpec
  readonly classes?: ReadonlyArray<string>
  /** The parts of the stream; a single one where it has no parts. Small ones make shuffling better, and resuming cheaper. */
  readonly shards: ReadonlyArray<Shard<A>>
  /** Decodes one sample: a function of the sample and the scene alone. What it throws becomes the batch's `DataError`. */
  readonly decode: (sample: A, scene: Scene) => Sample | Effect.Effect<Sample, DataError>
  /**
   * Samples of an epoch. Default: those of one pass, for which shards that don't say their number are gone through once when the
   * dataset is made. A stream without an end needs it.
   */
  readonly samples?: number
  /** Default: the order of the stream. Validation, test and prediction always go through it in its own order. */
  readonly shuffle?: Shuffle
  /** Shards that take turns, a sample each. Default: 1, one shard after another. */
  readonly interleave?: number
  /** Batches that are read beyond the one that is taken. Default: 2. */
  readonly ahead?: number
}

/** Samples that are read together where they are not mixed. */
const together = 64
const defaultBuffer = 1000

const problemsOf = <A>({ name, shards, samples, shuffle, interleave, ahead }: StreamOptions<A>) => {
  const counts = { samples, "shuffle.buffer": shuffle?.buffer, interleave, ahead }
  const problems = Object.entries(counts).flatMap(([option, value]) =>
    value === undefined || (Number.isSafeInteger(value) && value >= 1)
      ? []
      : [problem(`${name}, ${option}`, String(value), "a whole number of at least 1", "Leave it out for the default.")]
  )
  const names = new Set<string>()
  for (const shard of shards) {
    if (names.has(shard.name))
      problems.push(problem(name, `two shards named ${shard.name}`, "shards of different names", "Name each shard."))
    names.add(shard.name)
  }
  if (shards.length === 0)
    problems.push(problem(name, "no shard", "one or more", "Look at the pattern of their names."))
  return problems
}

const problem = (source: string, found: string, expected: string, advice: string) =>
  new DataError({ source, found, expected, advice })

const dataErrorOf =
  (source: string) =>
  (cause: unknown): DataError =>
    cause instanceof DataError
      ? cause
      : new DataError({
          source,
          found: `an error (${reasonOf(cause)})`,
          expected: "a sample",
          advice: "See its cause.",
          cause
        })

const sourceOf = ({ shard, place }: Shards.Raw<unknown>): string => `${shard}, sample ${place}`

type Decoded = Sample | Effect.Effect<Sample, DataError>

const isSample = (decoded: Decoded): decoded is Sample => !Effect.isEffect(decoded)

/** Decodes raw samples; those that take their time, at the same time. */
const decodeAll = <A>(
  { decode }: StreamOptions<A>,
  raws: ReadonlyArray<Shards.Raw<A>>,
  indices: Int32Array,
  draw: Draw.Draw
): Effect.Effect<ReadonlyArray<Named>, DataError> => {
  const { epoch, training } = draw
  const decoded: Array<Decoded> = []
  for (const [place, raw] of raws.entries()) {
    try {
      decoded.push(decode(raw.sample, { key: Draw.ofSample(draw, element(indices, place)), epoch, training }))
    } catch (cause) {
      return Effect.fail(dataErrorOf(sourceOf(raw))(cause))
    }
  }
  const named = (sample: Sample, place: number): Named => ({ sample, source: sourceOf(element(raws, place)) })
  if (decoded.every(isSample)) return Effect.succeed(decoded.map(named))
  const waiting = decoded.map((one) => (isSample(one) ? Effect.succeed(one) : one))
  return Effect.map(Effect.all(waiting, { concurrency: "unbounded" }), (samples) => samples.map(named))
}

/** The positions of samples in the stream: an epoch continues where the last one ended. */
const positionsOf = (indices: Int32Array, samples: number, { epoch, training }: Draw.Draw): ReadonlyArray<number> => {
  const begin = training ? epoch * samples : 0
  return Array.from(indices, (index) => begin + index)
}

const reader = <A>(options: StreamOptions<A>, samples: number, cursors: Cursors<A>): Dataset["read"] => {
  const { name, spec } = options
  return Effect.fnUntraced(function* (indices: Int32Array, draw: Draw.Draw): Effect.fn.Return<HostBatch, DataError> {
    const raws = yield* Effect.tryPromise({
      try: async () => (await cursors.of(draw)).at(positionsOf(indices, samples, draw)),
      catch: dataErrorOf(name)
    })
    const decoded = yield* decodeAll(options, raws, indices, draw)
    return yield* Effect.try({ try: () => collate(decoded, spec), catch: dataErrorOf(name) })
  })
}

/** Where training and evaluation stand in the stream. */
interface Cursors<A> {
  readonly of: (draw: Draw.Draw) => Promise<Cursor.Cursor<A>>
  readonly close: () => Promise<unknown>
}

const keyOf = ({ key }: Shuffle, { run = Rng.key(0) }: Draw.Draw): Rng.Key =>
  Rng.named(key === undefined ? run : typeof key === "number" ? Rng.key(key) : key, "stream")

const cursorsOf = <A>(options: StreamOptions<A>, counts: Shards.Counts): Cursors<A> => {
  const { name, shards, shuffle, interleave = 1 } = options
  const open = { name, shards, counts }
  const plain = { ...open, order: { interleave }, block: together }
  const evaluation = Cursor.make({ ...plain, repeats: false })
  const ordered = Cursor.make({ ...plain, repeats: true })
  /** The cursor of the run that read last. */
  let shuffled: { readonly key: Rng.Key; readonly cursor: Cursor.Cursor<A> } | undefined
  const ofKey = async (key: Rng.Key, block: number): Promise<Cursor.Cursor<A>> => {
    if (shuffled?.key.hi === key.hi && shuffled.key.lo === key.lo) return shuffled.cursor
    const before = shuffled
    const cursor = Cursor.make({ ...open, order: { interleave, key }, block, repeats: true })
    shuffled = { key, cursor }
    await before?.cursor.close()
    return cursor
  }
  return {
    of: async (draw) => {
      if (!draw.training) return evaluation
      return shuffle === undefined ? ordered : ofKey(keyOf(shuffle, draw), shuffle.buffer ?? defaultBuffer)
    },
    close: () => Promise.allSettled([evaluation.close(), ordered.close(), shuffled?.cursor.close()])
  }
}

const longest = 2 ** 31 - 1

/** The samples of an epoch: as they were given, or those of a pass. */
const samplesOf = <A>({ name, shards, samples }: StreamOptions<A>, counts: Shards.Counts) =>
  samples !== undefined
    ? Effect.succeed(samples)
    : Effect.tryPromise({ try: () => Shards.count(shards, counts), catch: dataErrorOf(name) }).pipe(
        Effect.filterOrFail(
          (count) => count >= 1 && count <= longest,
          (count) => problem(name, `${count} samples`, `1 to ${longest}`, "Give `samples`, those of an epoch.")
        )
      )

/**
 * A dataset of a stream, which a run goes through in the stream's own order: its `shuffle` and `sampler` don't apply, what is drawn
 * is drawn by the stream's `shuffle`. Whatever the sizes of batches, the prefetching and the resumes, samples come in the same
 * order. What is open is closed with the scope.
 *
 * Fails with `DatasetInvalid` for options that can't be, and where counting finds no sample or an error. A read fails with the
 * `DataError` of the shard or of `decode`, where the stream ends before `samples` in validation, and where a shard has another
 * number of samples than before.
 */
export const dataset = <A>(options: StreamOptions<A>): Effect.Effect<Dataset, DatasetInvalid, Scope.Scope> =>
  Effect.gen(function* () {
    const { name, spec, classes, shards, ahead = 2 } = options
    const problems = problemsOf(options)
    if (problems.length > 0) return yield* new DatasetInvalid({ dataset: name, problems })
    const counts = Shards.countsOf(shards)
    const length = yield* Effect.mapError(
      samplesOf(options, counts),
      (cause) => new DatasetInvalid({ dataset: name, problems: [cause] })
    )
    const cursors = cursorsOf(options, counts)
    // A source that is waited for may never answer: its end is not waited for long.
    yield* Effect.addFinalizer(() => Effect.timeoutOption(Effect.promise(cursors.close), "1 second"))
    const read = guarded(name, length, reader(options, length, cursors))
    return { name, length, spec, ...(classes && { classes }), isSequential: true, ahead, read }
  })

/** One shard of an iterable, an async iterable or Effect's `Stream`, which `open` gives anew for each pass. */
export const shard = <A>(name: string, open: Shard<A>["open"]): ReadonlyArray<Shard<A>> => [{ name, open }]
