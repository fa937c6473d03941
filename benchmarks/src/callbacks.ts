/**
 * What callbacks cost: `node --conditions=@etude/source benchmarks/src/callbacks.ts [--backend native] [--seconds 120]`.
 *
 * 1. All observers of @etude/reports together, at their defaults (aim: under 3 % of LeNet-5's eager step on batches of 64).
 *    What they do does not depend on the step's arithmetic, so that their milliseconds are measured without it: in runs of
 *    the real loop, with MNIST's epochs of 860 steps, whose steps give the first one's results again (`Answering`). Beside the
 *    run without observers there is a second one, which shows how much two equal runs differ here. As a check the same is
 *    measured directly, in epochs of 100 whole steps.
 * 2. Each transform alone on batches of 64, and the norms of gradients, which are taken in the step too.
 *
 * All runs share a process, a model and a backend, and take turns of about a second; each is compared with the run without
 * callbacks of the same round, by wall time and by processor time of all threads, which other programs on the machine disturb
 * less. Given are medians over the rounds with their 95 % bootstrap intervals. The aim is judged by the strictest reading: the
 * observers' processor time, their file writing included, against the fastest wall time of a step. `--output FILE` writes
 * all as JSON; `--quick` only shows that everything runs.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cpu, Native, Wasm } from "@etude/backend"
import {
  AdaptiveClipping,
  ExponentialMovingAverage,
  GradientNoise,
  LabelSmoothing,
  Mixup,
  WeightConstraints
} from "@etude/callbacks"
import { Backend } from "@etude/core/Backend"
import type { CallbackOf, CallbackRegistry } from "@etude/core/Callback"
import type { ConfigInvalid } from "@etude/core/Errors"
import { StepExecutor } from "@etude/core/StepExecutor"
import {
  Csv,
  EventsFile,
  GradientNorms,
  History,
  HtmlReport,
  ModelSummary,
  NodeTerminal,
  ProgressBar,
  Resources,
  TensorBoard,
  Timing,
  ValuesFile,
  WeightNorms
} from "@etude/reports"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Answering from "./Answering.ts"
import * as Machine from "./Machine.ts"
import { classes } from "./networks/Network.ts"
import { problemOf, samplesFor } from "./Problem.ts"
import type { Runner, Time } from "./Runner.ts"
import { etude } from "./runners/etude.ts"
import { type Interval, median, medianInterval } from "./Statistics.ts"

const backends = { native: Native.layer, wasm: Wasm.layer, cpu: Cpu.layer }

const { values: flags } = parseArgs({
  options: {
    backend: { type: "string", default: "native" },
    seconds: { type: "string", default: "120" },
    quick: { type: "boolean", default: false },
    output: { type: "string" }
  }
})
const seconds = flags.quick ? 1e-3 : Number(flags.seconds)
if (!(flags.backend in backends) || !(seconds > 0)) {
  process.stderr.write(`--backend: ${Object.keys(backends).join(", ")}; --seconds: a number above 0\n`)
  process.exit(2)
}
const backend = flags.backend as keyof typeof backends

/** Errors are those of a benchmark that cannot be made. */
type Plugins = Layer.Layer<CallbackOf, never, CallbackRegistry>

/** A terminal that nobody looks at, with what writing to one costs. */
const terminal = () => {
  const file = fs.openSync(os.devNull, "w")
  const write = (text: string) => fs.writeSync(file, text) > 0
  return NodeTerminal.layerOf({ isTTY: true, columns: 100, write, on: () => {}, off: () => {} })
}

/** Every observer, writing into a folder. The events file is a service of the run; here an observer feeds it. */
const observers = (folder: string): Plugins =>
  Layer.mergeAll(
    ProgressBar.layer(),
    ModelSummary.layer(),
    Timing.layer(),
    History.observer().layer,
    Csv.layer({ path: path.join(folder, "metrics.csv") }),
    ValuesFile.layer({ path: path.join(folder, "values.jsonl") }),
    TensorBoard.layer({ directory: path.join(folder, "tensorboard") }),
    HtmlReport.layer({ path: path.join(folder, "report.html") }),
    WeightNorms.layer(),
    Resources.memory(),
    Resources.throughput(),
    Resources.learningRate()
  ).pipe(Layer.provide([NodeServices.layer, terminal()])) as Layer.Layer<any, any, CallbackRegistry> as Plugins

/** Those that change the step, or take tensors from inside of it. */
const transforms: { readonly [name: string]: Layer.Layer<CallbackOf, ConfigInvalid, CallbackRegistry> } = {
  "label smoothing": LabelSmoothing.layer({ classes }),
  mixup: Mixup.layer({ classes }),
  "gradient noise": GradientNoise.layer(),
  "adaptive clipping": AdaptiveClipping.layer(),
  "weight constraints": WeightConstraints.layer({
    constraints: [{ match: "**/kernel", constraint: { _tag: "MaxNorm", maximum: 3 } }]
  }),
  "moving average": ExponentialMovingAverage.layer(),
  "gradient norms": GradientNorms.layer()
}

type Named = readonly [name: string, runner: Runner]

/** Lets runs take turns until the time is over, another first in each round; the times of each, per step. */
const takeTurns = async (
  runs: ReadonlyArray<Named>,
  steps: number,
  budgetSeconds: number
): Promise<ReadonlyArray<ReadonlyArray<Time>>> => {
  for (const [, runner] of runs) await runner.train(1)
  const times = runs.map((): Array<Time> => [])
  const end = performance.now() + budgetSeconds * 1000
  for (let round = 0; round < 2 || performance.now() < end; round++) {
    for (let turn = 0; turn < runs.length; turn++) {
      const at = (round + (round % 2 === 0 ? turn : runs.length - 1 - turn)) % runs.length
      const { milliseconds, cpuMilliseconds } = await runs[at]![1].train(1)
      times[at]!.push({ milliseconds: milliseconds / steps, cpuMilliseconds: cpuMilliseconds / steps })
    }
  }
  return times
}

export interface Cost {
  readonly name: string
  /** Milliseconds that a step takes longer. */
  readonly wallMilliseconds: Interval
  readonly cpuMilliseconds: Interval
  /** The same as shares of a step without callbacks. */
  readonly wallShare: Interval
  readonly cpuShare: Interval
}

/** What each run costs more than the first one, round by round. */
const costsOf = (runs: ReadonlyArray<Named>, times: ReadonlyArray<ReadonlyArray<Time>>): ReadonlyArray<Cost> =>
  runs.slice(1).map(([name], at) => {
    const [base, own] = [times[0]!, times[at + 1]!]
    const over = (combine: (own: Time, base: Time) => number) =>
      medianInterval(own.map((time, round) => combine(time, base[round]!)))
    return {
      name,
      wallMilliseconds: over((time, bare) => time.milliseconds - bare.milliseconds),
      cpuMilliseconds: over((time, bare) => time.cpuMilliseconds - bare.cpuMilliseconds),
      wallShare: over((time, bare) => time.milliseconds / bare.milliseconds - 1),
      cpuShare: over((time, bare) => time.cpuMilliseconds / bare.cpuMilliseconds - 1)
    }
  })

const shown = ({ median, lower, upper }: Interval, unit: "ms" | "%") => {
  const text = (value: number) => (unit === "ms" ? value.toFixed(3) : (100 * value).toFixed(1))
  return `${text(median).padStart(7)} ${unit} (${text(lower)} … ${text(upper)})`.padEnd(27)
}
const row = (name: string, wall: Interval, cpu: Interval, unit: "ms" | "%") =>
  `  ${name.padEnd(26)}  wall ${shown(wall, unit)}  processor ${shown(cpu, unit)}`

const aim = 0.03

const program = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(
    Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "etude-callbacks-"))),
    (made) => Effect.sync(() => fs.rmSync(made, { recursive: true, force: true }))
  )
  const problem = problemOf("LeNet-5", 64)
  const [epoch, long, short] = flags.quick ? [20, 4, 2] : [860, 100, 20]
  const run = (steps: number, callbacks?: Plugins) =>
    etude(problem, samplesFor(problem, steps * problem.batchSize), callbacks === undefined ? {} : { callbacks })
  const few = problemOf("LeNet-5", 8)
  const samples = samplesFor(few, epoch * few.batchSize)
  const answered = (callbacks?: Plugins) =>
    etude(few, samples, callbacks === undefined ? {} : { callbacks }).pipe(
      Effect.provideService(StepExecutor, Answering.make())
    )
  const written = <E, R>(name: string, make: (callbacks: Plugins) => Effect.Effect<Runner, E, R>) => {
    const own = path.join(folder, name)
    fs.mkdirSync(own)
    const events = EventsFile.layer({ path: path.join(own, "events.jsonl") }).pipe(Layer.provide(NodeServices.layer))
    return Effect.provide(make(observers(own)), events)
  }
  const named = <E, R>(name: string, make: Effect.Effect<Runner, E, R>) =>
    Effect.map(make, (runner): Named => [name, runner])
  const around = [
    yield* named("none", answered()),
    yield* named("none, a second time", answered()),
    yield* named("all observers", written("around", answered))
  ]
  const whole = [
    yield* named("none", run(long)),
    yield* named(
      "all observers",
      written("whole", (callbacks) => run(long, callbacks))
    )
  ]
  const alone = [yield* named("none", run(short))]
  for (const [name, callbacks] of Object.entries(transforms)) {
    alone.push(yield* named(name, run(short, Layer.orDie(callbacks))))
  }
  const { name, version, device } = yield* Backend
  const description = Machine.describe()
  const measure = (runs: ReadonlyArray<Named>, steps: number, share: number) =>
    Effect.promise(() => takeTurns(runs, steps, share * seconds))
  const aroundTimes = yield* measure(around, epoch, 0.3)
  const wholeTimes = yield* measure(whole, long, 0.3)
  const aloneTimes = yield* measure(alone, short, 0.4)

  const [again, all] = costsOf(around, aroundTimes) as [Cost, Cost]
  const [direct] = costsOf(whole, wholeTimes) as [Cost]
  const each = costsOf(alone, aloneTimes)
  const fastest = Math.min(...[...wholeTimes[0]!, ...aloneTimes[0]!].map(({ milliseconds }) => milliseconds))
  const scaled = ({ median, lower, upper }: Interval): Interval => ({
    median: median / fastest,
    lower: lower / fastest,
    upper: upper / fastest
  })
  const share = scaled(all.cpuMilliseconds)
  const verdict = share.upper <= aim ? "met" : share.lower > aim ? "missed" : "undecided: give it more --seconds"
  const stepOf = (times: ReadonlyArray<ReadonlyArray<Time>>) => median(times[0]!.map((time) => time.milliseconds))
  console.log(
    [
      `Callbacks, LeNet-5, batches of 64, eager, ${name} ${version} on ${device}; load ${description.machine.loadBefore.toFixed(1)}`,
      "",
      `Observers, around steps that are answered: ${aroundTimes[0]!.length} rounds of ${epoch} steps of ${stepOf(aroundTimes).toFixed(3)} ms; more for a step:`,
      ...[again, all].map((cost) => row(cost.name, cost.wallMilliseconds, cost.cpuMilliseconds, "ms")),
      `  of the fastest whole step, ${fastest.toFixed(2)} ms: ${shown(share, "%").trim()}; aim, under 3 %: ${verdict}`,
      "",
      `Observers, directly: ${wholeTimes[0]!.length} rounds of ${long} steps of ${stepOf(wholeTimes).toFixed(2)} ms; longer by:`,
      row(direct.name, direct.wallShare, direct.cpuShare, "%"),
      "",
      `Transforms: ${aloneTimes[0]!.length} rounds of ${short} steps of ${stepOf(aloneTimes).toFixed(2)} ms; longer by:`,
      ...each.map((cost) => row(cost.name, cost.wallShare, cost.cpuShare, "%"))
    ].join("\n")
  )
  if (flags.output !== undefined) {
    const results = {
      description,
      backend,
      seconds,
      fastest,
      observers: { again, all, direct, share, verdict },
      transforms: each
    }
    fs.writeFileSync(flags.output, `${JSON.stringify(results, null, 2)}\n`)
  }
}).pipe(Effect.scoped, Effect.provide(backends[backend]))

await Effect.runPromise(program)
process.exit()
