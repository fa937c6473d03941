import { assert, describe, it } from "@effect/vitest"
import { needed } from "@etude/core/Plot"
import { palettes } from "@etude/core/Svg"
import { all, misplaced, parse, texts } from "@etude/testing/Svg"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Figures from "../src/Figures.ts"
import * as Probabilistic from "../src/Probabilistic.ts"
import * as Ranking from "../src/Ranking.ts"
import { onCpu } from "./support/cpu.ts"
import { resultOf } from "./support/measure.ts"
import { floats, labels } from "./support/samples.ts"

const pets = [
  [8, 2, 0],
  [1, 9, 0],
  [0, 3, 0]
]
const nameOf = (svg: string) => parse(svg).attributes["aria-label"]!

describe("the figure of a confusion matrix", () => {
  it("says what it shows, in numbers and words", () => {
    const { title, svg } = Figures.confusionMatrix(pets, { names: ["cat", "dog", "fox"], title: "Pets" })
    assert.strictEqual(title, "Pets")
    assert.strictEqual(
      nameOf(svg),
      "Pets. 23 in total, 73.9 % right. Most frequent confusions: fox for dog (3), cat for dog (2), dog for cat (1)."
    )
    const drawn = texts(parse(svg))
    for (const text of ["cat", "dog", "fox", "8", "2", "1", "9", "3", "true", "predicted"]) assert.include(drawn, text)
    // Recall of each class, precision of each; nothing was taken for a fox.
    for (const text of ["80.0 %", "90.0 %", "0.0 %", "88.9 %", "64.3 %", "–"]) assert.include(drawn, text)
    assert.include(
      all(parse(svg), "title").map(({ text }) => text),
      "cat, predicted as dog: 2 (20.0 %)"
    )
  })

  it("of shares has two digits and no margins", () => {
    const { svg } = Figures.confusionMatrix(
      [
        [0.75, 0.25],
        [0, 1]
      ],
      { normalize: "truth" }
    )
    assert.includeMembers([...texts(parse(svg))], [".75", ".25", "1.00"])
    assert.notInclude(texts(parse(svg)), "recall")
  })

  it("of names that are code is not code", () => {
    const { svg } = Figures.confusionMatrix(
      [
        [1, 1],
        [1, 1]
      ],
      { names: ['<script>"&', "a\u0007b"], title: "</svg>" }
    )
    assert.strictEqual(all(parse(svg), "script").length, 0)
    assert.include(texts(parse(svg)), '<script>"&')
  })

  it("of a hundred classes is smaller than a third of a megabyte", () => {
    const matrix = Array.from({ length: 100 }, (_, k) => Array.from({ length: 100 }, (_, p) => (k + p) % 7))
    assert.isBelow(Figures.confusionMatrix(matrix).svg.length, 2 ** 20)
    assert.isBelow(
      Figures.confusionMatrix(matrix.map((row) => row.map((cell) => (cell > 5 ? 1 : 0)))).svg.length,
      2 ** 20 / 3
    )
  })

  it.effect.prop(
    "is well formed with all of it in the picture, for any classes, names and counts",
    [
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 60 })),
      Schema.Array(
        Schema.Union([Schema.Natural, Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 1e9 }))])
      ).check(Schema.isMinLength(1)),
      Schema.Array(Schema.String)
    ],
    ([classes, counts, names]) =>
      Effect.sync(() => {
        const matrix = Array.from({ length: classes }, (_, row) =>
          Array.from({ length: classes }, (_, column) => counts[(row * classes + column) % counts.length]!)
        )
        for (const normalize of ["none", "truth", "all"] as const) {
          const { svg } = Figures.confusionMatrix(matrix, { names, normalize })
          assert.deepStrictEqual(misplaced(parse(svg)), [])
          assert.notMatch(svg, /NaN|Infinity|undefined/)
        }
      }),
    { arbitrary: { runs: 60, seed: 1 } }
  )
})

onCpu("the figures of scores", (it) => {
  const n = 60
  const multiclass = { task: "multiclass", classes: 4 } as const
  const batch = { outputs: floats("scores", [n, 4], 1), targets: labels("classes", [n], 4) }
  const given = ({ values, shape }: { readonly values: any; readonly shape: ReadonlyArray<number> }) =>
    shape.length === 1
      ? Array.from(values as ArrayLike<number>)
      : Array.from({ length: shape[0]! }, (_, row) =>
          Array.from(values.subarray(row * 4, row * 4 + 4) as ArrayLike<number>)
        )
  const values = { outputs: given(batch.outputs as never), targets: given(batch.targets as never) }

  it("ROC curves stand beside their AUROC, precision and recall beside average precision", () => {
    const names = ["a", "b", "c", "d"]
    for (const [metric, value] of [
      [Ranking.rocCurve({ ...multiclass, names }), Ranking.areaUnderRoc({ ...multiclass, average: "none" })],
      [
        Ranking.precisionRecallCurve({ ...multiclass, names }),
        Ranking.averagePrecision({ ...multiclass, average: "none" })
      ]
    ] as const) {
      const { svg } = metric.toFigure!(resultOf<any>(metric as never, values))
      const expected = resultOf(value, values)!
      const drawn = texts(parse(svg))
      names.forEach((name, k) => {
        assert.strictEqual(drawn[drawn.indexOf(name) + 1], expected[k]!.toFixed(3))
      })
      assert.include(drawn, (expected.reduce((a, b) => a + b) / 4).toFixed(3))
      assert.deepStrictEqual(misplaced(parse(svg)), [])
    }
  })

  it("a class without a value is counted, not drawn", () => {
    const roc = Ranking.rocCurve({ task: "multiclass", classes: 3 })
    const two = {
      outputs: [
        [1, 0, 0],
        [0, 1, 0]
      ],
      targets: [0, 1]
    }
    const { svg } = roc.toFigure!(resultOf(roc, two)!)
    assert.include(texts(parse(svg)), "1 without a value")
    assert.strictEqual(nameOf(svg), "ROC. AUROC: 0 1.000, 1 1.000, mean 1.000.")
  })

  it("of many curves the worst have colours, and the others are counted", () => {
    const curve = (height: number) => ({
      thresholds: [Infinity, 0.5, 0],
      falsePositiveRate: [0, 0.5, 1],
      truePositiveRate: [0, height, 1]
    })
    const { svg } = Figures.rocCurves(Array.from({ length: 12 }, (_, k) => curve(k / 12)))
    const drawn = texts(parse(svg))
    assert.includeMembers([...drawn], ["7 others", "0", "1", "2", "3", "4"])
    assert.match(nameOf(svg), /^ROC. AUROC: 0 0.250, 1 0.292, .*\(the lowest\), 7 others, mean 0.479\.$/)
  })

  it("a reliability diagram has the calibration errors of its metrics", () => {
    const reliability = Probabilistic.reliability(multiclass)
    const { svg } = reliability.toFigure!(resultOf(reliability, values)!)
    const [ece, mce] = [
      resultOf(Probabilistic.expectedCalibrationError(multiclass), values)!,
      resultOf(Probabilistic.maximumCalibrationError(multiclass), values)!
    ]
    assert.includeMembers([...texts(parse(svg))], [ece.toFixed(4), mce.toFixed(4)])
    assert.deepStrictEqual(misplaced(parse(svg)), [])
  })

  it("of outputs that are NaN are drawn without them, and say so", () => {
    const reliability = Probabilistic.reliability(multiclass)
    const broken = {
      outputs: [
        [Number.NaN, 0, 0, 0],
        [9, 0, 0, 0]
      ],
      targets: [0, 0]
    }
    const { svg } = reliability.toFigure!(resultOf(reliability, broken)!)
    assert.deepStrictEqual(misplaced(parse(svg)), [])
    assert.include(texts(parse(svg)), "NaN")
  })

  it("in reports keep curves to within 0.0005 and names beside them", () => {
    const roc = Ranking.rocCurve({ ...multiclass, names: ["a", "b", "c", "d"] })
    const curves = resultOf(roc, values)!
    const json = roc.toJson!(curves) as ReadonlyArray<any>
    json.forEach((one, k) => {
      assert.strictEqual(one.name, "abcd"[k])
      assert.isAtMost(one.thresholds.length, curves[k]!.thresholds.length)
      assert.strictEqual(one.falsePositiveRate.length, one.truePositiveRate.length)
      assert.deepStrictEqual([one.falsePositiveRate.at(-1), one.truePositiveRate.at(-1)], [1, 1])
    })
  })
})

const Share = Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

describe("thinned curves", () => {
  it.effect.prop(
    "pass every point as near as is said, and keep both ends",
    [Schema.Array(Schema.Tuple([Share, Share])).check(Schema.isMinLength(2)), Share],
    ([points, tolerance]) =>
      Effect.sync(() => {
        const kept = needed(points, tolerance)
        assert.deepStrictEqual([kept[0], kept.at(-1)], [0, points.length - 1])
        kept.slice(1).forEach((to, at) => {
          const [from, last] = [points[kept[at]!]!, points[to]!]
          const length = Math.hypot(last[0] - from[0], last[1] - from[1])
          for (let between = kept[at]! + 1; between < to; between++) {
            const [x, y] = points[between]!
            // Twice the triangle's area by its base.
            const area = Math.abs((x - from[0]) * (last[1] - from[1]) - (y - from[1]) * (last[0] - from[0]))
            const away = length === 0 ? Math.hypot(x - from[0], y - from[1]) : area / length
            assert.isAtMost(away, tolerance + 1e-9)
          }
        })
      }),
    { arbitrary: { runs: 200, seed: 1 } }
  )
})

/** Relative luminance, WCAG 2.2. */
const luminance = (colour: string): number => {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
const contrast = (a: string, b: string): number => {
  const [low, high] = [luminance(a), luminance(b)].sort((p, q) => p - q) as [number, number]
  return (high + 0.05) / (low + 0.05)
}
/** A colour of some depth on a ground. */
const over = (colour: string, ground: string, depth: number): string =>
  `#${[1, 3, 5]
    .map((at) => {
      const [own, below] = [colour, ground].map((one) => Number.parseInt(one.slice(at, at + 2), 16)) as [number, number]
      return Math.round(own * depth + below * (1 - depth))
        .toString(16)
        .padStart(2, "0")
    })
    .join("")}`

describe("the colours of figures", () => {
  for (const [name, theme] of Object.entries(palettes)) {
    it(`on ${name} ground have enough contrast for lines, texts and numbers in cells of any depth`, () => {
      for (const colour of theme.series) assert.isAtLeast(contrast(colour, theme.paper), 3, colour)
      for (const colour of [theme.ink, theme.soft]) assert.isAtLeast(contrast(colour, theme.paper), 4.5, colour)
      for (const hue of [theme.right, theme.wrong])
        for (let depth = 0.07; depth <= 1; depth += 0.01) {
          const number = depth < 0.64 ? theme.ink : depth < 0.78 ? theme.middle : theme.on
          assert.isAtLeast(contrast(number, over(hue, theme.paper, depth)), 3.5, `${hue} at ${depth.toFixed(2)}`)
        }
    })
  }
})
