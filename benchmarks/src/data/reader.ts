/** Reads one case with Etude, in a process of its own: `reader.ts '{"case": …}'` prints an `Answer`. */

import { DataLoader } from "@etude/core/DataLoader"
import type { Dataset, HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Rng from "@etude/core/Rng"
import { Csv, Mnist, Parquet, Workers } from "@etude/data"
import * as Effect from "effect/Effect"
import { columns } from "./Files.ts"
import type { Answer, Job } from "./Protocol.ts"

const open = ({ case: name, path }: Job) =>
  Effect.gen(function* () {
    const targets = `c${columns - 1}`
    if (name === "csv") return yield* Csv.read(path, { targets })
    if (name === "parquet") return yield* Parquet.read(path, { targets })
    if (name === "mnist") return (yield* Mnist.fromFolder(path, { normalize: "unit" })).train
    // Two threads, as the other readers have two processes.
    const images = new URL("./images.ts", import.meta.url)
    return yield* Workers.dataset(images, { export: "folder", options: { path }, workers: 2 })
  })

/** The sum of the number in the middle of each sample, pixels in 0 … 1: readers must read the same. */
const sumOf = ({ inputs }: HostBatch, rows: number): number => {
  const values = inputs as Float32Array | Uint8Array
  const size = values.length / rows
  let sum = 0
  for (let row = 0; row < rows; row++) sum += values[row * size + (size >> 1)]!
  return values instanceof Uint8Array ? sum / 255 : sum
}

/** One epoch in a shuffled order, a batch after another, as the training loop reads. */
const epoch = (dataset: Dataset, batch: number) =>
  Effect.gen(function* () {
    const order = Rng.permutation(Rng.key(1), dataset.length)
    const batches = function* () {
      for (let begin = 0; begin < dataset.length; begin += batch) {
        const length = Math.min(batch, dataset.length - begin)
        yield Int32Array.from({ length }, (_, position) => order(begin + position))
      }
    }
    const loader = yield* DataLoader
    const source = yield* loader.open(dataset, batches(), Draw.fixed, true)
    let [rows, sum] = [0, 0]
    for (;;) {
      const next = source.next()
      const read = Effect.isEffect(next) ? yield* next : next
      if (read === undefined) return { rows, sum }
      const count = (read.targets as Int32Array).length
      rows += count
      sum += sumOf(read, count)
    }
  })

const program = Effect.gen(function* () {
  const job = JSON.parse(process.argv[2] ?? "{}") as Job
  const begin = performance.now()
  const dataset = yield* open(job)
  const opened = performance.now()
  const { rows, sum } = yield* epoch(dataset, job.batch)
  const end = performance.now()
  const answer: Answer = { rows, sum, openSeconds: (opened - begin) / 1000, epochSeconds: (end - opened) / 1000 }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
})

await Effect.runPromise(Effect.scoped(program))
