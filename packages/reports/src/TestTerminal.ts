/** A terminal in memory that keeps the text and shows what would be on the screen. */
import { element } from "@etude/core/Lookup"
import * as Layer from "effect/Layer"
import { eraseToEnd, hideCursor, showCursor } from "./internal/ansi.ts"
import { symbolsOf, widthOf } from "./internal/width.ts"
import { Terminal } from "./Terminal.ts"

export interface TestTerminal {
  readonly layer: Layer.Layer<Terminal>
  /** Everything that was written, each call one entry. */
  readonly writes: ReadonlyArray<string>
  /** The lines on the screen, without spaces at their ends. */
  readonly screen: () => ReadonlyArray<string>
  readonly isCursorVisible: () => boolean
  /** The cell of the line in which the cursor is, from 0. */
  readonly cursorColumn: () => number
  /** How often a line reached beyond the last column and was wrapped by the terminal. */
  readonly wraps: () => number
  /** Changes the width, as a user who pulls at the window; what is on the screen stays. */
  readonly resize: (columns: number) => void
}

const sequences = [eraseToEnd, hideCursor, showCursor]

export const make = (
  options: { readonly columns?: number; readonly isTerminal?: boolean; readonly colors?: boolean } = {}
): TestTerminal => {
  const { isTerminal = true, colors = false } = options
  let columns = options.columns ?? 80
  const writes: Array<string> = []
  const lines: Array<Array<string>> = [[]]
  let [column, visible, wraps] = [0, true, 0]

  const newLine = () => {
    lines.push([])
    column = 0
  }
  const put = (symbol: string) => {
    const width = widthOf(symbol)
    if (isTerminal && column + width > columns) {
      wraps += 1
      newLine()
    }
    const line = element(lines, -1)
    while (line.length < column) line.push(" ")
    line[column] = symbol
    if (width === 2) line[column + 1] = ""
    column += width
  }
  const control = (sequence: string) => {
    const line = element(lines, -1)
    if (sequence === eraseToEnd) line.length = Math.min(column, line.length)
    else visible = sequence === showCursor
  }
  const write = (text: string) => {
    writes.push(text)
    let rest = text
    while (rest !== "") {
      // Colours change no cell.
      const colour = rest.startsWith("\u001b[") ? /^.\[\d+m/.exec(rest)?.[0] : undefined
      if (colour !== undefined) {
        rest = rest.slice(colour.length)
        continue
      }
      const sequence = sequences.find((known) => rest.startsWith(known))
      if (sequence !== undefined) {
        control(sequence)
        rest = rest.slice(sequence.length)
        continue
      }
      // A line's end and its return are one symbol to a segmenter, and two to a terminal.
      const symbol = /^[\r\n]/.test(rest) ? rest.charAt(0) : (symbolsOf(rest).next().value ?? "")
      rest = rest.slice(symbol.length)
      if (symbol === "\u001b") throw new Error(`an unknown control sequence: ${JSON.stringify(rest.slice(0, 8))}`)
      if (symbol === "\n") newLine()
      else if (symbol === "\r") column = 0
      else put(symbol)
    }
  }
  return {
    layer: Layer.succeed(Terminal, { write, columns: () => columns, isTerminal, colors }),
    writes,
    screen: () => lines.map((line) => line.join("").trimEnd()),
    isCursorVisible: () => visible,
    cursorColumn: () => column,
    wraps: () => wraps,
    resize: (to) => {
      columns = to
    }
  }
}
