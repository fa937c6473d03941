/** Streams as datasets: the same samples in the same order from wherever they are read. */
import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Streams from "../src/Streams.ts"

/** Shards of numbers 0, 1, …, as many in each as `sizes` says; it is noted which are opened and closed, and how much is taken. */
const counting = (sizes: ReadonlyArray<number>, told = false) => {
  const seen = { opened: [] as Array<number>, closed: 0, taken: 0 }
  const shards = sizes.map((size, number) => ({
    name: `shard ${number}`,
    ...(told && { samples: size }),
    open: async function* () {
      seen.opened.push(number)
      try {
        const begin = sizes.slice(0, number).reduce((sum, one) => sum + one, 0)
        for (let index = 0; index < size; index++) {
          seen.taken++
          yield begin + index
        }
      } finally {
        seen.closed++
      }
    }
  }))
  return { shards, seen }
}

const spec: Dataset["spec"] = { inputs: { shape: [], dtype: "float32" } }
type Options = Partial<Streams.StreamOptions<number>>

const open = (shards: ReadonlyArray<Streams.Shard<number>>, options: Options = {}) =>
  Streams.dataset<number>({ name: "numbers", spec, shards, decode: (inputs) => ({ inputs }), ...options })

const readAt = Effect.fnUntraced(function* (
  dataset: Dataset,
  indices: ReadonlyArray<number>,
  draw = Draw.ofEpoch(0, 0)
) {
  const read = dataset.read(Int32Array.from(indices), draw)
  const { inputs } = Effect.isEffect(read) ? yield* read : read
  return Array.from(inputs as Float32Array)
})

/** The first samples of an epoch. */
const first = (dataset: Dataset, count: number, epoch = 0) =>
  readAt(dataset, [...Array(count).keys()], Draw.ofEpoch(0, epoch))

const inOrder = (values: ReadonlyArray<number>) => values.toSorted((one, other) => one - other)
const upTo = (count: number) => [...Array(count).keys()]
const count = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))
const messageOf = <R>(effect: Effect.Effect<unknown, { readonly message: string }, R>) =>
  Effect.map(Effect.flip(effect), ({ message }) => message)

describe("a stream", () => {
  it.effect.prop(
    "has the same sample at a position wherever reading begins, and each once in a pass",
    [Schema.Tuple([count(9), count(9), count(9)]), count(12), count(3), count(7), Schema.Boolean, Schema.Boolean],
    ([sizes, buffer, interleave, batchSize, isShuffled, told]) =>
      Effect.gen(function* () {
        const total = sizes[0] + sizes[1] + sizes[2]
        const options: Options = { interleave, ...(isShuffled && { shuffle: { key: 5, buffer } }) }
        const walked = yield* open(counting(sizes, told).shards, options)
        assert.strictEqual(walked.length, total)
        for (const epoch of [0, 1]) {
          const whole: Array<number> = []
          for (let begin = 0; begin < total; begin += batchSize) {
            const indices = upTo(Math.min(batchSize, total - begin)).map((index) => begin + index)
            const draw = Draw.ofEpoch(0, epoch)
            const batch = yield* readAt(walked, indices, draw)
            const resumed = yield* open(counting(sizes, told).shards, { ...options, samples: total })
            assert.deepStrictEqual(yield* readAt(resumed, indices, draw), batch)
            whole.push(...batch)
          }
          assert.deepStrictEqual(inOrder(whole), upTo(total))
          if (!isShuffled && interleave === 1) assert.deepStrictEqual(whole, upTo(total))
        }
      }).pipe(Effect.scoped),
    { arbitrary: { runs: 25, seed: 1 } }
  )

  it.effect("goes on in the next epoch where the last one ended, and begins again at its end", () =>
    Effect.gen(function* () {
      const dataset = yield* open(counting([3, 2]).shards, { samples: 3 })
      const epochs = yield* Effect.forEach([0, 1, 2, 3], (epoch) => first(dataset, 3, epoch))
      assert.deepStrictEqual(epochs.flat(), [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1])
    }).pipe(Effect.scoped)
  )

  it.effect("comes in another order in each pass, and with another key", () =>
    Effect.gen(function* () {
      const orders = yield* Effect.forEach([1, 2], (key) =>
        Effect.flatMap(open(counting([20, 20, 20]).shards, { shuffle: { key, buffer: 30 } }), (dataset) =>
          Effect.forEach([0, 1], (epoch) => first(dataset, 60, epoch))
        )
      )
      const [passes, others] = orders
      const different = new Set([...(passes ?? []), ...(others ?? []), upTo(60)].map(String))
      assert.strictEqual(different.size, 5)
    }).pipe(Effect.scoped)
  )

  it.effect("comes in an order of the run's seed where it has no key of its own, in all epochs of the run", () =>
    Effect.gen(function* () {
      const dataset = yield* open(counting([20, 20, 20]).shards, { shuffle: { buffer: 30 }, samples: 40 })
      const run = Effect.fnUntraced(function* (seed: number) {
        const epochs = yield* Effect.forEach([0, 1, 2], (epoch) => readAt(dataset, upTo(40), Draw.ofEpoch(seed, epoch)))
        return epochs.flat()
      })
      const [one, other, again] = [yield* run(1), yield* run(2), yield* run(1)]
      assert.deepStrictEqual(again, one)
      assert.notDeepEqual(other, one)
      for (const passes of [one, other])
        assert.deepStrictEqual(
          [0, 60].map((begin) => inOrder(passes.slice(begin, begin + 60))),
          [upTo(60), upTo(60)]
        )
    }).pipe(Effect.scoped)
  )

  it.effect("lets shards take turns until each is through", () =>
    Effect.gen(function* () {
      const dataset = yield* open(counting([3, 1, 2]).shards, { interleave: 2 })
      assert.deepStrictEqual(yield* first(dataset, 6), [0, 3, 1, 2, 4, 5])
    }).pipe(Effect.scoped)
  )

  it.effect("is validated on in its own order, from its beginning", () =>
    Effect.gen(function* () {
      const dataset = yield* open(counting([3, 4]).shards, { shuffle: { key: 1, buffer: 4 } })
      yield* first(dataset, 5, 3)
      assert.deepStrictEqual(yield* readAt(dataset, [0, 1, 2, 3, 4, 5, 6], Draw.fixed), upTo(7))
    }).pipe(Effect.scoped)
  )

  it.effect("of a generator, an async generator or Effect's Stream is the same, and may be endless", () =>
    Effect.gen(function* () {
      const ways: ReadonlyArray<Streams.Shard<number>["open"]> = [
        function* () {
          for (let index = 0; ; index++) yield index
        },
        async function* () {
          for (let index = 0; ; index++) yield index
        },
        () => Stream.iterate(0, (index) => index + 1)
      ]
      for (const way of ways) {
        const dataset = yield* open(Streams.shard("all numbers", way), { samples: 4 })
        assert.deepStrictEqual(yield* first(dataset, 4, 2), [8, 9, 10, 11])
      }
    }).pipe(Effect.scoped)
  )
})

describe("what a resume costs", () => {
  it.effect("is a reading of the samples before it, but for shards whose number of samples is known", () =>
    Effect.gen(function* () {
      const sizes = [100, 100, 100, 100]
      const unknown = counting(sizes)
      yield* readAt(yield* open(unknown.shards, { samples: 400 }), [330])
      assert.deepStrictEqual(unknown.seen.opened, [0, 1, 2, 3])
      const told = counting(sizes, true)
      yield* readAt(yield* open(told.shards), [330])
      assert.deepStrictEqual(told.seen.opened, [3])
      assert.isAtMost(told.seen.taken, 100)
      const counted = counting(sizes)
      const dataset = yield* open(counted.shards)
      const { taken } = counted.seen
      yield* readAt(dataset, [330])
      assert.deepStrictEqual([taken, counted.seen.opened], [400, [0, 1, 2, 3, 3]])
    }).pipe(Effect.scoped)
  )

  it.effect("is nothing where reading goes on: each sample of a pass is read once", () =>
    Effect.gen(function* () {
      const { shards, seen } = counting([50, 50])
      const dataset = yield* open(shards, { samples: 100, shuffle: { key: 1, buffer: 16 } })
      for (let begin = 0; begin < 100; begin += 8)
        yield* readAt(
          dataset,
          upTo(Math.min(8, 100 - begin)).map((index) => begin + index)
        )
      assert.deepStrictEqual([seen.taken, seen.opened.length], [100, 2])
    }).pipe(Effect.scoped)
  )

  it.effect("leaves nothing open when the scope closes", () =>
    Effect.gen(function* () {
      const { shards, seen } = counting([200, 200])
      yield* Effect.scoped(
        Effect.gen(function* () {
          const dataset = yield* open(shards, { samples: 400, interleave: 2 })
          yield* first(dataset, 3)
          assert.strictEqual(seen.closed, 0)
        })
      )
      assert.deepStrictEqual([seen.opened.length, seen.closed], [2, 2])
    })
  )
})

describe("what is wrong with a stream", () => {
  it.effect("is told with the shard and the place in it", () =>
    Effect.gen(function* () {
      const broken = Streams.shard("broken", function* () {
        yield 1
        throw new Error("no more power")
      })
      const dataset = yield* open(broken, { samples: 3 })
      assert.include(yield* messageOf(first(dataset, 2)), "broken: found an error after 1 samples (no more power)")
      assert.include(yield* messageOf(open(broken)), "broken: found an error after 1 samples (no more power)")
      const undecodable = yield* open(counting([3]).shards, {
        decode: (value) => {
          if (value === 2) throw new Error("not a picture")
          return { inputs: value }
        }
      })
      assert.deepStrictEqual(yield* first(undecodable, 2), [0, 1])
      assert.include(yield* messageOf(first(undecodable, 3)), "shard 0, sample 2: found an error (not a picture)")
      const uneven = yield* open(counting([3]).shards, { decode: (value) => ({ inputs: [value, value] }) })
      assert.include(
        yield* messageOf(first(uneven, 1)),
        "shard 0, sample 0: found 2 values of inputs, expected 1, for the shape []. Decode every sample"
      )
    }).pipe(Effect.scoped)
  )

  it.effect("is told where it ends too early, has no sample, or changes", () =>
    Effect.gen(function* () {
      const short = yield* open(counting([3]).shards, { samples: 5 })
      assert.include(
        yield* messageOf(readAt(short, [0, 1, 2, 3], Draw.fixed)),
        "numbers: found the end after 3 samples, expected a sample at position 3. Leave `samples` out"
      )
      assert.include(yield* messageOf(open(counting([0]).shards)), "numbers: found 0 samples, expected 1 to 2147483647")
      const none = yield* open(counting([0]).shards, { samples: 2 })
      assert.include(yield* messageOf(first(none, 1)), "numbers: found no sample, expected one or more")
      let size = 3
      const growing = Streams.shard("growing", () => upTo(size++))
      assert.include(
        yield* messageOf(Effect.flatMap(open(growing), (dataset) => first(dataset, 3, 1))),
        "growing: found 4 samples, expected 3, as it had before"
      )
    }).pipe(Effect.scoped)
  )

  it.effect("in its options comes all together", () =>
    Effect.gen(function* () {
      const { shards } = counting([3])
      const wrong = open([...shards, ...shards], { samples: 0, interleave: 0.5, shuffle: { key: 1, buffer: -1 } })
      const { problems } = yield* Effect.flip(wrong)
      assert.deepStrictEqual(
        problems.map(({ source, found }) => `${source}: ${found}`),
        [
          "numbers, samples: 0",
          "numbers, shuffle.buffer: -1",
          "numbers, interleave: 0.5",
          "numbers: two shards named shard 0"
        ]
      )
      assert.include(yield* messageOf(open([])), "numbers: found no shard, expected one or more")
    }).pipe(Effect.scoped)
  )
})
