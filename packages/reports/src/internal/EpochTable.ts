/**
 * The ends of epochs as a table: columns in groups by set (train, validation), as many as the terminal is wide. Plain lines where
 * there is no terminal.
 */

import * as Best from "@etude/core/Best"
import * as Monitors from "@etude/core/Monitors"
import * as Arr from "effect/Array"
import * as format from "./format.ts"
import * as paint from "./paint.ts"
import type { Screen } from "./Screen.ts"
import { padEnd, padStart, widthOf } from "./width.ts"

export interface EpochLine {
  readonly epoch: string
  readonly values: { readonly [monitor: string]: number }
  readonly learningRate: number
  readonly seconds: number
}

const least = { epoch: 7, value: 8 }
const gap = "  "

export interface EpochTable {
  /** The columns that rows will have; values under other names get new columns when they come. */
  readonly expect: (monitors: Monitors.Monitors, marksBest: boolean) => void
  readonly row: (line: EpochLine) => void
  /** Something else was printed since the last row: the next one needs its header again. */
  readonly interrupted: () => void
}

/** A column; where there is not room for all, those of lower `order` are chosen first. */
interface Column {
  readonly key: string
  /** The group's heading; empty for what belongs to the epoch itself. */
  readonly set: string
  readonly head: string
  readonly width: number
  readonly order: number
}

/** `validation/loss` is the `loss` of the group `validation`. */
const split = (monitors: Monitors.Monitors, monitor: string): readonly [set: string, name: string] => {
  const { set, metric } = Monitors.find(monitors, monitor) ?? { set: "", metric: monitor }
  return [set, metric]
}

const rateKey = "learning rate"
const secondsKey = "seconds"

/** A loss and a main metric of each set, then the seconds, then the rest; the learning rate last. */
const columnsOf = (declared: Monitors.Monitors, monitors: ReadonlyArray<string>): ReadonlyArray<Column> => {
  const sets = [...new Set(monitors.map((monitor) => split(declared, monitor)[0]))]
  const values = sets.flatMap((set) => {
    const columns = monitors.filter((monitor) => split(declared, monitor)[0] === set)
    const widths = columns.map((monitor) => Math.max(least.value, widthOf(split(declared, monitor)[1])))
    // The group is at least as wide as its heading.
    const width = widths.reduce((sum, each) => sum + each + gap.length, -gap.length)
    return Arr.zip(columns, widths).map(([key, each], index) => ({
      key,
      set,
      head: split(declared, key)[1],
      width: each + (index === 0 ? Math.max(0, widthOf(set) - width) : 0),
      order: index < 2 ? index : index + 1
    }))
  })
  return [
    ...values,
    { key: secondsKey, set: "", head: secondsKey, width: widthOf(secondsKey), order: 2 },
    { key: rateKey, set: "", head: rateKey, width: widthOf(rateKey), order: Number.POSITIVE_INFINITY }
  ]
}

const widthOfRow = (columns: ReadonlyArray<Column>): number =>
  columns.reduce((sum, { width }) => sum + width + gap.length, least.epoch)

/** The columns that fit, the most telling ones first; in their own order. */
const fitting = (columns: ReadonlyArray<Column>, room: number): ReadonlyArray<Column> => {
  const chosen = new Set<Column>()
  for (const column of columns.toSorted((a, b) => a.order - b.order)) {
    if (widthOfRow([...chosen, column]) > room) break
    chosen.add(column)
  }
  return columns.filter((column) => chosen.has(column))
}

/** The line above the header: each set's name over its columns. */
const groupsLine = (columns: ReadonlyArray<Column>): string => {
  const sets = [...new Set(columns.map(({ set }) => set))]
  const parts = sets.map((set) => {
    const width = columns.filter((column) => column.set === set).reduce((sum, one) => sum + one.width + gap.length, 0)
    if (set === "") return " ".repeat(width)
    const name = `${set} `
    return gap + name + "─".repeat(Math.max(0, width - gap.length - widthOf(name)))
  })
  return (padEnd("", least.epoch) + parts.join("")).trimEnd()
}

export const make = (screen: Screen): EpochTable => {
  let monitors: ReadonlyArray<string> = []
  let declared: Monitors.Monitors = {}
  let marksBest = true
  let best: { [monitor: string]: number } = {}
  let headed = ""

  const aligned = (epoch: string, columns: ReadonlyArray<Column>, cellOf: (column: Column) => string): string =>
    [padStart(epoch, least.epoch), ...columns.map((column) => cellOf(column))].join(gap)

  /** Whether a value is the best of its monitor so far, when there was another one before. */
  const isNewBest = (monitor: string, value: number | undefined): boolean => {
    const better = marksBest ? Best.directionOf({ monitor }, declared) : undefined
    if (better === undefined || value === undefined) return false
    const earlier = Object.hasOwn(best, monitor) ? best[monitor] : undefined
    const isBetter = Best.isBetter(value, earlier, better)
    if (isBetter) best[monitor] = value
    return isBetter && earlier !== undefined
  }

  const table = ({ epoch, values, learningRate, seconds }: EpochLine): void => {
    const added = Object.keys(values).filter((monitor) => !monitors.includes(monitor))
    if (added.length > 0) {
      monitors = [...monitors, ...added]
      headed = ""
    }
    const columns = fitting(columnsOf(declared, monitors), screen.columns())
    const header = aligned("epoch", columns, ({ head, width }) => padStart(head, width))
    if (headed !== header) {
      for (const line of [groupsLine(columns), header]) screen.print(line, paint.soft)
    }
    headed = header
    const textOf = ({ key }: Column): string => {
      if (key === rateKey) return format.setting(learningRate)
      if (key === secondsKey) return seconds.toFixed(1)
      return values[key] === undefined ? "–" : format.value(values[key])
    }
    const plain = aligned(epoch, columns, (column) => padStart(textOf(column), column.width))
    const bests = new Set(monitors.filter((monitor) => isNewBest(monitor, values[monitor])))
    const marked = aligned(epoch, columns, (column) => {
      const cell = padStart(textOf(column), column.width)
      return bests.has(column.key) && column.set !== Monitors.trainingSet ? paint.good(cell) : cell
    })
    screen.print(plain, () => marked)
  }

  return {
    expect: (expected, marks) => {
      monitors = Object.keys(expected)
      declared = expected
      marksBest = marks
      best = {}
      headed = ""
    },
    row: (line) => {
      if (screen.isTerminal) return table(line)
      const { epoch, values, learningRate, seconds } = line
      const rate = format.setting(learningRate)
      screen.print(`epoch ${epoch}  ${format.values(values)}  learning rate ${rate}  ${seconds.toFixed(1)} s`)
    },
    interrupted: () => {
      headed = ""
    }
  }
}
