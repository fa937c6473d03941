import { assert } from "@effect/vitest"
import * as Forward from "@etude/core/Forward"
import * as Losses from "@etude/core/Losses"
import type { Scored } from "@etude/core/Metric"
import * as Model from "@etude/core/Model"
import * as Scores from "@etude/core/Scores"
import * as Task from "@etude/core/Task"
import * as tf from "@tensorflow/tfjs-core"
import * as Classification from "../src/Classification.ts"
import * as Confusion from "../src/Confusion.ts"
import { onCpu } from "./support/cpu.ts"

const three = { task: "multiclass", classes: 3 } as const
const precision = Classification.precision(three)

/** A task with several readings of the same counts, and how often these are measured. */
const counting = () => {
  let measured = 0
  const measure = (scored: Scored<tf.Tensor, tf.Tensor>) => {
    measured++
    return precision.measure(scored)
  }
  const metrics = {
    precision: { ...precision, measure },
    recall: { ...Classification.recall(three), measure },
    accuracy: { ...Classification.accuracy(three), measure },
    best2: Classification.f1({ ...three, topK: 2 }),
    confusion: { ...Confusion.confusionMatrix(three), measure }
  }
  const model = Model.make({ name: "none", init: () => ({}), apply: (_, x: tf.Tensor) => x })
  return {
    task: Task.supervised({ name: "three", model, loss: Losses.softmaxCrossEntropy(), metrics }),
    times: () => measured
  }
}

onCpu("metrics of one task", (it) => {
  const read = (task: Task.Task, outputs: Array<Array<number>>, targets: Array<number>) => {
    const batch = { inputs: tf.tensor(outputs), targets: tf.tensor(targets, undefined, "int32") }
    const metrics = Forward.measure(task, tf.tensor(outputs), batch)
    return { metrics, scores: Scores.read(task, { losses: {}, metrics }, targets.length) }
  }

  it("that measure the same do so once, and write one state where they share it", () => {
    tf.engine().startScope()
    const { task, times } = counting()
    const { metrics, scores } = read(
      task,
      [
        [1, 0, 0],
        [0, 2, 1],
        [3, 2, 1]
      ],
      [0, 1, 1]
    )
    const more = read(task, [[0, 0, 1]], [2]).scores
    assert.strictEqual(times(), 2)
    assert.deepStrictEqual(Object.keys(metrics), ["precision", "best2"])
    const all = Scores.combine(task, scores, more)
    assert.strictEqual(all.metrics["precision"], all.metrics["accuracy"])
    assert.strictEqual(Scores.values(task, all)["accuracy"], 3 / 4)
    assert.deepStrictEqual(all.metrics["confusion"], { undefined: 0, cells: [1, 0, 0, 1, 1, 0, 0, 0, 1] })
    const encoded = Scores.encode(task, all)
    assert.deepStrictEqual(Object.keys(encoded), ["losses", "precision", "best2", "confusion"])
    assert.deepStrictEqual(Scores.values(task, Scores.decode(task, encoded)), Scores.values(task, all))
    tf.engine().endScope()
  })

  it("are read again also when they are listed in another order", () => {
    tf.engine().startScope()
    const { task } = counting()
    const { scores } = read(
      task,
      [
        [1, 0, 0],
        [0, 2, 1]
      ],
      [0, 2]
    )
    const { precision: one, recall, ...others } = task.metrics as Task.Task["metrics"]
    const reordered = { ...task, metrics: { recall: recall!, precision: one!, ...others } }
    const decoded = Scores.decode(reordered, Scores.encode(task, scores))
    assert.strictEqual(Scores.values(reordered, decoded)["recall"], Scores.values(task, scores)["recall"])
    tf.engine().endScope()
  })
})
