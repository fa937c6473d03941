/**
 * A report of a run as one HTML file, with curves, figures, best values, confusion matrices, the config and the environment. It
 * holds everything that it needs (curves are drawn by uPlot, which is in it), and loads nothing from anywhere.
 *
 * ```ts
 * HtmlReport.layer({ path: "runs/1/report.html" })
 * ```
 */
import * as Callback from "@etude/core/Callback"
import * as CoreConfig from "@etude/core/Config"
import type * as Event from "@etude/core/Event"
import type { Figure, MetricFigure } from "@etude/core/Figure"
import * as Monitors from "@etude/core/Monitors"
import * as Options from "@etude/core/Options"
import type { HistoryEntry } from "@etude/core/TrainState"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as FileObserver from "./FileObserver.ts"
import * as History from "./History.ts"
import { batchLine, type Chart, type Matrix, page } from "./internal/reportPage.ts"
import * as OutputFile from "./OutputFile.ts"
import * as Report from "./Report.ts"

export const Config = Schema.Struct({
  path: Schema.NonEmptyString.annotate({ description: "Where the file goes; an existing one is replaced" }),
  classes: Options.withDefault(Schema.Array(Schema.String), [], "Names of classes in confusion matrices, by label"),
  id: Options.id('"htmlReport"')
})
export type Config = typeof Config.Type
export type ConfigInput = typeof Config.Encoded

/** The id by default. */
export const id = "htmlReport"

/** Points of a line at most; longer ones are thinned evenly. */
const most = 2000

const thinned = <A>(points: ReadonlyArray<A>): ReadonlyArray<A> => {
  const stride = Math.ceil(points.length / most)
  return stride <= 1 ? points : points.filter((_, index) => index % stride === 0 || index === points.length - 1)
}

/** Whose values they are: names are people's own, so that a set, a callback and a metric may be called alike. */
type Source = "set" | "batches" | "callback" | "run"

interface Point {
  readonly step: number
  readonly source: Source
  readonly name: string
  readonly value: number
}

const grouped = <A>(
  all: ReadonlyArray<A>,
  keyOf: (one: A) => ReadonlyArray<string>
): ReadonlyArray<[A, ...Array<A>]> => {
  const groups = new Map<string, [A, ...Array<A>]>()
  for (const one of all) {
    const key = JSON.stringify(keyOf(one))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()]
}

/** One line for each name of a source, in order of appearance. */
const linesOf = (points: ReadonlyArray<Point>): Chart["lines"] =>
  grouped(points, ({ source, name }) => [source, name]).map((line) => {
    const points = thinned(line)
    return { name: line[0].name, steps: points.map(({ step }) => step), values: points.map(({ value }) => value) }
  })

/** The last part of the name of a scheduled number: `momentum` of `biases/momentum`. */
const nameOf = (scheduled: string): string => scheduled.slice(scheduled.lastIndexOf("/") + 1)

/** Charts hold what one name of the metrics, one callback, or the run itself tells. */
const chartKind = { set: "metric", batches: "metric", callback: "callback", run: "run" } as const

const chartsOf = (history: History.History, monitors: Monitors.Monitors): ReadonlyArray<Chart> => {
  const points: Array<Point & { readonly title: string }> = []
  // A metric whose result is no number has no curve.
  const add = (title: string, point: Point) => void (Number.isFinite(point.value) && points.push({ ...point, title }))
  const monitored = (step: number, values: Event.Values, isWanted: (monitor: string) => boolean) => {
    for (const [monitor, value] of Object.entries(values)) {
      const { set, metric } = Monitors.find(monitors, monitor) ?? { set: monitor, metric: monitor }
      if (isWanted(monitor)) add(metric, { step, source: "set", name: set, value })
    }
  }
  const isOfTraining = (monitor: string) => Monitors.isOfTraining(monitors, monitor)
  for (const { step, values } of history.epochs) monitored(step, values, isOfTraining)
  for (const { step, values } of history.validations) monitored(step, values, () => true)
  for (const { step, values, measured = {}, scheduled = {}, learningRate, samplesPerSecond } of history.steps) {
    // The batches' loss and metrics share a chart with those of the epochs.
    for (const [metric, value] of Object.entries(values))
      add(metric, { step, source: "batches", name: batchLine, value })
    for (const [callback, numbers] of Object.entries(measured)) {
      for (const [name, value] of Object.entries(numbers)) add(callback, { step, source: "callback", name, value })
    }
    add("learning rate", { step, source: "run", name: "learning rate", value: learningRate })
    // Numbers of several groups share a chart with that of the same name.
    for (const [name, value] of Object.entries(scheduled)) add(nameOf(name), { step, source: "run", name, value })
    add("samples per second", { step, source: "run", name: "samples per second", value: samplesPerSecond })
  }
  return grouped(points, ({ source, title }) => [chartKind[source], title]).map((chart) => ({
    title: chart[0].title,
    lines: linesOf(chart)
  }))
}

/** The square matrices of numbers among a pass's results. */
const matricesOf = (set: string, results: Callback.Results): ReadonlyArray<Matrix> =>
  Object.entries(results).flatMap(([metric, result]) => {
    const value: unknown = Option.isOption(result) ? Option.getOrUndefined(result) : result
    if (!Array.isArray(value) || value.length < 2) return []
    const isRow = (row: unknown) =>
      Array.isArray(row) && row.length === value.length && row.every((cell) => typeof cell === "number")
    return value.every(isRow) ? [{ title: `${metric} on ${set}`, cells: value as Matrix["cells"] }] : []
  })

/** The environment of a process or a browser. */
interface Host {
  readonly process?: { readonly version?: string; readonly platform?: string; readonly arch?: string }
  readonly navigator?: { readonly userAgent?: string; readonly hardwareConcurrency?: number }
}

const environmentOf = ({ backend, executor }: Report.Report) => {
  const { process, navigator } = globalThis as Host
  return {
    backend: `${backend.name} ${backend.version} on ${backend.device} (${backend.reason})`,
    executor,
    "TensorFlow.js": tf.version_core,
    ...(process?.version === undefined ? {} : { Node: `${process.version} on ${process.platform} ${process.arch}` }),
    ...(process?.version !== undefined || navigator?.userAgent === undefined ? {} : { browser: navigator.userAgent }),
    ...(navigator?.hardwareConcurrency === undefined ? {} : { processors: String(navigator.hardwareConcurrency) })
  }
}

export interface RenderOptions {
  /** What metrics say in full, by the validation set that it is of: figures, and the square matrices among the results. */
  readonly full?: { readonly [set: string]: Callback.Full }
  /** What they say of the test. */
  readonly test?: Callback.Full
  readonly classes?: ReadonlyArray<string>
}

/** The last test's figures, which are in its event. */
const testFigures = (events: ReadonlyArray<Event.Event>): ReadonlyArray<MetricFigure> => {
  const test = events.findLast((event) => event._tag === "Tested")
  return test?.figures ?? []
}

/** What metrics say of a set, its figures drawn. */
const evaluationOf = (set: string, { results, figures }: Callback.Full) => ({
  set,
  results,
  figures: figures?.() ?? []
})

/** The report that events tell, as the text of an HTML file; none when they don't hold a run's beginning. */
export const render = (events: Iterable<Event.Event>, options: RenderOptions = {}): Option.Option<string> => {
  const all = [...events]
  const sets = Object.entries(options.full ?? {}).map(([set, evaluated]) => evaluationOf(set, evaluated))
  const isTaken = sets.some(({ set }) => set === "test")
  sets.push(
    evaluationOf(isTaken ? "the final test" : "test", options.test ?? { results: {}, figures: () => testFigures(all) })
  )
  const figures: ReadonlyArray<Figure> = sets.flatMap(({ set, figures }) =>
    figures.map(({ title, ...figure }) => ({ ...figure, title: `${title}, ${set}` }))
  )
  // A metric that has drawn its result needs no table.
  const undrawn = ({ results, figures }: (typeof sets)[number]) =>
    Object.fromEntries(Object.entries(results).filter(([name]) => !figures.some(({ metric }) => metric === name)))
  return Option.map(Report.fold(all), (report) =>
    page({
      report,
      charts: chartsOf(History.fold(all), report.monitors),
      figures,
      matrices: sets.flatMap((evaluated) => matricesOf(evaluated.set, undrawn(evaluated))),
      classes: options.classes ?? [],
      environment: environmentOf(report)
    })
  )
}

/** What an earlier attempt's history says, as the events that it came from. */
const eventsOf = (entry: HistoryEntry, monitors: Monitors.Monitors): ReadonlyArray<Event.Known> => {
  const { epoch, step, samples, learningRate, values } = entry
  const progress = { epoch, batch: 0, step, samples, elapsedSeconds: 0 }
  const setOf = (monitor: string) => Monitors.find(monitors, monitor)?.set
  const sets = [...new Set(Object.keys(values).flatMap((monitor) => setOf(monitor) ?? []))]
  const validations = sets
    .filter((set) => set !== Monitors.trainingSet)
    .map((name) => {
      const ofSet = Object.fromEntries(Object.entries(values).filter(([monitor]) => setOf(monitor) === name))
      return { version: 1, _tag: "ValidationEnded", progress, name, samples: 0, values: ofSet, seconds: 0 } as const
    })
  if (!sets.includes(Monitors.trainingSet)) return validations
  return [...validations, { version: 1, _tag: "EpochEnded", progress, values, learningRate, seconds: 0 }]
}

/** What the report starts from. */
export interface Earlier {
  /** What earlier attempts of the run published, where that was kept. */
  readonly earlier?: ReadonlyArray<Event.Known>
}

/**
 * The observer: writes the file when the run has ended, on all four exits, and again with the test's values where the same
 * instance is given to a test (`Callback.shared`). The report of a resumed run begins with the events of its earlier attempts,
 * or, where they are not given, with their history (epochs and validations, without their seconds and single steps). Figures are
 * those of the last validations and of the test (metrics' `toFigure`); a result that is a square table of numbers and has none is
 * shown as a confusion matrix. Fails with
 * `OutputFileError`.
 */
export const layer = (config: ConfigInput, { earlier = [] }: Earlier = {}): FileObserver.FileObserver =>
  Callback.unwrap(
    Effect.gen(function* () {
      const {
        path,
        classes,
        id: callbackId = id
      } = yield* CoreConfig.decode(Config, config, "the config of the HTML report")
      const file = yield* OutputFile.make(callbackId)
      const events: Array<Event.Known> = [...earlier]
      const full: Record<string, Callback.Full> = {}
      let test: Callback.Full | undefined
      const write = Effect.suspend(() => {
        const text = render(events, { full, classes, ...(test === undefined ? {} : { test }) })
        if (Option.isNone(text)) return Effect.void
        file.begin(path)
        file.write(text.value)
        return file.flush
      })
      return Callback.observer({
        id: callbackId,
        onEvent: (event) => void events.push(event),
        check: file.check(path),
        hooks: {
          resumed: ({ state }) => {
            // The first event identifies the run.
            const [setting] = events
            // A replayed log has events of earlier attempts.
            if (setting?._tag !== "Resumed") return
            events.unshift(
              { ...setting, _tag: "RunStarted" } as Event.Known,
              ...state().plain.history.flatMap((entry) => eventsOf(entry, setting.monitors))
            )
          },
          validationEnd: ({ name, results, figures }) => {
            full[name] = figures === undefined ? { results } : { results, figures }
          },
          testEnd: ({ results, figures }) => {
            test = figures === undefined ? { results } : { results, figures }
            return write
          },
          trainEnd: () => write
        },
        finalizer: () => file.close
      })
    })
  )
