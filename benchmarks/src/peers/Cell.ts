/** One problem at one batch size: all peers, each in a process of its own, in rounds that take turns. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { BackendName } from "../PlainBackend.ts"
import type { Problem, ProblemName } from "../Problem.ts"
import { type Spread, spread } from "../Statistics.ts"
import * as Agreement from "./Agreement.ts"
import * as Files from "./Files.ts"
import * as Flops from "./Flops.ts"
import * as Forms from "./Forms.ts"
import * as Peer from "./Peer.ts"
import type { Peer as PeerName, ProfileCounts, Round } from "./Protocol.ts"

export interface CellOptions {
  readonly problem: ProblemName
  readonly batchSize: number
  /** Different batches in the files. */
  readonly batches: number
  readonly peers: ReadonlyArray<PeerName>
  readonly backend: BackendName
  readonly rounds: number
  /** How long a round should be. */
  readonly seconds: number
  /** How often each peer is started, for the time to its first step. */
  readonly starts: number
  readonly profiled: boolean
}

export interface Figures {
  /** Of each round. */
  readonly rates: ReadonlyArray<number>
  readonly stepsPerSecond: Spread
  /** Processor time of all threads, in milliseconds. */
  readonly cpuPerStep: Spread
  readonly firstStepSeconds: Spread
  readonly firstStepSecondsWithoutImports: Spread
  readonly peakMegabytes: number
  readonly lossesDifferBy: number
  /** Where a step of Etude's own code goes. */
  readonly forms?: Forms.Forms
  readonly profile?: { readonly steps: number; readonly milliseconds: number; readonly counts: ProfileCounts }
}

export interface Row {
  readonly peer: PeerName
  readonly on?: string
  readonly versions?: { readonly [name: string]: string }
  readonly figures?: Figures
  /** Why there are no figures. */
  readonly reason?: string
}

export interface Cell extends Omit<CellOptions, "peers" | "profiled"> {
  /** Floating-point operations of a step. */
  readonly flops: number
  /** Losses of the first steps, in the middle of all peers. */
  readonly rows: ReadonlyArray<Row>
}

/** Steps whose losses are compared. */
const watched = 10
/** Those whose first start compiles for long, and is kept for later ones, are not started again. */
const slowToStart: ReadonlySet<PeerName> = new Set(["kerasJit", "torchCompile"])

/** Steps for a round of so many seconds, found by rounds that grow; these warm up, too. */
const stepsFor = (running: Peer.Running, seconds: number) =>
  Effect.gen(function* () {
    let steps = 1
    for (;;) {
      const round = yield* running.round(steps)
      const perStep = round.milliseconds / 1000 / round.steps
      if (round.milliseconds / 1000 >= seconds / 2) return Math.max(1, Math.round(seconds / perStep))
      steps = Math.max(round.steps + 1, Math.min(20 * round.steps, Math.ceil((0.75 * seconds) / perStep)))
    }
  })

interface Runner {
  readonly running: Peer.Running
  readonly steps: number
  readonly difference: number
  readonly measured: Array<Round & { readonly profile?: ProfileCounts }>
}

const profileOf = (measured: Runner["measured"]): Pick<Figures, "profile"> => {
  if (measured[0]?.profile === undefined) return {}
  const counts: { [what: string]: { calls: number; milliseconds: number } } = {}
  for (const { profile = {} } of measured) {
    for (const [what, { calls, milliseconds }] of Object.entries(profile)) {
      const before = counts[what] ?? { calls: 0, milliseconds: 0 }
      counts[what] = { calls: before.calls + calls, milliseconds: before.milliseconds + milliseconds }
    }
  }
  const sum = (of: (round: Round) => number) => measured.reduce((total, round) => total + of(round), 0)
  return { profile: { steps: sum(({ steps }) => steps), milliseconds: sum((round) => round.milliseconds), counts } }
}

/** Measures. A peer that is lost on the way has a row that says why; the others go on. */
export const measure = (options: CellOptions, place: Peer.Place) =>
  Effect.gen(function* () {
    const { problem: name, batchSize, batches, backend, rounds, seconds, starts, profiled } = options
    const folder = path.join(place.scratch, `${name}-${batchSize}`.replaceAll(" ", "-"))
    const problem: Problem = Files.write(folder, name, batchSize, batches)
    const reasons = new Map<PeerName, string>()
    const losing = <A, R>(peer: PeerName, effect: Effect.Effect<A, Peer.PeerLost, R>) =>
      Effect.catchTag(effect, "PeerLost", ({ message }) => Effect.sync(() => void reasons.set(peer, message)))
    const begin = (peer: PeerName) => Peer.start({ peer, folder, backend, watched, profiled }, place)

    const firstSteps = new Map(options.peers.map((peer): [PeerName, Array<Peer.FirstStep>] => [peer, []]))
    for (let start = 1; start < starts; start++) {
      for (const peer of options.peers) {
        if (slowToStart.has(peer) || reasons.has(peer)) continue
        const running = yield* Effect.scoped(losing(peer, begin(peer)))
        if (running !== undefined) firstSteps.get(peer)!.push(running.firstStep)
      }
    }

    const running: Array<Peer.Running> = []
    for (const peer of options.peers) {
      if (reasons.has(peer)) continue
      const one = yield* losing(peer, begin(peer))
      if (one === undefined) continue
      firstSteps.get(peer)!.push(one.firstStep)
      running.push(one)
    }

    const runners: Array<Runner> = []
    const verdicts = Agreement.judge(
      running.map(({ started }) => started.losses),
      (problem.dropout ?? 0) > 0 ? Agreement.toleranceWithDropout : Agreement.tolerance
    )
    for (const [at, { difference, refused }] of verdicts.entries()) {
      const { peer } = running[at]!
      if (refused !== undefined) reasons.set(peer, refused)
      else {
        const steps = yield* losing(peer, stepsFor(running[at]!, seconds))
        if (steps !== undefined) runners.push({ running: running[at]!, steps, difference, measured: [] })
      }
    }
    for (let round = 0; round < rounds; round++) {
      // Each round begins with another one, so that nobody always follows the same neighbour.
      for (let turn = 0; turn < runners.length; turn++) {
        const { running, steps, measured } = runners[(turn + round) % runners.length]!
        if (reasons.has(running.peer)) continue
        const one = yield* losing(running.peer, running.round(steps))
        if (one !== undefined) measured.push(one)
      }
    }

    const forms = new Map<PeerName, Forms.Forms>()
    for (const { running } of profiled ? runners : []) {
      const { peer } = running
      const found = yield* Effect.catchTag(Forms.measure(peer, name, batchSize), "FormsUnknown", ({ message }) =>
        Effect.as(Effect.logWarning(`No profile of ${peer}: ${message}`), undefined)
      )
      if (found !== undefined) forms.set(peer, found)
    }

    const rowOf = (peer: PeerName): Row => {
      const about = running.find((one) => one.peer === peer)?.started
      const known = about === undefined ? { peer } : { peer, on: about.on, versions: about.versions }
      const runner = runners.find((one) => one.running.peer === peer)
      if (reasons.has(peer) || runner === undefined)
        return { ...known, reason: reasons.get(peer) ?? "it was not measured" }
      const { measured, difference } = runner
      const rates = measured.map(({ steps, milliseconds }) => (1000 * steps) / milliseconds)
      const first = firstSteps.get(peer)!
      return {
        ...known,
        figures: {
          rates,
          stepsPerSecond: spread(rates),
          cpuPerStep: spread(measured.map(({ steps, cpuMilliseconds }) => cpuMilliseconds / steps)),
          firstStepSeconds: spread(first.map((one) => one.seconds)),
          firstStepSecondsWithoutImports: spread(first.map((one) => one.withoutImports)),
          peakMegabytes: Math.max(...measured.map(({ peakBytes }) => peakBytes)) / 1e6,
          lossesDifferBy: difference,
          ...(forms.has(peer) ? { forms: forms.get(peer)! } : {}),
          ...profileOf(measured)
        }
      }
    }
    const { peers, profiled: _, ...described } = options
    return { ...described, flops: Flops.ofStep(problem), rows: peers.map(rowOf) } satisfies Cell
  }).pipe(Effect.scoped)
