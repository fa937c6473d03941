import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { widthOf } from "../src/internal/width.ts"
import * as Results from "../src/Results.ts"
import * as format from "../src/render/format.ts"
import * as Markdown from "../src/render/Markdown.ts"
import * as Terminal from "../src/render/Terminal.ts"
import { epochs, study, trial } from "./support/study.ts"

const one = (setting: number, seed: number, loss: number, accuracy: number) =>
  trial(setting, seed, {
    parameters: { "train.learningRate": setting === 0 ? 0.0123456 : 0.1 },
    reports: epochs({ "validation/loss": [loss] }),
    test: { accuracy }
  })

const whole = study([
  one(0, 1, 0.051, 0.98),
  one(0, 2, 0.055, 0.985),
  one(0, 3, 0.0502, 0.9834),
  one(1, 1, 0.2, 0.9),
  one(1, 2, 0.31, 0.89),
  { ...one(1, 3, 9, 0.1), state: "failed", reason: "out of memory" }
])

describe("a number beside its deviation", () => {
  const known: ReadonlyArray<readonly [mean: number, deviation: number | null, text: string]> = [
    [0.991234, 0.00132, "0.9912 ± 0.0013"],
    [0.991234, 0.0095, "0.9912 ± 0.0095"],
    [12345.6, 234, "12346 ± 234"],
    [3.25, 12.3, "3 ± 12"],
    [0, 0.5, "0.00 ± 0.50"],
    [-0.001, 0.5, "0.00 ± 0.50"],
    [0.5, null, "0.5"],
    [0.123456789, null, "0.12346"],
    [123456789, 1e6, "(1.235 ± 0.010)e8"],
    [2.5e-7, 1e-8, "(2.50 ± 0.10)e-7"],
    [2.5e-7, null, "2.5e-7"],
    [0.25, 0, "0.25000 ± 0.00000"],
    [1, 1e-12, "1.0000000 ± 0.0000000"]
  ]
  for (const [mean, deviation, text] of known) {
    it(`is ${text} for ${mean} and ${deviation}`, () => assert.strictEqual(format.measured(mean, deviation), text))
  }

  const Size = Schema.Finite.check(Schema.isBetween({ minimum: -1e12, maximum: 1e12 }))
  it.effect.prop("is off by less than half of the deviation's second digit", [Size, Size], ([mean, size]) =>
    Effect.sync(() => {
      const deviation = Math.abs(size)
      const text = format.measured(mean, deviation)
      const [, left = "", right = "", power = "0"] = /^\(?(-?[\d.]+) ± ([\d.]+)(?:\)e(-?\d+))?$/.exec(text) ?? []
      const unit = 10 ** Number(power)
      // Five digits of the larger of both are always there.
      const reach = Math.max(0.051 * deviation, 1e-4 * Math.max(Math.abs(mean), deviation))
      assert.isAtMost(Math.abs(Number(left) * unit - mean), reach, text)
      assert.isAtMost(Math.abs(Number(right) * unit - deviation), reach, text)
    })
  )
})

describe("names of parameters", () => {
  it("are cut to what tells them apart", () => {
    assert.deepStrictEqual(format.shortNames(["train.learningRate", "a.size", "b.size", "size"]), [
      "learningRate",
      "a.size",
      "b.size",
      "size"
    ])
  })
})

describe("the table in a terminal", () => {
  const results = Results.of(whole)

  it("is the one that a reader expects", () => {
    assert.strictEqual(
      Terminal.table(results, { columns: 120 }),
      [
        "tiny: 2 settings with 3 seeds each; trials: 5 complete and 1 failed",
        "",
        "setting  learningRate          seeds  validation/loss ↓     95 % interval     test/accuracy     95 % interval",
        "───────  ────────────  ─────────────  ─────────────────  ────────────────  ────────────────  ────────────────",
        "0 ●           0.01235            3/3    0.0521 ± 0.0026  [0.0505, 0.0550]   0.9828 ± 0.0026  [0.9800, 0.9845]",
        "1                 0.1  2/3, 1 failed     0.255 ± 0.078*    [0.200, 0.310]  0.8950 ± 0.0071*  [0.8900, 0.9000]",
        "",
        "Mean ± standard deviation over seeds, and the 95 % interval of the mean (bootstrap, BCa).",
        "Ordered by the best validation/loss; ● is the best.",
        "* Over the complete trials only; some of the setting's seeds are not complete.",
        "Trial 13 failed: out of memory"
      ].join("\n")
    )
  })

  it("fits any width from 60 on, keeps setting and objective, and names what it leaves out", () => {
    const heads = ["learningRate", "seeds", "95 % interval", "test/accuracy"]
    for (let columns = 60; columns <= 130; columns++) {
      const lines = Terminal.table(results, { columns }).split("\n")
      const text = lines.join(" ").replaceAll(/\s+/g, " ")
      for (const line of lines) assert.isAtMost(widthOf(line), columns, line)
      for (const head of [...heads, "setting ", "validation/loss ↓"]) assert.include(text, head)
    }
  })

  it("keeps the seeds and the objective's interval before what else was measured", () => {
    const lines = Terminal.table(results, { columns: 80 }).split("\n")
    assert.match(lines[2] ?? "", /^setting +learningRate +seeds +validation\/loss ↓ +95 % interval$/)
    assert.include(lines.join(" "), "Not shown for want of room: test/accuracy.")
  })

  it("says that one seed has no deviation", () => {
    const text = Terminal.table(Results.of(study([one(0, 1, 0.051, 0.98)])))
    assert.include(text, "One seed: there is no standard deviation.")
    assert.notInclude(text, "±")
  })

  it("says what is approximate, and what is not finite", () => {
    const text = Terminal.table(Results.of(study([one(0, 1, Number.NaN, 0.98)], { exact: false })))
    assert.include(text, "Approximate: ")
    assert.match(text, /not finite†/)
    assert.include(text, "† Without the seeds whose value is NaN or infinite.")
  })

  it("says why trials failed, the most frequent reason first", () => {
    const failed = (setting: number, reason: string | null) => ({
      ...one(setting, 1, 1, 1),
      state: "failed" as const,
      reason
    })
    const many = Array.from({ length: 12 }, (_, setting) => failed(setting, "out of memory\n  at 12"))
    const others = ["no such file", null, "refused"].map((reason, index) => failed(20 + index, reason))
    const text = Terminal.table(Results.of(study([...others, ...many])), { columns: 200 })
    const notes = text.split("\n").filter((line) => line.includes("failed: ") || line.startsWith("Others"))
    assert.deepStrictEqual(notes, [
      "Trials 1, 11, 21, 31, 41, 51, 61, 71 and 4 more failed: out of memory",
      "Trial 201 failed: no such file",
      "Trial 211 failed: no reason is known",
      "Others failed for 1 more reason."
    ])
  })

  it("shows as many settings as asked, and how many more there are", () => {
    const text = Terminal.table(results, { rows: 1 })
    assert.include(text, "1 more setting not shown.")
    assert.notInclude(text, "0.255")
  })

  it("of names that move a cursor moves none", () => {
    const hostile = { ...one(0, 1, 1, 1), parameters: { "train.learningRate": "\u001b[2J" } }
    const text = Terminal.table(Results.of(study([hostile, one(1, 1, 2, 1)], { name: "\u0007" })), { columns: 100 })
    assert.notMatch(text, /(?!\n)\p{Cc}/u)
  })

  it("of a study that has not begun has nothing but its head", () => {
    assert.include(
      Terminal.table(Results.of(study([], { seeds: [1, 2] }))),
      "0 settings with 2 seeds each; trials: none"
    )
  })
})

describe("the table in Markdown", () => {
  it("is the one that a reader expects", () => {
    assert.strictEqual(
      Markdown.table(Results.of(whole)),
      [
        "| setting | learningRate | seeds | validation/loss ↓ | 95 % interval | test/accuracy |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| 0 ● | 0.01235 | 3/3 | 0.0521 ± 0.0026 | \\[0.0505, 0.0550\\] | 0.9828 ± 0.0026 |",
        "| 1 | 0.1 | 2/3, 1 failed | 0.255 ± 0.078\\* | \\[0.200, 0.310\\] | 0.8950 ± 0.0071\\* |",
        "",
        "2 settings with 3 seeds each; trials: 5 complete and 1 failed. Not in this table: the interval of test/accuracy. Mean ± standard deviation over seeds, and the 95 % interval of the mean (bootstrap, BCa). Ordered by the best validation/loss; ● is the best. \\* Over the complete trials only; some of the setting's seeds are not complete. Trial 13 failed: out of memory",
        ""
      ].join("\n")
    )
  })

  it("keeps its cells whole, whatever is in them", () => {
    const odd = { ...one(0, 1, 1, 1), parameters: { "train.learningRate": "a|b\nc`<d>" } }
    const [head = "", , row = ""] = Markdown.table(Results.of(study([odd, one(1, 1, 2, 1)]))).split("\n")
    const bars = (text: string) => text.replaceAll("\\|", "").split("|").length
    assert.strictEqual(bars(row), bars(head))
    assert.include(row, "a\\|b c\\`\\<d\\>")
  })
})

describe("comparisons", () => {
  const compared = Results.compare(whole, Results.of(whole))

  it("are a table of differences with their chances", () => {
    const text = Terminal.comparisons(compared, "validation/loss", { columns: 100 })
    // Seeds 1 and 2: 0.149 and 0.255.
    assert.match(text, /^1 +0\.202 ± 0\.075 +\[0\.149, 0\.255\] +2 +0\.500 +0\.163$/m)
    assert.include(Markdown.comparisons(compared, "validation/loss"), "| 1 | 0.202 ± 0.075 |")
  })

  it("of nothing are nothing", () => {
    assert.strictEqual(Terminal.comparisons([], "validation/loss"), "")
    assert.strictEqual(Markdown.comparisons([], "validation/loss"), "")
  })
})

describe("importances", () => {
  const all = [
    { key: "train.learningRate", divergence: 3, share: 0.75 },
    { key: "train.batchSize", divergence: 1, share: 0.25 }
  ]

  it("are a table with bars", () => {
    const [head, , first, second] = Terminal.importances(all).split("\n")
    assert.strictEqual(head, "parameter     importance")
    assert.strictEqual(first, `learningRate        75 %  ${"█".repeat(15)}`)
    assert.strictEqual(second, `batchSize           25 %  ${"█".repeat(5)}`)
    assert.include(Markdown.importances(all), "| learningRate | 75 % | ███████████████ |")
  })

  it("of nothing are nothing", () => {
    assert.strictEqual(Terminal.importances([]) + Markdown.importances([]), "")
  })
})
