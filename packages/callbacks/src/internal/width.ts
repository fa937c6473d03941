/** How many cells of a terminal a text takes, and texts of a given width. */

/** Ranges that Unicode's East Asian Width calls wide or fullwidth, and emoji; 15.1, in coarse blocks. */
const wide: ReadonlyArray<readonly [number, number]> = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd]
]
const ascii = /^[\x20-\x7e]*$/
const markOrFormat = /^[\p{M}\p{Cf}]$/u

const widthOfSymbol = (symbol: string): number => {
  if (markOrFormat.test(symbol)) return 0
  const code = symbol.codePointAt(0)!
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1
}

/** Cells of a text without control characters. */
export const widthOf = (text: string): number => {
  if (ascii.test(text)) return text.length
  let width = 0
  for (const symbol of text) width += widthOfSymbol(symbol)
  return width
}

/** One line: whatever would end it or move the cursor becomes a space. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ")

/** The text, or as much of it as fits with "…" at its end. */
export const cut = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text
  if (columns < 1) return ""
  let [kept, width] = ["", 0]
  for (const symbol of text) {
    width += widthOfSymbol(symbol)
    if (width > columns - 1) break
    kept += symbol
  }
  return `${kept}…`
}

/** Lines of at most so many cells, broken between words where words allow; later lines are indented by two. */
export const wrap = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of oneLine(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`
    if (widthOf(longer) <= columns) {
      line = longer
      continue
    }
    if (line.trim() !== "") lines.push(cut(line, columns))
    line = columns > 10 ? `  ${word}` : word
  }
  return [...lines, cut(line, columns)]
}

export const padStart = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text))) + text
