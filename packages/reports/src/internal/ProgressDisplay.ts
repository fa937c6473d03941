/** What `ProgressBar` shows: told of events and batches, it prints lines and keeps the live one up to date. */
import type { HookEvents } from "@etude/core/Callback"
import type * as Event from "@etude/core/Event"
import * as Extent from "@etude/core/Extent"
import * as Position from "@etude/core/Progress"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as EpochTable from "./EpochTable.ts"
import * as format from "./format.ts"
import * as paint from "./paint.ts"
import * as RunningMeans from "./RunningMeans.ts"
import * as remaining from "./remaining.ts"
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

const limits = Schema.decodeUnknownOption(
  Schema.Struct({ until: Extent.Until, fastDevRun: Schema.optionalKey(Schema.Boolean) })
)

/** The limits of a run, from its config. */
const untilOf = (config: Schema.Json, at: Position.Progress): Extent.Until => {
  const decoded = limits(config)
  if (Option.isNone(decoded)) return {}
  return decoded.value.fastDevRun === true ? { epochs: at.epoch + 1 } : decoded.value.until
}

/** `  7/938`: as wide for every part of the whole, so that what follows stays in its place. */
const of = (part: number, whole: number | undefined): string => {
  if (whole === undefined) return format.count(part)
  const all = format.count(whole)
  return `${format.count(part).padStart(all.length)}/${all}`
}

export const make = ({ verbosity, everySteps, now, screen }: Options) => {
  const table = EpochTable.make(screen)
  const [training, evaluation] = [RunningMeans.make(), RunningMeans.make()]
  let config: Schema.Json = {}
  let until: Extent.Until = {}
  let batchesPerEpoch: number | undefined
  /** Where and when this attempt began. */
  let begin = { at: now(), progress: Position.start }
  /** The running epoch, or what is left of it: when it began, how long it stood still for validation. */
  let epoch = { at: now(), still: 0, samples: 0 }
  let validation: { readonly batches: number; readonly at: number } | undefined
  /** Validations since the last batch: those at the end of an epoch are shown in its row. */
  let validated: ReadonlyArray<typeof Event.ValidationEnded.Type> = []
  let skipped: Record<string, number> = {}
  let drawn = Number.NEGATIVE_INFINITY
  const hasBar = screen.isTerminal && verbosity !== "minimal"

  const print = (line: string, painted?: paint.Paint): void => {
    table.interrupted()
    screen.print(line, painted)
  }
  const say = (text: string, painted?: paint.Paint): void => {
    const columns = screen.columns()
    for (const line of columns === Number.POSITIVE_INFINITY ? [text] : wrap(text, columns)) print(line, painted)
  }
  const isDue = (): boolean => {
    const time = now()
    if (time - drawn < redrawMilliseconds) return false
    drawn = time
    return true
  }

  const valuesPart = (means: { readonly [name: string]: number }): ReadonlyArray<Screen.Part> =>
    Object.entries(means).map(([name, value], order) => ({
      text: `${name} ${format.value(value)}`,
      dispensable: order === 0 ? 1 : 3
    }))

  const timeLeft = (at: Position.Progress): string => {
    if (batchesPerEpoch === undefined) return ""
    const seconds = (now() - begin.at) / 1000
    const left = remaining.seconds({ until, batchesPerEpoch, from: begin.progress, now: at, seconds })
    return left === undefined ? "" : `eta ${format.duration(left)}`
  }

  const trainingParts = (at: Position.Progress): ReadonlyArray<Screen.Part> => {
    const perSecond = (epoch.samples * 1000) / Math.max(1, now() - epoch.at - epoch.still)
    const skips = Object.values(skipped).reduce((sum, number) => sum + number, 0)
    return [
      { text: `epoch ${of(at.epoch + 1, until.epochs)}`, dispensable: 0 },
      { text: `batch ${of(at.batch, batchesPerEpoch)}`, dispensable: 0 },
      ...valuesPart(training.means()),
      { text: skips === 0 ? "" : `skipped ${format.count(skips)}`, dispensable: 4 },
      { text: `${format.count(perSecond)} samples/s`, dispensable: 5 },
      { text: timeLeft(at), dispensable: 2 }
    ]
  }

  const drawEvaluation = (what: string, batch: number, batches: number | undefined): void => {
    if (!isDue()) return
    const parts = [
      { text: what, dispensable: 0 },
      { text: `batch ${of(batch, batches)}`, dispensable: 0 },
      ...valuesPart(evaluation.means())
    ]
    screen.live(Screen.fit(parts, batches === undefined ? undefined : batch / batches, screen.liveColumns()))
  }

  const sayValidated = (): void => {
    if (verbosity === "standard") for (const event of validated) say(sentences.validation(event))
    validated = []
  }

  const startEpoch = (): void => {
    training.reset()
    epoch = { at: now(), still: 0, samples: 0 }
    skipped = {}
  }

  const endEpoch = ({ progress, values, learningRate, seconds }: typeof Event.EpochEnded.Type): void => {
    validated = []
    screen.clear()
    table.row({ epoch: of(progress.epoch, until.epochs), values, learningRate, seconds })
    if (Object.keys(skipped).length > 0) say(sentences.skipped(skipped, progress.epoch), paint.warning)
    skipped = {}
  }

  /** What an event changes here, before it is said. */
  const follow = (event: Event.Known): void => {
    switch (event._tag) {
      case "RunStarted":
      case "Resumed":
        config = event.config
        until = untilOf(config, event.progress)
        batchesPerEpoch = event.batchesPerEpoch
        begin = { at: now(), progress: event.progress }
        // A resumed run's best values so far are not known here.
        table.expect(event.monitors, event._tag === "RunStarted")
        startEpoch()
        break
      case "EpochStarted":
        startEpoch()
        break
      case "ValidationStarted":
        evaluation.reset()
        validation = { batches: event.batches, at: now() }
        break
      case "ValidationEnded":
        if (validation !== undefined) epoch.still += now() - validation.at
        validation = undefined
        validated = [...validated, event]
        break
      case "EpochEnded":
        endEpoch(event)
        break
      case "BatchSkipped":
        skipped[event.reason] = (skipped[event.reason] ?? 0) + 1
        break
      case "RunEnded":
        sayValidated()
        screen.clear()
        break
      case "Interrupted":
      case "Failed":
      case "Tested":
        screen.clear()
        break
      default:
        break
    }
  }

  return {
    hasBar,
    onEvent: (event: Event.Known): void => {
      follow(event)
      const sentence = event._tag === "RunEnded" ? sentences.ending(event, config) : sentences.of(event, verbosity)
      if (sentence !== undefined) say(sentence, paints[event._tag])
    },
    batchEnd: ({ progress, samples, values }: HookEvents["batchEnd"]): void => {
      training.add(values, samples)
      epoch.samples += samples
      if (validated.length > 0) sayValidated()
      if (progress.step % everySteps === 0 && (verbosity === "verbose" || !screen.isTerminal)) {
        print(Screen.fit(trainingParts(progress), undefined, screen.columns()))
      }
      if (!hasBar || !isDue()) return
      const share = batchesPerEpoch === undefined ? undefined : progress.batch / batchesPerEpoch
      screen.live(Screen.fit(trainingParts(progress), share, screen.liveColumns()))
    },
    evaluationBegin: (): void => evaluation.reset(),
    validationBatchEnd: ({ progress, name, batch, samples, values }: HookEvents["validationBatchEnd"]): void => {
      evaluation.add(values, samples)
      drawEvaluation(`epoch ${of(progress.epoch + 1, until.epochs)} ${name}`, batch + 1, validation?.batches)
    },
    testBatchEnd: ({ batch, samples, values }: HookEvents["testBatchEnd"]): void => {
      evaluation.add(values, samples)
      drawEvaluation("test", batch + 1, undefined)
    },
    predictBatchEnd: ({ batch }: HookEvents["predictBatchEnd"]): void =>
      drawEvaluation("predict", batch + 1, undefined),
    close: screen.close
  }
}
