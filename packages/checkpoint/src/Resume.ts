/**
 * Resuming from a checkpoint. First the stored run is compared with the current one: each difference is safe, alters
 * the trajectory, or is incompatible, and only safe ones are accepted without permission.
 */
import { Checkpoints, type Errors, type Task, type TrainConfig, Trainer, TrainState } from "@etude/core"
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** What a difference means: the run continues as it would have; it continues differently; it can't continue. */
export type Consequence = "safe" | "alters" | "incompatible"
export const Consequence: Schema.Codec<Consequence> = Schema.Literals(["safe", "alters", "incompatible"])

/** A difference between two runs. `null` stands for a missing value. */
export interface Difference {
  readonly path: string
  readonly stored: Schema.Json
  readonly current: Schema.Json
  readonly consequence: Consequence
}
export const Difference: Schema.Codec<Difference> = Schema.Struct({
  path: Schema.String,
  stored: Schema.Json,
  current: Schema.Json,
  consequence: Consequence
})

const text = (value: Schema.Json): string => (value === null ? "nothing" : JSON.stringify(value))
const line = ({ path, stored, current, consequence }: Difference): string =>
  `\n  ${path}: ${text(stored)} in the checkpoint, ${text(current)} now (${consequence === "alters" ? "alters the trajectory" : consequence})`

/** A resume that would not continue the stored run. */
export class ResumeRefused extends Schema.TaggedError<ResumeRefused>()("ResumeRefused", {
  checkpoint: Schema.String,
  differences: Schema.Array(Difference)
}) {
  override get message() {
    const hopeless = this.differences.some(({ consequence }) => consequence === "incompatible")
    const advice = hopeless
      ? "Use the stored values where they are incompatible, or start a new run (a warm start reuses the weights)."
      : "Use the stored values, or allow alterations (allowAlterations: true, --allow-alterations)."
    return `The run cannot be resumed from ${this.checkpoint}; nothing was trained.${this.differences.map(line).join("")}\n${advice}`
  }
}

/** There is nothing to resume from. */
export class NothingToResume extends Schema.TaggedError<NothingToResume>()("NothingToResume", {
  task: Schema.String
}) {
  override get message() {
    return `No checkpoint of ${this.task} has been saved here: there is nothing to resume from. Start with train.`
  }
}

/**
 * Keys that don't change how the run continues: its limits, what is printed, the handling of values that never
 * occurred.
 */
const safe = ["until", "logEverySteps", "nonFinite", "validation.sanityBatches"]
/** What the stored tensors do not fit any more. */
const incompatible = ["task", "config.optimizer._tag"]

const within = (path: string, roots: ReadonlyArray<string>): boolean =>
  roots.some((root) => path === root || path.startsWith(`${root}.`))

const consequenceOf = (path: string): Consequence =>
  within(path, incompatible)
    ? "incompatible"
    : within(
          path,
          safe.map((key) => `config.${key}`)
        )
      ? "safe"
      : "alters"

const isRecord = (value: unknown): value is { readonly [key: string]: Schema.Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Every difference between two values of JSON, each with its path below `path`. */
export const differ = (
  stored: Schema.Json | undefined,
  current: Schema.Json | undefined,
  path: string
): ReadonlyArray<Difference> => {
  if (isRecord(stored) && isRecord(current)) {
    const keys = [...new Set([...Object.keys(stored), ...Object.keys(current)])]
    return keys.flatMap((key) => differ(stored[key], current[key], path === "" ? key : `${path}.${key}`))
  }
  if (JSON.stringify(stored) === JSON.stringify(current)) return []
  return [{ path, stored: stored ?? null, current: current ?? null, consequence: consequenceOf(path) }]
}

const parts = ["parts", "data", "bits"] as const

/** Differences in the config around training: paths are those of the config. Nothing is reported twice. */
const settingDifferences = (
  stored: Checkpoints.Setting | undefined,
  current: Checkpoints.Setting | undefined
): ReadonlyArray<Difference> => {
  if (stored === undefined || current === undefined) return []
  const deciding = differ(stored.decides, current.decides, "").map((one) => ({
    ...one,
    consequence: "alters" as const
  }))
  const reported = deciding.map(({ path }) => path)
  const others = differ(stored.other, current.other, "").map((one) => ({ ...one, consequence: "safe" as const }))
  return [
    ...deciding,
    ...others.filter(({ path }) => !within(path, reported) && !reported.some((one) => within(one, [path])))
  ]
}

/** Rows that could not be compared on one of the two sides say nothing. */
const isUnknown = ({ path, stored, current }: Difference): boolean =>
  path.startsWith("data.") && path.endsWith(".rows") && (stored === null || current === null)

/**
 * What bits depend on, in place of what it is made of: threads that change no bit are no difference, and what another row says
 * already is not said twice.
 */
const ofMachine = (differences: ReadonlyArray<Difference>, isKnown: boolean): ReadonlyArray<Difference> => {
  if (!isKnown) return differences
  const others = differences.filter(({ path }) => path !== "backend.threads")
  const isSaid = others.some(({ path }) => path === "executor" || path.startsWith("backend."))
  return isSaid ? others.filter(({ path }) => path !== "bits") : others
}

/**
 * Every difference between the run that a checkpoint belongs to and another one: config (the whole one, where both know it),
 * task with its losses and metrics, data, backend (with version), executor, and what bits depend on besides (with threads). What only one of them knows is not
 * compared. The architecture is compared tensor by tensor when the run begins.
 */
export const compare = (
  stored: Checkpoints.RunDescription,
  current: Checkpoints.RunDescription
): ReadonlyArray<Difference> => {
  const { configHash: _1, topology: _2, setting: settingBefore, followsValidation, watched: _6, ...before } = stored
  const { configHash: _3, topology: _4, setting: settingNow, followsValidation: _5, watched: _7, ...now } = current
  const comparable = <D extends Partial<Checkpoints.RunDescription>>(
    one: D,
    other: Partial<Checkpoints.RunDescription>
  ) => Object.fromEntries(Object.entries(one).filter(([key]) => !parts.includes(key as "parts") || key in other))
  const differences = differ(comparable(before, now) as Schema.Json, comparable(now, before) as Schema.Json, "")
  // Nothing in the run depends on what validation measures, so that how it measures changes nothing.
  const weighed = differences.map((one) =>
    followsValidation === false && within(one.path, ["config.validation"])
      ? { ...one, consequence: "safe" as const }
      : one
  )
  const isKnown = before.bits !== undefined && now.bits !== undefined
  const known = ofMachine(
    weighed.filter((one) => !isUnknown(one)),
    isKnown
  )
  return [...known, ...settingDifferences(settingBefore, settingNow)]
}

export interface ResumeOptions {
  /** Continues although differences alter the trajectory. Incompatible ones are refused all the same. */
  readonly allowAlterations?: boolean
  /** The data that the run is to continue on: compared with those of the checkpoint. */
  readonly data?: Trainer.DescribeOptions["data"]
  /** The config of the whole run, as passed to `train`; it is compared with the checkpoint's. */
  readonly setting?: Checkpoints.Setting
  /** Differences that are known elsewhere: judged and reported with those of the run. */
  readonly differences?: ReadonlyArray<Difference>
}

/** What a resume starts from. */
export interface ResumePoint {
  /** To be given to `Trainer.train`; its tensors live as long as the scope. */
  readonly state: TrainState.TrainState
  readonly saved: Checkpoints.Saved
  readonly differences: ReadonlyArray<Difference>
  /** Newer checkpoints that are damaged, and were skipped. */
  readonly passedOver: ReadonlyArray<Errors.CheckpointCorrupt>
}

/** Why a run can't be resumed. */
export type ResumeError =
  | NothingToResume
  | ResumeRefused
  | Errors.CheckpointCorrupt
  | Errors.CheckpointError
  | Errors.ConfigInvalid

/**
 * The newest intact checkpoint of the store that is provided as `Checkpoints`, as a state to resume from:
 *
 * ```ts
 * const { state, saved } = yield* Resume.point(task, config, { data })
 * yield* Trainer.train(task, { config, data, state, callbacks: Saving.layer({ resumedFrom: saved.id }) })
 * ```
 */
export const point = Effect.fn("Resume.point")(function* (
  task: Task.Task,
  config: TrainConfig.TrainConfigInput,
  options: ResumeOptions = {}
): Effect.fn.Return<ResumePoint, ResumeError, Backend | StepExecutor | Checkpoints.Checkpoints | Scope.Scope> {
  const store = yield* Checkpoints.Checkpoints
  const latest = yield* store.latest
  if (Option.isNone(latest)) return yield* new NothingToResume({ task: task.name })
  const { saved, description, data, passedOver } = latest.value
  const found = compare(description, yield* Trainer.describe(task, config, options))
  const differences = [...found, ...(options.differences ?? [])]
  const refused = differences.filter(
    ({ consequence }) =>
      consequence === "incompatible" || (consequence === "alters" && options.allowAlterations !== true)
  )
  if (refused.length > 0) return yield* new ResumeRefused({ checkpoint: saved.path, differences: refused })
  const state = yield* Effect.acquireRelease(
    Effect.sync(() => TrainState.fromData(data)),
    (state) => Effect.sync(() => TrainState.dispose(state))
  )
  return { state, saved, differences, passedOver }
})
