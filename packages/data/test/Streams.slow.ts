/** Runs on streams, cut and resumed. */
import { describe, it } from "@effect/vitest"
import * as Draw from "@etude/core/Draw"
import * as Rng from "@etude/core/Rng"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as ResumeLaw from "@etude/testing/laws/ResumeLaw"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"
import * as Streams from "../src/Streams.ts"

const upTo = (count: number) => [...Array(count).keys()]

describe("training on a stream", () => {
  /** The tiny vectors, one by one, with noise of their own in each epoch. */
  const vectors = Effect.fnUntraced(function* (options: Partial<Streams.StreamOptions<number>>) {
    const data = Tiny.vectors()
    const all = data.read(Int32Array.from(upTo(data.length)), Draw.fixed)
    const { inputs, targets } = Effect.isEffect(all) ? yield* all : all
    const shards = [upTo(5), [5, 6, 7], [8, 9, 10, 11, 12, 13]].map((samples, number) => ({
      name: `part ${number}`,
      open: () => samples
    }))
    return yield* Streams.dataset<number>({
      name: "vectors",
      spec: data.spec,
      shards,
      decode: (index, { key }) => ({
        inputs: Array.from(
          (inputs as Float32Array).subarray(4 * index, 4 * index + 4),
          (value, element) => value + 0.1 * Rng.normal(key, element)
        ),
        targets: (targets as Int32Array)[index]!
      }),
      ...options
    })
  })

  it.effect(
    "a run cut after any step and resumed is the unbroken run, with microbatches and validation on a stream",
    () =>
      Effect.gen(function* () {
        const validation = yield* vectors({ name: "validation" })
        for (const samples of [undefined, 9]) {
          const train = yield* vectors({
            shuffle: { key: 3, buffer: 4 },
            interleave: 2,
            ...(samples === undefined ? {} : { samples })
          })
          yield* ResumeLaw.check({
            name: "a stream",
            task: Tiny.perceptron(),
            config: { seed: 1, batchSize: 4, microbatchSize: 3, until: { epochs: 2 } },
            data: { train, validation }
          })
        }
      }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )
})
