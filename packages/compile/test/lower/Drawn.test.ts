/** Programs drawn from views, reductions, products and element-wise operations: lowered and fused they give what eager gives. */
import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { brokenByFusion, difference, planned } from "../support/plans.ts"

/** Whole numbers below a limit, one after another. */
const dice = (seed: number) => {
  let drawn = 0
  return (limit: number): number => Math.floor(Rng.uniform(Rng.key(seed), drawn++) * limit)
}
type Dice = ReturnType<typeof dice>

type Step = (x: tf.Tensor, roll: Dice, others: ReadonlyArray<tf.Tensor>) => tf.Tensor

const axisOf = (x: tf.Tensor, roll: Dice): number => roll(x.rank)
const sameShape = (x: tf.Tensor, others: ReadonlyArray<tf.Tensor>): tf.Tensor =>
  others.findLast((other) => tf.util.arraysEqual(other.shape, x.shape)) ?? x

const steps: ReadonlyArray<Step> = [
  (x) => tf.relu(x),
  (x) => tf.tanh(x),
  (x) => tf.mul(x, 0.5),
  (x) => tf.exp(tf.neg(tf.abs(x))),
  (x, _, others) => tf.add(x, sameShape(x, others)),
  (x, _, others) => tf.mul(tf.sub(x, 0.25), sameShape(x, others)),
  (x) => tf.where(tf.greater(x, 0), x, tf.square(x)),
  (x, roll) => tf.sub(x, tf.mean(x, axisOf(x, roll), true)),
  (x, roll) => tf.add(x, tf.max(x, axisOf(x, roll), true)),
  (x, roll) => tf.reverse(x, axisOf(x, roll)),
  (x) => tf.transpose(x),
  (x) => tf.reshape(x, [x.shape.at(-1)!, ...x.shape.slice(1, -1), x.shape[0]!]),
  (x, roll) => {
    const axis = axisOf(x, roll)
    return tf.concat(
      [
        x,
        tf.slice(
          x,
          x.shape.map(() => 0),
          x.shape.with(axis, 1)
        )
      ],
      axis
    )
  },
  (x, roll) => {
    const axis = axisOf(x, roll)
    const extent = x.shape[axis]!
    const first = Math.min(roll(2), extent - 1)
    return tf.slice(
      x,
      x.shape.map((_, at) => (at === axis ? first : 0)),
      x.shape.with(axis, Math.max(1, extent - 1 - first))
    )
  },
  (x, roll) => {
    const axis = axisOf(x, roll)
    return tf.pad(
      x,
      x.shape.map((_, at): [number, number] => (at === axis ? [1, roll(2)] : [0, 0]))
    )
  },
  (x) => tf.matMul(x, tf.transpose(x, [0, 2, 1])),
  (x, roll) => tf.cumsum(x, axisOf(x, roll), roll(2) === 1, roll(2) === 1),
  (x, roll) =>
    tf.tile(
      x,
      x.shape.map((_, at) => (at === 0 ? 1 + roll(2) : 1))
    ),
  (x) => tf.softmax(x),
  (x) => tf.sum(x, 1, true)
]

/** Values and a gradient: some of the intermediate values are outputs too. */
const program = (seed: number, length: number) => (given: { readonly [name: string]: tf.Tensor }) => {
  const outputs: Record<string, tf.Tensor> = {}
  const forward = (start: tf.Tensor): tf.Tensor => {
    const roll = dice(seed)
    const made = [start]
    for (let step = 0; step < length; step++) {
      const next = steps[roll(steps.length)]!(made.at(-1)!, roll, made)
      // Sizes stay small.
      made.push(
        next.size > 600
          ? tf.slice(
              next,
              [0, 0, 0],
              next.shape.map((extent) => Math.min(extent, 4))
            )
          : next
      )
    }
    for (const [at, value] of made.entries()) if (at > 0 && at % 4 === 0) outputs[`value ${at}`] = tf.keep(value)
    return tf.sum(tf.tanh(made.at(-1)!))
  }
  const { value, grad } = tf.valueAndGrad(forward)(given["x"]!)
  return { ...outputs, value, grad }
}

const check = (seed: number): Effect.Effect<void, never, never> =>
  Effect.sync(() => {
    const roll = dice(seed + 1000)
    const shape = [1 + roll(4), 1 + roll(5), 1 + roll(5)]
    const x = tf.tensor(Rng.uniforms(Rng.key(seed), tf.util.sizeFromShape(shape), -1, 1), shape)
    const drawn = planned(program(seed, 5 + roll(12)), { x })
    assert.isUndefined(difference(drawn.plan, drawn, 1e-3), `seed ${seed}`)
    assert.isUndefined(brokenByFusion(drawn.plan, drawn.inputs), `seed ${seed}, fused`)
  })

describe("drawn programs with gradients", () => {
  it.effect("give what eager gives, and the same bits after fusion", () =>
    Effect.acquireUseRelease(
      Effect.sync(() => tf.engine().startScope()),
      () =>
        Effect.forEach(
          Array.from({ length: 60 }, (_, seed) => seed),
          check
        ),
      () => Effect.sync(() => tf.engine().endScope())
    ).pipe(Effect.provide(Wasm.layer))
  )
})
