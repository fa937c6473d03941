/** Leaves threads of native code behind in one of several ways: all of them end by themselves. */
import { isMainThread, Worker, workerData } from "node:worker_threads"
import * as Effect from "effect/Effect"
import { make } from "../../src/native/NativeEmitter.ts"
import * as CodeInterpreter from "../support/CodeInterpreter.ts"
import { dependentPhases, resultsOf } from "../support/CodeShapes.ts"

const [way, cache] = isMainThread ? process.argv.slice(2) : workerData

const work = (runs: number) => {
  const arena = CodeInterpreter.arena()
  const emitter = Effect.runSync(make({ arena, threads: 3, cache }))
  const sample = dependentPhases(arena, emitter.target.lanes, 4)
  const executable = emitter.make(sample.program)
  for (let run = 0; run < runs; run++) executable.run()
  return resultsOf(arena, sample)[0]
}

/** A thread that ends, or is ended, while others still use the same addon. */
const withWorkers = async () => {
  const options = { workerData: ["worker", cache] }
  const workers = [0, 1, 2].map(() => new Worker(new URL(import.meta.url), options))
  await Promise.all(
    workers.map(
      (worker, index) =>
        new Promise((resolve) => {
          if (index === 0) setTimeout(() => worker.terminate(), 300)
          worker.on("exit", resolve)
        })
    )
  )
}

if (!isMainThread) work(2000)
else if (way === "workers") await withWorkers()
console.log(work(3))
if (way === "exit") process.exit(0)
if (way === "throw") throw new Error("on purpose")
if (way === "kill") process.kill(process.pid, "SIGKILL")
