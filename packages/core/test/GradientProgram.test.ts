import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as GradientProgram from "../src/internal/step/GradientProgram.ts"
import type { StepPlan } from "../src/internal/step/Plan.ts"
import * as Scores from "../src/internal/step/Scores.ts"
import * as Losses from "../src/Losses.ts"
import type * as Model from "../src/Model.ts"
import * as Optimizer from "../src/Optimizer.ts"
import * as Task from "../src/Task.ts"
import * as Tensors from "../src/Tensors.ts"
import * as Cpu from "./support/cpu.ts"

/** y = w·x on three numbers, with the penalty w². */
const taskWith = (penalty: number, apply?: (w: tf.Tensor, x: tf.Tensor) => tf.Tensor) =>
  Task.supervised({
    name: "three",
    model: {
      name: "line",
      init: () => ({ parameters: { w: tf.scalar(2) }, statistics: {} }),
      apply: ({ parameters }, x: tf.Tensor) => {
        const w = Tensors.get(parameters, "w")
        const outputs = apply?.(w, x) ?? tf.mul(x, w)
        return penalty === 0 ? { outputs } : { outputs, penalty: tf.mul(tf.square(w), penalty) }
      }
    } satisfies Model.Model<tf.Tensor, tf.Tensor>,
    loss: Losses.meanSquaredError
  })
const planOf = (task: Task.Task): StepPlan => ({
  task,
  groups: [
    { name: "all", paths: ["w"], optimizer: Optimizer.sgd(), learningRate: 0.1, losses: ["loss"] } as never // no rate is used
  ],
  before: undefined,
  transforms: [],
  schedules: [],
  batchSize: 3
})
const x = [1, 2, 3]
const y = [0, 1, -1]
type Weights = ReadonlyArray<number> | undefined
const batchOf = (weights: Weights, begin = 0, end = 3): GradientProgram.BatchInput => ({
  inputs: tf.tensor1d(x.slice(begin, end)),
  targets: tf.tensor1d(y.slice(begin, end)),
  ...(weights === undefined ? {} : { weights: tf.tensor1d(weights.slice(begin, end)) })
})
const controls = () => ({ key: tf.tensor1d([1, 2], "int32"), groups: {}, transforms: {} })

/** The gradient by w of Σ weight·(w·x − y)² / Σ weight + penalty·w², at w = 2. */
const byHand = (weights: ReadonlyArray<number>, penalty: number): number => {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const sum = x.reduce((all, value, index) => all + weights[index]! * 2 * (2 * value - y[index]!) * value, 0)
  return (total === 0 ? 0 : sum / total) + 2 * 2 * penalty
}
/** Of the whole batch, or the sum over parts of that size. */
const gradientOf = (weights: Weights, penalty: number, size: number): { gradient: number; loss: number } =>
  Tensors.tidy(() => {
    const task = taskWith(penalty)
    const plan = planOf(task)
    const gradient = GradientProgram.gradient(plan)
    const parameters = { w: tf.scalar(2) }
    const shared = { parameters, statistics: {}, controls: controls() }
    if (size === 3) {
      const { gradients, measured } = gradient({ ...shared, batch: batchOf(weights) })
      return { gradient: Tensors.read(gradients["w"]!), loss: Scores.totalLoss(task, Scores.read(task, measured, 3)) }
    }
    const totals = GradientProgram.weigh(plan)({ batch: batchOf(weights) })
    let accumulated: Tensors.Tensors | undefined
    let scores: Scores.Scores = Scores.empty(task)
    for (let begin = 0; begin < 3; begin += size) {
      const end = Math.min(3, begin + size)
      const positions = Int32Array.from({ length: end - begin }, (_, index) => begin + index)
      const { gradients, measured } = gradient({
        ...shared,
        batch: batchOf(weights, begin, end),
        part: { samples: tf.tensor1d(positions, "int32"), fraction: tf.scalar((end - begin) / 3), weights: totals },
        ...(accumulated === undefined ? {} : { accumulated })
      })
      accumulated = gradients
      scores = Scores.combine(task, scores, Scores.read(task, measured, end - begin))
    }
    return { gradient: Tensors.read(accumulated!["w"]!), loss: Scores.totalLoss(task, scores) }
  })
const onCpu = (body: () => void) => Effect.sync(body).pipe(Effect.provide(Cpu.layer))

describe("the gradient of three numbers", () => {
  const rows: { readonly [name: string]: readonly [weights: Weights, penalty: number] } = {
    "without weights": [undefined, 0],
    "with weights": [[1, 2, 0.5], 0],
    "with a weight of zero": [[1, 0, 3], 0],
    "with a penalty": [undefined, 0.1],
    "with weights and a penalty": [[3, 0, 1], 0.1],
    "with all weights zero": [[0, 0, 0], 0]
  }
  for (const [name, [weights, penalty]] of Object.entries(rows)) {
    for (const size of [3, 2, 1]) {
      it.effect(`${name} is that by hand, ${size === 3 ? "of the whole" : `summed over parts of ${size}`}`, () =>
        onCpu(() => {
          const { gradient, loss } = gradientOf(weights, penalty, size)
          assert.closeTo(gradient, byHand(weights ?? [1, 1, 1], penalty), 1e-5)
          const whole = gradientOf(weights, penalty, 3).loss
          if (Number.isNaN(whole)) assert.isNaN(loss)
          else assert.closeTo(loss, whole, 1e-6)
        })
      )
    }
  }

  it.effect("a value that is not finite counts for nothing where its weight is zero", () =>
    onCpu(() => {
      const plan = planOf(taskWith(0))
      const batch = { ...batchOf([1, 0, 1]), targets: tf.tensor1d([0, Number.NaN, -1]) }
      const { gradients } = GradientProgram.gradient(plan)({
        parameters: { w: tf.scalar(2) },
        statistics: {},
        batch,
        controls: controls()
      })
      assert.closeTo(Tensors.read(gradients["w"]!), byHand([1, 0, 1], 0), 1e-5)
    })
  )

  it.effect("measures a loss once that groups follow with different others, and leaves nothing of it", () =>
    onCpu(() => {
      const model: Model.Model<tf.Tensor, tf.Tensor> = {
        name: "line",
        init: () => ({ parameters: { w: tf.scalar(2), v: tf.scalar(0) }, statistics: {} }),
        apply: ({ parameters }, x) => ({
          outputs: tf.add(tf.mul(x, Tensors.get(parameters, "w")), Tensors.get(parameters, "v"))
        })
      }
      const [near, far] = [{ loss: Losses.meanSquaredError }, { loss: Losses.meanAbsoluteError }]
      const plan = planOf(Task.supervised({ name: "two losses", model, loss: { near, far } }))
      const group = plan.groups[0]!
      const groups = [
        { ...group, losses: ["near"] },
        { ...group, paths: ["v"], losses: ["near", "far"] }
      ]
      const inputs = {
        ...model.init({ hi: 0, lo: 0 }),
        batch: batchOf(undefined),
        controls: controls()
      }
      const before = tf.memory().numTensors
      const { gradients, measured, statistics } = Tensors.tidy(() =>
        GradientProgram.gradient({ ...plan, groups })(inputs)
      )
      assert.deepStrictEqual(Object.keys(measured.losses).sort(), ["far", "near"])
      Tensors.dispose(gradients)
      GradientProgram.dispose({ measured, statistics })
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )

  it.effect("a forward pass that throws leaves no tensor, and no tape", () =>
    onCpu(() => {
      const plan = planOf(
        taskWith(0, (w, values) => {
          tf.exp(tf.mul(values, w))
          throw new Error("torn")
        })
      )
      const before = tf.memory().numTensors
      assert.throws(
        () =>
          tf.tidy(
            () =>
              void GradientProgram.gradient(plan)({
                parameters: { w: tf.scalar(2) },
                statistics: {},
                batch: batchOf([1, 1, 1]),
                controls: controls()
              })
          ),
        "torn"
      )
      assert.strictEqual(tf.memory().numTensors, before)
      assert.isNull(tf.engine().state.activeTape ?? null)
    })
  )
})
