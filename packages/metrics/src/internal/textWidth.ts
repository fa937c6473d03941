/** How wide text is, in columns of a terminal; in pictures about 0.6 of the font's size for each. */

/** East Asian wide letters and emoji, which take two columns (Unicode Standard Annex #11). */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
/** Marks that stand on the letter before them, and joiners. */
const none = /^[\p{Mn}\p{Me}\p{Cf}]+$/u

/** Latin letters, digits and punctuation: one column each, which needs no look at what belongs together. */
const latin = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2013-\u2027]*$/

const segmenter = new Intl.Segmenter()
const lettersOf = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment)
const widthOf = (letter: string) => (none.test(letter) ? 0 : wide.test(letter) ? 2 : 1)

/** The columns that a text takes. */
export const textWidth = (text: string): number =>
  latin.test(text) ? text.length : lettersOf(text).reduce((sum, letter) => sum + widthOf(letter), 0)

/** The text, or as much of it as so many columns hold, ending in `…` then. Control characters become spaces. */
export const shortened = (text: string, columns: number): string => {
  const plain = text.replace(/\p{Cc}+/gu, " ")
  if (textWidth(plain) <= columns) return plain
  let kept = ""
  let width = 1
  for (const letter of lettersOf(plain)) {
    width += widthOf(letter)
    if (width > columns) break
    kept += letter
  }
  return `${kept}…`
}

export const padStart = (text: string, columns: number): string =>
  " ".repeat(Math.max(0, columns - textWidth(text))) + text
export const padEnd = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - textWidth(text)))
