import { assert, describe, it } from "@effect/vitest"
import type { Answer, Competitor } from "../src/metrics/Protocol.ts"
import * as Report from "../src/metrics/Report.ts"
import { subjects } from "../src/metrics/Subjects.ts"

type Round = Extract<Answer, { readonly _tag: "Round" }>

const round = (seconds: number, more: Partial<Round> = {}): Round => ({
  _tag: "Round",
  samples: 1_000_000,
  seconds,
  typical: seconds / 60,
  bytes: 1024,
  early: 1024,
  ...more
})
const row = (
  rounds: { readonly [name in Competitor]?: ReadonlyArray<Round> },
  kind: Report.Row["kind"] = "counts"
) => ({
  metric: "accuracy",
  kind,
  rounds
})

describe("the comparison of metrics", () => {
  it("takes the better of each side, round by round", () => {
    const rounds = {
      etude: [round(1), round(2), round(1)],
      compiled: [round(4), round(1), round(4)],
      torchmetrics: [round(2), round(8), round(9)],
      unchecked: [round(3), round(2), round(3)]
    }
    // 2, 2 and 3 times as fast.
    assert.strictEqual(Report.ratio(row(rounds)), 2)
    assert.isUndefined(Report.ratio(row({ etude: rounds.etude })))
  })

  it("misses its aims where a metric of counts is slower or a state grows, and says which", () => {
    const slow = row({ etude: [round(2)], torchmetrics: [round(1)] })
    const growing = row({ etude: [round(1, { bytes: 10 * 2 ** 20, early: 2 ** 20 })] }, "bins")
    assert.deepStrictEqual(Report.aims([slow, growing]), [
      { aim: "metrics of counts not slower than torchmetrics", met: false, missed: ["accuracy 0.50"] },
      { aim: "constant memory for metrics of counts and bins", met: false, missed: ["accuracy"] }
    ])
  })

  it("has no aim of speed where there is nobody to compare with", () => {
    const alone = row({ etude: [round(2)] })
    assert.deepStrictEqual(Report.aims([alone]), [
      { aim: "constant memory for metrics of counts and bins", met: true, missed: [] }
    ])
    assert.deepStrictEqual(Report.table([alone])[1], ["accuracy", "0.50", "–", "–", "–", "–", "–", "1 KiB", "–"])
  })

  it("tells values that differ over the same samples", () => {
    const of = (value: number, samples = 1_000_000) => [round(1, { value, samples })]
    assert.isUndefined(Report.disagreement(row({ etude: of(0.5), torchmetrics: of(0.5001) })))
    assert.isUndefined(Report.disagreement(row({ etude: of(0.5), torchmetrics: of(0.6, 1024) })))
    assert.strictEqual(
      Report.disagreement(row({ etude: of(0.5), torchmetrics: of(0.6) })),
      "accuracy: etude says 0.5, torchmetrics 0.6"
    )
  })

  it("has a name of its own for every metric", () => {
    const names = subjects.map(({ name }) => name)
    assert.strictEqual(new Set(names).size, names.length)
    assert.isAtLeast(names.length, 40)
  })
})
