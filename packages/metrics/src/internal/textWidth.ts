/** How wide text is, in columns of a terminal; in pictures about 0.6 of the font's size for each. */
import fastStringWidth from "fast-string-width"

/** Marks of direction, joiners and the like, which take no column, except those that join emoji. */
const invisible = /(?![\u200d\u{e0020}-\u{e007f}])\p{Cf}/gu

/** The columns that a text takes. */
export const textWidth = (text: string): number => fastStringWidth(text.normalize("NFC").replace(invisible, ""))

const segmenter = new Intl.Segmenter()

/** The text, or as much of it as that many columns hold, then ending in `…`. Control characters become spaces. */
export const shortened = (text: string, columns: number): string => {
  const plain = text.replace(/\p{Cc}+/gu, " ")
  if (textWidth(plain) <= columns) return plain
  let kept = ""
  let width = 1
  for (const { segment } of segmenter.segment(plain)) {
    width += textWidth(segment)
    if (width > columns) break
    kept += segment
  }
  return `${kept}…`
}

export const padStart = (text: string, columns: number): string =>
  " ".repeat(Math.max(0, columns - textWidth(text))) + text
export const padEnd = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - textWidth(text)))
