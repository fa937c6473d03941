/** `etude study trial` and `etude study gather`: a study without a database, trial by trial. */
import { printable } from "@etude/core/Printable"
import * as Static from "@etude/study/Static"
import type { Trial } from "@etude/study/Trial"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Output from "./Output.ts"
import { Stopping } from "./Stopping.ts"
import * as StudyBegin from "./StudyBegin.ts"
import * as StudyDatabase from "./StudyDatabase.ts"
import * as StudyFolder from "./StudyFolder.ts"
import * as StudyLine from "./StudyLine.ts"
import * as TrialCommand from "./TrialCommand.ts"

/** A trial that did not come to its end. */
export class TrialNotComplete extends Schema.TaggedError<TrialNotComplete>()("TrialNotComplete", {
  trial: Schema.String,
  /** `waiting`: it may continue elsewhere or later. */
  state: Schema.Literals(["failed", "waiting"]),
  reason: Schema.String
}) {
  override get message() {
    const what = this.state === "failed" ? "failed" : "could not continue here, and waits"
    return `${this.trial} ${what}${this.reason === "" ? "." : `: ${this.reason}`}`
  }
}

export interface TrialArguments extends StudyBegin.Named {
  readonly index: number
  readonly json: boolean
}

/** Writes study.json where there is none yet; refuses a folder that holds another study. */
const settle = ({ folder, study }: StudyBegin.Planned) =>
  Effect.gen(function* () {
    const described = yield* StudyFolder.read(folder)
    if (described === undefined) {
      return yield* StudyFolder.write(folder, {
        name: study.name,
        definition: study.definition,
        database: StudyDatabase.files
      })
    }
    yield* Static.same(study, described.definition)
    if (described.database === StudyDatabase.files) return
    const kept = described.database ?? StudyDatabase.fileOf(folder)
    return yield* new StudyDatabase.StudyElsewhere({ folder, kept, asked: "a trial by its number" })
  })

const report = (trial: Trial, json: boolean) => {
  const { state, reason } = trial
  if (state !== "complete") {
    const waits = state === "failed" ? "failed" : "waiting"
    return Effect.fail(new TrialNotComplete({ trial: StudyLine.nameOf(trial), state: waits, reason: reason ?? "" }))
  }
  return json ? Output.json(trial) : Output.result(printable(StudyLine.of(trial)))
}

/** Trains the trial of a number, from where it was left. */
export const trial = (args: TrialArguments) =>
  Effect.gen(function* () {
    yield* Stopping.use(({ givesBack }) => givesBack)
    const planned = yield* StudyBegin.plan(args)
    yield* Static.planned(planned.study, args.index)
    yield* settle(planned)
    const { study, folder, config } = planned
    const ended = yield* Static.run({ study, folder, config, command: TrialCommand.here, number: args.index }).pipe(
      Effect.onInterrupt(() => Output.note("Saved; the same command continues this trial."))
    )
    yield* report(ended, args.json)
  })
