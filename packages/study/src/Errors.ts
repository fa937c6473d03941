/** How studies fail, beside what a config or a run itself reports. */
import * as Schema from "effect/Schema"

const listed = (names: ReadonlyArray<string>): string => names.join(", ") || "none"

/** Raised where a database holds no study of that name. */
export class StudyUnknown extends Schema.TaggedError<StudyUnknown>()("StudyUnknown", {
  study: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `The database holds no study "${this.study}". It holds: ${listed(this.known)}.`
  }
}

/** One key at which two definitions differ; a side without the key is undefined. */
export const Difference = Schema.Struct({
  path: Schema.String,
  stored: Schema.optionalKey(Schema.Json),
  given: Schema.optionalKey(Schema.Json)
})
export interface Difference {
  readonly path: string
  readonly stored?: Schema.Json
  readonly given?: Schema.Json
}

const shown = (value: Schema.Json | undefined): string => (value === undefined ? "nothing" : JSON.stringify(value))

/** Raised where a study is opened with another definition than it was created with. Nothing was changed. */
export class StudyDiffers extends Schema.TaggedError<StudyDiffers>()("StudyDiffers", {
  study: Schema.String,
  differences: Schema.Array(Difference)
}) {
  override get message(): string {
    const lines = this.differences.map(
      ({ path, stored, given }) => `  ${path}: it was begun with ${shown(stored)}, and is now ${shown(given)}`
    )
    return [
      `The study "${this.study}" was begun with another definition:`,
      ...lines,
      "Only more settings and more seeds can be added to a study. Undo the change, or give it another name."
    ].join("\n")
  }
}

/** Raised where the tables were made by a newer version of @etude/study. Nothing was changed. */
export class DatabaseNewer extends Schema.TaggedError<DatabaseNewer>()("DatabaseNewer", {
  found: Schema.Number,
  known: Schema.Number
}) {
  override get message(): string {
    return (
      `The database has the studies' tables of version ${this.found}, and this @etude/study knows them up to ${this.known}:` +
      " update @etude/study on this machine."
    )
  }
}

/**
 * Raised by every write for a trial that somebody else has taken meanwhile: the lease had expired, as after a pause of the whole
 * machine. What the write would have changed is as the other left it.
 */
export class TrialTakenOver extends Schema.TaggedError<TrialTakenOver>()("TrialTakenOver", {
  study: Schema.String,
  trial: Schema.Number,
  fence: Schema.Number
}) {
  override get message(): string {
    return `Another worker has taken over trial ${this.trial} of "${this.study}"; what this one did of it since is dropped.`
  }
}

/** Raised where the database refuses or is away for longer than workers wait. */
export class DatabaseFailed extends Schema.TaggedError<DatabaseFailed>()("DatabaseFailed", {
  reason: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return (
      `The study's database failed: ${this.reason}. Nothing that was stored is lost: when it works again, start the worker` +
      " again, and the study goes on."
    )
  }
}

/** Raised where a worker of an exact study has other versions than those that it was created with. */
export class VersionsDiffer extends Schema.TaggedError<VersionsDiffer>()("VersionsDiffer", {
  study: Schema.String,
  differences: Schema.Array(Difference)
}) {
  override get message(): string {
    const lines = this.differences.map(
      ({ path, stored, given }) => `  ${path}: the study has ${shown(stored)}, this worker ${shown(given)}`
    )
    return [
      `This worker would not compute what the others of "${this.study}" compute:`,
      ...lines,
      "Install the study's versions here, or set exact: false in a new study."
    ].join("\n")
  }
}

/** Raised where a searcher is to ask Optuna and can't: Python, Optuna or the sampler is missing. */
export class OptunaUnavailable extends Schema.TaggedError<OptunaUnavailable>()("OptunaUnavailable", {
  python: Schema.String,
  problem: Schema.String
}) {
  override get message(): string {
    return (
      `Optuna can't be asked with ${this.python}: ${this.problem}. Install Optuna (pip install optuna), name the Python that has` +
      " it (search: { _tag: Optuna, python: … }), or take a searcher of Etude's, such as Tpe."
    )
  }
}
