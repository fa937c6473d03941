/** How many cells of a terminal a text takes, and texts of a given width. */
import fastStringWidth from "fast-string-width"

/** Marks of direction, joiners and the like, which take no cell, except those that join emoji. */
const invisible = /(?![\u200d\u{e0020}-\u{e007f}])\p{Cf}/gu

/** Cells of a text without control characters. */
export const widthOf = (text: string): number => fastStringWidth(text.normalize("NFC").replace(invisible, ""))

const segmenter = new Intl.Segmenter()

/** The text on one line, or as much of it as fits with "…" at its end. */
export const cut = (text: string, columns: number): string => {
  const line = text.replace(/[\r\n\t]+/g, " ")
  if (widthOf(line) <= columns) return line
  let [kept, width] = ["", 1]
  for (const { segment } of segmenter.segment(line)) {
    width += widthOf(segment)
    if (width > columns) break
    kept += segment
  }
  return `${kept}…`
}

export const padStart = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text))) + text
export const padEnd = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - widthOf(text)))

/** Lines of at most that many cells, broken between words; a wider word has a line to itself. */
export const wrap = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of text.split(" ")) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
