/** Shows a study while it runs: lines that are redrawn in a terminal, a line for each change elsewhere. */
import { printable } from "@etude/core/Printable"
import * as Results from "@etude/study/Results"
import * as Live from "@etude/study/render/Live"
import type { Study } from "@etude/study/Study"
import type { StudyConfig } from "@etude/study/StudyConfig"
import type { StudyRecord } from "@etude/study/StudyRecord"
import { hasEnded, type Trial } from "@etude/study/Trial"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Colors from "./Colors.ts"
import * as StudyLine from "./StudyLine.ts"
import * as StudyScreen from "./StudyScreen.ts"

type Show = (record: StudyRecord) => Effect.Effect<void>

/** Rows of a terminal that are left for what was there before. */
const rowsBeside = 10

const inTerminal = (config: StudyConfig): Effect.Effect<Show, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { stderr } = process
    const screen = yield* Effect.acquireRelease(
      Effect.sync(() => StudyScreen.make(stderr)),
      ({ clear }) => Effect.sync(clear)
    )
    return (record) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const times = { created: record.created, now: now / 1000 }
        const rows = Math.max(1, Math.min(8, (stderr.rows || 24) - rowsBeside))
        const options = { columns: (stderr.columns || 80) - 1, rows, palette: Colors.of(stderr) }
        screen.draw(Live.lines(Results.studyOf(record, config), times, options))
      })
  })

/** A trial as far as a log tells it: a new line follows where this changes. */
export const telling = ({ state, attempts, preemptions, failures }: Trial): string =>
  state === "running" ? `running ${attempts}` : `${state} ${preemptions} ${failures}`

/** The trials that have changed since they were last shown; of those seen for the first time, the ones that have begun. */
export const changed = (before: ReadonlyMap<number, string>, trials: ReadonlyArray<Trial>): ReadonlyArray<Trial> =>
  trials.filter((trial) => {
    const known = before.get(trial.number)
    return known === undefined ? trial.state !== "waiting" : known !== telling(trial)
  })

const writeLine = ({ objective }: StudyConfig, trial: Trial): void => {
  const monitors = objective.map(({ monitor }) => monitor)
  process.stderr.write(`${printable(StudyLine.of(trial, monitors))}\n`)
}

/** Writes a line for the trial of that number. */
export const tell =
  (config: StudyConfig, number: number) =>
  (trials: ReadonlyArray<Trial>): void => {
    for (const trial of trials) if (trial.number === number) writeLine(config, trial)
  }

const asLines = (config: StudyConfig): Show => {
  let seen: ReadonlyMap<number, string> | undefined
  return ({ trials }) =>
    Effect.sync(() => {
      // What had ended before this command is in its table.
      const news = seen === undefined ? trials.filter(({ state }) => state === "running") : changed(seen, trials)
      seen = new Map(trials.map((trial) => [trial.number, telling(trial)]))
      for (const trial of news) writeLine(config, trial)
    })
}

/** Whether all trials of a study have ended, as far as they are known. */
export const isSettled =
  ({ config }: Study) =>
  ({ trials }: Pick<StudyRecord, "trials">): boolean =>
    trials.length > 0 &&
    trials.length >= config.settings * config.seeds.length &&
    trials.every(({ state }) => hasEnded(state))

const everyTerminal = "1 second"
const everyLine = "500 millis"

/** Shows the record again and again, and once more when its scope closes. `record` that fails is asked again. */
export const watch = <E, R>(record: Effect.Effect<StudyRecord, E, R>, config: StudyConfig) =>
  Effect.gen(function* () {
    const isTerminal = process.stderr.isTTY === true && process.env["TERM"] !== "dumb"
    const show = isTerminal ? yield* inTerminal(config) : asLines(config)
    const once = Effect.ignore(Effect.flatMap(record, show))
    yield* once
    if (!isTerminal) yield* Effect.addFinalizer(() => once)
    yield* once.pipe(Effect.repeat(Schedule.spaced(isTerminal ? everyTerminal : everyLine)), Effect.forkScoped)
  })
