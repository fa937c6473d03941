/** Datasets of classes, and what is drawn at random, through everything that makes a dataset of another one. */
import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Arrays from "../src/Arrays.ts"
import * as Concat from "../src/Concat.ts"
import * as Prefetch from "../src/Prefetch.ts"
import * as Split from "../src/Split.ts"
import { readAll } from "./support/read.ts"

const values = Float32Array.from({ length: 12 }, (_, index) => index * index)
const labels = Int32Array.from({ length: 12 }, (_, index) => index % 3)
const plain = Arrays.fromArrays({ name: "rows", inputs: { values }, targets: { values: labels, dtype: "int32" } })

/** The same samples, as a class whose every member is a getter or a method that needs `this`. */
class Rows implements Dataset {
  readonly #values = values
  get name() {
    return "rows"
  }
  get length() {
    return this.#values.length
  }
  get spec(): Dataset["spec"] {
    return { inputs: { shape: [], dtype: "float32" }, targets: { shape: [], dtype: "int32" } }
  }
  read(indices: Int32Array) {
    const inputs = Float32Array.from(indices, (index) => this.#values[index]!)
    return { inputs, targets: this.readTargets(indices) }
  }
  readTargets(indices: Int32Array) {
    return Int32Array.from(indices, (index) => labels[index]!)
  }
}

const ways: { readonly [way: string]: (dataset: Dataset) => Effect.Effect<Dataset, unknown> } = {
  "Split.subset": (dataset) => Split.subset(dataset, [3, 1, 4, 1]),
  "Split.filter": (dataset) => Split.filter(dataset, ({ label }) => label !== 1, { reads: "targets" }),
  "Split.kFold": (dataset) => Effect.map(Split.kFold(dataset, { folds: 3, fold: 1, key: 1 }), ({ heldOut }) => heldOut),
  "Concat.repeat": (dataset) => Concat.repeat(dataset, 2),
  "Concat.interleave": (dataset) => Concat.interleave([{ dataset }, { dataset, weight: 2 }]),
  "Split.take": (dataset) => Split.take(dataset, 5),
  "Split.split, the rest": (dataset) =>
    Effect.map(Split.split(dataset, { key: 1, fraction: 0.25 }), ({ rest }) => rest),
  "Split.split, held out by label": (dataset) =>
    Effect.map(Split.split(dataset, { key: 1, count: 6, stratify: true }), ({ heldOut }) => heldOut),
  "Split.mapBatch": (dataset) => Effect.succeed(Split.mapBatch(dataset, (batch) => batch)),
  "Concat.concat": (dataset) => Concat.concat([dataset, dataset])
}

describe("a dataset of a class", () => {
  for (const [way, make] of Object.entries(ways)) {
    it.effect(`goes through ${way} as a plain one does`, () =>
      Effect.gen(function* () {
        const [expected, found] = [yield* make(yield* plain), yield* make(new Rows())]
        assert.deepStrictEqual(
          [found.name, found.length, found.spec, found.classes],
          [expected.name, expected.length, expected.spec, expected.classes]
        )
        assert.deepStrictEqual(yield* readAll(found), yield* readAll(expected))
        const all = Int32Array.from({ length: found.length }, (_, index) => index)
        assert.deepStrictEqual(found.readTargets?.(all), expected.readTargets?.(all))
      })
    )
  }

  it.effect("goes through Prefetch as a plain one does", () =>
    Effect.gen(function* () {
      const plan = [Int32Array.of(2, 0), Int32Array.of(7)]
      const batches = Effect.fnUntraced(function* (dataset: Dataset) {
        const source = yield* Prefetch.make(2).open(dataset, plan, Draw.fixed)
        const next = () => {
          const batch = source.next()
          return Effect.isEffect(batch) ? batch : Effect.succeed(batch)
        }
        return [yield* next(), yield* next(), yield* next()]
      }, Effect.scoped)
      assert.deepStrictEqual(yield* batches(new Rows()), yield* batches(yield* plain))
    })
  )
})

describe("the targets alone", () => {
  it.effect("are those of the batches, through everything that keeps them", () =>
    Effect.gen(function* () {
      for (const [way, make] of Object.entries(ways)) {
        const dataset = yield* make(yield* plain)
        if (way === "Split.mapBatch") assert.isUndefined(dataset.readTargets, "what is mapped may have other targets")
        else {
          const all = Int32Array.from({ length: dataset.length }, (_, index) => index)
          assert.deepStrictEqual(dataset.readTargets!(all), (yield* readAll(dataset)).targets, way)
        }
      }
    })
  )
})

describe("what a mapped dataset draws", () => {
  const noisy = (dataset: Dataset) =>
    Split.mapBatch(dataset, (batch, indices, draw) => ({
      ...batch,
      inputs: Float32Array.from(indices, (index) => Rng.uniform(Draw.ofSample(draw, index), 0))
    }))
  const drawnBy = (dataset: Dataset, draw: Draw.Draw, ...indices: ReadonlyArray<number>) =>
    Array.from((dataset.read(Int32Array.from(indices), draw) as { readonly inputs: Float32Array }).inputs)

  it.effect("depends on seed, epoch and sample, and not on the batch around it", () =>
    Effect.gen(function* () {
      const dataset = noisy(yield* plain)
      const epoch = Draw.ofEpoch(1, 0)
      const whole = drawnBy(dataset, epoch, 0, 1, 2, 3)
      assert.deepStrictEqual([...drawnBy(dataset, epoch, 3, 1)], [whole[3], whole[1]])
      assert.strictEqual(new Set(whole).size, 4)
      for (const other of [Draw.ofEpoch(1, 1), Draw.ofEpoch(2, 0), Draw.ofEvaluation(1)]) {
        assert.lengthOf(
          drawnBy(dataset, other, 0, 1, 2, 3).filter((value) => whole.includes(value)),
          0
        )
      }
    })
  )

  it.effect("is drawn apart from what another map of it draws, and of each dataset in a row", () =>
    Effect.gen(function* () {
      const seen: Array<number> = []
      const noting = (dataset: Dataset, name: string) =>
        Split.mapBatch(
          dataset,
          (batch, indices, draw) => {
            seen.push(...Array.from(indices, (index) => Rng.uniform(Draw.ofSample(draw, index), 0)))
            return batch
          },
          { name }
        )
      drawnBy(noting(noting(yield* plain, "first"), "second"), Draw.ofEpoch(1, 0), 0)
      const row = yield* Concat.concat([noting(yield* plain, "same"), noting(yield* plain, "same")])
      drawnBy(row, Draw.ofEpoch(1, 0), 0, 12)
      assert.strictEqual(new Set(seen).size, 4)
    })
  )

  it.effect("keeps to the samples of the whole dataset in its parts", () =>
    Effect.gen(function* () {
      const dataset = noisy(yield* plain)
      const part = yield* Split.subset(dataset, [5, 2])
      const epoch = Draw.ofEpoch(3, 4)
      assert.deepStrictEqual(drawnBy(part, epoch, 0, 1), drawnBy(dataset, epoch, 5, 2))
    })
  )
})
