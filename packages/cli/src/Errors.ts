/** What can go wrong around a run: the files it is described in, the experiment it names, the folder it writes to. */
import { reasonOf } from "@etude/core/Errors"
import * as Schema from "effect/Schema"

/** A file that cannot be read. */
export class FileUnreadable extends Schema.TaggedError<FileUnreadable>()("FileUnreadable", {
  path: Schema.String,
  what: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `The ${this.what} ${this.path} cannot be read: ${this.reason}.`
  }
}

/** An experiment that cannot be loaded. `use` is what the config calls it, `from` the folder it was looked for in. */
export class ExperimentNotLoaded extends Schema.TaggedError<ExperimentNotLoaded>()("ExperimentNotLoaded", {
  use: Schema.String,
  from: Schema.String,
  reason: Schema.String,
  advice: Schema.String
}) {
  override get message() {
    return `The experiment ${this.use} cannot be loaded from ${this.from}: ${this.reason}. ${this.advice}`
  }
}

/** A plugin that cannot be loaded. `use` is what the config calls it, `from` the folder it was looked for in. */
export class PluginNotLoaded extends Schema.TaggedError<PluginNotLoaded>()("PluginNotLoaded", {
  use: Schema.String,
  from: Schema.String,
  reason: Schema.String,
  advice: Schema.String
}) {
  override get message() {
    return `The plugin ${this.use} cannot be loaded from ${this.from}: ${this.reason}. ${this.advice}`
  }
}

/** An experiment that was loaded, but did not give its task and data. */
export class ExperimentFailed extends Schema.TaggedError<ExperimentFailed>()("ExperimentFailed", {
  experiment: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `The experiment ${this.experiment} could not be set up; nothing was trained. ${reasonOf(this.cause)}`
  }
}

/** A set of the data that an experiment does not have. */
export class DataMissing extends Schema.TaggedError<DataMissing>()("DataMissing", {
  experiment: Schema.String,
  set: Schema.String,
  available: Schema.Array(Schema.String)
}) {
  override get message() {
    return `The experiment ${this.experiment} has no ${this.set} data; it has ${this.available.join(", ")}.`
  }
}

/** A run folder that cannot be written to. */
export class RunNotWritten extends Schema.TaggedError<RunNotWritten>()("RunNotWritten", {
  path: Schema.String,
  reason: Schema.String,
  advice: Schema.String
}) {
  override get message() {
    return `${this.path} could not be written: ${this.reason.replace(/[.\s]+$/, "")}. ${this.advice}`.trimEnd()
  }
}

/** A folder that does not hold a run that can be used again. */
export class RunUnusable extends Schema.TaggedError<RunUnusable>()("RunUnusable", {
  path: Schema.String,
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return `The run ${this.path} cannot be used.${this.problems.map((problem) => `\n  ${problem}`).join("")}`
  }
}

/** A run folder that another process writes to, or now owns. */
export class RunInUse extends Schema.TaggedError<RunInUse>()("RunInUse", {
  run: Schema.String,
  lock: Schema.String,
  process: Schema.Natural,
  host: Schema.String,
  /** UTC, ISO 8601. */
  since: Schema.String,
  state: Schema.Literals(["running", "elsewhere", "superseding"])
}) {
  override get message() {
    const holder = `process ${this.process} on ${this.host}`
    if (this.state === "running") {
      return (
        `The run ${this.run} has been in use by ${holder} since ${this.since}; nothing was started. ` +
        `Wait until it ends, or end it (Ctrl-C, or kill -INT ${this.process}), then resume.`
      )
    }
    if (this.state === "elsewhere") {
      return (
        `The run ${this.run} has been in use by ${holder} since ${this.since}. Whether that process still runs is unknown ` +
        `on this machine; nothing was started. If it does not, delete ${this.lock} and resume again.`
      )
    }
    return (
      `The run ${this.run} was taken over by ${holder} at ${this.since}; this process has stopped writing there. ` +
      "The run continues in the other process."
    )
  }
}

/** A run folder that somebody else was given: there is a higher fence than this process's. */
export class RunSuperseded extends Schema.TaggedError<RunSuperseded>()("RunSuperseded", {
  run: Schema.String,
  /** This process's; null where it has none. */
  fence: Schema.NullOr(Schema.Natural),
  highest: Schema.Natural
}) {
  override get message() {
    const own = this.fence === null ? "this process has none" : `this process has ${this.fence}`
    return (
      `The run ${this.run} was given to a process with the fence ${this.highest}, and ${own}: ` +
      "this process writes nothing there. The run continues in the other process."
    )
  }
}
