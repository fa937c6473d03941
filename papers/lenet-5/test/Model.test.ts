import { assert, describe, layer } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import { RandomBits, Rng } from "@etude/core"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { connections, lenet5 } from "../src/Model.ts"

const initial = Effect.acquireRelease(
  Effect.sync(() => lenet5.init(Rng.key(1)).parameters),
  (parameters) => Effect.sync(() => tf.dispose(parameters))
)

const logits = (parameters: { readonly [path: string]: tf.Tensor }, images: tf.Tensor): ReadonlyArray<number> =>
  tf.tidy(() => {
    const random = RandomBits.make({ key: tf.tensor1d([0, 0], "int32"), batchSize: images.shape[0]! })
    const { outputs } = lenet5.apply({ parameters, statistics: {} }, images, { training: false, random })
    assert.deepStrictEqual(outputs.shape, [images.shape[0], 10])
    return [...outputs.dataSync()]
  })

/** A tensor that is 1 at the positions [row, column] and 0 elsewhere. */
const ones = (rows: number, columns: number, places: ReadonlyArray<readonly [number, number]>): tf.Tensor => {
  const values = new Float32Array(rows * columns)
  for (const [row, column] of places) values[row * columns + column] = 1
  return tf.tensor2d(values, [rows, columns])
}

/** The positions of the X in one column of the table of connections. */
const sources = (map: number) => connections.flatMap((row, at) => (row[map] === "X" ? [at] : []))

layer(Wasm.layer)("LeNet-5", (it) => {
  it.effect("each layer has the paper's number of parameters, 60,000 up to F6", () =>
    Effect.gen(function* () {
      const parameters = yield* initial
      const counts: Record<string, number> = {}
      for (const [path, { size }] of Object.entries(parameters)) {
        const name = path.slice(0, path.indexOf("/"))
        counts[name] = (counts[name] ?? 0) + size
      }
      const { output, ...paper } = counts
      assert.deepStrictEqual(paper, { c1: 156, s2: 12, c3: 1516, s4: 32, c5: 48_120, f6: 10_164 })
      assert.strictEqual(output, 84 * 10 + 10)
    })
  )

  it.effect("weights begin uniform within ±2.4 / fan-in, biases at zero", () =>
    Effect.gen(function* () {
      const parameters = yield* initial
      for (const [path, limit] of Object.entries({
        "c1/kernel": 2.4 / 25,
        "c5/kernel": 2.4 / 400,
        "f6/kernel": 0.02
      })) {
        const largest = tf.tidy(() => tf.max(tf.abs(parameters[path]!)).dataSync()[0]!)
        assert.isAtMost(largest, limit * 1.000001)
        assert.isAbove(largest, limit * 0.9)
      }
      assert.isTrue(parameters["c3/bias"]!.dataSync().every((value) => value === 0))
    })
  )

  it.effect("a map of C3 answers to exactly those maps of S2 that Table I connects it to", () =>
    Effect.sync(() => {
      // C1's maps are constant: 1 for the map that is probed, 0 for the others. Nine logits pass single maps of C3 on.
      const answers = (source: number, first: number) =>
        tf.tidy(() => {
          const places = Array.from({ length: 10 }, (_, at) => [at, at] as const)
          const parameters = {
            "c1/kernel": tf.zeros([5, 5, 1, 6]),
            "c1/bias": tf.reshape(ones(6, 1, [[source, 0]]), [6]),
            "s2/coefficient": tf.ones([6]),
            "s2/bias": tf.zeros([6]),
            "c3/kernel": tf.ones([5, 5, 60]),
            "c3/bias": tf.zeros([16]),
            "s4/coefficient": tf.ones([16]),
            "s4/bias": tf.zeros([16]),
            "c5/kernel": ones(
              400,
              120,
              places.map(([at]) => [first + at, at] as const)
            ),
            "c5/bias": tf.zeros([120]),
            "f6/kernel": ones(120, 84, places),
            "f6/bias": tf.zeros([84]),
            "output/kernel": ones(84, 10, places),
            "output/bias": tf.zeros([10])
          }
          return logits(parameters, tf.zeros([1, 32, 32, 1])).map((value) => (value > 0.5 ? "X" : "."))
        })
      for (let source = 0; source < 6; source++) {
        const row = [...answers(source, 0).slice(0, 8), ...answers(source, 6).slice(2)].join("")
        assert.strictEqual(row, connections[source])
      }
    })
  )

  it.effect("the output depends on where a figure stands in the image, and on nothing but the image", () =>
    Effect.gen(function* () {
      const parameters = yield* initial
      const image = (row: number) =>
        tf.tidy(() => tf.reshape(ones(32, 32, [[row, 16] as const, [row + 1, 16] as const]), [1, 32, 32, 1]))
      const [above, below] = [image(8), image(20)]
      assert.deepStrictEqual(logits(parameters, above), logits(parameters, above))
      assert.notDeepEqual(logits(parameters, above), logits(parameters, below))
      tf.dispose([above, below])
    })
  )
})

describe("Table I", () => {
  layer(Wasm.layer)((it) => {
    it("is as the paper's text says: threes and fours in a row, fours with a gap, and all", () => {
      const around = (start: number, offsets: ReadonlyArray<number>) =>
        offsets.map((offset) => (start + offset) % 6).sort((a, b) => a - b)
      for (let map = 0; map < 6; map++) {
        assert.deepStrictEqual(sources(map), around(map, [0, 1, 2]))
        assert.deepStrictEqual(sources(6 + map), around(map, [0, 1, 2, 3]))
      }
      for (let map = 0; map < 3; map++) assert.deepStrictEqual(sources(12 + map), around(map, [0, 1, 3, 4]))
      assert.deepStrictEqual(sources(15), [0, 1, 2, 3, 4, 5])
    })
  })
})
