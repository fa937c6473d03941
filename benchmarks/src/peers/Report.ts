/** The comparison as text for a terminal, and as Markdown for a README. */
import type { Description } from "../Machine.ts"
import type { Spread } from "../Statistics.ts"
import { tolerance } from "./Agreement.ts"
import type { Aim } from "./Aims.ts"
import type { Cell, Figures, Row } from "./Cell.ts"
import type { Endurance } from "./Endurance.ts"
import * as Forms from "./Forms.ts"
import type { Peer } from "./Protocol.ts"

export interface Results {
  readonly description: Description
  readonly command: string
  readonly threads: number
  /** The best matrix multiplication, in floating-point operations a second, by who did it; what could not be had is absent. */
  readonly matmul: { readonly tensorflow?: number; readonly torch?: number }
  /** What was wanted and could not be had, with the reason. */
  readonly leftOut: ReadonlyArray<string>
  readonly versions: { readonly [name: string]: string }
  readonly cells: ReadonlyArray<Cell>
  readonly endurance?: Endurance
  readonly aims: ReadonlyArray<Aim>
}

export const names: { readonly [peer in Peer]: string } = {
  etudeNative: "Etude, native",
  etudeWasm: "Etude, WebAssembly",
  etudeGraph: "Etude, TensorFlow's graph",
  etude: "Etude, eager",
  bareLoop: "TensorFlow.js, bare loop",
  fit: "TensorFlow.js, model.fit",
  keras: "Keras, graph",
  kerasJit: "Keras, jit_compile",
  pytorch: "PyTorch",
  torchCompile: "PyTorch, torch.compile",
  lightning: "Lightning"
}

const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

/** The measured peak of matrix multiplication, by whoever reaches it. */
export const peakOf = ({ matmul }: Pick<Results, "matmul">): number | undefined => {
  const speeds = Object.values(matmul)
  return speeds.length === 0 ? undefined : Math.max(...speeds)
}

/** The share of the peak that a training reaches. */
const shareOf = (cell: Cell, { stepsPerSecond }: Figures, peak: number | undefined): string =>
  peak === undefined ? "" : `${((100 * cell.flops * stepsPerSecond.median) / peak).toFixed(1)} %`

const heads = ["", "steps/s", "(quartiles)", "first step", "no imports", "memory", "of peak", "losses differ"]
const widths = [26, 9, 17, 11, 11, 9, 8, 14]

const line = (cells: ReadonlyArray<string>): string =>
  cells
    .map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!)))
    .join(" ")
    .trimEnd()

const quartiles = ({ lower, upper }: Spread): string => `${number(lower)} … ${number(upper)}`

const row = (cell: Cell, { peer, figures, reason }: Row, peak: number | undefined): string => {
  if (figures === undefined) return `${`  ${names[peer]}`.padEnd(widths[0]!)}   – ${reason}`
  return line([
    `  ${names[peer]}`,
    number(figures.stepsPerSecond.median),
    quartiles(figures.stepsPerSecond),
    `${figures.firstStepSeconds.median.toFixed(2)} s`,
    `${figures.firstStepSecondsWithoutImports.median.toFixed(2)} s`,
    `${figures.peakMegabytes.toFixed(0)} MB`,
    shareOf(cell, figures, peak),
    figures.lossesDifferBy.toExponential(1)
  ])
}

const profile = (rows: ReadonlyArray<Row>): ReadonlyArray<string> =>
  rows.flatMap(({ peer, figures }) => {
    if (figures?.profile === undefined) return []
    const { steps, milliseconds, counts } = figures.profile
    const perStep = (value: number) => (value / steps).toFixed(3)
    const parts = Object.entries(counts).sort(([, a], [, b]) => b.milliseconds - a.milliseconds)
    const inside = parts.reduce((total, [, part]) => total + part.milliseconds, 0)
    return [
      `  ${names[peer]}: ${perStep(milliseconds)} ms a step, ${perStep(inside)} ms inside the native library, ` +
        `${perStep(milliseconds - inside)} ms in JavaScript`,
      ...parts
        .slice(0, 12)
        .map(
          ([what, part]) =>
            `    ${what.padEnd(34)} ${perStep(part.milliseconds)} ms in ${(part.calls / steps).toPrecision(2)} calls`
        )
    ]
  })

const forms = (rows: ReadonlyArray<Row>): ReadonlyArray<string> =>
  rows.flatMap(({ peer, figures }) => {
    if (figures?.forms === undefined) return []
    const step = 1e6 / figures.stepsPerSecond.median
    return [`  ${names[peer]}: ${step.toFixed(0)} µs a step`, ...Forms.text(step, figures.forms)]
  })

const cellText = (cell: Cell, peak: number | undefined): ReadonlyArray<string> => [
  "",
  `${cell.problem}, batches of ${cell.batchSize}: ${(cell.flops / 1e6).toPrecision(3)} MFLOP a step, ` +
    `${cell.rounds} rounds of about ${cell.seconds} s, ${cell.starts} starts`,
  line(heads),
  ...cell.rows.map((one) => row(cell, one, peak)),
  ...forms(cell.rows),
  ...profile(cell.rows)
]

const rounded = (value: number): number => Number(value.toPrecision(3))

const aim = ({ aim, measured, met }: Aim): string =>
  measured === undefined
    ? `  –       ${aim}: not measured`
    : `  ${met ? "met   " : "missed"}  ${aim}: ${rounded(measured)}`

const gigaflops = (flops: number): string => `${(flops / 1e9).toFixed(0)} GFLOP/s`

const about = ({ description, versions, threads, matmul }: Results): ReadonlyArray<string> => {
  const { machine, date, commit } = description
  const speeds = Object.entries(matmul).map(([by, flops]) => `${by} ${gigaflops(flops)}`)
  return [
    `${date}, commit ${commit ?? "unknown"}`,
    `${machine.processor}, ${machine.processors} processors, ${machine.memoryGigabytes} GB, ${machine.system}, load ${machine.loadBefore.toFixed(1)}`,
    `${threads} threads each; ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
    `matrix multiplication at its best: ${speeds.length === 0 ? "not measured" : speeds.join(", ")}`
  ]
}

/** Everything, for a terminal. */
export const text = (results: Results): string => {
  const { cells, endurance, leftOut, aims } = results
  const peak = peakOf(results)
  return [
    ...about(results),
    ...leftOut,
    ...cells.flatMap((cell) => cellText(cell, peak)),
    ...(endurance === undefined
      ? []
      : [
          "",
          `Memory, ${names[endurance.peer]}, ${endurance.problem}, ${endurance.steps} steps: ` +
            `${endurance.residentMegabytes.firstQuarter.toFixed(1)} MB in the first quarter, ` +
            `${endurance.residentMegabytes.lastQuarter.toFixed(1)} MB in the last, ` +
            `live tensors ${endurance.liveTensors.least} … ${endurance.liveTensors.most}`
        ]),
    "",
    `Aims (a peer whose losses differ by more than ${tolerance} is refused)`,
    ...aims.map(aim)
  ].join("\n")
}

const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<string> =>
  [head, head.map((_, at) => (at === 0 ? "---" : "---:")), ...rows].map((cells) => `| ${cells.join(" | ")} |`)

const entry = (cell: Cell, peer: Peer, show: (figures: Figures) => string): string => {
  const figures = cell.rows.find((one) => one.peer === peer)?.figures
  return figures === undefined ? "–" : show(figures)
}

/** Tables for a README: steps a second everywhere; time to the first step, memory and share of the peak at one batch size. */
export const markdown = (results: Results, batchSize = 64): string => {
  const { cells, description, threads } = results
  const peak = peakOf(results)
  const present = (Object.keys(names) as Array<Peer>).filter((peer) =>
    cells.some((cell) => cell.rows.some((one) => one.peer === peer && one.figures !== undefined))
  )
  const chosen = cells.filter((cell) => cell.batchSize === batchSize)
  const of = (heading: string, show: (cell: Cell, figures: Figures) => string) => [
    "",
    heading,
    "",
    ...table(
      ["", ...chosen.map(({ problem }) => problem)],
      present.map((peer) => [names[peer], ...chosen.map((cell) => entry(cell, peer, (one) => show(cell, one)))])
    )
  ]
  return [
    `Steps a second, medians of ${cells[0]?.rounds ?? 0} rounds, on ${description.machine.processor} with ${threads} threads each:`,
    "",
    ...table(
      ["", "batch", ...present.map((peer) => names[peer])],
      cells.map((cell) => [
        cell.problem,
        String(cell.batchSize),
        ...present.map((peer) => entry(cell, peer, ({ stepsPerSecond }) => number(stepsPerSecond.median)))
      ])
    ),
    ...of(
      `Seconds from the start of the process to the first step's loss, in brackets without imports; batches of ${batchSize}:`,
      (_, { firstStepSeconds, firstStepSecondsWithoutImports }) =>
        `${firstStepSeconds.median.toFixed(1)} (${firstStepSecondsWithoutImports.median.toFixed(1)})`
    ),
    ...of(`Peak memory in MB; batches of ${batchSize}:`, (_, { peakMegabytes }) => peakMegabytes.toFixed(0)),
    ...(peak === undefined
      ? []
      : of(
          `Share of the measured peak of matrix multiplication, ${gigaflops(peak)}; batches of ${batchSize}:`,
          (cell, figures) => shareOf(cell, figures, peak)
        ))
  ].join("\n")
}
