/**
 * Text of others on its way to a terminal. A name in a file may hold what moves a cursor, sets a title or turns lines around;
 * it is shown, and does nothing.
 */

/** Characters that a terminal interprets: controls, with what follows where that makes a colour, and marks of direction. */
const obeyed = /\p{Cc}(?:\[[0-9;]*m)?|[\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

const isKept = (part: string): boolean =>
  part.startsWith("\n") || part.startsWith("\t") || (part.startsWith("\u001b") && part.endsWith("m"))

/** The text with such characters as escapes (`\u001b`); line ends, tabs and colours stay. */
export const printable = (text: string): string =>
  text.replace(obeyed, (part) =>
    isKept(part) ? part : `\\u${part.charCodeAt(0).toString(16).padStart(4, "0")}${part.slice(1)}`
  )
