import { assert, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"

it("importing the package registers no backend and listens to nothing", async () => {
  const listeners = () => process.eventNames().map((event) => [event, process.listenerCount(event)])
  const [before, names] = [listeners(), Object.keys(globalThis)]
  const data = await import("../src/index.ts")
  assert.deepStrictEqual(Object.keys(data), [
    "Arrays",
    "Arrow",
    "Augment",
    "AugmentSeries",
    "AugmentText",
    "BrowserImages",
    "Cifar10",
    "Cifar100",
    "Columns",
    "Concat",
    "Csv",
    "Emnist",
    "FashionMnist",
    "Hub",
    "Idx",
    "ImageDecoder",
    "Images",
    "JsonLines",
    "KuzushijiMnist",
    "Mnist",
    "Npy",
    "Parquet",
    "Prefetch",
    "Preprocess",
    "Sequences",
    "Split",
    "StreamFiles",
    "Streams",
    "Text",
    "TextFile",
    "Tokenizer",
    "Workers"
  ])
  assert.deepStrictEqual(listeners(), before)
  assert.deepStrictEqual(Object.keys(globalThis), names)
  assert.deepStrictEqual(Object.keys(tf.engine().registryFactory), [])
})
