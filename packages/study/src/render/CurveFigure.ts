/**
 * A figure of how a value went in each setting: its mean over seeds with a band around it, as SVG on light and dark ground. Pure.
 * Only complete trials count, and a curve goes as far as all of them have a value.
 */
import type { Figure } from "@etude/core/Figure"
import { element } from "@etude/core/Lookup"
import * as Plot from "@etude/core/Plot"
import * as Svg from "@etude/core/Svg"
import { cut } from "../internal/width.ts"
import * as Results from "../Results.ts"
import * as Statistics from "../Statistics.ts"
import type { Trial } from "../Trial.ts"
import * as format from "./format.ts"

export interface Options {
  /** Which value. Default: the first objective, else the first column of the table, of those that are reported in a run. */
  readonly monitor?: string
  /** What the band shows: mean ± standard deviation, the interval of the mean, or all values. Default: `deviation`. */
  readonly band?: "deviation" | "interval" | "range"
  /** `log` where all of its values are positive, else `linear` is taken. Default: `linear`. */
  readonly scale?: "linear" | "log"
  /** How many settings are drawn, the best first. Default: 6, at most 10. */
  readonly most?: number
  /** Pixels. Default: 480, which is readable on a phone and in a column of a page. */
  readonly width?: number
}

interface Point {
  readonly epoch: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

interface Curve {
  readonly setting: number
  readonly name: string
  readonly seeds: number
  readonly points: ReadonlyArray<Point>
}

const bandOf = (values: ReadonlyArray<number>, band: Options["band"]): readonly [low: number, high: number] => {
  if (band === "range") return [Math.min(...values), Math.max(...values)]
  const { mean, deviation, interval } = Statistics.summarize(values)
  if (band === "interval") return [interval?.low ?? mean ?? 0, interval?.high ?? mean ?? 0]
  return [(mean ?? 0) - (deviation ?? 0), (mean ?? 0) + (deviation ?? 0)]
}

/** The reports of a monitor that all trials have, by step, up to the first that one of them has not, or not as a number. */
const pointsOf = (trials: ReadonlyArray<Trial>, monitor: string, band: Options["band"]): ReadonlyArray<Point> => {
  const byStep = trials.map(
    ({ reports }) =>
      new Map(reports.filter(({ values }) => Object.hasOwn(values, monitor)).map((one) => [one.step, one]))
  )
  const points: Array<Point> = []
  for (const [step, { epoch }] of byStep[0] ?? []) {
    const values = byStep.flatMap((reports) => reports.get(step)?.values[monitor] ?? [])
    if (values.length < trials.length || !values.every(Number.isFinite)) break
    const [low, high] = bandOf(values, band)
    points.push({ epoch, mean: Statistics.mean(values), low, high })
  }
  return points
}

const nameOf = ({ parameters }: Results.Results, row: Results.Row): string => {
  const names = format.shortNames(parameters)
  const shown = parameters.flatMap((key, index) =>
    row.parameters[key] === undefined ? [] : [`${names[index]} ${format.parameter(row.parameters[key])}`]
  )
  return `setting ${row.setting}${shown.length === 0 ? "" : `: ${shown.join(", ")}`}`
}

const curvesOf = (study: Results.Study, results: Results.Results, monitor: string, options: Options) =>
  results.rows.flatMap((row): ReadonlyArray<Curve> => {
    const { setting } = row
    const trials = study.trials.filter((trial) => trial.setting === setting && trial.state === "complete")
    const points = pointsOf(trials, monitor, options.band)
    return points.length === 0 ? [] : [{ setting, name: nameOf(results, row), seeds: trials.length, points }]
  })

interface Axis extends Plot.Axis {
  /** Where a value is, as a fraction. */
  readonly place: (value: number) => number
}

/** With some room at both ends: at least as much as floats need to tell the ends apart. */
const padded = (low: number, high: number): readonly [low: number, high: number] => {
  const size = Math.max(Math.abs(low), Math.abs(high))
  const [least, around] = size > 1e-300 ? [size * 1e-9, size * 0.1] : [1, 1]
  const pad = high > low ? Math.max((high - low) * 0.04, least) : around
  return [low - pad, high + pad]
}

const linear = (name: string, [low, high]: readonly [number, number], count: number): Axis => {
  const place = (value: number) => (value - low) / (high - low)
  const ticks = Plot.roundNumbers(low, high, count).map((value) => ({ at: place(value), text: format.short(value) }))
  return { name, ticks, place }
}

/** Ticks at powers of ten; where those are fewer than three, at twice and five times of them, too. */
const logarithmic = (name: string, low: number, high: number): Axis => {
  const [from, to] = padded(Math.log10(low), Math.log10(high))
  const place = (value: number) => (Math.log10(value) - from) / (to - from)
  const first = Math.floor(from)
  const powers = Array.from({ length: Math.ceil(to) - first + 1 }, (_, index) => 10 ** (first + index))
  const isInside = (value: number) => place(value) >= 0 && place(value) <= 1
  const few = powers.filter(isInside).length < 3
  const values = powers.flatMap((power) => (few ? [power, 2 * power, 5 * power] : [power])).filter(isInside)
  const every = Math.ceil(values.length / 8)
  const ticks = values.filter((_, index) => index % every === 0)
  return { name, ticks: ticks.map((value) => ({ at: place(value), text: format.short(value) })), place }
}

const axesOf = (curves: ReadonlyArray<Curve>, monitor: string, { scale, width = 480 }: Options) => {
  const points = curves.flatMap((curve) => curve.points)
  const epochs = points.map(({ epoch }) => epoch)
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)]
  const x =
    last > first
      ? linear("epoch", [first, last], width < 400 ? 4 : 8)
      : { name: "epoch", ticks: [{ at: 0.5, text: format.short(first) }], place: () => 0.5 }
  const [low, high] = [Math.min(...points.map((one) => one.low)), Math.max(...points.map((one) => one.high))]
  const least = Math.min(...points.map(({ mean }) => mean))
  if (scale !== "log" || least <= 0) return { x, y: linear(monitor, padded(low, high), 6) }
  // A band may go below zero where no mean does.
  return { x, y: logarithmic(monitor, low > 0 ? low : least / 2, high) }
}

const drawn = (
  curve: Curve,
  index: number,
  frame: Plot.Frame,
  axes: { readonly x: Axis; readonly y: Axis }
): readonly [band: string, line: string] => {
  const at = (epoch: number, value: number): readonly [number, number] => {
    const place = axes.y.place(value)
    const kept = Number.isFinite(place) ? Math.max(0, Math.min(1, place)) : 0
    return [Plot.xOf(frame, axes.x.place(epoch)), Plot.yOf(frame, kept)]
  }
  const through = (valueOf: (point: Point) => number) => {
    const places = curve.points.map((point) => at(point.epoch, valueOf(point)))
    return Plot.needed(places, 0.25).map((position) => element(places, position))
  }
  const [line, low, high] = [through(({ mean }) => mean), through((one) => one.low), through((one) => one.high)]
  const title = Svg.tooltip(curve.name)
  const band =
    curve.seeds < 2
      ? ""
      : Svg.element("path", {
          d: `${Svg.polyline([...high, ...low.toReversed()])}`,
          class: `area-${index}`,
          "fill-opacity": 0.18
        })
  const style = {
    class: `series-${index}`,
    fill: "none",
    "stroke-width": 2,
    "stroke-linejoin": "round",
    "stroke-dasharray": index % 10 >= 5 ? "7 3" : undefined
  }
  const [only] = line
  // A curve of one point is a dot: a line of no length with round ends.
  const d =
    line.length === 1 && only !== undefined
      ? `M${Svg.rounded(only[0])} ${Svg.rounded(only[1])}h0.01`
      : Svg.polyline(line)
  const dot = line.length === 1 ? { "stroke-width": 6, "stroke-linecap": "round" } : {}
  return [band, Svg.element("path", { d, ...style, ...dot }, title)]
}

const row = 20

const legendOf = (curves: ReadonlyArray<Curve>, top: number, width: number): string =>
  curves
    .map(({ name }, index) => {
      const base = top + index * row
      const dash = index % 10 >= 5 ? "7 3" : undefined
      const mark = Svg.path(`M20 ${base - 4}h18`, {
        class: `series-${index}`,
        "stroke-width": 3,
        "stroke-dasharray": dash
      })
      return mark + Svg.text(46, base, cut(name, Math.floor((width - 66) / 7)), { class: "ink" })
    })
    .join("")

const bandWords = {
  deviation: "mean ± standard deviation",
  interval: "mean with its 95 % interval",
  range: "mean, lowest and highest"
}

/** The first column of the table that trials report while they run. */
const monitorOf = ({ columns }: Results.Results): string | undefined =>
  columns.find(({ monitor }) => !monitor.startsWith("test/"))?.monitor

/** What the bands are, over how many seeds, and how many settings are not drawn. */
const noteOf = (curves: ReadonlyArray<Curve>, hidden: number, band: NonNullable<Options["band"]>): string => {
  const [fewest, most] = [Math.min(...curves.map(({ seeds }) => seeds)), Math.max(...curves.map(({ seeds }) => seeds))]
  const seeds = fewest === most ? format.plural(most, "seed") : `${fewest} to ${most} seeds`
  const what = most < 2 ? "one seed" : `${bandWords[band]}, ${seeds}`
  return `${what}${hidden > 0 ? `; ${format.plural(hidden, "more setting")}` : ""}`
}

/** A figure of one value of a study. Without a complete trial that has it, the figure says so. */
export const figure = (study: Results.Study, options: Options = {}): Figure => {
  const { width = 480, band = "deviation" } = options
  const results = Results.of(study, { method: "student" })
  const monitor = options.monitor ?? monitorOf(results) ?? "no value"
  const all = curvesOf(study, results, monitor, options)
  const curves = all.slice(0, Math.min(Svg.seriesColours, options.most ?? 6))
  const title = cut(`${study.name}: ${monitor}`, Math.floor((width - 40) / 8))
  if (curves.length === 0) {
    const description = `No complete trial has a value of ${monitor}.`
    const note = Svg.text(20, 56, description, { class: "soft" })
    return Svg.figure({ width, height: 76, title, description }, note)
  }
  const frame: Plot.Frame = { left: 72, top: 68, width: width - 92, height: Math.round(width * 0.55) }
  const axes = axesOf(curves, monitor, options)
  const parts = curves.map((curve, index) => drawn(curve, index, frame, axes))
  const legendTop = frame.top + frame.height + 66
  const note = noteOf(curves, all.length - curves.length, band)
  const last = curves.map(({ name, points }) => `${name}: ${format.short(element(points, -1).mean)}`)
  return Svg.figure(
    { width, height: legendTop + curves.length * row, title, description: `${note}. Last means: ${last.join("; ")}.` },
    Svg.text(20, 50, note, { class: "soft" }),
    Plot.axes(frame, axes),
    Svg.element("g", {}, ...parts.map(([area]) => area), ...parts.map(([, line]) => line)),
    legendOf(curves, legendTop, width)
  )
}
