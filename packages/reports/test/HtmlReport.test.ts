import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type * as Event from "@etude/core/Event"
import * as Metric from "@etude/core/Metric"
import { TrainConfig } from "@etude/core/TrainConfig"
import * as Trainer from "@etude/core/Trainer"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as HtmlReport from "../src/HtmlReport.ts"
import * as generated from "../src/internal/generated/uPlot.ts"
import { folder, node, read } from "./support/folder.ts"
import { eventsOf } from "./support/run.ts"
import { cpu, points, task } from "./support/tiny.ts"

const Cells = Schema.Array(Schema.Array(Schema.Number))
/** How many samples of each class (row) were taken for each. */
const confusion = Metric.make({
  name: "confusion",
  better: "neither",
  state: Cells,
  empty: [
    [0, 0],
    [0, 0]
  ],
  measure: ({ outputs, targets }) => ({ pairs: tf.add(tf.mul(targets, 2), tf.argMax(outputs, -1)) }),
  ofBatch: ({ pairs }) => {
    const cells = [
      [0, 0],
      [0, 0]
    ]
    for (const pair of Array.from(pairs)) cells[pair >> 1]![pair & 1]! += 1
    return cells
  },
  combine: (a, b) => a.map((row, at) => row.map((cell, column) => cell + b[at]![column]!)),
  result: (cells) => Option.some(cells)
})
const defaults = Schema.encodeSync(TrainConfig)(Schema.decodeSync(TrainConfig)({}))

const dataOf = (page: string) =>
  JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]!) as {
    readonly charts: ReadonlyArray<{
      readonly title: string
      readonly lines: ReadonlyArray<{ readonly name: string; readonly steps: ReadonlyArray<number> }>
    }>
  }

describe("the report as HTML", () => {
  it("draws the plotting library that is installed", () => {
    const uPlot = (path: string) => readFileSync(new URL(`../node_modules/uplot/${path}`, import.meta.url), "utf8")
    assert.strictEqual(generated.version, JSON.parse(uPlot("package.json")).version)
    assert.strictEqual(generated.script, uPlot("dist/uPlot.iife.min.js").trim())
    assert.strictEqual(generated.style, uPlot("dist/uPlot.min.css").trim())
  })

  it("has curves of every metric and set, values of steps, and loads nothing", () => {
    const page = Option.getOrThrow(HtmlReport.render(eventsOf({ epochs: 3, batches: 4 })))
    const { charts } = dataOf(page)
    assert.deepStrictEqual(
      charts.map(({ title, lines }) => [title, lines.map(({ name, steps }) => `${name} ${steps.length}`)]),
      [
        ["loss", ["train 3", "validation 3", "batch 12"]],
        ["accuracy", ["validation 3"]],
        ["learning rate", ["learning rate 12"]],
        ["samples per second", ["samples per second 12"]]
      ]
    )
    assert.notMatch(page.replace(generated.script, ""), /(src|href)=|url\(|@import|fetch\(/)
    assert.include(page, "default-src 'none'")
  })

  it("shows what the config sets otherwise than its defaults, and the whole of it folded", () => {
    const [first, ...rest] = eventsOf({ epochs: 1, batches: 1 })
    const config = { ...defaults, batchSize: 64, optimizer: { ...defaults.optimizer, beta1: 0.8 } }
    const page = Option.getOrThrow(HtmlReport.render([Object.assign({}, first!, { config }), ...rest]))
    const section = page.slice(page.indexOf('<section id="config">'), page.indexOf('<section id="environment">'))
    const rows = Array.from(section.matchAll(/<tr><td>(.*?)<\/td><td>(.*?)<\/td><\/tr>/g), ([, name, value]) => [
      name,
      value
    ])
    assert.deepStrictEqual(rows, [
      ["batchSize", "64"],
      ["optimizer.beta1", "0.8"]
    ])
    assert.include(section, '<details class="card"><summary>')
    assert.include(section, "&quot;shuffle&quot;: true")
  })

  it("escapes what others wrote", () => {
    const [first, ...rest] = eventsOf({ epochs: 1, batches: 1 })
    const events = [{ ...first!, task: "<script>alert(1)</script>" } as Event.Known, ...rest]
    const warned = { version: 1, _tag: "Warned", progress: first!.progress, message: `"</script>" & co` } as const
    const page = Option.getOrThrow(HtmlReport.render([...events, warned]))
    assert.notInclude(page, "<script>alert")
    assert.include(page, "&lt;script&gt;alert(1)&lt;/script&gt;")
    assert.include(page, "<li>&quot;&lt;/script&gt;&quot; &amp; co</li>")
  })

  it("keeps the test apart from a validation set of that name, and callbacks from metrics of their names", () => {
    const events = eventsOf({ epochs: 1, batches: 2 }).map((event) =>
      event._tag === "StepLogged"
        ? { ...event, measured: { loss: { batches: 7 }, "learning rate": { all: 1 } } }
        : event
    )
    const square = (cell: number) => ({ results: { table: Option.some([[cell, 0], [0, cell]]) } }) // biome-ignore format: a table
    const page = Option.getOrThrow(HtmlReport.render(events, { full: { test: square(5) }, test: square(8) }))
    for (const title of ["table on test", "table on the final test"]) assert.include(page, `<h3>${title}</h3>`)
    const charts = dataOf(page).charts.map(({ title, lines }) => [title, lines.map(({ name }) => name).join()])
    assert.includeDeepMembers(charts, [
      ["loss", "batches"],
      ["learning rate", "all"],
      ["learning rate", "learning rate"]
    ])
    const losses = charts.filter(([title]) => title === "loss")
    assert.strictEqual(losses.length, 2)
  })

  it("shows what is scheduled, that of several groups in one chart", () => {
    const scheduled = { "biases/momentum": 0.9, "default/momentum": 0.8, "dropout/rate": 0.1 }
    const events = eventsOf({ epochs: 1, batches: 2 }).map((event) =>
      event._tag === "StepLogged" ? { ...event, scheduled } : event
    )
    const { charts } = dataOf(Option.getOrThrow(HtmlReport.render(events)))
    const found = charts.map(({ title, lines }) => [title, lines.map(({ name }) => name).join()])
    assert.includeDeepMembers(found, [
      ["momentum", "biases/momentum,default/momentum"],
      ["rate", "dropout/rate"]
    ])
  })

  it("has the figures of the test, as images that can load and run nothing, and none of their metrics as a table", () => {
    const events = eventsOf({ epochs: 1, batches: 1 })
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><text>1 & "2"</text></svg>'
    const square = Option.some([
      [1, 0],
      [0, 1]
    ])
    const tested: Event.Known = {
      version: 1,
      _tag: "Tested",
      progress: events.at(-1)!.progress,
      samples: 4,
      values: { loss: 0.5 },
      seconds: 1,
      figures: [{ metric: "roc", title: "ROC of <cats>", description: "AUROC <0.9>", svg }]
    }
    const full = {
      validation: {
        results: { drawn: square, plain: square },
        figures: () => [{ metric: "drawn", title: "Drawn", svg }]
      }
    }
    const page = Option.getOrThrow(HtmlReport.render([...events, tested], { full }))
    const images = Array.from(
      page.matchAll(/<img alt="([^"]*)" src="data:image\/svg\+xml,([^"]*)">/g),
      ([, alt, text]) => [alt, decodeURIComponent(text!)]
    )
    assert.deepStrictEqual(images, [
      ["Drawn, validation", svg],
      ["AUROC &lt;0.9&gt;", svg]
    ])
    assert.include(page, "<h3>plain on validation</h3>")
    assert.notInclude(page, "drawn on validation")
  })

  it("thins long lines and keeps their ends", () => {
    const page = Option.getOrThrow(HtmlReport.render(eventsOf({ epochs: 1, batches: 5001 })))
    const { steps } = dataOf(page)
      .charts.find(({ title }) => title === "loss")!
      .lines.find(({ name }) => name === "batch")!
    assert.isAtMost(steps.length, 2001)
    assert.deepStrictEqual([steps[0], steps.at(-1)], [1, 5001])
  })
})

it.layer(cpu)("the report of a run", (it) => {
  const config = { until: { epochs: 4 }, batchSize: 8, logEverySteps: 1 } as const
  const data = { train: points("train", 16), validation: points("validation", 12) }
  const own = { ...task, metrics: { ...task.metrics, confusion } }

  it.effect("has the confusion matrix of its last validation, and the epochs of earlier attempts", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/report.html`
      const callbacks = Layer.provide(HtmlReport.layer({ path, classes: ["below", "above <y>"] }), node)
      const { state } = yield* Trainer.train(own, { config: { ...config, until: { steps: 5 } }, data, callbacks })
      const first = yield* read(path)
      yield* Trainer.train(own, { config, data, callbacks, state })
      const page = yield* read(path)
      const history = page.slice(page.indexOf('id="history"'))
      assert.strictEqual(history.match(/<td>[1-4]<\/td><td>[2468]<\/td>/g)!.length, 4)
      const loss = dataOf(page).charts[0]!
      assert.deepStrictEqual(
        loss.lines.map(({ name, steps }) => [name, steps]),
        [
          ["train", [2, 4, 6, 8]],
          ["validation", [2, 4, 6, 8]],
          // Single steps of earlier attempts are not in the history.
          ["batch", [6, 7, 8]]
        ]
      )
      assert.include(first, "5 of 5 steps; seed")
      assert.include(page, "<h3>confusion on validation</h3>")
      assert.include(page, "<th>above &lt;y&gt;</th>")
      const cells = Array.from(page.matchAll(/<td style="background[^>]*>(\d+)<\/td>/g), ([, cell]) => Number(cell))
      assert.strictEqual(
        cells.reduce((sum, cell) => sum + cell, 0),
        12
      )
    }).pipe(Effect.scoped)
  )
})
