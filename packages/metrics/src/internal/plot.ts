/** The frame of figures whose axes both go from 0 to 1. */
import * as Plot from "@etude/core/Plot"
import { element } from "@etude/core/Svg"

const ticks: ReadonlyArray<Plot.Tick> = [0, 0.2, 0.4, 0.6, 0.8, 1].map((at) => ({ at, text: at.toFixed(1) }))

/** Grid and ticks, and the axes' names. */
export const axes = (frame: Plot.Frame, names: { readonly x: string; readonly y: string }): string =>
  Plot.axes(frame, { x: { name: names.x, ticks }, y: { name: names.y, ticks } })

/** The line from corner to corner that a curve is compared with. */
export const diagonal = (frame: Plot.Frame): string =>
  element("path", {
    d: `M${frame.left} ${frame.top + frame.height}L${frame.left + frame.width} ${frame.top}`,
    class: "axis",
    fill: "none",
    "stroke-dasharray": "3 4"
  })
