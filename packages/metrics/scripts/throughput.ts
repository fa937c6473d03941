/**
 * Throughput of every metric: 1,000,000 predictions of 10 classes in batches of 1,024 (or as many as named), on the fastest
 * backend. `node --conditions=@etude/source scripts/throughput.ts [samples]`; `throughput.py` does the same with torchmetrics.
 */
import { Auto } from "@etude/backend"
import { Backend } from "@etude/core/Backend"
import type { Metric } from "@etude/core/Metric"
import * as Rng from "@etude/core/Rng"
import { Aggregation, Classification, Confusion, Probabilistic, Ranking, Regression, stateOf } from "@etude/metrics"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"

const samples = Number(process.argv[2] ?? 1_000_000)
const batch = 1024
const ten = { task: "multiclass", classes: 10 } as const
const of = ({ outputs }: { readonly outputs: tf.Tensor }) => outputs
const classification: { readonly [name: string]: Metric<any, any, any, any> } = {
  accuracy: Classification.accuracy(ten),
  "macro F1": Classification.f1(ten),
  "top-3 accuracy": Classification.topKAccuracy({ ...ten, topK: 3 }),
  "confusion matrix": Confusion.confusionMatrix(ten),
  "log loss": Probabilistic.logLoss(ten),
  Brier: Probabilistic.brier(ten),
  ECE: Probabilistic.expectedCalibrationError(ten),
  "AUROC, 100 bins": Ranking.areaUnderRoc({ ...ten, bins: 100 }),
  "AUROC, exact": Ranking.areaUnderRoc(ten)
}
const regression: { readonly [name: string]: Metric<any, any, any, any> } = {
  MSE: Regression.meanSquaredError,
  "R²": Regression.r2(),
  Pearson: Regression.pearson(),
  Spearman: Regression.spearman,
  variance: Aggregation.aggregates({ name: "output", of }).variance
}

const run = (name: string, metric: Metric<any, any, any, any>, outputs: tf.Tensor, targets: tf.Tensor) => {
  stateOf(metric, { outputs, targets })
  const before = process.memoryUsage()
  const begin = performance.now()
  let state = metric.empty
  for (let done = 0; done < samples; done += batch) state = metric.combine(state, stateOf(metric, { outputs, targets }))
  metric.result(state)
  const seconds = (performance.now() - begin) / 1000
  const after = process.memoryUsage()
  const mebibytes = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 2 ** 20
  const rate = Math.round(samples / seconds).toLocaleString("en")
  console.log(
    `${name.padEnd(18)} ${rate.padStart(12)} samples/s  ${seconds.toFixed(2).padStart(6)} s  ${mebibytes.toFixed(0).padStart(5)} MiB`
  )
}

const program = Effect.gen(function* () {
  const { name, version } = yield* Backend
  console.log(`${samples.toLocaleString("en")} samples, batches of ${batch}, ${name} ${version}`)
  const scores = tf.tensor(Rng.normals(Rng.key(1), batch * 10), [batch, 10])
  const labels = tf.tensor(Int32Array.from(Rng.uniforms(Rng.key(2), batch, 0, 10), Math.floor), [batch], "int32")
  for (const metric in classification) run(metric, classification[metric]!, scores, labels)
  const [x, y] = [3, 4].map((key) => tf.tensor(Rng.normals(Rng.key(key), batch), [batch]))
  for (const metric in regression) run(metric, regression[metric]!, x!, y!)
})

await Effect.runPromise(program.pipe(Effect.provide(Auto.layer)))
