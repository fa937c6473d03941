/** How long a step takes: all competitors on the same problem and backend, round by round in turn. */
import * as Effect from "effect/Effect"
import type { BackendName } from "./PlainBackend.ts"
import type { ProblemName } from "./Problem.ts"
import * as Process from "./Process.ts"
import type { Competitor, Round } from "./Protocol.ts"
import { type Spread, spread } from "./Statistics.ts"

export interface SpeedOptions {
  readonly backend: BackendName
  readonly problem: ProblemName
  readonly batchSize: number
  /** Steps of one round. */
  readonly steps: number
  readonly rounds: number
  /** How often all processes are started anew: one differs from the next by some percent, whatever runs in it. */
  readonly generations: number
}

export interface Timing {
  readonly competitor: Competitor
  /** Milliseconds of one step, over the rounds. */
  readonly step: Spread
  /** Processor time of one step, in milliseconds, over the rounds. */
  readonly cpu: Spread
  /** How many times as fast Etude is, round by round: above 1 where Etude is faster. */
  readonly etudeIsFasterBy: Spread
  /** The same of processor time. */
  readonly etudeTakesLessCpuBy: Spread
  /** The loss on the first batch after the first round. */
  readonly loss: number
}

export interface Speed extends SpeedOptions {
  /** What Etude ran on, in words. */
  readonly on: string
  /** Etude first. */
  readonly timings: ReadonlyArray<Timing>
  /** The largest relative difference of a competitor's loss after the first round, from equal weights, to Etude's. */
  readonly lossesDifferBy: number
}

const competitorsOn = (backend: BackendName): ReadonlyArray<Competitor> =>
  // Etude completes and speeds up WASM's kernels; the bare loop on these shows what the step itself costs.
  backend === "wasm"
    ? ["etude", "bareLoop", "bareLoopOnEtudesKernels", "fit", "fitDataset"]
    : ["etude", "bareLoop", "fit", "fitDataset"]

/** All rounds of one set of processes. The first of each is for warming up, and to compare losses. */
const generation = ({ backend, problem, batchSize, steps, rounds }: SpeedOptions) =>
  Effect.gen(function* () {
    const processes = yield* Effect.forEach(
      competitorsOn(backend),
      (competitor) => Process.start({ competitor, problem, batchSize, backend, steps }),
      { concurrency: "unbounded" }
    )
    const first = yield* Effect.forEach(processes, (process) => process.round())
    const measured = processes.map((): Array<Round> => [])
    for (let round = 0; round < rounds; round++) {
      // Each round begins with another one, so that nobody always follows the same neighbour.
      for (let turn = 0; turn < processes.length; turn++) {
        const at = (turn + round) % processes.length
        measured[at]!.push(yield* processes[at]!.round())
      }
    }
    return { processes, first, measured }
  }).pipe(Effect.scoped)

/** Measures one problem on one backend. */
export const measure = (options: SpeedOptions) =>
  Effect.gen(function* () {
    const { steps, generations } = options
    const all = yield* Effect.replicateEffect(generation(options), generations)
    const { processes, first } = all[0]!
    const measured = processes.map((_, at) => all.flatMap((one) => one.measured[at]!))
    const [etude] = measured
    const ratios = (own: ReadonlyArray<Round>, time: (round: Round) => number) =>
      spread(own.map((round, at) => time(round) / time(etude![at]!)))
    const wall = ({ milliseconds }: Round) => milliseconds
    const cpu = ({ cpuMilliseconds }: Round) => cpuMilliseconds
    const reference = first[0]!.loss
    return {
      ...options,
      on: processes[0]!.backend,
      timings: processes.map(({ job }, at) => ({
        competitor: job.competitor,
        step: spread(measured[at]!.map((round) => wall(round) / steps)),
        cpu: spread(measured[at]!.map((round) => cpu(round) / steps)),
        etudeIsFasterBy: ratios(measured[at]!, wall),
        etudeTakesLessCpuBy: ratios(measured[at]!, cpu),
        loss: first[at]!.loss
      })),
      lossesDifferBy: Math.max(
        ...all.flatMap((one) => one.first).map(({ loss }) => Math.abs(loss - reference) / reference)
      )
    } satisfies Speed
  })
