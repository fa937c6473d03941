/**
 * Prints what reading in threads costs and gains, in one run: batches of 64 MNIST images read on the main thread and by two
 * threads, and batches that take 5 ms of computation each, in milliseconds a batch.
 *
 * Run in packages/data: `node --conditions=@etude/source scripts/threadSpeed.ts`
 */
import { direct } from "@etude/core/DataLoader"
import * as Draw from "@etude/core/Draw"
import * as Effect from "effect/Effect"
import * as Workers from "../src/Workers.ts"

const measure = (name: string, workers: number, batches: number) =>
  Effect.gen(function* () {
    const dataset = yield* Workers.dataset(new URL("./threadData.ts", import.meta.url), { export: name, workers })
    const plan = Array.from({ length: batches }, (_, batch) =>
      Int32Array.from({ length: 64 }, (_, at) => 64 * batch + at)
    )
    const source = yield* direct.open(dataset, plan, Draw.fixed)
    const [begin, before] = [performance.now(), performance.eventLoopUtilization()]
    let waits = 0
    for (const _ of plan) {
      const next = source.next()
      if (!Effect.isEffect(next)) continue
      waits++
      yield* next
    }
    const { active } = performance.eventLoopUtilization(before)
    const each = (milliseconds: number) => (milliseconds / batches).toFixed(3)
    const all = each(performance.now() - begin)
    console.log(`${name}, ${workers} threads: ${all} ms a batch, ${each(active)} ms of the main thread, ${waits} waits`)
  }).pipe(Effect.scoped)

await Effect.runPromise(
  Effect.gen(function* () {
    for (const [name, batches] of [
      ["images", 800],
      ["slow", 200]
    ] as const)
      for (const workers of [0, 1, 2]) yield* measure(name, workers, batches)
  })
)
