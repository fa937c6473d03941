/** Lines in a frame with two axes: grid, ticks, names of the axes, and places in it. Colours and elements are those of `Svg.ts`. */
import { element as elementOf } from "./Lookup.ts"
import { element, text } from "./Svg.ts"

/** Where a plot is in its figure, in pixels. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** From the frame's left edge, 0, to its right one, 1. */
export const xOf = ({ left, width }: Frame, fraction: number): number => left + fraction * width
/** From the frame's lower edge, 0, to its upper one, 1. */
export const yOf = ({ top, height }: Frame, fraction: number): number => top + (1 - fraction) * height

/** A place of an axis with its number, as a fraction of the axis. */
export interface Tick {
  readonly at: number
  readonly text: string
}

export interface Axis {
  readonly name: string
  readonly ticks: ReadonlyArray<Tick>
}

/** Grid and ticks, and the axes' names. Takes 56 pixels to the left of the frame and 42 below it. */
export const axes = (frame: Frame, { x, y }: { readonly x: Axis; readonly y: Axis }): string => {
  const { left, top, width, height } = frame
  const [right, bottom] = [left + width, top + height]
  const middle = top + height / 2
  const grid = (d: string) => element("path", { d, class: "grid", fill: "none" })
  return element(
    "g",
    {},
    ...x.ticks.map((tick) => {
      const place = xOf(frame, tick.at)
      const label = text(place, bottom + 18, tick.text, { class: "soft number", "text-anchor": "middle" })
      return grid(`M${place} ${top}V${bottom}`) + label
    }),
    ...y.ticks.map((tick) => {
      const place = yOf(frame, tick.at)
      const label = text(left - 8, place + 4, tick.text, { class: "soft number", "text-anchor": "end" })
      return grid(`M${left} ${place}H${right}`) + label
    }),
    element("path", { d: `M${left} ${top}V${bottom}H${right}`, class: "axis", fill: "none" }),
    text(left + width / 2, bottom + 38, x.name, { class: "ink", "text-anchor": "middle" }),
    text(left - 46, middle, y.name, {
      class: "ink",
      "text-anchor": "middle",
      transform: `rotate(-90 ${left - 46} ${middle})`
    })
  )
}

/** Round numbers from `low` to `high`, about `count` of them: 1, 2 or 5 times a power of ten apart. */
export const roundNumbers = (low: number, high: number, count: number): ReadonlyArray<number> => {
  if (!(high > low)) return [low]
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1)
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)]
  // Of a step such as 0.1, products have the digits of rounding; its decimals are enough.
  const decimals = Math.max(0, Math.min(100, -Math.floor(Math.log10(step) + 1e-9)))
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toFixed(decimals))
  )
  // Of a range that floats hardly resolve, rounding may leave it.
  return numbers.filter((value) => value >= low - step * 1e-6 && value <= high + step * 1e-6)
}

type Point = readonly [x: number, y: number]

/** How far a point is from the line through two others. */
const distance = ([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number => {
  const length = Math.hypot(bx - ax, by - ay)
  return length === 0 ? Math.hypot(x - ax, y - ay) : Math.abs((by - ay) * (x - ax) - (bx - ax) * (y - ay)) / length
}

/**
 * The positions of as few of the points as draw the same line to within `tolerance`: Ramer 1972, Douglas and Peucker 1973. An exact
 * curve has a point for each sample, and nobody sees a quarter of a pixel.
 */
export const needed = (points: ReadonlyArray<Point>, tolerance: number): ReadonlyArray<number> => {
  const isKept = new Uint8Array(points.length)
  const parts: Array<readonly [from: number, to: number]> = points.length === 0 ? [] : [[0, points.length - 1]]
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
