/** The page of a report: what it shows. How it looks is in `reportStyle`. */
import { canonical } from "@etude/core/Config"
import type { Values } from "@etude/core/Event"
import type { Figure } from "@etude/core/Figure"
import * as Monitors from "@etude/core/Monitors"
import { TrainConfig } from "@etude/core/TrainConfig"
import * as Schema from "effect/Schema"
import * as Ending from "../Ending.ts"
import type * as History from "../History.ts"
import type { Report } from "../Report.ts"
import * as format from "./format.ts"
import * as uPlot from "./generated/uPlot.ts"
import { type Html, html, json, raw } from "./html.ts"
import { script, style } from "./reportStyle.ts"

/** Lines over steps, each with a name and its own steps. */
export interface Chart {
  readonly title: string
  readonly lines: ReadonlyArray<{
    readonly name: string
    readonly steps: ReadonlyArray<number>
    readonly values: ReadonlyArray<number>
  }>
}

/** The line of single batches' values: drawn thin, with its smoothing over it. */
export const batchLine = "batch"

/** How often each class (row) was predicted as each (column). */
export interface Matrix {
  readonly title: string
  readonly cells: ReadonlyArray<ReadonlyArray<number>>
}

export interface Page {
  readonly report: Report
  readonly charts: ReadonlyArray<Chart>
  readonly figures: ReadonlyArray<Figure>
  readonly matrices: ReadonlyArray<Matrix>
  readonly classes: ReadonlyArray<string>
  readonly environment: { readonly [name: string]: string }
}

const table = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string | number>>): Html =>
  html`<div class="card"><div class="scroll"><table><thead><tr>${header.map((cell) => html`<th>${cell}</th>`)}</tr></thead><tbody>${rows.map(
    (row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`
  )}</tbody></table></div></div>`

/** Names and their values, side by side. */
const facing = (pairs: { readonly [name: string]: string }): Html =>
  html`<div class="card scroll"><table class="facing"><tbody>${Object.entries(pairs).map(
    ([name, value]) => html`<tr><td>${name}</td><td>${value}</td></tr>`
  )}</tbody></table></div>`

const section = (id: string, title: string, content: Html): Html =>
  html`<section id="${id}"><h2>${title}</h2>${content}</section>`

const matrixTable = ({ title, cells }: Matrix, classes: ReadonlyArray<string>): Html => {
  const name = (index: number) => classes[index] ?? String(index)
  const rows = cells.map((row, truth) => {
    const whole = row.reduce((sum, cell) => sum + cell, 0)
    return html`<tr><th>${name(truth)}</th>${row.map((cell) => {
      const fraction = whole === 0 ? 0 : cell / whole
      return html`<td style="background: rgb(59 130 246 / ${(0.75 * fraction).toFixed(2)})">${Number(cell.toPrecision(4))}</td>`
    })}</tr>`
  })
  const header = cells.map((_, index) => html`<th>${name(index)}</th>`)
  return html`<div class="card"><h3>${title}</h3><div class="scroll"><table class="matrix"><tr><th>true \\ predicted</th>${header}</tr>${rows}</table></div></div>`
}

// As an image a foreign SVG can run no script and reach nothing, and its styles stay its own.
const figureCard = ({ title, description, svg }: Figure): Html =>
  html`<figure class="card"><img alt="${description ?? title}" src="data:image/svg+xml,${encodeURIComponent(svg)}"><figcaption>${title}</figcaption></figure>`

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What a config sets otherwise than its defaults, by path. */
const differences = (config: unknown, defaults: unknown, path = ""): { readonly [path: string]: string } => {
  if (canonical(config) === canonical(defaults)) return {}
  const isSameKind = isRecord(config) && isRecord(defaults) && config["_tag"] === defaults["_tag"]
  if (!isSameKind) return { [path]: typeof config === "string" ? config : JSON.stringify(config) }
  return Object.assign(
    {},
    ...Object.keys(config).map((key) => differences(config[key], defaults[key], path === "" ? key : `${path}.${key}`))
  )
}

const defaults = Schema.encodeSync(TrainConfig)(Schema.decodeSync(TrainConfig)({}))

/** What was chosen first, then the whole, folded. */
const configSection = (config: Schema.Json): Html => {
  const chosen = differences(config, defaults)
  const top = Object.keys(chosen).length === 0 ? undefined : facing(chosen)
  return html`${top}<details class="card"><summary>the whole training config</summary><pre>${JSON.stringify(config, undefined, 2)}</pre></details>`
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

const fact = (name: string, value: string, note = ""): Html =>
  html`<div class="fact"><div class="name">${name}</div><div class="value">${value}</div><div class="note">${note}</div></div>`

/** What one looks for first: the test's values, or the best of validation; how far the run came, and in what time. */
const facts = ({ monitors, best, test, counts, seconds, parameters, batchesPerEpoch }: Report): Html => {
  const measured =
    test === undefined
      ? Object.entries(best)
          .filter(([monitor]) => !Monitors.isOfTraining(monitors, monitor))
          .map(([monitor, { value, epoch }]) => fact(monitor, format.value(value), `best, epoch ${epoch}`))
      : Object.entries(test.values).map(([name, value]) =>
          fact(`test ${name}`, format.value(value), format.plural(test.samples, "sample", "samples"))
        )
  return html`<div class="facts">${[
    ...measured.slice(0, 4),
    fact("epochs", format.count(counts.epochs), `of ${format.plural(batchesPerEpoch, "batch", "batches")}`),
    fact("steps", format.count(counts.steps), format.plural(counts.samples, "sample", "samples")),
    fact(
      "time",
      format.duration(seconds.total),
      seconds.total > 0 ? `${format.setting(counts.steps / seconds.total)} steps/s` : ""
    ),
    fact("parameters", format.count(parameters))
  ]}</div>`
}

/** The page as text: one file that needs no other, and no network. */
export const page = ({ report, charts, figures, matrices, classes, environment }: Page): string => {
  const { task, status, seed, history, best, test, warnings, config, attempts } = report
  const { word, detail } = Ending.of(report)
  const why = detail === "" ? "" : `${detail}; `
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${task}: ${word}</title>
<style>${raw(uPlot.style)}${raw(style)}</style>
</head>
<body>
<main>
<header>
<div class="head"><h1>${task}</h1><span class="status ${status}">${word}</span></div>
<p class="sub">${why}seed ${seed}; ${report.backend.name} ${report.backend.version} on ${report.backend.device}${attempts > 1 ? `; ${attempts} attempts` : ""}</p>
${facts(report)}
</header>
${warnings.length === 0 ? undefined : section("warnings", "Warnings", html`<div class="card warnings"><ul>${warnings.map((one) => html`<li>${one}</li>`)}</ul></div>`)}
${section("curves", "Curves", html`<div class="grid">${charts.map(({ title }) => html`<div class="card"><div class="chart-head"><h3>${title}</h3><button type="button" aria-pressed="false">log</button></div><div class="chart" role="img" aria-label="${title} over steps"></div></div>`)}</div>`)}
${figures.length === 0 ? undefined : section("figures", "Figures", html`<div class="grid">${figures.map(figureCard)}</div>`)}
${matrices.length === 0 ? undefined : section("confusion", "Confusion", html`<div class="grid">${matrices.map((matrix) => matrixTable(matrix, classes))}</div>`)}
<div class="pair">${[
    ...(test === undefined
      ? []
      : [
          section(
            "test",
            "Test",
            table(
              ["metric", "value"],
              Object.entries(test.values).map(([name, value]) => [name, format.value(value)])
            )
          )
        ]),
    section(
      "best",
      "Best values",
      table(
        ["monitor", "value", "epoch", "step"],
        Object.entries(best).map(([monitor, { value, epoch, step }]) => [monitor, format.value(value), epoch, step])
      )
    )
  ]}</div>
${section("history", "Epochs", historyTable(history))}
${section("config", "Config: what differs from the defaults", configSection(config))}
${section("environment", "Environment", facing(environment))}
<footer>Written by Etude. This file needs no other, and no network.</footer>
</main>
<script type="application/json" id="data">${json({ charts, batchLine, batchesPerEpoch: report.batchesPerEpoch })}</script>
<script>${raw(uPlot.script)}</script>
<script>${raw(script)}</script>
</body>
</html>
`.html
}
