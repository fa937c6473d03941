/** `etude study show`, `list`, `gather` and `export`: what is known of studies. */
import * as path from "node:path"
import * as Export from "@etude/study/Export"
import * as OptunaJournal from "@etude/study/OptunaJournal"
import * as Results from "@etude/study/Results"
import type { StudyRecord } from "@etude/study/StudyRecord"
import * as Effect from "effect/Effect"
import * as Output from "./Output.ts"
import * as StudyFolder from "./StudyFolder.ts"
import * as StudyOutputs from "./StudyOutputs.ts"
import * as StudyPlace from "./StudyPlace.ts"
import * as StudyWatch from "./StudyWatch.ts"
import * as Table from "./Table.ts"

/** The table, now. */
export const show = (named: StudyPlace.Named, printing: StudyOutputs.Printing) =>
  Effect.gen(function* () {
    const place = yield* StudyPlace.locate(named)
    const record = yield* StudyPlace.record(place)
    yield* StudyOutputs.print(StudyOutputs.of(record, place.study.config), printing)
  })

/** Shows how a study goes until it is interrupted, or all its trials have ended. */
export const follow = (named: StudyPlace.Named, printing: StudyOutputs.Printing) =>
  Effect.gen(function* () {
    const place = yield* StudyPlace.locate(named)
    const record = StudyPlace.record(place)
    yield* Effect.gen(function* () {
      yield* StudyWatch.watch(record, place.study.config)
      yield* record.pipe(Effect.delay("1 second"), Effect.repeat({ until: StudyWatch.isSettled(place.study) }))
    }).pipe(Effect.scoped)
    yield* StudyOutputs.print(StudyOutputs.of(yield* record, place.study.config), printing)
  })

/** The table, and the files that hold it in the study's folder. */
export const gather = (named: StudyPlace.Named, printing: StudyOutputs.Printing) =>
  Effect.gen(function* () {
    const place = yield* StudyPlace.locate(named)
    const outcome = StudyOutputs.of(yield* StudyPlace.record(place), place.study.config)
    const files = yield* StudyOutputs.write(place.folder, outcome)
    yield* StudyOutputs.print(outcome, printing)
    yield* Output.note(`\n${path.relative("", place.folder) || "."} has ${files.join(", ")}.`)
  })

/** The studies of the working folder. */
export const list = (json: boolean) =>
  Effect.gen(function* () {
    const rows = yield* Effect.forEach(StudyFolder.here(), (folder) =>
      Effect.gen(function* () {
        const place = yield* StudyPlace.locate({ target: folder })
        const { trials } = yield* StudyPlace.record(place)
        return { folder, name: place.study.name, ...Results.countsOf(trials), trials: trials.length }
      }).pipe(Effect.catch(({ message }) => Effect.as(Output.note(`${folder}: ${message}`), undefined)))
    )
    const known = rows.filter((row) => row !== undefined)
    if (json) return yield* Output.json(known)
    if (known.length === 0) return yield* Output.note("There are no studies in studies; `etude study run` begins one.")
    const heads = ["study", "trials", "complete", "running", "waiting", "paused", "pruned", "failed"] as const
    yield* Output.result(
      Table.render(
        heads,
        known.map((row) => heads.map((head) => String(head === "study" ? row.folder : row[head])))
      )
    )
  })

export const exportFormats = ["trials", "reports", "json", "optuna"] as const
type ExportFormat = (typeof exportFormats)[number]

const exported = ({ study, results }: StudyOutputs.Outcome, { times }: StudyRecord, format: ExportFormat): string => {
  switch (format) {
    case "trials":
      return Export.trialsCsv(study)
    case "reports":
      return Export.reportsCsv(study)
    case "json":
      return Export.json(study, results)
    case "optuna":
      return OptunaJournal.journal(study, { times: ({ number }) => times?.get(number) ?? {} })
  }
}

/** The trials for other programs, on standard output. */
export const exportTo = (named: StudyPlace.Named, format: ExportFormat) =>
  Effect.gen(function* () {
    const place = yield* StudyPlace.locate(named)
    const record = yield* StudyPlace.record(place)
    const outcome = StudyOutputs.of(record, place.study.config)
    yield* Output.result(exported(outcome, record, format).trimEnd())
  })
