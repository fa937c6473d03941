/** What a command prints into a terminal, as an SVG that is readable on light and on dark pages. */

/** Attributes of a cell: what SGR sequences turn on. */
export type Style = "" | "bold" | "soft" | "good" | "warning" | "bad" | "path"

export interface Cell {
  readonly symbol: string
  readonly style: Style
}

/** A line of cells, the last one not empty. */
export type Line = ReadonlyArray<Cell>

export const textOf = (line: Line): string => line.map(({ symbol }) => symbol).join("")

const styles: { readonly [code: string]: Style } = {
  "1": "bold",
  "2": "soft",
  "31": "bad",
  "32": "good",
  "33": "warning",
  "36": "path"
}

const escape = "\u001b"

/** The sequences that Etude prints: erase to the end of the line, show and hide the cursor, colours. */
const token = new RegExp(`${escape}\\[(K|\\?25[lh]|(\\d+)m)|[^]`, "gu")

/** The lines that a terminal shows once it has printed the text, from the first to the last. */
export const screenOf = (printed: string): ReadonlyArray<Line> => {
  const lines: Array<Array<Cell>> = [[]]
  let [column, style]: [number, Style] = [0, ""]
  for (const [symbol, control, colour] of printed.matchAll(token)) {
    const line = lines.at(-1)!
    if (control === "K") line.length = Math.min(column, line.length)
    else if (colour !== undefined) style = styles[colour] ?? ""
    else if (control !== undefined) continue
    else if (symbol === "\r") column = 0
    else if (symbol === "\n") lines.push([])
    else {
      while (line.length < column) line.push({ symbol: " ", style: "" })
      line[column] = { symbol, style }
      column += 1
    }
  }
  return lines.map((line) => line.slice(0, line.findLastIndex(({ symbol }) => symbol !== " ") + 1))
}

const [cellWidth, lineHeight, margin, bar] = [8.4, 18, 16, 30]

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

/** Neighbours of one style are one element; its width is fixed, so that columns stay columns in any font. */
const spans = (line: Line): ReadonlyArray<string> => {
  const drawn: Array<string> = []
  let start = 0
  while (start < line.length) {
    const { style } = line[start]!
    const end = line.findIndex((cell, column) => column > start && cell.style !== style)
    const run = line.slice(start, end === -1 ? line.length : end)
    const place = `x="${(margin + start * cellWidth).toFixed(1)}" textLength="${(run.length * cellWidth).toFixed(1)}"`
    const text = escaped(run.map(({ symbol }) => symbol).join(""))
    drawn.push(`<tspan ${place}${style === "" ? "" : ` class="${style}"`}>${text}</tspan>`)
    start += run.length
  }
  return drawn
}

const sheet = `
    .page { fill: #ffffff; stroke: #d0d7de }
    text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; white-space: pre }
    .bold { font-weight: 600 } .soft { fill: #59636e } .good { fill: #116329 } .warning { fill: #7d4e00 } .bad { fill: #a40e26 } .path { fill: #0550ae }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117; stroke: #30363d } text { fill: #e6edf3 }
      .soft { fill: #9198a1 } .good { fill: #56d364 } .warning { fill: #e3b341 } .bad { fill: #ff7b72 } .path { fill: #79c0ff }
    }`

/** The picture of lines in a window of so many columns; the title is read aloud to those who don't see it. */
export const svg = (lines: ReadonlyArray<Line>, { columns, title }: { columns: number; title: string }): string => {
  const [width, height] = [Math.ceil(columns * cellWidth + 2 * margin), lines.length * lineHeight + bar + margin]
  const rows = lines.map(
    (line, row) => `  <text y="${bar + (row + 1) * lineHeight - 4}">${spans(line).join("")}</text>\n`
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>${escaped(title)}</title>
  <style>${sheet}
  </style>
  <rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
  <circle cx="20" cy="16" r="5" fill="#ff5f57"/><circle cx="38" cy="16" r="5" fill="#febc2e"/><circle cx="56" cy="16" r="5" fill="#28c840"/>
${rows.join("")}</svg>
`
}
