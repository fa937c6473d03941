/** How many cells of a terminal a text takes, and texts of a given width. */
import fastStringWidth from "fast-string-width"

/** Marks of direction, joiners and the like, which take no cell, except those that join emoji. */
const invisible = /(?![\u200d\u{e0020}-\u{e007f}])\p{Cf}/gu

/** Cells of a text without control characters; colours take none. */
export const widthOf = (text: string): number => fastStringWidth(text.normalize("NFC").replace(invisible, ""))

const segmenter = new Intl.Segmenter()

/** What a terminal shows in separate cells: letters with their marks, whole emoji. */
export const symbolsOf = function* (text: string): Generator<string> {
  for (const { segment } of segmenter.segment(text)) yield segment
}

/** One line: whatever would end it or move the cursor becomes a space. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ")

/** The text, or as much of it as fits with "…" at its end. */
export const cut = (text: string, columns: number): string => {
  if (widthOf(text) <= columns) return text
  if (columns < 1) return ""
  let [kept, width] = ["", 0]
  for (const symbol of symbolsOf(text)) {
    width += widthOf(symbol)
    if (width > columns - 1) break
    kept += symbol
  }
  return `${kept}…`
}

/** Lines of at most that many cells, broken between words where words allow; later lines are indented by two. */
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
export const padEnd = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)))
