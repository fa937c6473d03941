/** Curves in the unit square as a picture, with the value of each beside its name. */
import type { Figure } from "@etude/core/Figure"
import { type Frame, needed, xOf, yOf } from "@etude/core/Plot"
import { element, figure, path, polyline, seriesColours, text, tooltip } from "@etude/core/Svg"
import { axes, diagonal } from "./plot.ts"
import { shortened } from "./textWidth.ts"

export interface Curve {
  readonly name: string
  /** The area under it, or its substitute; NaN for a curve without one, which is not drawn. */
  readonly value: number
  readonly points: ReadonlyArray<readonly [x: number, y: number]>
}

export interface Options {
  readonly title: string
  readonly x: string
  readonly y: string
  /** What the value is called. */
  readonly value: string
  readonly hasDiagonal: boolean
}

const frame: Frame = { left: 68, top: 56, width: 400, height: 400 }
const legendLeft = frame.left + frame.width + 28
const row = 20
/** Where there are more curves than colours, only that many of the worst have one. */
const highlighted = 5

interface Styled extends Curve {
  readonly class: string
  readonly dash: string | undefined
  readonly width: number
  readonly opacity?: number
}

/** A colour for each; of very many only for the worst, before the others in grey. */
const styled = (curves: ReadonlyArray<Curve>): { readonly lines: ReadonlyArray<Styled>; readonly others: number } => {
  const coloured = (curve: Curve, index: number): Styled => ({
    ...curve,
    class: `series-${index}`,
    // So that curves differ by more than colour.
    dash: index % 10 >= 5 ? "7 3" : undefined,
    width: 2
  })
  if (curves.length <= seriesColours) return { lines: curves.map(coloured), others: 0 }
  const worst = [...curves].sort((a, b) => a.value - b.value).slice(0, highlighted)
  const grey = curves.filter((curve) => !worst.includes(curve))
  return {
    lines: [
      ...grey.map((curve): Styled => ({ ...curve, class: "axis", dash: undefined, width: 1, opacity: 0.35 })),
      ...worst.map((curve, index) => coloured(curve, index))
    ],
    others: grey.length
  }
}

export const curveFigure = (all: ReadonlyArray<Curve>, { title, x, y, value, hasDiagonal }: Options): Figure => {
  const curves = all.filter((curve) => !Number.isNaN(curve.value))
  const { lines, others } = styled(curves)
  const mean = curves.reduce((total, curve) => total + curve.value, 0) / curves.length
  const drawn = lines.map((line) => {
    const points = line.points.map(([px, py]) => [xOf(frame, px), yOf(frame, py)] as const)
    // Nobody sees a quarter of a pixel.
    const kept = new Set(needed(points, 0.25))
    return path(polyline(points.filter((_, index) => kept.has(index))), {
      class: line.class,
      fill: "none",
      "stroke-width": line.width,
      "stroke-opacity": line.opacity,
      "stroke-linejoin": "round",
      "stroke-dasharray": line.dash
    }).replace("/>", `>${tooltip(`${line.name}: ${line.value.toFixed(3)}`)}</path>`)
  })
  const named = lines.filter((line) => line.class !== "axis")
  const entries: ReadonlyArray<readonly [name: string, value: string, line?: Styled]> = [
    ...named.map((line) => [shortened(line.name, 16), line.value.toFixed(3), line] as const),
    ...(others === 0 ? [] : [[`${others} others`, ""] as const]),
    ...(curves.length > 1 ? [["mean", mean.toFixed(3)] as const] : []),
    ...(all.length > curves.length ? [[`${all.length - curves.length} without a value`, ""] as const] : [])
  ]
  const legend = entries.flatMap(([name, color, line], index) => {
    const base = frame.top + 24 + index * row
    return [
      line === undefined
        ? ""
        : path(`M${legendLeft} ${base - 4}h18`, {
            class: line.class,
            "stroke-width": 3,
            "stroke-dasharray": line.dash === undefined ? undefined : "7 3"
          }),
      text(legendLeft + 26, base, name, { class: line === undefined ? "soft" : "ink" }),
      color === "" ? "" : text(legendLeft + 190, base, color, { class: "ink number", "text-anchor": "end" })
    ]
  })
  const words = named.map((line) => `${line.name} ${line.value.toFixed(3)}`).join(", ")
  const description =
    curves.length === 0
      ? "There is no curve: no class has both positives and negatives."
      : `${value}: ${words}${others === 0 ? "" : ` (the lowest), ${others} others`}${curves.length > 1 ? `, mean ${mean.toFixed(3)}` : ""}.`
  return figure(
    {
      width: legendLeft + 210,
      height: Math.max(frame.top + frame.height + 56, frame.top + 40 + entries.length * row),
      title,
      description
    },
    axes(frame, { x, y }),
    hasDiagonal ? diagonal(frame) : "",
    element("g", {}, ...drawn),
    text(legendLeft + 190, frame.top + 2, value, { class: "soft", "text-anchor": "end" }),
    ...legend
  )
}
