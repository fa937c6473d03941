/** Where a long text may be cut so that each piece is a text of its own. */

/** Whether a code unit is the second half of a pair that must stay together. */
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

/**
 * The pieces of a text, each of at most `longest` code units: cut after the last line end that fits, where there is none
 * after the last space, and where there is none either between two characters.
 */
export function* pieces(text: string, longest: number): Generator<string> {
  let from = 0
  while (text.length - from > longest) {
    const window = text.slice(from, from + longest)
    const lineEnd = window.lastIndexOf("\n") + 1
    const space = lineEnd > 0 ? lineEnd : window.lastIndexOf(" ")
    const length = space > 0 ? space : longest - (isLowSurrogate(text.charCodeAt(from + longest)) ? 1 : 0)
    yield text.slice(from, from + length)
    from += length
  }
  yield text.slice(from)
}
