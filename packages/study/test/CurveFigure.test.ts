import { assert, describe, it } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import * as Svg from "@etude/testing/Svg"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as CurveFigure from "../src/render/CurveFigure.ts"
import { epochs, study, trial } from "./support/study.ts"

const losses = (...values: ReadonlyArray<number>) => ({ reports: epochs({ "validation/loss": values }) })
const at = (rate: number) => ({ parameters: { "train.learningRate": rate } })

const whole = study([
  trial(0, 1, { ...losses(4, 3, 2), ...at(0.1) }),
  trial(0, 2, { ...losses(5, 4, 3), ...at(0.1) }),
  trial(1, 1, { ...losses(3, 2, 1), ...at(0.01) }),
  trial(1, 2, { ...losses(3, 2, 1, 0.5), ...at(0.01) }),
  trial(2, 1, { ...losses(0.1), ...at(0.02), state: "running" })
])

const linesOf = (svg: string) =>
  Svg.all(Svg.parse(svg), "path").filter(
    ({ attributes }) => /^series-\d$/.test(attributes["class"] ?? "") && attributes["d"]?.includes("L")
  )
const bandsOf = (svg: string) =>
  Svg.all(Svg.parse(svg), "path").filter(({ attributes }) => attributes["class"]?.startsWith("area"))
const lowest = (d: string) => Math.max(...Array.from(d.matchAll(/[ML][\d.]+ ([\d.]+)/g), ([, y]) => Number(y)))

describe("the figure of a study's curves", () => {
  it("has a line and a band for each setting with complete trials, the best first", () => {
    const { svg, title, description } = CurveFigure.figure(whole)
    assert.strictEqual(title, "tiny: validation/loss")
    assert.strictEqual(
      description,
      "mean ± standard deviation, 2 seeds. Last means: setting 1: learningRate 0.01: 1; setting 0: learningRate 0.1: 2.5."
    )
    assert.lengthOf(linesOf(svg), 2)
    assert.lengthOf(bandsOf(svg), 2)
    const texts = Svg.texts(Svg.parse(svg))
    for (const text of ["setting 1: learningRate 0.01", "setting 0: learningRate 0.1", "epoch", "validation/loss"])
      assert.include(texts, text)
    assert.isTrue(texts.indexOf("setting 1: learningRate 0.01") < texts.indexOf("setting 0: learningRate 0.1"))
  })

  it("goes as far as all seeds of a setting have a value", () => {
    const [best] = linesOf(CurveFigure.figure(whole).svg)
    // 3, 2, 1 is straight: two points. A fourth epoch would bend it.
    assert.lengthOf([...(best?.attributes["d"]?.matchAll(/[ML]/g) ?? [])], 2)
    const broken = study([trial(0, 1, losses(3, Number.NaN, 1)), trial(1, 1, losses(2, 1, 0.5))])
    assert.match(CurveFigure.figure(broken).description ?? "", /setting 0: 3\./)
  })

  it("draws a band from the lowest value to the highest, the deviation or the interval", () => {
    const three = study([trial(0, 1, losses(1, 1)), trial(0, 2, losses(2, 2)), trial(0, 3, losses(6, 6))])
    for (const [band, words] of [
      ["range", "mean, lowest and highest"],
      ["deviation", "mean ± standard deviation"],
      ["interval", "mean with its 95 % interval"]
    ] as const) {
      assert.match(CurveFigure.figure(three, { band }).description ?? "", new RegExp(`^${words}`))
    }
    // All values span the axis, less 4 % at either end.
    const [range] = bandsOf(CurveFigure.figure(three, { band: "range" }).svg)
    const [top, height] = [68, 264]
    assert.closeTo(lowest(range?.attributes["d"] ?? ""), top + height * (1 - 0.04 / 1.08), 0.1)
  })

  it("of one seed has no band, and one point is a dot", () => {
    const { svg, description } = CurveFigure.figure(study([trial(0, 1, losses(1))]))
    assert.lengthOf(bandsOf(svg), 0)
    assert.match(description ?? "", /^one seed/)
    const dots = Svg.all(Svg.parse(svg), "path").filter(({ attributes }) => attributes["stroke-linecap"] === "round")
    assert.lengthOf(dots, 1)
  })

  it("says when there is nothing to draw, and how many settings it leaves out", () => {
    assert.include(
      Svg.texts(Svg.parse(CurveFigure.figure(study([])).svg)),
      "No complete trial has a value of validation/loss."
    )
    const many = study(Array.from({ length: 20 }, (_, setting) => trial(setting, 1, losses(setting + 2, setting + 1))))
    const { svg } = CurveFigure.figure(many, { most: 4 })
    assert.lengthOf(linesOf(svg), 4)
    assert.include(Svg.texts(Svg.parse(svg)), "one seed; 16 more settings")
  })

  it("on a logarithmic axis spaces equal ratios equally", () => {
    const { svg } = CurveFigure.figure(study([trial(0, 1, losses(100, 10, 1))]), { scale: "log" })
    // The same ratio from epoch to epoch is a straight line: two points.
    assert.lengthOf([...(element(linesOf(svg), 0).attributes["d"]?.matchAll(/[ML]/g) ?? [])], 2)
    for (const text of ["1", "10", "100"]) assert.include(Svg.texts(Svg.parse(svg)), text)
  })

  it("keeps all of it in the picture for values that floats hardly tell apart", () => {
    for (const values of [
      [1, 1 + 2 ** -52],
      [1e9, 1e9 + 2 ** -23],
      [1e-320, 3e-320],
      [5e-324],
      [-1e308, 1e308],
      [0, 0]
    ]) {
      for (const scale of ["linear", "log"] as const) {
        const { svg } = CurveFigure.figure(study([trial(0, 1, losses(...values)), trial(0, 2, losses(...values))]), {
          scale
        })
        assert.deepStrictEqual(Svg.misplaced(Svg.parse(svg)), [], `${values}`)
      }
    }
  })

  const Loss = Schema.Finite.check(Schema.isBetween({ minimum: -1e9, maximum: 1e9 }))
  const Trials = Schema.Array(Schema.Tuple([Schema.Array(Loss).check(Schema.isMaxLength(5)), Schema.String])).check(
    Schema.isMaxLength(15)
  )
  const Width = Schema.Int.check(Schema.isBetween({ minimum: 300, maximum: 1300 }))
  it.effect.prop(
    "is well formed with all of it in the picture, for any values, names and widths",
    [Trials, Width, Schema.Literals(["linear", "log"])],
    ([drawn, width, scale]) =>
      Effect.sync(() => {
        const trials = drawn.flatMap(([values, name], index) =>
          [1, 2].map((seed) =>
            trial(Math.floor(index / 2), seed + 2 * (index % 2), {
              ...losses(...values),
              parameters: { "train.learningRate": name }
            })
          )
        )
        const { svg } = CurveFigure.figure(study(trials, { name: "<&>" }), { width, scale, most: 10 })
        assert.deepStrictEqual(Svg.misplaced(Svg.parse(svg)), [])
      })
  )
})
