/** How a run's folder is left: the report and the figures of one that ended well, and what is said of one that did not. */
import { reasonOf } from "@etude/core/Errors"
import * as Event from "@etude/core/Event"
import type * as Figure from "@etude/core/Figure"
import * as Report from "@etude/reports/Report"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Output from "./Output.ts"
import * as RunFolder from "./RunFolder.ts"
import * as Summary from "./Summary.ts"

export const stepsOf = (log: ReadonlyArray<Event.Known>): number => log.at(-1)?.progress.step ?? 0

/** Logs the end of a run that failed after training. */
export const publish = (cause: Cause.Cause<unknown>, log: ReadonlyArray<Event.Known>) =>
  Effect.gen(function* () {
    const last = log.at(-1)
    if (last === undefined || last._tag === "Interrupted" || last._tag === "Failed") return
    const { publish } = yield* Event.Events
    const { progress } = last
    if (Cause.hasInterruptsOnly(cause)) return yield* publish({ version: 1, _tag: "Interrupted", progress })
    const error = Cause.squash(cause)
    const tag = (error as { readonly _tag?: unknown } | null)?._tag
    yield* publish({
      version: 1,
      _tag: "Failed",
      progress,
      error: typeof tag === "string" ? tag : "Defect",
      message: reasonOf(error)
    })
  })

/** The text of a report's file. */
export const textOf = (report: Report.Report): string => `${Report.encode(report)}\n`

export const writeReport = (folder: string, log: ReadonlyArray<Event.Known>) =>
  Option.match(Report.fold(log), {
    onNone: () => Effect.succeedNone,
    onSome: (report) =>
      RunFolder.write(RunFolder.reportFile(folder), textOf(report)).pipe(Effect.as(Option.some(report)))
  })

/** Figures of the test, one file each. */
export const writeFigures = (folder: string, figures: ReadonlyArray<Figure.MetricFigure>) =>
  Effect.forEach(figures, ({ metric, svg }) => RunFolder.write(RunFolder.figureFile(folder, metric), `${svg}\n`), {
    discard: true
  })

/** What is left of a run that ended badly, and where. */
export const tell = (cause: Cause.Cause<unknown>, folder: string, log: ReadonlyArray<Event.Known>) =>
  Effect.gen(function* () {
    if (stepsOf(log) === 0) {
      return yield* Cause.hasInterruptsOnly(cause)
        ? Output.note("\nInterrupted before the first step; nothing was saved.")
        : Effect.void
    }
    const report = yield* writeReport(folder, log)
    if (Option.isSome(report)) yield* Output.note(`\n${Summary.cutShort(report.value, folder)}`)
  }).pipe(Effect.catch(({ message }) => Output.note(message)))
