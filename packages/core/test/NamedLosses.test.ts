import "@tensorflow/tfjs-backend-cpu"
import "@tensorflow/tfjs-layers"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Config from "../src/Config.ts"
import * as Entry from "../src/Entry.ts"
import type { Loss } from "../src/Loss.ts"
import * as Losses from "../src/Losses.ts"
import * as Model from "../src/Model.ts"
import * as NamedLosses from "../src/NamedLosses.ts"
import * as Registry from "../src/Registry.ts"
import * as Task from "../src/Task.ts"

/** |outputs − targets|^power of each sample: a loss that is none of ours. */
const powered = Entry.of({
  tag: "Powered",
  schema: Schema.TaggedStruct("Powered", { power: Config.withDefault(Config.positive, 3, "The exponent") }),
  make: ({ power }): Loss => ({
    name: "powered",
    values: (outputs, targets) => tf.mean(tf.pow(tf.abs(tf.sub(outputs, targets)), power), 1)
  })
})
const { losses } = Registry.extend(Registry.core, { losses: [powered] })
const decode = (input: unknown) => Config.decode(NamedLosses.schemaOf(losses), input, "config.yaml")
const messageOf = (input: unknown) => Effect.map(Effect.flip(decode(input)), ({ message }) => message)

const identity = Model.make({ name: "identity", init: () => ({}), apply: (_parameters, x: tf.Tensor) => x })
const task = Task.supervised({ name: "values", model: identity, loss: Losses.meanSquaredError })
const twoTargets = Task.supervised({
  name: "two targets",
  model: Model.make({
    name: "halves",
    init: () => ({}),
    apply: (_parameters, x: tf.Tensor) => ({ near: x, far: tf.mul(x, 2) })
  }),
  loss: {
    near: { loss: Losses.meanSquaredError, output: "near", target: "a", coefficient: 0.5 },
    far: { loss: Losses.meanSquaredError, output: "far", target: "b" }
  }
})

const outputs = [1, -2, 0.5, 3]
const targets = [0, 1, 0.25, -1]
const matrix = (values: ReadonlyArray<number>) => tf.tensor2d([...values], [2, 2])

/** The values of a loss of a task. */
const valuesOf = (of: Task.Task, loss: string, made: any, wanted: any) =>
  tf.tidy(() => {
    const batch = { inputs: matrix(outputs), targets: wanted }
    return [...of.objectives[loss]!.values(made, batch, {} as never).dataSync()]
  })
const changed = (of: Task.Task, named: NamedLosses.Named): Task.Task => {
  const result = Task.withLosses(of, NamedLosses.make(losses, named))
  return "objectives" in result ? result : assert.fail(JSON.stringify(result))
}

beforeAll(() => tf.setBackend("cpu"))

describe("a config names a loss", () => {
  it.effect("of ours and of other packages by the same door, with the defaults of its options", () =>
    Effect.gen(function* () {
      for (const [written, expected] of [
        [{ _tag: "Huber" }, { _tag: "Huber", delta: 1 }],
        ["huber", { _tag: "Huber", delta: 1 }],
        [{ _tag: "Powered" }, { _tag: "Powered", power: 3 }],
        [{ near: { _tag: "Powered", power: 2 } }, { near: { _tag: "Powered", power: 2 } }]
      ]) {
        assert.deepStrictEqual<unknown>(yield* decode(written), expected)
      }
    })
  )

  it.effect("and learns which are known, and what an option must be", () =>
    Effect.gen(function* () {
      assert.match(yield* messageOf({ _tag: "Huberr" }), /SoftmaxCrossEntropy .*Hinge \| Powered/)
      assert.match(yield* messageOf({ _tag: "Huber", delta: -1 }), /delta/)
    })
  )

  it("which compares what the task's own compared", () => {
    const expected = outputs.map((value, at) => Math.abs(value - targets[at]!) ** 2)
    const got = valuesOf(changed(task, { _tag: "Powered", power: 2 }), "loss", matrix(outputs), matrix(targets))
    assert.deepStrictEqual(got, [(expected[0]! + expected[1]!) / 2, (expected[2]! + expected[3]!) / 2])
  })

  it("for one of several, by the task's name for it: outputs, targets and coefficients stay", () => {
    const other = changed(twoTargets, { near: { _tag: "MeanAbsoluteError" } })
    assert.strictEqual(other.objectives["near"]!.coefficient, 0.5)
    const made = { near: matrix(outputs), far: matrix(targets) }
    const wanted = { a: matrix(targets), b: matrix(targets) }
    assert.deepStrictEqual(valuesOf(other, "near", made, wanted), [2, 2.125])
    assert.deepStrictEqual(valuesOf(other, "far", made, wanted), [0, 0])
  })

  it("that the task does not have, or computes itself, and reads which there are", () => {
    const own = Task.make({
      name: "own",
      models: { "": identity },
      forward: ({ batch }) => batch.inputs,
      objectives: { distance: { values: (x: tf.Tensor) => tf.sum(x, 1) } }
    })
    const mae = NamedLosses.make(losses, { _tag: "MeanAbsoluteError" })
    assert.deepStrictEqual(Task.withLosses(twoTargets, mae), [
      { path: "loss", message: "expected a loss of the task that can be replaced; it has near, far" }
    ])
    assert.deepStrictEqual(Task.withLosses(own, NamedLosses.make(losses, { distance: { _tag: "Hinge" } })), [
      {
        path: "distance",
        message: "expected a loss of the task that can be replaced; it has distance (computed by the task itself)"
      }
    ])
  })
})
