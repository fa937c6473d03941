/** A confusion matrix for a terminal: as a matrix where there is room, else as a list of confused classes. */
import { element } from "@etude/core/Lookup"
import * as Arr from "effect/Array"
import type { Cells } from "./confusionFigure.ts"
import { columnsOf, sum } from "./matrix.ts"
import { tableWidth, textTable } from "./textTable.ts"
import { shortened, textWidth } from "./textWidth.ts"

const number = (value: number) => (value === 0 ? "·" : Number.isInteger(value) ? String(value) : value.toFixed(2))

/** Names of columns no wider than the numbers below them, or than that many columns. */
const matrix = (cells: Cells, names: ReadonlyArray<string>, widest: number, between: string): string => {
  const texts = cells.map((row) => row.map(number))
  const head = Arr.zipWith(names, columnsOf(texts), (name, column) =>
    shortened(name, Math.max(widest, ...column.map(textWidth)))
  )
  const corner = widest < 8 ? "is\\said" : "true \\ said"
  const rowName = (name: string) => shortened(name, Math.max(widest, textWidth(corner)))
  return textTable([[corner, ...head], ...Arr.zipWith(names, texts, (name, row) => [rowName(name), ...row])], between)
}

/** The maximum number of classes that are listed. */
const most = 30

/** For each class, the worst first, its recall and what it is confused with. */
const list = (cells: Cells, names: ReadonlyArray<string>, columns: number): string => {
  const classes = Arr.zip(cells, names)
    .map(([row, name], truth) => {
      const whole = sum(row)
      const others = row
        .map((cell, guess) => ({ cell, guess }))
        .filter(({ cell, guess }) => cell > 0 && guess !== truth)
        .sort((a, b) => b.cell - a.cell)
      return { name, whole, recall: whole === 0 ? 1 : element(row, truth) / whole, others }
    })
    .sort((a, b) => a.recall - b.recall)
  const shown = classes.slice(0, most)
  const left = textTable([
    ["class", "elements", "found"],
    ...shown.map(({ name, whole, recall }) => [
      shortened(name, Math.max(4, Math.min(20, Math.floor(columns / 3)))),
      number(whole),
      whole === 0 ? "–" : `${(recall * 100).toFixed(1)} %`
    ])
  ]).split("\n")
  const right = [
    "taken for",
    ...shown.map(({ others }) =>
      others
        .slice(0, 3)
        .map(({ cell, guess }) => `${names[guess]} ×${number(cell)}`)
        .join(", ")
    )
  ]
  const lines = left.map((line, index) => shortened(`${line}  ${right[index]}`.trimEnd(), columns))
  return [
    ...lines,
    ...(classes.length > most ? [shortened(`… and ${classes.length - most} classes with higher recall`, columns)] : [])
  ].join("\n")
}

export const confusionText = (cells: Cells, names: ReadonlyArray<string>, columns: number): string => {
  const all = cells.map((_, k) => shortened(names[k] ?? String(k), 1000))
  for (const [widest, between] of [
    [1000, "  "],
    [16, "  "],
    [12, " "],
    [8, " "],
    [5, " "]
  ] as const) {
    const table = matrix(cells, all, widest, between)
    if (tableWidth(table) <= columns) return table
  }
  return list(cells, all, columns)
}

/** A row for each label: true positives, false positives, false negatives. */
export const labelText = (
  matrices: ReadonlyArray<Cells>,
  names: ReadonlyArray<string> | undefined,
  columns: number
): string => {
  const table = textTable([
    ["label", "true +", "false +", "false −", "true −"],
    ...matrices.map((matrix, k) => {
      const [negative, positive] = [element(matrix, 0), element(matrix, 1)]
      const counts = [element(positive, 1), element(negative, 1), element(positive, 0), element(negative, 0)]
      return [shortened(names?.[k] ?? String(k), Math.max(4, columns - 40)), ...counts.map(number)]
    })
  ])
  return table
    .split("\n")
    .map((line) => shortened(line, columns))
    .join("\n")
}
