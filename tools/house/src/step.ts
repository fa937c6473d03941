/**
 * Trains a tiny model and prints, as JSON, what one plain step in the middle of a run goes through: for each file of core the
 * lines that V8 saw being run between two reads of the data. A program of its own, since it counts in the sources as Node
 * runs them: with their types blanked out, every line in its place.
 */
import { readFileSync } from "node:fs"
import { type Profiler, Session } from "node:inspector"
import { fileURLToPath } from "node:url"
import { Losses, Model, Task, Trainer } from "@etude/core"
import type { Dataset } from "@etude/core/Dataset"
import { CpuBackend } from "@etude/testing"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import { linesRun } from "./LinesRun.ts"

const session = new Session()
session.connect()
session.post("Profiler.enable")
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true })

const windows: Array<ReadonlyArray<Profiler.ScriptCoverage>> = []
/** In-process sessions answer before `post` returns; each answer begins the count anew. */
const take = (): void =>
  session.post("Profiler.takePreciseCoverage", (error, { result }) => {
    if (error !== null) throw error
    windows.push(result.filter(({ url }) => url.includes("/packages/core/src/")))
  })

// Time stands still, so that no turn of others falls into a step.
performance.now = () => 0

const batches = 60
const values = Float32Array.from({ length: batches * 4 }, (_, index) => index / (batches * 4))
const data: Dataset = {
  name: "line",
  length: values.length,
  spec: { inputs: { shape: [], dtype: "float32" }, targets: { shape: [], dtype: "float32" } },
  // As data in memory are; what others read is checked batch by batch.
  isChecked: true,
  read: (indices) => {
    take()
    const batch = Float32Array.from(indices, (index) => values[index]!)
    return { inputs: batch, targets: batch }
  }
}
const model = Model.make({
  name: "scale",
  init: () => ({ factor: tf.scalar(0) }),
  apply: ({ factor }, x: tf.Tensor) => tf.mul(x, factor)
})
const task = Task.supervised({ name: "scale", model, loss: Losses.meanSquaredError })
const config = { until: { epochs: 1 }, batchSize: 4, logEverySteps: 1000, optimizer: { _tag: "Sgd" } } as const

await Effect.runPromise(
  Trainer.train(task, { config, data: { train: data } }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
)

/** A window in which the loop gave others a turn has more in it than a step; the smallest is a plain one. */
const plain = windows
  .slice(20)
  .map((window) =>
    window.flatMap(({ url, functions }) => {
      const lines = linesRun(readFileSync(fileURLToPath(url), "utf8"), functions)
      return lines === 0 ? [] : [{ file: url.slice(url.indexOf("packages/")), lines }]
    })
  )
  .sort((a, b) => total(a) - total(b))[0]!

function total(files: ReadonlyArray<{ readonly lines: number }>): number {
  return files.reduce((sum, { lines }) => sum + lines, 0)
}

console.log(JSON.stringify(plain))
