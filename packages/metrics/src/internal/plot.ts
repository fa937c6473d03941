/** The frame of figures whose axes both go from 0 to 1: grid, ticks, names of the axes, and places in it. */
import { element as elementOf } from "@etude/core/Lookup"
import { element, text } from "./svg.ts"

export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export const xOf = ({ left, width }: Frame, fraction: number): number => left + fraction * width
export const yOf = ({ top, height }: Frame, fraction: number): number => top + (1 - fraction) * height

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]

/** Grid and ticks, and the axes' names. */
export const axes = (frame: Frame, names: { readonly x: string; readonly y: string }): string => {
  const { left, top, width, height } = frame
  const [right, bottom] = [left + width, top + height]
  const middle = top + height / 2
  return element(
    "g",
    {},
    ...ticks.map((tick) => {
      const [x, y] = [xOf(frame, tick), yOf(frame, tick)]
      return (
        element("path", { d: `M${left} ${y}H${right}M${x} ${top}V${bottom}`, class: "grid", fill: "none" }) +
        text(left - 8, y + 4, tick.toFixed(1), { class: "soft number", "text-anchor": "end" }) +
        text(x, bottom + 18, tick.toFixed(1), { class: "soft number", "text-anchor": "middle" })
      )
    }),
    element("path", { d: `M${left} ${top}V${bottom}H${right}`, class: "axis", fill: "none" }),
    text(left + width / 2, bottom + 38, names.x, { class: "ink", "text-anchor": "middle" }),
    text(left - 38, middle, names.y, {
      class: "ink",
      "text-anchor": "middle",
      transform: `rotate(-90 ${left - 38} ${middle})`
    })
  )
}

/** The line from corner to corner that a curve is compared with. */
export const diagonal = (frame: Frame): string =>
  element("path", {
    d: `M${frame.left} ${frame.top + frame.height}L${frame.left + frame.width} ${frame.top}`,
    class: "axis",
    fill: "none",
    "stroke-dasharray": "3 4"
  })

type Point = readonly [x: number, y: number]

/** How far a point is from the line through two others. */
const distance = ([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number => {
  const length = Math.hypot(bx - ax, by - ay)
  return length === 0 ? Math.hypot(x - ax, y - ay) : Math.abs((by - ay) * (x - ax) - (bx - ax) * (y - ay)) / length
}

/**
 * The positions of as few of the points as draw the same line to within `tolerance`: Ramer 1972, Douglas and Peucker 1973. An exact curve has a
 * point for each sample.
 */
export const needed = (points: ReadonlyArray<Point>, tolerance: number): ReadonlyArray<number> => {
  const isKept = new Uint8Array(points.length)
  const parts: Array<readonly [from: number, to: number]> = [[0, points.length - 1]]
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const [from, to] = part
    isKept[from] = isKept[to] = 1
    const [first, last] = [elementOf(points, from), elementOf(points, to)]
    let [worst, index] = [tolerance, -1]
    for (let between = from + 1; between < to; between++) {
      const away = distance(elementOf(points, between), first, last)
      if (away > worst) [worst, index] = [away, between]
    }
    if (index !== -1) parts.push([from, index], [index, to])
  }
  return Array.from(points.keys()).filter((index) => isKept[index] === 1)
}
