import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { widthOf } from "../src/internal/width.ts"
import * as Live from "../src/render/Live.ts"
import type { State } from "../src/Trial.ts"
import { epochs, study, trial } from "./support/study.ts"

const times = { created: 1000, now: 1000 + 2700 }
const losses = (...values: ReadonlyArray<number>) => ({ reports: epochs({ "validation/loss": values }) })
const at = (rate: number) => ({ parameters: { "train.learningRate": rate } })
const seeds = [1, 2]

describe("the view of a study that runs", () => {
  it("shows trials by state, the best setting, those that run, and how long it will take", () => {
    const trials = [
      trial(0, 1, { ...losses(0.05), ...at(0.012) }),
      trial(0, 2, { ...losses(0.06), ...at(0.012) }),
      trial(1, 1, { ...losses(0.3), ...at(0.1), state: "pruned" }),
      trial(1, 2, { ...losses(0.4, 0.0712), ...at(0.1), state: "running", seconds: 30 }),
      trial(2, 1, { ...at(0.2), state: "running", seconds: 0 }),
      trial(2, 2, { ...at(0.2), state: "waiting", seconds: 0 })
    ]
    assert.deepStrictEqual(Live.lines(study(trials, { name: "lenet-5", settings: 5 }), times), [
      // 40 cells for 10 trials, four for each.
      "lenet-5  ████████▓▓▓▓▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░  3 of 10 trials",
      "2 complete, 2 running, 1 waiting and 1 pruned",
      "best validation/loss 0.0550 ± 0.0071, setting 0 (learningRate 0.012)",
      "  trial 12  setting 1, seed 2  epoch 2  validation/loss 0.0712",
      "  trial 21  setting 2, seed 1  no values yet",
      // Seven trials of 60 s less the 30 s that are done, two at a time.
      "120 trials an hour, about 3 min 15 s left; begun 45 min 0 s ago"
    ])
  })

  it("shows the best value of a trial for as long as none is complete", () => {
    const trials = [
      trial(0, 1, { ...losses(0.5, 0.3, 0.4), state: "running" }),
      trial(0, 2, { ...losses(Number.NaN), state: "running" })
    ]
    assert.include(Live.lines(study(trials), times), "best validation/loss so far 0.3, trial 1")
  })

  it("says over how many seeds the best is, where not all are complete", () => {
    const trials = [trial(0, 1, losses(0.5)), trial(0, 2, { state: "running" })]
    assert.include(Live.lines(study(trials), times), "best validation/loss 0.5 over 1 seed, setting 0")
  })

  it("says that bits may differ, where the study allows it", () => {
    assert.match(Live.lines(study([], { seeds, exact: false }), times).at(-1) ?? "", /^approximate: /)
  })

  it("of a study that has not begun says so", () => {
    assert.deepStrictEqual(Live.lines(study([], { seeds, settings: 2 }), times), [
      `tiny  ${"░".repeat(40)}  0 of 4 trials`,
      "no trial has begun",
      "begun 45 min 0 s ago"
    ])
  })

  it("shows some of many running trials", () => {
    const many = Array.from({ length: 20 }, (_, setting) => trial(setting, 1, { state: "running" }))
    const lines = Live.lines(study(many), times, { rows: 3 })
    assert.include(lines, "  and 17 more")
    assert.strictEqual(lines.length, 7)
  })

  it("paints only what it is given paint for", () => {
    const paint = (name: string) => (text: string) => `<${name}>${text}</${name}>`
    const palette = { heading: paint("h"), soft: paint("s"), good: paint("g"), warning: paint("w"), bad: paint("b") }
    const failed = study([trial(0, 1, { state: "failed" })])
    assert.include(Live.lines(failed, times, { palette }), "<b>1 failed</b>")
    assert.notMatch(Live.lines(failed, times).join(), /\p{Cc}/u)
  })

  const states: ReadonlyArray<State> = ["waiting", "running", "paused", "complete", "pruned", "failed"]
  const Trials = Schema.Array(Schema.Tuple([Schema.Literals(states), Schema.Number, Schema.String])).check(
    Schema.isMaxLength(30)
  )
  it.effect.prop(
    "is no wider than the terminal, whatever the names and values",
    [Trials, Schema.Int.check(Schema.isBetween({ minimum: 40, maximum: 130 })), Schema.String],
    ([drawn, columns, name]) =>
      Effect.sync(() => {
        const trials = drawn.map(([state, loss, value], setting) =>
          trial(setting, 1, { state, ...losses(loss), parameters: { "train.learningRate": value } })
        )
        for (const line of Live.lines(study(trials, { name, settings: 40 }), times, { columns })) {
          assert.isAtMost(widthOf(line), columns, JSON.stringify(line))
          assert.notMatch(line, /\p{Cc}/u)
        }
      })
  )
})
