/** The table of runs: newest first, as wide as the terminal, a column for each value. */
import { mkdirSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import type { Report } from "@etude/reports/Report"
import * as Effect from "effect/Effect"
import * as Colors from "../src/Colors.ts"
import * as RunList from "../src/RunList.ts"
import * as Table from "../src/Table.ts"
import { etude, temporary } from "./support/etude.ts"

const palette = Colors.none
const values = (loss: number, accuracy: number) => ({
  "train/loss": loss / 2,
  "train/accuracy": accuracy,
  "validation/loss": loss,
  "validation/accuracy": accuracy,
  "validation/macroF1": accuracy,
  "validation/ece": loss / 10
})

const monitors = Object.fromEntries(
  Object.keys(values(1, 1)).map((monitor) => {
    const [set, metric] = monitor.split("/") as [string, string]
    return [monitor, { set, metric, better: metric === "loss" || metric === "ece" ? "lower" : "higher" }]
  })
)

/** A run of two epochs whose second is the better one. */
const run = (day: number, loss: number, status: Report["status"] = "ended"): RunList.Listed => {
  const accuracy = 1 - loss
  const [first, second] = [values(loss + 0.1, accuracy - 0.1), values(loss, accuracy)]
  const best = Object.fromEntries(Object.entries(second).map(([name, value]) => [name, { value, epoch: 2, step: 20 }]))
  return {
    folder: `runs/lenet-5-2026010${day}T000000Z-${String(day).repeat(7)}`,
    report: {
      status,
      reason: "until epochs",
      config: { until: { epochs: 2 } },
      counts: { epochs: 2, steps: 20, samples: 200 },
      history: [
        { epoch: 1, step: 10, values: first },
        { epoch: 2, step: 20, values: second }
      ],
      monitors,
      best,
      test: { values: { loss, accuracy, macroF1: accuracy, ece: loss } },
      seconds: { total: 10 * day }
    } as unknown as Report // a report with what the table looks at
  }
}
const runs = [run(1, 0.2), run(3, 0.3, "failed"), run(2, 0.1)]
const daysOf = (by: string) => {
  const ordered = RunList.sorted(runs, by)
  return "problem" in ordered ? ordered.problem : ordered.runs.map(({ folder }) => Number(/T.*-(\d)/.exec(folder)![1]))
}

describe("runs in a list", () => {
  it("are in the order that is asked for: of time, or the best first by a value, whichever way is better", () => {
    assert.deepStrictEqual(["newest", "oldest", "longest"].map(daysOf), [
      [3, 2, 1],
      [1, 2, 3],
      [3, 2, 1]
    ])
    assert.deepStrictEqual(["validation/loss", "val/loss", "validation/accuracy"].map(daysOf), [
      [2, 1, 3],
      [2, 1, 3],
      [2, 1, 3]
    ])
  })

  it("that can't be sorted so are answered with what they can be sorted by", () => {
    assert.include(String(daysOf("validation/acuracy")), "did you mean validation/accuracy?")
    assert.include(String(daysOf("__proto__")), "there are newest, oldest, longest, train/loss")
  })

  for (const columns of [60, 80, 130]) {
    it(`fit into ${columns} columns, with the most telling values`, () => {
      const text = RunList.render(runs, "newest", { columns, palette })
      assert.isAtMost(Table.widthOf(text), columns)
      assert.include(text, "lenet-5-20260101T000000Z-1111111  finished")
      assert.include(text.split("\n")[0]!, "epochs")
      if (columns === 130) assert.include(text.split("\n")[0]!, "val accuracy")
    })
  }

  it("have all their values where the width is not limited, those of the test apart from the last ones", () => {
    const [head] = RunList.render(runs, "newest", { columns: Number.POSITIVE_INFINITY, palette }).split("\n")
    for (const name of ["test loss", "val loss", "val macroF1", "test ece", "train accuracy", "time", "steps"]) {
      assert.include(head!, name)
    }
  })

  it.live("leave out those of --fast-dev-run unless all are asked for", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      for (const [name, fastDevRun] of [
        ["a-20260101T000000Z-1111111", false],
        ["a-dev-20260102T000000Z-2222222", true]
      ] as const) {
        mkdirSync(path.join(folder, name))
        writeFileSync(path.join(folder, name, "config.json"), JSON.stringify({ train: { fastDevRun } }))
      }
      const some = yield* etude(["runs", "list", "--runs", folder])
      assert.notInclude(some.stdout, "a-dev")
      assert.include(some.stderr, "Runs of --fast-dev-run are not listed: 1. use --all.")
      assert.include((yield* etude(["runs", "list", "--runs", folder, "--all"])).stdout, "a-dev")
    })
  )
})
