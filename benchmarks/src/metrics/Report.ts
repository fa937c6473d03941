/** Rounds as tables, and whether the aims are met. */
import { median } from "../Statistics.ts"
import { type Answer, type Competitor, competitors } from "./Protocol.ts"
import type { Kind, Subject } from "./Subjects.ts"

type Round = Extract<Answer, { readonly _tag: "Round" }>

export interface Row {
  readonly metric: string
  readonly kind: Kind
  /** Rounds of each competitor that has the metric. */
  readonly rounds: { readonly [name in Competitor]?: ReadonlyArray<Round> }
}

export const rowOf = ({ name, kind }: Subject, rounds: Row["rounds"]): Row => ({ metric: name, kind, rounds })

const throughput = ({ samples, seconds }: Round) => samples / seconds
const typical = (round: Round) => 1 / round.typical
const rate = (rounds: ReadonlyArray<Round>) => median(rounds.map((round) => throughput(round)))

/**
 * The better of eager and compiled by the better of torchmetrics with and without checks, round by round: by their
 * throughput, or by the typical time of a few batches.
 */
export const ratio = ({ rounds }: Row, speed: (round: Round) => number = throughput): number | undefined => {
  const best = (names: ReadonlyArray<Competitor>, at: number) =>
    Math.max(
      ...names.flatMap((name) => {
        const one = rounds[name]?.[at]
        return one === undefined ? [] : [speed(one)]
      })
    )
  const count = rounds.etude?.length ?? 0
  if (count === 0 || (rounds.torchmetrics ?? rounds.unchecked) === undefined) return undefined
  return median(
    Array.from({ length: count }, (_, at) => best(["etude", "compiled"], at) / best(["torchmetrics", "unchecked"], at))
  )
}

/** What the state holds at the end must be what it held after a tenth, but for what a heap moves by itself. */
const slack = 2 ** 20
export const grows = (rounds: ReadonlyArray<Round>): boolean =>
  median(rounds.map(({ bytes, early }) => bytes - early)) > slack

/** Values that differ although the data is the same. */
export const disagreement = ({ metric, rounds }: Row): string | undefined => {
  // A round that was cut short has seen other samples.
  const whole = competitors.flatMap((name) => {
    const [one] = rounds[name] ?? []
    return one?.value === undefined ? [] : [{ name, ...one }]
  })
  const [first] = whole
  const other = whole.find(
    ({ value, samples }) =>
      samples === first!.samples && Math.abs(value! - first!.value!) > 1e-3 * Math.max(Math.abs(first!.value!), 1e-3)
  )
  return other === undefined
    ? undefined
    : `${metric}: ${first!.name} says ${first!.value}, ${other.name} ${other.value}`
}

const million = (value: number) => (value / 1e6 >= 10 ? (value / 1e6).toFixed(0) : (value / 1e6).toPrecision(2))
const bytes = (value: number) => {
  const size = Math.max(0, value)
  return size < 2 ** 20 ? `${Math.ceil(size / 1024)} KiB` : `${(size / 2 ** 20).toFixed(0)} MiB`
}

const head = [
  "metric",
  "Etude",
  "compiled",
  "torchmetrics",
  "unchecked",
  "ratio",
  "typical ratio",
  "state",
  "torchmetrics'"
]

/** Millions of samples a second, and what the state holds at the end. */
export const table = (rows: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<string>> => [
  head,
  ...rows.map((row) => {
    const { metric, rounds } = row
    const ratios = [ratio(row), ratio(row, typical)]
    const held = (name: Competitor) =>
      rounds[name] === undefined
        ? "–"
        : `${bytes(median(rounds[name].map((one) => one.bytes)))}${grows(rounds[name]) ? ", grows" : ""}`
    return [
      metric,
      ...competitors.map((name) => (rounds[name] === undefined ? "–" : million(rate(rounds[name])))),
      ...ratios.map((own) => (own === undefined ? "–" : own.toFixed(2))),
      held("etude"),
      held("torchmetrics")
    ]
  })
]

export interface Aim {
  readonly aim: string
  readonly met: boolean
  readonly missed: ReadonlyArray<string>
}

export const aims = (rows: ReadonlyArray<Row>): ReadonlyArray<Aim> => {
  const compared = rows.filter((row) => row.kind === "counts" && ratio(row) !== undefined)
  const slower = compared.filter((row) => ratio(row)! < 1).map((row) => `${row.metric} ${ratio(row)!.toFixed(2)}`)
  const growing = rows
    .filter(({ kind, rounds }) => kind !== "other" && rounds.etude !== undefined && grows(rounds.etude))
    .map(({ metric }) => metric)
  return [
    ...(compared.length === 0
      ? []
      : [{ aim: "metrics of counts not slower than torchmetrics", met: slower.length === 0, missed: slower }]),
    { aim: "constant memory for metrics of counts and bins", met: growing.length === 0, missed: growing }
  ]
}
