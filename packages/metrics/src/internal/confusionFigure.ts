/**
 * A confusion matrix as a picture: correct cells in one hue, mistakes in another, as deep as their fraction of the
 * class.
 */
import type { Figure } from "@etude/core/Figure"
import { element as elementOf } from "@etude/core/Lookup"
import { element, figure, rounded, text, tooltip } from "@etude/core/Svg"
import * as Arr from "effect/Array"
import { columnSums, diagonal, sum } from "./matrix.ts"
import { shortened, textWidth } from "./textWidth.ts"

export type Cells = ReadonlyArray<ReadonlyArray<number>>

export interface Options {
  /** Of the classes; their numbers when absent. */
  readonly names?: ReadonlyArray<string> | undefined
  /** Whether cells are counts or weights, or fractions. */
  readonly isShare: boolean
  readonly title: string
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)} %`

/** A number that is short enough for a cell: `982`, `12.3k`, `.98`. */
const short = (value: number, isShare: boolean): string => {
  if (isShare) return value.toFixed(2).replace(/^0/, "")
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"]
  ] as const)
    if (value >= size) {
      const scaled = value / (unit === "k" ? 1e3 : size)
      return `${scaled >= 100 ? scaled.toFixed(0) : scaled.toFixed(1)}${unit}`
    }
  return Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 1 : 0)
}

/** Any number for people. */
const long = (value: number): string => Number(value.toPrecision(6)).toLocaleString("en-US")

/** The main result, in words. */
export const describe = (cells: Cells, nameOf: (k: number) => string, isShare: boolean): string => {
  const total = sum(cells.map(sum))
  const right = sum(diagonal(cells))
  const wrong = cells
    .flatMap((row, truth) => row.map((cell, guess) => ({ cell, truth, guess })))
    .filter(({ cell, truth, guess }) => truth !== guess && cell > 0)
    .sort((a, b) => b.cell - a.cell)
    .slice(0, 3)
    .map(
      ({ cell, truth, guess }) => `${nameOf(truth)} for ${nameOf(guess)} (${isShare ? cell.toFixed(3) : long(cell)})`
    )
  const summary = isShare || total === 0 ? "" : `${long(total)} in total, ${percent(right / total)} right. `
  return `${summary}${wrong.length === 0 ? "There were no confusions." : `Most frequent confusions: ${wrong.join(", ")}.`}`
}

/** Where everything stands, and what there is room for. */
interface Layout {
  readonly cells: Cells
  readonly nameOf: (k: number) => string
  readonly labels: ReadonlyArray<string>
  readonly isShare: boolean
  /** Of one cell, and of all of them. */
  readonly side: number
  readonly size: number
  readonly left: number
  readonly top: number
  /** The widest label, in pixels. */
  readonly widest: number
  /** Names above columns are turned where they are wider than these. */
  readonly isTurned: boolean
  readonly hasMargins: boolean
  readonly rows: ReadonlyArray<number>
  readonly columns: ReadonlyArray<number>
}

const layoutOf = (cells: Cells, { names, isShare }: Options): Layout => {
  const nameOf = (k: number) => names?.[k] ?? String(k)
  const labels = cells.map((_, k) => shortened(nameOf(k), 20))
  const side = Math.max(5, Math.min(64, Math.floor(520 / cells.length)))
  const widest = Math.max(...labels.map(textWidth)) * 7.2
  const isTurned = widest > side - 6
  const hasMargins = side >= 26 && !isShare
  return {
    cells,
    nameOf,
    labels,
    isShare,
    side,
    size: side * cells.length,
    left: 20 + 22 + Math.max(widest, hasMargins ? 56 : 0) + 10,
    top: 48 + 18 + (isTurned ? widest * 0.72 + 14 : 24),
    widest,
    isTurned,
    hasMargins,
    rows: cells.map(sum),
    columns: columnSums(cells)
  }
}

/** How deep a cell is: its fraction of its class, or of the largest cell where cells are fractions of everything. */
const depths = ({ cells, rows, isShare }: Layout): ((value: number, truth: number) => number) => {
  const deepest = Math.max(...cells.flat(), 1e-30)
  const isWhole = Math.abs(sum(rows) - 1) < 1e-6
  if (isShare) return (value) => (isWhole ? value / deepest : value)
  return (value, truth) => {
    const whole = elementOf(rows, truth)
    return whole === 0 ? 0 : value / whole
  }
}

interface Cell {
  readonly value: number
  readonly truth: number
  readonly guess: number
  /** From 0 to 1. */
  readonly depth: number
}

const boxOf = ({ left, top, side }: Layout, { truth, guess, depth }: Cell): string => {
  const edge = side > 12 ? 0.5 : 0.1
  return element("rect", {
    x: left + guess * side + edge,
    y: top + truth * side + edge,
    width: side - 2 * edge,
    height: side - 2 * edge,
    class: truth === guess ? "right" : "wrong",
    "fill-opacity": depth
  })
}

const numberOf = ({ left, top, side, isShare }: Layout, { value, truth, guess, depth }: Cell): string => {
  const content = short(value, isShare)
  const fontSize = Math.min(14, side * 0.34, (side - 4) / (content.length * 0.58))
  if (side < 20 || fontSize < 7) return ""
  return text(left + guess * side + side / 2, top + truth * side + side / 2 + fontSize * 0.35, content, {
    class: `on-${depth < 0.64 ? "pale" : depth < 0.78 ? "middle" : "deep"}`,
    "font-size": fontSize
  })
}

const tooltipOf = ({ nameOf, isShare, rows }: Layout, { value, truth, guess }: Cell): string => {
  const amount = isShare ? value.toFixed(3) : `${long(value)} (${percent(value / elementOf(rows, truth))})`
  const label = truth === guess ? `${nameOf(truth)}, predicted` : `${nameOf(truth)}, predicted as ${nameOf(guess)}`
  return tooltip(`${label}: ${amount}`)
}

const grid = (layout: Layout): ReadonlyArray<string> => {
  const depthOf = depths(layout)
  // A file of a hundred classes shall stay small, and most of its cells are empty.
  const hasTooltips = layout.cells.length <= 40
  return layout.cells.flatMap((row, truth) =>
    row.map((value, guess) => {
      if (value === 0) return ""
      const depth = depthOf(value, truth)
      // Mistakes are rare and must be seen.
      const cell = { value, truth, guess, depth: 0.07 + 0.93 * (truth === guess ? depth : depth ** 0.45) }
      if (!hasTooltips) return boxOf(layout, cell)
      return element("g", {}, tooltipOf(layout, cell), boxOf(layout, cell), numberOf(layout, cell))
    })
  )
}

/** The names of columns and rows; of very many classes only some have room. */
const namesOf = ({ labels, left, top, side, isTurned }: Layout): ReadonlyArray<string> => {
  const every = Math.ceil((isTurned ? 18 : 13) / side)
  return labels.flatMap((name, k) => {
    if (k % every !== 0) return []
    const [x, y] = [left + (k + 0.5) * side, top - 8]
    const column = isTurned
      ? text(x, y, name, { class: "ink", transform: `rotate(-45 ${rounded(x)} ${y})` })
      : text(x, y, name, { class: "ink", "text-anchor": "middle" })
    return [column, text(left - 8, top + (k + 0.5) * side + 4, name, { class: "ink", "text-anchor": "end" })]
  })
}

/** Recall of each row and precision of each column. */
const margins = ({ cells, left, top, side, size, rows, columns, hasMargins }: Layout): ReadonlyArray<string> => {
  if (!hasMargins) return []
  const ratio = (part: number, whole: number) => (whole === 0 ? "–" : percent(part / whole))
  const [right, below] = [left + size + 10, top + size + 19]
  return [
    text(right, top - 8, "recall", { class: "soft" }),
    ...Arr.zip(diagonal(cells), rows).map(([correct, whole], k) =>
      text(right, top + (k + 0.5) * side + 4, ratio(correct, whole), { class: "soft number" })
    ),
    text(left - 8, below, "precision", { class: "soft", "text-anchor": "end" }),
    ...Arr.zip(diagonal(cells), columns).map(([correct, whole], k) =>
      text(left + (k + 0.5) * side, below, ratio(correct, whole), {
        class: "soft number",
        "text-anchor": "middle",
        "font-size": Math.min(12, side / 3.6)
      })
    )
  ]
}

const axisNames = ({ left, top, size }: Layout): ReadonlyArray<string> => [
  text(left + size / 2, 60, "predicted", { class: "ink", "text-anchor": "middle" }),
  text(30, top + size / 2, "true", {
    class: "ink",
    "text-anchor": "middle",
    transform: `rotate(-90 30 ${rounded(top + size / 2)})`
  })
]

const legendWidth = 300
const legend = ({ left, isShare }: Layout, y: number): ReadonlyArray<string> => {
  const key = (x: number, kind: "right" | "wrong", name: string) =>
    element("rect", { x, y: y - 10, width: 12, height: 12, rx: 2, class: kind }) +
    text(x + 18, y, name, { class: "soft" })
  return [key(left, "right", "right"), key(left + 64, "wrong", isShare ? "wrong" : "wrong; deeper: more of the class")]
}

export const confusionFigure = (cells: Cells, options: Options): Figure => {
  const layout = layoutOf(cells, options)
  const { left, top, size, isTurned, hasMargins, widest, nameOf } = layout
  const { title, isShare } = options
  const legendTop = top + size + (hasMargins ? 40 : 22)
  const width = Math.max(
    left + size + (hasMargins ? 62 : isTurned ? widest * 0.5 + 8 : 20),
    left + legendWidth,
    textWidth(title) * 8.5 + 40
  )
  return figure(
    { width, height: legendTop + 20, title, description: describe(cells, nameOf, isShare) },
    ...axisNames(layout),
    element("rect", { x: left, y: top, width: size, height: size, class: "wrong", "fill-opacity": 0.03 }),
    ...namesOf(layout),
    element("g", { class: "number", "text-anchor": "middle" }, ...grid(layout)),
    ...margins(layout),
    ...legend(layout, legendTop)
  )
}
