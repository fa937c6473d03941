/**
 * Measures Etude's training step against TensorFlow.js's own loops, prints the figures and writes them as JSON.
 *
 * Flags: `--quick` (a smoke test: a few steps on WASM and cpu; figures without meaning), `--backends native,wasm,cpu`,
 * `--rounds 8`, `--output FILE` (default: benchmarks/results.json; nothing is written by `--quick` without it).
 */
import { writeFileSync } from "node:fs"
import path from "node:path"
import { parseArgs } from "node:util"
import * as Effect from "effect/Effect"
import * as Aims from "./Aims.ts"
import * as IdleCallbacks from "./IdleCallbacks.ts"
import * as Machine from "./Machine.ts"
import * as Memory from "./Memory.ts"
import type { BackendName } from "./PlainBackend.ts"
import type { CompetitorFailed, Unavailable } from "./Process.ts"
import * as Report from "./Report.ts"
import * as Speed from "./Speed.ts"

const backendNames: ReadonlyArray<BackendName> = ["native", "wasm", "cpu"]

const fail = (message: string): never => {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

const flags = (() => {
  try {
    const { values } = parseArgs({
      options: {
        quick: { type: "boolean", default: false },
        backends: { type: "string" },
        rounds: { type: "string", default: "8" },
        output: { type: "string" }
      }
    })
    const backends = (values.backends ?? (values.quick ? "wasm,cpu" : backendNames.join(","))).split(",")
    const unknown = backends.filter((name) => !backendNames.some((known) => known === name))
    if (unknown.length > 0) fail(`--backends: ${unknown.join(", ")}; expected ${backendNames.join(", ")}`)
    const rounds = Number(values.rounds)
    if (!Number.isInteger(rounds) || rounds < 1) fail(`--rounds: ${values.rounds}; expected a whole number from 1`)
    return { quick: values.quick, backends: backends as ReadonlyArray<BackendName>, rounds, output: values.output }
  } catch (cause) {
    return fail(cause instanceof Error ? cause.message : String(cause))
  }
})()

/**
 * Steps of one round: about a second. In much shorter ones a loop that never yields would leave its garbage collection to
 * the pause between two rounds, where nobody measures it.
 */
const speeds: {
  readonly [backend in BackendName]: ReadonlyArray<Pick<Speed.SpeedOptions, "problem" | "batchSize" | "steps">>
} = {
  native: [
    { problem: "LeNet-5", batchSize: 64, steps: 60 },
    { problem: "MLP", batchSize: 32, steps: 300 }
  ],
  wasm: [
    { problem: "LeNet-5", batchSize: 64, steps: 20 },
    { problem: "MLP", batchSize: 32, steps: 200 }
  ],
  cpu: [{ problem: "MLP", batchSize: 32, steps: 50 }]
}

const { quick, rounds } = flags
const leftOut: Array<string> = []

/** Measures, or notes why that can't be done here. */
const attempt = <A>(
  what: string,
  measurement: Effect.Effect<A, Unavailable | CompetitorFailed>
): Effect.Effect<ReadonlyArray<A>, CompetitorFailed> =>
  Effect.sync(() => process.stderr.write(`Measuring ${what} …\n`)).pipe(
    Effect.andThen(measurement),
    Effect.map((result) => [result]),
    Effect.catchTag("Unavailable", ({ message }) =>
      Effect.sync((): ReadonlyArray<A> => {
        leftOut.push(`Left out: ${what}: ${message}`)
        return []
      })
    )
  )

const program = Effect.gen(function* () {
  const description = Machine.describe()
  const speed: Array<Speed.Speed> = []
  const idleCallbacks: Array<IdleCallbacks.IdleCallbacks> = []
  const memory: Array<Memory.Memory> = []
  for (const backend of flags.backends) {
    for (const { problem, batchSize, steps } of quick ? speeds[backend].slice(0, 1) : speeds[backend]) {
      const own = quick
        ? { steps: 2, rounds: 2, generations: 1 }
        : backend === "cpu"
          ? { steps, rounds: Math.min(3, rounds), generations: 1 }
          : { steps, rounds, generations: 3 }
      speed.push(
        ...(yield* attempt(`${problem} on ${backend}`, Speed.measure({ backend, problem, batchSize, ...own })))
      )
    }
    if (backend === "cpu") continue
    const idle = quick ? { steps: 2, rounds: 2 } : { steps: 100, rounds: 5 * rounds }
    idleCallbacks.push(...(yield* attempt(`idle callbacks on ${backend}`, IdleCallbacks.measure({ backend, ...idle }))))
    const long = quick ? { warmUp: 2, steps: 16, every: 2 } : { warmUp: 5000, steps: 20_000, every: 250 }
    memory.push(...(yield* attempt(`the memory on ${backend}`, Memory.measure({ backend, ...long }))))
  }
  const measurements = { speed, idleCallbacks, memory }
  const command = `npm run bench${process.argv.length > 2 ? ` -- ${process.argv.slice(2).join(" ")}` : ""}`
  return { description, command, leftOut, ...measurements, aims: Aims.judge(measurements) } satisfies Report.Results
})

const results = await Effect.runPromise(
  program.pipe(
    Effect.catchTag("CompetitorFailed", ({ job, message }) =>
      Effect.sync(() => fail(`${job.competitor} on ${job.problem}, ${job.backend}: ${message}`))
    )
  )
)
console.log(Report.text(results))
const output = flags.output ?? (quick ? undefined : path.join(import.meta.dirname, "..", "results.json"))
if (output !== undefined) {
  writeFileSync(output, `${JSON.stringify(results, null, 2)}\n`)
  console.log(`\nWritten to ${path.relative(process.cwd(), output)}.`)
}
