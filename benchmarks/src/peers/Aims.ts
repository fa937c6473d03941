/** What Etude has to reach against the peers, at batches of 64, and what was measured. */
import type { ProblemName } from "../Problem.ts"
import { median } from "../Statistics.ts"
import type { Cell, Figures } from "./Cell.ts"
import type { Endurance } from "./Endurance.ts"
import { own, type Peer, peers } from "./Protocol.ts"

export interface Aim {
  readonly aim: string
  /** Absent when what it is judged by was not measured. */
  readonly measured?: number
  readonly met?: boolean
}

const batchSize = 64
/** What is judged first: Etude as it runs by default where there is a C compiler. */
const judged = "etudeNative"
const problems = [
  "MLP 784-300-100-10",
  "LeNet-5",
  "logistic regression",
  "ResNet"
] as const satisfies ReadonlyArray<ProblemName>
/** Growth of resident memory from the first to the last quarter that is still called flat. */
const flat = 0.02

const figuresOf = (cells: ReadonlyArray<Cell>, problem: ProblemName, peer: Peer): Figures | undefined =>
  cells.find((cell) => cell.problem === problem && cell.batchSize === batchSize)?.rows.find((row) => row.peer === peer)
    ?.figures

const judge = (aim: string, measured: number | undefined, met: (measured: number) => boolean): Aim =>
  measured === undefined ? { aim } : { aim, measured, met: met(measured) }

/** How many times as fast one peer is as another, round by round, in the middle. */
export const ratio = (own: Figures | undefined, other: Figures | undefined): number | undefined =>
  own === undefined || other === undefined
    ? undefined
    : median(own.rates.map((rate, round) => rate / other.rates[round]!))

/** How many times as fast as the best of the other peers, by executor. */
const leasts: {
  readonly [peer in "etudeNative" | "etudeWasm"]: { readonly [problem in (typeof problems)[number]]?: number }
} = {
  etudeNative: { "MLP 784-300-100-10": 3, "LeNet-5": 2.5, "logistic regression": 2, ResNet: 1.4 },
  etudeWasm: { "MLP 784-300-100-10": 1, "LeNet-5": 1, "logistic regression": 1 }
}

/** The fastest peer that isn't Etude. */
const bestPeer = (cells: ReadonlyArray<Cell>, problem: ProblemName): Figures | undefined =>
  peers
    .filter((peer) => !own.includes(peer))
    .flatMap((peer) => figuresOf(cells, problem, peer) ?? [])
    .toSorted((a, b) => b.stepsPerSecond.median - a.stepsPerSecond.median)[0]

const onWasm = (cells: ReadonlyArray<Cell>): boolean => cells.every(({ backend }) => backend === "wasm")

const names = { etudeNative: "native", etudeWasm: "WebAssembly" } as const

const firstStepOf = (cells: ReadonlyArray<Cell>): number | undefined =>
  figuresOf(cells, "LeNet-5", judged)?.firstStepSeconds.median

/** All aims, judged by these measurements where they can be. */
export const all = (cells: ReadonlyArray<Cell>, endurance: Endurance | undefined): ReadonlyArray<Aim> => {
  const megabytes = endurance?.residentMegabytes
  return [
    ...(["etudeNative", "etudeWasm"] as const).flatMap((peer) =>
      Object.entries(leasts[peer]).map(([name, least]) => {
        const problem = name as keyof (typeof leasts)["etudeNative"] // the keys that are written there
        const measured = ratio(figuresOf(cells, problem, peer), bestPeer(cells, problem))
        return judge(`${problem}: ${names[peer]} at least ${least} × the best peer`, measured, (one) => one >= least)
      })
    ),
    judge(
      "LeNet-5: WebAssembly at least 15 × TensorFlow.js on its own WASM (with --backend wasm)",
      onWasm(cells)
        ? ratio(figuresOf(cells, "LeNet-5", "etudeWasm"), figuresOf(cells, "LeNet-5", "bareLoop"))
        : undefined,
      (one) => one >= 15
    ),
    judge("LeNet-5: first step within 0.4 s of the process's start", firstStepOf(cells), (seconds) => seconds < 0.4),
    judge(
      "resident memory over a long run: flat (growth from the first to the last quarter)",
      endurance?.peer !== judged || megabytes === undefined
        ? undefined
        : megabytes.lastQuarter / megabytes.firstQuarter - 1,
      (growth) => growth <= flat
    )
  ]
}
