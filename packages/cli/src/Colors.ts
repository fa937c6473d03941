/** Colours where they lead the eye: in a terminal, unless `NO_COLOR` is set or the terminal is `dumb`; `FORCE_COLOR` asks for them anywhere. */

interface Stream {
  readonly isTTY?: boolean | undefined
}

/** Whether text on a stream may be coloured. https://no-color.org, https://force-color.org */
export const isWanted = (
  stream: Stream,
  env: { readonly [name: string]: string | undefined } = process.env
): boolean => {
  if ((env["NO_COLOR"] ?? "") !== "") return false
  const forced = env["FORCE_COLOR"] ?? ""
  if (forced !== "") return forced !== "0" && forced !== "false"
  return stream.isTTY === true && env["TERM"] !== "dumb"
}

const style = (begin: number, end: number) => (text: string) => `\u001b[${begin}m${text}\u001b[${end}m`
const plain = (text: string): string => text

/** What a colour is for: names say the meaning, not the paint. */
export interface Palette {
  readonly heading: (text: string) => string
  readonly soft: (text: string) => string
  readonly good: (text: string) => string
  readonly warning: (text: string) => string
  readonly bad: (text: string) => string
  readonly path: (text: string) => string
}

const coloured: Palette = {
  heading: style(1, 22),
  soft: style(2, 22),
  good: style(32, 39),
  warning: style(33, 39),
  bad: style(31, 39),
  path: style(36, 39)
}

const uncoloured: Palette = { heading: plain, soft: plain, good: plain, warning: plain, bad: plain, path: plain }

/** The palette of a stream. */
export const of = (stream: Stream): Palette => (isWanted(stream) ? coloured : uncoloured)
