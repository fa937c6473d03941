import { readFileSync } from "node:fs"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Entry from "@etude/core/Entry"
import * as Losses from "@etude/core/Losses"
import * as Model from "@etude/core/Model"
import * as Task from "@etude/core/Task"
import { get, type TensorOrRecord, type Tensors, tidy } from "@etude/core/Tensors"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  ctc,
  dice,
  distillation,
  focal,
  gaussian,
  infoNce,
  losses,
  poisson,
  quantile,
  softmaxFocal,
  triplet
} from "../src/index.ts"

interface Stored {
  readonly shape: Array<number>
  readonly values: Array<number>
  readonly dtype: "float32" | "int32"
}
type Fields = { readonly [name: string]: Stored }
interface Case {
  readonly name: string
  readonly loss: string
  readonly options: object
  readonly outputs: Fields
  readonly targets: Fields
  readonly values: Stored
  readonly dy: Stored
  readonly gradients: Fields
}

const { cases }: { readonly cases: ReadonlyArray<Case> } = JSON.parse(
  readFileSync(new URL("../fixtures/losses.json", import.meta.url), "utf8")
)

const tensorOf = ({ values, shape, dtype }: Stored): tf.Tensor => tf.tensor(values, shape, dtype)
const tensorsOf = (fields: Fields): Tensors =>
  Object.fromEntries(Object.entries(fields).map(([name, stored]) => [name, tensorOf(stored)]))
const unnamed = (tensors: Tensors): TensorOrRecord => tensors[""] ?? tensors

/** A loss as a config names it, with the options that are not defaults. */
const lossOf = (tag: string, options: object) =>
  Entry.make(losses, Schema.decodeUnknownSync(Entry.union(losses))({ _tag: tag, ...options }))

const assertNear = (what: string, found: ArrayLike<number>, expected: ReadonlyArray<number>) => {
  assert.strictEqual(found.length, expected.length, what)
  expected.forEach((wanted, index) => {
    const value = found[index] ?? Number.NaN
    const isNear = Math.abs(value - wanted) <= 2e-5 * Math.abs(wanted) + 2e-6
    assert.isTrue(isNear, `${what}: value ${index} is ${value}, expected ${wanted}`)
  })
}

layer(CpuBackend.layer)("values and gradients are those of PyTorch", (it) => {
  for (const { name, loss: tag, options, outputs, targets, values, dy, gradients } of cases) {
    it.effect(`${tag}: ${name}`, () =>
      Effect.sync(() =>
        tidy(() => {
          const loss = lossOf(tag, options)
          const names = Object.keys(outputs)
          const wanted = unnamed(tensorsOf(targets))
          const valuesOf = (...tensors: ReadonlyArray<tf.Tensor>) =>
            loss.values(
              unnamed(Object.fromEntries(names.map((name, index) => [name, tensors[index] ?? tf.scalar(0)]))),
              wanted
            )
          const leaves = Object.values(tensorsOf(outputs))
          const actual = valuesOf(...leaves)
          assert.deepStrictEqual(actual.shape, values.shape)
          assertNear("values", actual.dataSync(), values.values)
          const slopes = tf.grads((...tensors) => tf.sum(tf.mul(valuesOf(...tensors), tensorOf(dy))))(leaves)
          names.forEach((name, index) => {
            assertNear(`gradient by ${name}`, slopes[index]?.dataSync() ?? [], gradients[name]?.values ?? [])
          })
          return actual
        })
      )
    )
  }
})

const hostLabels = (values: ReadonlyArray<number>, shape: ReadonlyArray<number>) => ({
  values: Int32Array.from(values),
  shape
})
const float = (...shape: ReadonlyArray<number | null>) => ({ shape, dtype: "float32" }) as const
const int = (...shape: ReadonlyArray<number | null>) => ({ shape, dtype: "int32" }) as const

layer(CpuBackend.layer)("known answers", (it) => {
  const near = (value: tf.Tensor, expected: number) =>
    assert.approximately(value.dataSync()[0] ?? Number.NaN, expected, 1e-5)

  it.effect("focal losses with gamma 0 are cross-entropies", () =>
    Effect.sync(() =>
      tidy(() => {
        const logits = tf.tensor2d([[0.3, -2, 1]])
        const labels = tf.tensor1d([2], "int32")
        const [focused] = softmaxFocal(0).values(logits, labels).dataSync()
        near(Losses.softmaxCrossEntropy().values(logits, labels), focused ?? Number.NaN)
        const indicators = tf.tensor2d([[0, 1, 1]])
        const [plain] = focal({ gamma: 0, alpha: null }).values(logits, indicators).dataSync()
        near(Losses.binaryCrossEntropy().values(logits, indicators), plain ?? Number.NaN)
        return logits
      })
    )
  )

  it.effect("a mask that is found costs nothing, one that is missed costs 1", () =>
    Effect.sync(() =>
      tidy(() => {
        const mask = tf.tensor2d([[1, 1, 0, 0]])
        near(dice(0).values(tf.tensor2d([[50, 50, -50, -50]]), mask), 0)
        near(dice(0).values(tf.tensor2d([[-50, -50, 50, 50]]), mask), 1)
        return mask
      })
    )
  )

  it.effect("a student that is its teacher costs its cross-entropy alone", () =>
    Effect.sync(() =>
      tidy(() => {
        const logits = tf.tensor2d([[1, 2, 3]])
        const labels = tf.tensor1d([0], "int32")
        near(distillation({ teacherWeight: 1 }).values(logits, { labels, teacher: logits }), 0)
        return logits
      })
    )
  )

  it.effect("of labels that don't fit into their time nothing is NaN", () =>
    Effect.sync(() =>
      tidy(() => {
        const loss = (logits: tf.Tensor) => ctc().values(logits, tf.tensor2d([[1, 1, 2]], [1, 3], "int32"))
        const logits = tf.zeros([1, 2, 3])
        assert.isAbove(loss(logits).dataSync()[0] ?? 0, 1e29)
        const slope = tf.grad((x) => tf.sum(loss(x)))(logits)
        assert.isTrue(Array.from(slope.dataSync()).every(Number.isFinite))
        return slope
      })
    )
  )

  it.effect("a quantile is where the pinball loss is least", () =>
    Effect.sync(() =>
      tidy(() => {
        const targets = tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        const costAt = (guess: number) => {
          const cost = quantile([0.75]).values(tf.fill([10, 1], guess), targets)
          return tf.mean(cost).dataSync()[0] ?? Number.NaN
        }
        const best = [6, 7, 8, 9].toSorted((one, other) => costAt(one) - costAt(other))[0]
        assert.strictEqual(best, 8)
        return targets
      })
    )
  )
})

describe("what doesn't fit is said", () => {
  it("by shapes", () => {
    assert.deepStrictEqual(gaussian().check?.(float(null, 3), float(null)), [
      "gaussian compares means and log-variances [batch, …, 2] with targets [batch, …], but outputs are [batch, 3] and targets [batch]"
    ])
    assert.deepStrictEqual(quantile([0.1, 0.9]).check?.(float(null, 3), float(null)), [
      "quantile compares 2 quantiles [batch, …, 2] with targets [batch, …], but outputs are [batch, 3] and targets [batch]"
    ])
    assert.deepStrictEqual(ctc({ blank: 5 }).check?.(float(null, 8, 4), float(null, 3)), [
      "ctc compares logits [batch, time, classes] with labels [batch, n] int32, padded with −1 at the end, but outputs are " +
        "[batch, 8, 4] float32 and labels [batch, 3] float32",
      "ctc's blank is 5; expected one of the 4 classes, 0 … 3"
    ])
  })

  it("by values", () => {
    assert.deepStrictEqual(ctc().checkTargets?.(hostLabels([1, 0, -1, 9], [2, 2]), float(null, 8, 4)), [
      "label 0 of sample 0, element [1] is ctc's blank; shift the labels, or name another class as blank (2 such values in these targets)"
    ])
    assert.deepStrictEqual(poisson.checkTargets?.(hostLabels([1, -1], [2]), float(null)), [
      "target -1 of sample 1: poisson needs counts of at least 0"
    ])
  })

  const several = (loss: ReturnType<typeof triplet> | ReturnType<typeof infoNce>) => {
    const model = Model.make({ name: "m", init: () => ({}), apply: (_, x: Tensors) => ({ anchor: get(x, "a") }) })
    const { objectives } = Task.supervised({ name: "t", model, loss: { loss: { loss } } })
    return objectives["loss"]?.check?.({ anchor: float(null, 4), positive: float(null, 4) }, {}) ?? []
  }
  it("by the names of outputs", () => {
    assert.deepStrictEqual(several(triplet()), [
      "triplet needs the outputs anchor, positive, negative, but there is anchor, positive"
    ])
    assert.deepStrictEqual(several(infoNce()), [
      "infoNce needs the outputs queries, keys, but there is anchor, positive"
    ])
    assert.deepStrictEqual(
      distillation().checkFields?.({ "": float(null, 4) }, { labels: int(null), teacher: float(null, 3) }),
      ["distillation needs teacher's logits in the shape of the model's"]
    )
  })
})
