/** What Etude has to reach against the peers, at batches of 64, and what was measured. */
import type { ProblemName } from "../Problem.ts"
import { median } from "../Statistics.ts"
import type { Cell, Figures } from "./Cell.ts"
import type { Endurance } from "./Endurance.ts"
import type { Peer } from "./Protocol.ts"

export interface Aim {
  readonly aim: string
  /** Absent when what it is judged by was not measured. */
  readonly measured?: number
  readonly met?: boolean
}

const batchSize = 64
/** What is judged: Etude as it runs by default on the native backend. */
const judged = "etudeCompiled"
const small: ReadonlyArray<ProblemName> = ["logistic regression", "MLP 784-300-100-10", "LeNet-5"]
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

const names: { readonly [peer in Peer]?: string } = {
  fit: "model.fit",
  lightning: "Lightning",
  keras: "Keras (graph)",
  pytorch: "PyTorch"
}

const speeds: ReadonlyArray<readonly [problem: ProblemName, peer: Peer, least: number]> = [
  ["LeNet-5", "fit", 5],
  ...small.flatMap((problem) => [[problem, "lightning", 1.5] as const, [problem, "keras", 1.3] as const]),
  ["ResNet", "lightning", 1],
  ["ResNet", "keras", 1],
  ...small.map((problem) => [problem, "pytorch", 1] as const)
]

/** All aims, judged by these measurements where they can be. */
export const all = (cells: ReadonlyArray<Cell>, endurance: Endurance | undefined): ReadonlyArray<Aim> => {
  const problems = [...small, "ResNet"] as const
  const megabytes = endurance?.residentMegabytes
  return [
    ...speeds.map(([problem, peer, least]) =>
      judge(
        `${problem}: ${least === 1 ? "faster than" : `at least ${least} ×`} ${names[peer]}`,
        ratio(figuresOf(cells, problem, judged), figuresOf(cells, problem, peer)),
        (measured) => (least === 1 ? measured > 1 : measured >= least)
      )
    ),
    ...problems.flatMap((problem) =>
      (["keras", "lightning"] as const).map((peer) => {
        const [own, other] = [figuresOf(cells, problem, judged), figuresOf(cells, problem, peer)]
        const share =
          own === undefined || other === undefined
            ? undefined
            : own.firstStepSeconds.median / other.firstStepSeconds.median
        return judge(`${problem}: first step in less time than ${names[peer]} (share of it)`, share, (one) => one < 1)
      })
    ),
    judge(
      "resident memory over a long run: flat (growth from the first to the last quarter)",
      endurance?.peer !== judged || megabytes === undefined
        ? undefined
        : megabytes.lastQuarter / megabytes.firstQuarter - 1,
      (growth) => growth <= flat
    )
  ]
}
