/** What `ProgressBar` shows: given events and batches, it prints lines and keeps the live one up to date. */
import type { HookEvents } from "@etude/core/Callback"
import type * as Event from "@etude/core/Event"
import * as EpochTable from "./EpochTable.ts"
import * as liveLine from "./liveLine.ts"
import * as paint from "./paint.ts"
import * as RunCourse from "./RunCourse.ts"
import * as RunningMeans from "./RunningMeans.ts"
import * as Screen from "./Screen.ts"
import * as sentences from "./sentences.ts"
import { wrap } from "./width.ts"

export interface Options {
  readonly verbosity: sentences.Verbosity
  readonly everySteps: number
  /** Milliseconds from any origin. */
  readonly now: () => number
  readonly screen: Screen.Screen
}

/** The display: what is fixed, and what changes from event to event. */
interface Display extends Options {
  readonly table: EpochTable.EpochTable
  readonly training: RunningMeans.RunningMeans
  readonly evaluation: RunningMeans.RunningMeans
  readonly hasBar: boolean
  course: RunCourse.RunCourse
  /** When the live line was drawn last. */
  drawn: number
}

/** What stands out among the sentences. */
const paints: { readonly [tag: string]: paint.Paint } = {
  Warned: paint.warning,
  RolledBack: paint.warning,
  Interrupted: paint.warning,
  Failed: paint.bad,
  RunEnded: paint.good
}

/** At most 10 redraws a second: more is neither seen nor free. */
const redrawMilliseconds = 100

const print = ({ table, screen }: Display, line: string, painted?: paint.Paint): void => {
  table.interrupted()
  screen.print(line, painted)
}

const say = (display: Display, text: string, painted?: paint.Paint): void => {
  const columns = display.screen.columns()
  const lines = columns === Number.POSITIVE_INFINITY ? [text] : wrap(text, columns)
  for (const line of lines) print(display, line, painted)
}

const isDue = (display: Display): boolean => {
  const time = display.now()
  if (time - display.drawn < redrawMilliseconds) return false
  display.drawn = time
  return true
}

const trainingParts = ({ course, training, now }: Display, progress: HookEvents["batchEnd"]["progress"]) =>
  liveLine.ofTraining(course, progress, training.means(), now())

const drawEvaluation = (display: Display, label: string, batch: number, batches: number | undefined): void => {
  if (!isDue(display)) return
  const { screen, evaluation } = display
  const parts = liveLine.ofEvaluation(label, batch, batches, evaluation.means())
  screen.live(Screen.fit(parts, batches === undefined ? undefined : batch / batches, screen.liveColumns()))
}

const sayValidated = (display: Display): void => {
  if (display.verbosity !== "standard") return
  for (const event of display.course.validated) say(display, sentences.validation(event))
}

const showEpoch = (display: Display, { progress, values, learningRate, seconds }: typeof Event.EpochEnded.Type) => {
  const { screen, table, course } = display
  screen.clear()
  table.row({ epoch: liveLine.partOf(progress.epoch, course.until.epochs), values, learningRate, seconds })
  if (Object.keys(course.skipped).length > 0) {
    say(display, sentences.skipped(course.skipped, progress.epoch), paint.warning)
  }
}

/** What an event changes on the screen, before its line is printed and before the course follows it. */
const show = (display: Display, event: Event.Known): void => {
  switch (event._tag) {
    case "RunStarted":
    case "Resumed":
      // A resumed run's best values so far are not known here.
      display.table.expect(event.monitors, event._tag === "RunStarted")
      display.training.reset()
      break
    case "EpochStarted":
      display.training.reset()
      break
    case "ValidationStarted":
      display.evaluation.reset()
      break
    case "EpochEnded":
      showEpoch(display, event)
      break
    case "RunEnded":
      sayValidated(display)
      display.screen.clear()
      break
    case "Interrupted":
    case "Failed":
    case "Tested":
      display.screen.clear()
      break
    default:
      break
  }
}

const onEvent = (display: Display, event: Event.Known): void => {
  show(display, event)
  display.course = RunCourse.follow(display.course, event, display.now())
  const { course, verbosity } = display
  const sentence = event._tag === "RunEnded" ? sentences.ending(event, course.config) : sentences.of(event, verbosity)
  if (sentence !== undefined) say(display, sentence, paints[event._tag])
}

const onBatchEnd = (display: Display, { progress, samples, values }: HookEvents["batchEnd"]): void => {
  const { screen, verbosity, everySteps, hasBar, training } = display
  training.add(values, samples)
  sayValidated(display)
  display.course = RunCourse.batchDone(display.course, samples)
  if (progress.step % everySteps === 0 && (verbosity === "verbose" || !screen.isTerminal)) {
    print(display, Screen.fit(trainingParts(display, progress), undefined, screen.columns()))
  }
  if (!hasBar || !isDue(display)) return
  const { batchesPerEpoch } = display.course
  const fraction = batchesPerEpoch === undefined ? undefined : progress.batch / batchesPerEpoch
  screen.live(Screen.fit(trainingParts(display, progress), fraction, screen.liveColumns()))
}

const onValidationBatchEnd = (display: Display, event: HookEvents["validationBatchEnd"]): void => {
  const { until, validation } = display.course
  display.evaluation.add(event.values, event.samples)
  const epoch = liveLine.partOf(event.progress.epoch + 1, until.epochs)
  drawEvaluation(display, `epoch ${epoch} ${event.name}`, event.batch + 1, validation?.batches)
}

export const make = (options: Options) => {
  const display: Display = {
    ...options,
    table: EpochTable.make(options.screen),
    training: RunningMeans.make(),
    evaluation: RunningMeans.make(),
    hasBar: options.screen.isTerminal && options.verbosity !== "minimal",
    course: RunCourse.initial(options.now()),
    drawn: Number.NEGATIVE_INFINITY
  }
  return {
    hasBar: display.hasBar,
    onEvent: (event: Event.Known): void => onEvent(display, event),
    batchEnd: (event: HookEvents["batchEnd"]): void => onBatchEnd(display, event),
    evaluationBegin: (): void => display.evaluation.reset(),
    validationBatchEnd: (event: HookEvents["validationBatchEnd"]): void => onValidationBatchEnd(display, event),
    testBatchEnd: ({ batch, samples, values }: HookEvents["testBatchEnd"]): void => {
      display.evaluation.add(values, samples)
      drawEvaluation(display, "test", batch + 1, undefined)
    },
    predictBatchEnd: ({ batch }: HookEvents["predictBatchEnd"]): void =>
      drawEvaluation(display, "predict", batch + 1, undefined),
    close: options.screen.close
  }
}
