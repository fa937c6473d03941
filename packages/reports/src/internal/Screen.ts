/** Lines that stay, and one line at the end that is rewritten. */
import type { TerminalService } from "../Terminal.ts"
import { eraseToEnd, hideCursor, showCursor } from "./ansi.ts"
import type { Paint } from "./paint.ts"
import { cut, oneLine, widthOf } from "./width.ts"

export interface Screen {
  readonly isTerminal: boolean
  /** Cells that a line may take: unlimited where there is no terminal. */
  readonly columns: () => number
  /** Cells that the live line may take: two fewer, so that the ^C that a terminal shows for Ctrl-C does not wrap it. */
  readonly liveColumns: () => number
  /** A line that stays, above the live one; painted where there are colours and the line fits. */
  readonly print: (line: string, paint?: Paint) => void
  /** Rewrites the live line. Nothing happens where lines cannot be rewritten. */
  readonly live: (line: string) => void
  /** Takes the live line away. */
  readonly clear: () => void
  /** Leaves the terminal as it was found: the live line ended, the cursor visible. */
  readonly close: () => void
}

export const make = (terminal: TerminalService): Screen => {
  let hidden = false
  let shown: string | undefined
  // One cell stays free: a full line makes some terminals wrap before the next character.
  const columns = () => (terminal.isTerminal ? Math.max(1, terminal.columns() - 1) : Number.POSITIVE_INFINITY)
  const liveColumns = () => Math.max(1, columns() - 2)
  const fitted = (line: string) => (terminal.isTerminal ? cut(oneLine(line), columns()) : line)
  const painted = (fit: string, line: string, paint: Paint | undefined) =>
    paint !== undefined && terminal.colors === true && fit === line ? paint(fit) : fit
  // While the cursor is hidden, the line belongs to this screen, even if the terminal has written there: the ^C of Ctrl-C, say.
  const erase = () => (hidden ? `\r${eraseToEnd}` : "")
  return {
    isTerminal: terminal.isTerminal,
    columns,
    liveColumns,
    print: (line, paint) =>
      terminal.write(
        `${erase()}${painted(fitted(line), line, paint)}\n${shown === undefined ? "" : cut(oneLine(shown), liveColumns())}`
      ),
    live: (line) => {
      if (!terminal.isTerminal) return
      terminal.write(`${hidden ? "" : hideCursor}\r${cut(oneLine(line), liveColumns())}${eraseToEnd}`)
      hidden = true
      shown = line
    },
    clear: () => {
      if (shown !== undefined) terminal.write(erase())
      shown = undefined
    },
    close: () => {
      if (hidden) terminal.write(`${shown === undefined ? "" : "\n"}${showCursor}`)
      hidden = false
      shown = undefined
    }
  }
}

/** A part of a line, and how early it may go when the line is too long: the highest first, 0 never. */
export interface Part {
  readonly text: string
  readonly dispensable: number
}

const barCells = { least: 6, most: 30 }

/** A bar of that many cells. */
const bar = (fraction: number, cells: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * cells)
  return "━".repeat(full) + "─".repeat(cells - full)
}

/** The parts that fit, in order, with a bar after the first two where there is room for one. */
export const fit = (parts: ReadonlyArray<Part>, fraction: number | undefined, columns: number): string => {
  const visible = parts.filter(({ text }) => text !== "")
  const widthNow = () => visible.reduce((width, { text }) => width + widthOf(text) + 2, -2)
  while (widthNow() > columns) {
    const worst = Math.max(...visible.map(({ dispensable }) => dispensable))
    if (worst === 0) break
    visible.splice(
      visible.findLastIndex(({ dispensable }) => dispensable === worst),
      1
    )
  }
  const texts = visible.map(({ text }) => text)
  const room = Math.min(barCells.most, columns - widthNow() - 2)
  if (fraction !== undefined && room >= barCells.least) texts.splice(2, 0, bar(fraction, room))
  return cut(texts.join("  "), columns)
}
