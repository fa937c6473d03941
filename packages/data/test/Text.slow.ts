import { afterAll, describe, it } from "@effect/vitest"
import { Losses, Model, Rng, Task } from "@etude/core"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as ResumeLaw from "@etude/testing/laws/ResumeLaw"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Text from "../src/Text.ts"
import * as TextFile from "../src/TextFile.ts"
import * as Tokenizer from "../src/Tokenizer.ts"
import { temporaryFolder } from "./support/idxFile.ts"

const { folder, write, remove } = temporaryFolder()
afterAll(remove)

/** One row of logits for each character: how probable which one comes next. */
const bigrams = (size: number) =>
  Task.supervised({
    name: "bigrams",
    model: Model.make({
      name: "bigrams",
      init: (key) => ({ table: tf.tensor2d(Rng.normals(key, size * size), [size, size]) }),
      apply: ({ table }, tokens: tf.Tensor) => tf.gather(table, tokens as tf.Tensor2D)
    }),
    loss: Losses.softmaxCrossEntropy()
  })

describe("training on the tokens of a file", () => {
  it.effect("stopped anywhere and resumed equals the unbroken run", () =>
    Effect.gen(function* () {
      const text = "the quick brown fox jumps over the lazy dog\r\n".repeat(3)
      const file = write("text.txt", new TextEncoder().encode(text))
      const tokenizer = Tokenizer.characters(text)
      const tokens = yield* TextFile.tokens(file, tokenizer, { cache: folder })
      yield* ResumeLaw.check({
        name: "windows of a file",
        task: bigrams(tokenizer.size),
        config: { seed: 1, batchSize: 3, microbatchSize: 2, until: { epochs: 2 } },
        data: { train: yield* Text.windows(tokens, { length: 12 }) }
      })
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )
})
