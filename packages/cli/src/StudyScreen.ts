/** A few lines that are drawn over their earlier state: pure, and the screen that does it on standard error. */
import { widthOf } from "./internal/width.ts"

const up = (lines: number): string => (lines > 0 ? `\u001b[${lines}A` : "")
const eraseBelow = "\u001b[J"

/** The rows that lines take in a terminal of so many columns, which wraps what is longer. */
export const rowsOf = (lines: ReadonlyArray<string>, columns: number): number =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0)

/** What puts lines over `before` rows; the cursor is below them before and after. */
export const frame = (before: number, lines: ReadonlyArray<string>): string =>
  `\r${up(before)}${eraseBelow}${lines.map((line) => `${line}\n`).join("")}`

export interface Screen {
  readonly draw: (lines: ReadonlyArray<string>) => void
  /** Takes the lines away. */
  readonly clear: () => void
}

/** A screen on a stream that is a terminal. A window that was pulled narrower has wrapped the lines that are there. */
export const make = (stream: Pick<NodeJS.WriteStream, "write" | "columns">): Screen => {
  let drawn: ReadonlyArray<string> = []
  const put = (lines: ReadonlyArray<string>) => {
    stream.write(frame(rowsOf(drawn, stream.columns || 80), lines))
    drawn = lines
  }
  return { draw: put, clear: () => put([]) }
}
