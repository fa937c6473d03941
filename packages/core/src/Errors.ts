/**
 * Every way a run can fail. An error is data first (what a handler needs) and advice second: its message says what was
 * found, what was expected, where, and what to do.
 */
import * as Schema from "effect/Schema"
import { adviceOnChained } from "./internal/chained.ts"
import { batchAfter } from "./Progress.ts"

/** One thing that is wrong: where, and a sentence. */
export interface Problem {
  readonly path: string
  readonly message: string
}
export const Problem: Schema.Codec<Problem> = Schema.Struct({ path: Schema.String, message: Schema.String })

/** How many problems a message shows; more would not help. */
const shown = 50

const list = (problems: ReadonlyArray<Problem>): string => {
  const lines = problems.slice(0, shown).map(({ path, message }) => `${path === "" ? "" : `${path}: `}${message}`)
  if (problems.length > shown) lines.push(`and ${(problems.length - shown).toLocaleString("en-US")} more`)
  return lines.map((line) => `\n  ${line}`).join("")
}

/** The message of a thrown value of any kind. */
export const reasonOf = (cause: unknown): string => {
  if (typeof cause === "object" && cause !== null) {
    if (!("message" in cause && typeof cause.message === "string")) return JSON.stringify(cause)
    const advice = adviceOnChained(cause.message)
    return advice === undefined ? cause.message : `${cause.message}; ${advice}`
  }
  return String(cause)
}

/** A config that its Schema refuses. All problems are in it. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  source: Schema.String,
  problems: Schema.Array(Problem)
}) {
  override get message() {
    return `${this.source} has ${this.problems.length === 1 ? "a problem" : `${this.problems.length} problems`}; nothing was started.${list(this.problems)}`
  }
}

/** Problems found before the first step: model, loss, data, plugins or places that don't fit together. */
export class PreflightFailed extends Schema.TaggedError<PreflightFailed>()("PreflightFailed", {
  task: Schema.String,
  problems: Schema.Array(Problem)
}) {
  override get message() {
    return `${this.task} cannot be run; nothing was trained.${list(this.problems)}`
  }
}

/** Data that cannot be read or contradicts its own header. `offset` is in bytes. */
export class DataError extends Schema.TaggedError<DataError>()("DataError", {
  source: Schema.String,
  offset: Schema.optionalKey(Schema.Natural),
  found: Schema.String,
  expected: Schema.String,
  advice: Schema.String,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    const at = this.offset === undefined ? "" : ` at byte ${this.offset}`
    return `${this.source}${at}: found ${this.found}, expected ${this.expected}. ${this.advice}`
  }
}

/** A dataset that cannot be made from its sources. It lists every problem: one per file, field or option. */
export class DatasetInvalid extends Schema.TaggedError<DatasetInvalid>()("DatasetInvalid", {
  dataset: Schema.String,
  problems: Schema.Array(DataError)
}) {
  override get message() {
    const problems = this.problems.map(({ message }) => ({ path: "", message }))
    return `The dataset ${this.dataset} cannot be used.${list(problems)}`
  }
}

/** The requested backend is unavailable on this machine. */
export class BackendUnavailable extends Schema.TaggedError<BackendUnavailable>()("BackendUnavailable", {
  backend: Schema.String,
  reason: Schema.String,
  advice: Schema.String
}) {
  override get message() {
    return `The ${this.backend} backend is not available: ${this.reason}.${this.advice === "" ? "" : ` ${this.advice}`}`
  }
}

/** A second backend, while the first is still in use. */
export class BackendBusy extends Schema.TaggedError<BackendBusy>()("BackendBusy", {
  wanted: Schema.String,
  holder: Schema.String
}) {
  override get message() {
    return (
      `The ${this.wanted} backend cannot be started: this process already uses the ${this.holder} backend, and tfjs has one ` +
      `engine per process. Provide one backend layer around the whole program, or use a second process.`
    )
  }
}

/** An operation that the running backend does not have. */
export class KernelUnsupported extends Schema.TaggedError<KernelUnsupported>()("KernelUnsupported", {
  kernel: Schema.String,
  backend: Schema.String,
  advice: Schema.String
}) {
  override get message() {
    return `The ${this.backend} backend has no kernel for ${this.kernel}. ${this.advice}`
  }
}

/** A model of another library that cannot be carried over faithfully. */
export class ModelUnsupported extends Schema.TaggedError<ModelUnsupported>()("ModelUnsupported", {
  model: Schema.String,
  problems: Schema.Array(Problem)
}) {
  override get message() {
    return `The model ${this.model} cannot be adapted.${list(this.problems)}`
  }
}

/** Files of a model that cannot be read. */
export class LayersFileUnreadable extends Schema.TaggedError<LayersFileUnreadable>()("LayersFileUnreadable", {
  location: Schema.String,
  problems: Schema.Array(Problem)
}) {
  override get message() {
    return `The model in ${this.location} cannot be read.${list(this.problems)}`
  }
}

/** A model that cannot be written for another library. */
export class ModelNotEncoded extends Schema.TaggedError<ModelNotEncoded>()("ModelNotEncoded", {
  format: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `The model cannot be written for ${this.format}: ${this.reason.replace(/\.+$/, "")}.`
  }
}

/**
 * A loss or gradient that is NaN or infinite. `samples` are the indices in the dataset of the batch's samples; `data` says in
 * which of them a field is NaN or infinite already, as it was read.
 */
export class NonFiniteFound extends Schema.TaggedError<NonFiniteFound>()("NonFiniteFound", {
  tensor: Schema.String,
  found: Schema.String,
  epoch: Schema.Natural,
  batch: Schema.Natural,
  step: Schema.Natural,
  samples: Schema.Array(Schema.Natural),
  data: Schema.optionalKey(
    Schema.Struct({ field: Schema.String, found: Schema.String, samples: Schema.Array(Schema.Natural) })
  ),
  policy: Schema.String
}) {
  override get message() {
    const listed = (samples: ReadonlyArray<number>) =>
      `sample${samples.length === 1 ? "" : "s"} ${samples.slice(0, 8).join(", ")}${samples.length > 8 ? ", …" : ""}`
    const { data } = this
    const inData = data === undefined ? "" : `: the ${data.field} of ${listed(data.samples)} hold ${data.found}`
    return (
      `${this.tensor} is ${this.found} in ${batchAfter(this)} (step ${this.step + 1}, ` +
      `${listed(this.samples)})${inData}. ${this.policy} The parameters are those of the last good step. ` +
      (data === undefined
        ? "Lower the learning rate, clip gradients (clip: { _tag: GlobalNorm, maximum: 1 }), or inspect these samples."
        : "Correct the dataset's values, or leave these samples out.")
    )
  }
}

/** An operation failed inside a step. */
export class StepFailed extends Schema.TaggedError<StepFailed>()("StepFailed", {
  during: Schema.String,
  epoch: Schema.Natural,
  batch: Schema.Natural,
  cause: Schema.Defect()
}) {
  override get message() {
    return `${this.during} failed in ${batchAfter(this)}: ${reasonOf(this.cause)}`
  }
}

/** A callback threw, or a callback that was loaded by name failed. */
export class CallbackFailed extends Schema.TaggedError<CallbackFailed>()("CallbackFailed", {
  id: Schema.String,
  hook: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `The callback ${this.id} failed in ${this.hook}: ${reasonOf(this.cause)}`
  }
}

/** A checkpoint, or the folder of all, that could not be written, read or deleted; `tried` is `written` when absent. */
export class CheckpointError extends Schema.TaggedError<CheckpointError>()("CheckpointError", {
  path: Schema.String,
  reason: Schema.String,
  tried: Schema.optionalKey(Schema.Literals(["written", "read", "deleted"])),
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message() {
    const { path, reason, tried = "written" } = this
    const comfort = tried === "written" ? " Earlier checkpoints are untouched." : ""
    return `The checkpoint ${path} could not be ${tried}: ${reason}.${comfort}`
  }
}

/** A checkpoint that is torn or was altered. `file` is relative to the checkpoint's folder. */
export class CheckpointCorrupt extends Schema.TaggedError<CheckpointCorrupt>()("CheckpointCorrupt", {
  id: Schema.String,
  path: Schema.String,
  file: Schema.String,
  reason: Schema.String
}) {
  override get message() {
    return `The checkpoint ${this.path} is damaged: ${this.file} ${this.reason}. Resume from another one, or delete its folder.`
  }
}

/** A checkpoint that is not there. */
export class CheckpointMissing extends Schema.TaggedError<CheckpointMissing>()("CheckpointMissing", {
  id: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message() {
    return this.known.length === 0
      ? `There is no checkpoint ${this.id}: nothing has been saved here yet.`
      : `There is no checkpoint ${this.id}; there are ${this.known.join(", ")}.`
  }
}

/** Labels that are no class of a metric: below 0, too large, a fraction, NaN, or not 0 or 1 where that is required. */
export class LabelOutOfRange extends Schema.TaggedError<LabelOutOfRange>()("LabelOutOfRange", {
  metric: Schema.String,
  expected: Schema.String,
  /** The weight (or number) of the elements concerned. */
  weight: Schema.Number,
  advice: Schema.optionalKey(Schema.String)
}) {
  override get message() {
    const { metric, expected, weight, advice = "Exclude the label with `ignore`, or mask those elements" } = this
    return `${metric} found labels that are not ${expected}, on elements of weight ${weight}. ${advice}.`
  }
}

/** `Math.random` was called where a run forbids it: the numbers would be lost at a resume. */
export class GlobalRandomUsed extends Schema.TaggedError<GlobalRandomUsed>()("GlobalRandomUsed", {
  callSite: Schema.String
}) {
  override get message() {
    return (
      `Math.random was called during the run, at ${this.callSite}. Its state cannot be saved, so a resumed run would differ. ` +
      `Draw from a keyed stream (Rng), or capture Math.random with GlobalRandom.captured.`
    )
  }
}
