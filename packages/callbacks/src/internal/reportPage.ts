/** The page of a report: what it shows, how it looks, and the few lines that draw its curves. */
import type { Values } from "@etude/core/Event"
import type * as History from "../History.ts"
import type { Report } from "../Report.ts"
import * as format from "./format.ts"
import * as uPlot from "./generated/uPlot.ts"
import { type Html, html, json, raw } from "./html.ts"

/** Lines over steps, each with a name and its own steps. */
export interface Chart {
  readonly title: string
  readonly lines: ReadonlyArray<{
    readonly name: string
    readonly steps: ReadonlyArray<number>
    readonly values: ReadonlyArray<number>
  }>
}

/** How often each class (row) was taken for each (column). */
export interface Matrix {
  readonly title: string
  readonly cells: ReadonlyArray<ReadonlyArray<number>>
}

export interface Page {
  readonly report: Report
  readonly charts: ReadonlyArray<Chart>
  readonly matrices: ReadonlyArray<Matrix>
  readonly classes: ReadonlyArray<string>
  readonly environment: { readonly [name: string]: string }
}

const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1200px; margin: 2rem auto; padding: 0 1rem }
h1, h2 { font-weight: 600; line-height: 1.2 } h2 { margin-top: 2.5rem }
table { border-collapse: collapse } th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid var(--line) }
th:first-child, td:first-child { text-align: left }
pre { background: var(--soft); padding: 1rem; overflow: auto } .scroll { overflow-x: auto }
.charts { display: flex; flex-wrap: wrap; gap: 1.5rem } .chart { background: #fff; color: #222; padding: .5rem; border-radius: 4px }
.matrix td { text-align: center } .status { color: #888 }
`

// Runs in the reader's browser.
const script = `
const { charts } = JSON.parse(document.getElementById("data").textContent)
const colors = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf"]
for (const [at, { title, lines }] of charts.entries()) {
  const place = document.querySelectorAll(".chart")[at]
  const data = uPlot.join(lines.map(({ steps, values }) => [steps, values]))
  const series = lines.map(({ name }, line) => ({ label: name, stroke: colors[line % colors.length], width: 1.5, spanGaps: true }))
  new uPlot({ title, width: 540, height: 280, scales: { x: { time: false } }, series: [{ label: "step" }, ...series] }, data, place)
}
document.body.dataset.charts = String(document.querySelectorAll(".chart canvas").length)
`

const table = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>): Html =>
  html`<div class="scroll"><table><thead><tr>${header.map((cell) => html`<th>${cell}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`
  )}</tbody></table></div>`

const section = (id: string, title: string, content: Html): Html =>
  html`<section id="${id}"><h2>${title}</h2>${content}</section>`

const matrixTable = ({ title, cells }: Matrix, classes: ReadonlyArray<string>): Html => {
  const name = (at: number) => classes[at] ?? String(at)
  const rows = cells.map((row, truth) => {
    const whole = row.reduce((sum, cell) => sum + cell, 0)
    return html`<tr><th>${name(truth)}</th>${row.map((cell) => {
      const share = whole === 0 ? 0 : cell / whole
      return html`<td style="background: rgb(31 119 180 / ${share.toFixed(2)})">${Number(cell.toPrecision(4))}</td>`
    })}</tr>`
  })
  const header = cells.map((_, at) => html`<th>${name(at)}</th>`)
  return html`<h3>${title}</h3><div class="scroll"><table class="matrix"><tr><th>is \\ taken for</th>${header}</tr>${rows}</table></div>`
}

const valueOr = (values: Values, monitor: string): string =>
  values[monitor] === undefined ? "–" : format.value(values[monitor])

const historyTable = (history: ReadonlyArray<History.EpochRow>): Html => {
  const monitors = [...new Set(history.flatMap(({ values }) => Object.keys(values)))]
  const rows = history.map((row) => [
    row.epoch,
    row.step,
    ...monitors.map((monitor) => valueOr(row.values, monitor)),
    format.setting(row.learningRate),
    row.seconds.toFixed(1)
  ])
  return table(["epoch", "step", ...monitors, "learning rate", "seconds"], rows)
}

/** The page as text: one file that needs no other, and no network. */
export const page = ({ report, charts, matrices, classes, environment }: Page): string => {
  const { task, status, reason, counts, seconds, history, best, test, warnings, config } = report
  const done = `${format.plural(counts.epochs, "epoch", "epochs")}, ${format.plural(counts.steps, "step", "steps")}, ${format.plural(counts.samples, "sample", "samples")} in ${format.duration(seconds.total)}`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${task}: ${status}</title>
<style>${raw(uPlot.style)}${raw(style)}</style>
</head>
<body>
<h1>${task}</h1>
<p class="status">${status}: ${reason === "" ? "no end is known" : reason}. ${done}; ${format.count(report.parameters)} parameters, seed ${report.seed}.</p>
${warnings.length === 0 ? undefined : section("warnings", "Warnings", html`<ul>${warnings.map((one) => html`<li>${one}</li>`)}</ul>`)}
${section("curves", "Curves", html`<div class="charts">${charts.map(({ title }) => html`<div class="chart" aria-label="${title}"></div>`)}</div>`)}
${matrices.length === 0 ? undefined : section("confusion", "Confusion", html`${matrices.map((matrix) => matrixTable(matrix, classes))}`)}
${section(
  "best",
  "Best values",
  table(
    ["monitor", "value", "epoch", "step"],
    Object.entries(best).map(([monitor, { value, epoch, step }]) => [monitor, format.value(value), epoch, step])
  )
)}
${
  test === undefined
    ? undefined
    : section(
        "test",
        "Test",
        table(
          ["metric", "value"],
          Object.entries(test.values).map(([name, value]) => [name, format.value(value)])
        )
      )
}
${section("history", "Epochs", historyTable(history))}
${section("config", "Config", html`<pre>${JSON.stringify(config, undefined, 2)}</pre>`)}
${section("environment", "Environment", table(["", ""], Object.entries(environment)))}
<script type="application/json" id="data">${json({ charts })}</script>
<script>${raw(uPlot.script)}</script>
<script>${raw(script)}</script>
</body>
</html>
`.html
}
