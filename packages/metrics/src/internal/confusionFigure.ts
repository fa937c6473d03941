/**
 * A confusion matrix as a picture: correct cells in one hue, mistakes in another, as deep as their fraction of the
 * class.
 */
import type { Figure } from "@etude/core/Figure"
import { element, figure, rounded, text, tooltip } from "./svg.ts"
import { shortened, textWidth } from "./textWidth.ts"

export type Cells = ReadonlyArray<ReadonlyArray<number>>

export interface Options {
  /** Of the classes; their numbers when absent. */
  readonly names?: ReadonlyArray<string> | undefined
  /** Whether cells are counts or weights, or fractions. */
  readonly isShare: boolean
  readonly title: string
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

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
  const right = sum(cells.map((row, k) => row[k]!))
  const wrong = cells
    .flatMap((row, truth) => row.map((cell, guess) => ({ cell, truth, guess })))
    .filter(({ cell, truth, guess }) => truth !== guess && cell > 0)
    .sort((a, b) => b.cell - a.cell)
    .slice(0, 3)
    .map(
      ({ cell, truth, guess }) => `${nameOf(truth)} for ${nameOf(guess)} (${isShare ? cell.toFixed(3) : long(cell)})`
    )
  const share = isShare || total === 0 ? "" : `${long(total)} in total, ${percent(right / total)} right. `
  return `${share}${wrong.length === 0 ? "There were no confusions." : `Most frequent confusions: ${wrong.join(", ")}.`}`
}

export const confusionFigure = (cells: Cells, { names, isShare, title }: Options): Figure => {
  const classes = cells.length
  const nameOf = (k: number) => names?.[k] ?? String(k)
  const labels = cells.map((_, k) => shortened(nameOf(k), 20))
  const side = Math.max(5, Math.min(64, Math.floor(520 / classes)))
  const size = side * classes
  const widest = Math.max(...labels.map(textWidth)) * 7.2
  // Names above columns are turned where they are wider than these; of very many classes only some have room.
  const isTurned = widest > side - 6
  const every = Math.ceil((isTurned ? 18 : 13) / side)
  const isMarked = (k: number) => k % every === 0
  const hasNumbers = side >= 20
  const hasMargins = side >= 26 && !isShare
  // A file of a hundred classes shall stay small.
  const hasTooltips = classes <= 40
  const edge = side > 12 ? 0.5 : 0.1
  const left = 20 + 22 + Math.max(widest, hasMargins ? 56 : 0) + 10
  const top = 48 + 18 + (isTurned ? widest * 0.72 + 14 : 24)
  const rows = cells.map(sum)
  const columns = cells.map((_, k) => sum(cells.map((row) => row[k]!)))
  const deepest = Math.max(...cells.flat(), 1e-30)
  const isWhole = Math.abs(sum(rows) - 1) < 1e-6
  /** How deep a cell is: its fraction of its class, or of the largest cell where cells are fractions of everything. */
  const depthOf = (cell: number, truth: number): number => {
    if (isShare) return isWhole ? cell / deepest : cell
    return rows[truth] === 0 ? 0 : cell / rows[truth]!
  }
  const cell = (value: number, truth: number, guess: number): string => {
    // Most cells of many classes are empty.
    if (value === 0) return ""
    const share = depthOf(value, truth)
    const isRight = truth === guess
    // Mistakes are rare and must be seen.
    const depth = 0.07 + 0.93 * (isRight ? share : share ** 0.45)
    const [x, y] = [left + guess * side, top + truth * side]
    const box = element("rect", {
      x: x + edge,
      y: y + edge,
      width: side - 2 * edge,
      height: side - 2 * edge,
      class: isRight ? "right" : "wrong",
      "fill-opacity": depth
    })
    if (!hasTooltips) return box
    const own = isShare ? value.toFixed(3) : `${long(value)} (${percent(value / rows[truth]!)})`
    const said = isRight ? `${nameOf(truth)}, predicted` : `${nameOf(truth)}, predicted as ${nameOf(guess)}`
    const content = short(value, isShare)
    const fontSize = Math.min(14, side * 0.34, (side - 4) / (content.length * 0.58))
    const number =
      hasNumbers && fontSize >= 7
        ? text(x + side / 2, y + side / 2 + fontSize * 0.35, content, {
            class: `on-${depth < 0.64 ? "pale" : depth < 0.78 ? "middle" : "deep"}`,
            "font-size": fontSize
          })
        : ""
    return element("g", {}, tooltip(`${said}: ${own}`), box, number)
  }
  const columnName = (k: number): string => {
    const [x, y] = [left + (k + 0.5) * side, top - 8]
    return isTurned
      ? text(x, y, labels[k]!, { class: "ink", transform: `rotate(-45 ${rounded(x)} ${y})` })
      : text(x, y, labels[k]!, { class: "ink", "text-anchor": "middle" })
  }
  const margin = (share: number, whole: number) => (whole === 0 ? "–" : percent(share / whole))
  const margins = hasMargins
    ? [
        text(left + size + 10, top - 8, "recall", { class: "soft" }),
        ...cells.map((row, k) =>
          text(left + size + 10, top + (k + 0.5) * side + 4, margin(row[k]!, rows[k]!), { class: "soft number" })
        ),
        text(left - 8, top + size + 19, "precision", { class: "soft", "text-anchor": "end" }),
        ...cells.map((row, k) =>
          text(left + (k + 0.5) * side, top + size + 19, margin(row[k]!, columns[k]!), {
            class: "soft number",
            "text-anchor": "middle",
            "font-size": Math.min(12, side / 3.6)
          })
        )
      ]
    : []
  const legendTop = top + size + (hasMargins ? 40 : 22)
  const key = (x: number, kind: "right" | "wrong", name: string) =>
    element("rect", { x, y: legendTop - 10, width: 12, height: 12, rx: 2, class: kind }) +
    text(x + 18, legendTop, name, { class: "soft" })
  const legendWidth = 300
  const width = Math.max(
    left + size + (hasMargins ? 62 : isTurned ? widest * 0.5 + 8 : 20),
    left + legendWidth,
    textWidth(title) * 8.5 + 40
  )
  return figure(
    { width, height: legendTop + 20, title, description: describe(cells, nameOf, isShare) },
    text(left + size / 2, 60, "predicted", { class: "ink", "text-anchor": "middle" }),
    text(30, top + size / 2, "true", {
      class: "ink",
      "text-anchor": "middle",
      transform: `rotate(-90 30 ${rounded(top + size / 2)})`
    }),
    element("rect", { x: left, y: top, width: size, height: size, class: "wrong", "fill-opacity": 0.03 }),
    ...labels.flatMap((name, k) =>
      isMarked(k)
        ? [columnName(k), text(left - 8, top + (k + 0.5) * side + 4, name, { class: "ink", "text-anchor": "end" })]
        : []
    ),
    element(
      "g",
      { class: "number", "text-anchor": "middle" },
      ...cells.flatMap((row, truth) => row.map((value, guess) => cell(value, truth, guess)))
    ),
    ...margins,
    key(left, "right", "right"),
    key(left + 64, "wrong", isShare ? "wrong" : "wrong; deeper: more of the class")
  )
}
