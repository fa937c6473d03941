/**
 * Studies without a database, for arrays of SLURM and for CI: the number of a trial is its whole description, and what came of it is
 * in a file beside its folder (`trials/0007.json`). Whoever runs all numbers, wherever, gets the table that `etude study run` gives.
 *
 * Only for studies whose trials don't depend on each other: their searcher looks at no result, and they have no pruner.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { Values } from "@etude/core/Event"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { StudyDiffers } from "./Errors.ts"
import { beginOf, type Place } from "./internal/Begins.ts"
import { differences } from "./internal/Differences.ts"
import { leaving } from "./internal/Leaving.ts"
import { settlementOf } from "./internal/Settlements.ts"
import * as Settings from "./Settings.ts"
import type { Study } from "./Study.ts"
import type { StudyRecord, Versions } from "./StudyRecord.ts"
import * as Supervisor from "./Supervisor.ts"
import type { Report, Trial } from "./Trial.ts"

/** Raised where a study's trials depend on each other. Nothing was trained. */
export class NotStatic extends Schema.TaggedError<NotStatic>()("NotStatic", {
  study: Schema.String,
  reasons: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return (
      `The study "${this.study}" needs a database: ${this.reasons.join("; ")}. ` +
      "Run it with `etude study run` and `etude worker`, or choose a searcher that looks at no result (Grid, Random, Halton, Sobol)" +
      " and no pruner."
    )
  }
}

/** Raised where a study has no trial with that number. */
export class TrialUnknown extends Schema.TaggedError<TrialUnknown>()("TrialUnknown", {
  study: Schema.String,
  number: Schema.Number,
  trials: Schema.Natural
}) {
  override get message(): string {
    return `The study "${this.study}" has ${this.trials} trials, numbered from 0 to ${this.trials - 1}; there is no trial ${this.number}.`
  }
}

/** Raised where a file of a trial can't be read or written. */
export class TrialFileUnusable extends Schema.TaggedError<TrialFileUnusable>()("TrialFileUnusable", {
  file: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.file} could not be used: ${this.reason}. Remove it to begin its trial anew.`
  }
}

/** Why a study's trials can't be run one by one; none where they can. */
export const reasonsOf = ({ config, searcher }: Study): ReadonlyArray<string> => [
  ...(searcher.isSequential !== false && config.space.parameters.length > 0
    ? [`its searcher ${config.search._tag} chooses settings by the results of others`]
    : []),
  ...(config.pruner === undefined ? [] : [`its pruner ${config.pruner._tag} compares trials while they run`])
]

const TrialSchema: Schema.Codec<Trial, unknown> = Schema.Struct({
  number: Schema.Natural,
  setting: Schema.Natural,
  parameters: Schema.Record(Schema.String, Schema.Json),
  seed: Schema.Int,
  state: Schema.Literals(["waiting", "running", "paused", "complete", "pruned", "failed"]),
  reports: Schema.Array(Schema.Struct({ step: Schema.Natural, epoch: Schema.Finite, values: Values })),
  test: Schema.NullOr(Values),
  reason: Schema.NullOr(Schema.String),
  attempts: Schema.Natural,
  preemptions: Schema.Natural,
  failures: Schema.Natural,
  seconds: Schema.Finite,
  folder: Schema.String
})
const Text = Schema.fromJsonString(Schema.toCodecJson(TrialSchema), { space: 2 })

const fresh = (planned: Settings.Planned): Trial => ({
  ...planned,
  state: "waiting",
  reports: [],
  test: null,
  reason: null,
  attempts: 0,
  preemptions: 0,
  failures: 0,
  seconds: 0,
  folder: Settings.folderOf(planned.number)
})

const fileOf = (folder: string, trial: Settings.Planned): string =>
  path.join(folder, `${Settings.folderOf(trial.number)}.json`)

const unusable = (file: string) => (cause: unknown) =>
  new TrialFileUnusable({ file, reason: cause instanceof Error ? cause.message : String(cause) })

/** What is known of a trial: what its file says, else that it waits. */
const read = (folder: string, planned: Settings.Planned): Effect.Effect<Trial, TrialFileUnusable> => {
  const file = fileOf(folder, planned)
  return Effect.try({
    try: () => (fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined),
    catch: unusable(file)
  }).pipe(
    Effect.flatMap((text) =>
      text === undefined
        ? Effect.succeed(fresh(planned))
        : Effect.mapError(Schema.decodeUnknownEffect(Text)(text), unusable(file))
    )
  )
}

/** Readers see the whole file or the one before. */
const write = (folder: string, trial: Trial): Effect.Effect<void, TrialFileUnusable> => {
  const file = fileOf(folder, trial)
  return Effect.try({
    try: () => {
      fs.mkdirSync(path.dirname(file), { recursive: true })
      fs.writeFileSync(`${file}.tmp`, `${Schema.encodeSync(Text)(trial)}\n`)
      fs.renameSync(`${file}.tmp`, file)
    },
    catch: unusable(file)
  })
}

const withReport = (trial: Trial, report: Report): Trial =>
  trial.reports.some(({ step }) => step === report.step)
    ? trial
    : { ...trial, reports: [...trial.reports, report].sort((a, b) => a.step - b.step) }

export interface StaticOptions extends Place {
  readonly command: Supervisor.TrialCommand
  /** The trial's number, from 0. */
  readonly number: number
  /** How long the trial may take to save when it is asked to leave. Default: a minute. */
  readonly grace?: Duration.Duration
}

/** One attempt: what is known of the trial after it, and how long to wait before another one. */
const attempt = Effect.fnUntraced(function* (options: StaticOptions, supervisor: Supervisor.Supervisor, before: Trial) {
  const { study, folder } = options
  let trial: Trial = { ...before, state: "running", reason: null, attempts: before.attempts + 1 }
  yield* write(folder, trial)
  const begun = performance.now()
  const taken = { ...trial, fence: trial.attempts, startFrom: null }
  const ending = yield* supervisor.run(beginOf(options, taken), {
    began: () => Effect.void,
    reported: ({ step, epoch, values }) => {
      trial = withReport(trial, { step, epoch, values })
      return Effect.as(write(folder, trial), { _tag: "Continue" as const })
    }
  })
  const seconds = (performance.now() - begun) / 1000
  const { failures } = trial
  const { settlement, delay } = settlementOf(ending, {
    seconds,
    failures,
    attempts: study.config.attempts,
    patience: study.config.lease
  })
  const { state, reason, test = null, counts } = settlement
  trial = {
    ...trial,
    state,
    reason,
    test,
    seconds: trial.seconds + settlement.seconds,
    failures: failures + (counts === "failure" ? 1 : 0),
    preemptions: trial.preemptions + (counts === "preemption" ? 1 : 0)
  }
  yield* write(folder, trial)
  return { trial, again: state === "waiting" && counts === "failure", delay }
})

/** The trial of a number, as far as the study has one and its trials don't depend on each other. */
export const planned = (study: Study, number: number): Effect.Effect<Settings.Planned, NotStatic | TrialUnknown> =>
  Effect.suspend((): Effect.Effect<Settings.Planned, NotStatic | TrialUnknown> => {
    const reasons = reasonsOf(study)
    if (reasons.length > 0) return Effect.fail(new NotStatic({ study: study.name, reasons }))
    const found = number < 0 ? undefined : Settings.trialAt(study.config, study.searcher, number)
    if (found !== undefined) return Effect.succeed(found)
    const trials = Settings.all(study.config, study.searcher).length
    return Effect.fail(new TrialUnknown({ study: study.name, number, trials }))
  })

/**
 * Trains one trial to its end, from where it was left. A complete one stays as it is; one that had failed is tried again. Interrupted,
 * it is saved, and its file says that it waits.
 */
export const run = Effect.fnUntraced(function* (options: StaticOptions) {
  const { study, folder, number, command, grace } = options
  let trial = yield* read(folder, yield* planned(study, number))
  if (trial.state === "complete") return trial
  if (trial.state === "failed") trial = { ...trial, failures: 0 }
  const supervisor = yield* Supervisor.make({ command, trialsPerProcess: 1, ...(grace === undefined ? {} : { grace }) })
  while (true) {
    const next = yield* leaving(attempt(options, supervisor, trial), supervisor.leave)
    trial = next.trial
    if (!next.again) return trial
    yield* Effect.sleep(next.delay)
  }
}, Effect.scoped)

/** Fails with `StudyDiffers` where a folder's study has another definition than this one. */
export const same = ({ name, definition }: Study, stored: Schema.Json): Effect.Effect<void, StudyDiffers> => {
  const found = differences(stored, definition)
  return found.length === 0 ? Effect.void : Effect.fail(new StudyDiffers({ study: name, differences: found }))
}

/** What is known of all trials: those without a file wait. */
export const gather = Effect.fnUntraced(function* (
  study: Study,
  folder: string,
  { versions, created }: { readonly versions: Versions; readonly created: number }
) {
  const reasons = reasonsOf(study)
  if (reasons.length > 0) return yield* new NotStatic({ study: study.name, reasons })
  const all = Settings.all(study.config, study.searcher)
  const trials = yield* Effect.forEach(all, (one) => read(folder, one))
  const { name, definition } = study
  return { name, definition, created, trials, decisions: [], versions } satisfies StudyRecord
})
