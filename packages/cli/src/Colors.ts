/** Colours in a terminal, unless `NO_COLOR` is set; `FORCE_COLOR` turns them on anywhere. */
import { hasColors, type OutputStream } from "@etude/reports/NodeTerminal"

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

/** No colours. */
export const none: Palette = { heading: plain, soft: plain, good: plain, warning: plain, bad: plain, path: plain }

/** The palette of a stream. */
export const of = (stream: Pick<OutputStream, "isTTY">): Palette => (hasColors(stream) ? coloured : none)
