/** Two curves over the steps of a run, as SVG as wide as its place. */
import { counts, type Scale } from "./Scale.ts"

type Point = readonly [step: number, value: number]
export type Series = "trained" | "held"

export interface Chart {
  readonly add: (series: Series, step: number, value: number) => void
  /** Begins anew, for a run of so many steps. */
  readonly begin: (steps: number) => void
}

/** More points than these are no more to see. */
const mostPoints = 800
const margin = { left: 48, right: 12, top: 10, bottom: 24 }

const element = (name: string, attributes: { readonly [name: string]: string | number }, text = ""): SVGElement => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, `${value}`)
  made.textContent = text
  return made
}

/** Each two neighbours as one. */
const halved = (points: ReadonlyArray<Point>): Array<Point> =>
  points.flatMap(([step, value], at) => {
    const next = points[at + 1]
    if (at % 2 === 1) return []
    return [next === undefined ? [step, value] : [(step + next[0]) / 2, (value + next[1]) / 2]]
  })

interface Drawing {
  readonly width: number
  readonly height: number
  readonly steps: number
  readonly scaleOf: (values: ReadonlyArray<number>) => Scale
  readonly points: { readonly [series in Series]: ReadonlyArray<Point> }
}

const draw = ({ width, height, steps, scaleOf, points }: Drawing): ReadonlyArray<SVGElement> => {
  const along = counts(Math.max(1, steps), width < 420 ? 4 : 7)
  const up = scaleOf([...points.trained, ...points.held].map(([, value]) => value))
  const x = (step: number): number => margin.left + along.of(step) * (width - margin.left - margin.right)
  const y = (value: number): number => height - margin.bottom - up.of(value) * (height - margin.top - margin.bottom)
  const rows = up.marks.flatMap(([value, label]) => [
    element("line", { class: "grid", x1: margin.left, x2: width - margin.right, y1: y(value), y2: y(value) }),
    element("text", { x: margin.left - 8, y: y(value) + 4, "text-anchor": "end" }, label)
  ])
  const columns = along.marks.map(([step, label]) =>
    element("text", { x: x(step), y: height - 6, "text-anchor": "middle" }, label)
  )
  const lines = (["trained", "held"] as const).map((series) =>
    element("polyline", {
      class: series,
      points: points[series].map(([step, value]) => `${x(step)},${y(value)}`).join(" ")
    })
  )
  const dots = points.held.map(([step, value]) => element("circle", { class: "held", cx: x(step), cy: y(value), r: 3 }))
  return [...rows, ...columns, ...lines, ...dots]
}

/** Draws into `svg`, at most once for each picture that the screen shows. */
export const make = (svg: SVGSVGElement, scaleOf: Drawing["scaleOf"]): Chart => {
  const points: { [series in Series]: Array<Point> } = { trained: [], held: [] }
  let [steps, asked] = [0, false]
  const redraw = (): void => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      const { clientWidth: width, clientHeight: height } = svg
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
      svg.replaceChildren(...draw({ width, height, steps, scaleOf, points }))
    })
  }
  new ResizeObserver(redraw).observe(svg)
  return {
    begin: (total) => {
      Object.assign(points, { trained: [], held: [] })
      steps = total
      redraw()
    },
    add: (series, step, value) => {
      points[series].push([step, value])
      if (points[series].length > mostPoints) points[series] = halved(points[series])
      redraw()
    }
  }
}
