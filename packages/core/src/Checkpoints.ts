/**
 * Where a run's states are saved, as a service; implementations are in `@etude/checkpoint`. The loop only saves, when a
 * controller asks; without a store, that wish is reported as a warning.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { CheckpointCorrupt, CheckpointError, CheckpointMissing } from "./Errors.ts"
import { Values } from "./Event.ts"
import * as Fingerprint from "./internal/preflight/Fingerprint.ts"
import type { TrainState, TrainStateData } from "./TrainState.ts"

/**
 * The config of a whole run, as the program around `train` knows it. `decides` is what its outcome depends on: a difference
 * there alters the trajectory of a resumed run. Differences in `other` are safe.
 */
export interface Setting {
  readonly decides: Schema.Json
  readonly other: Schema.Json
}
export const Setting: Schema.Codec<Setting> = Schema.Struct({ decides: Schema.Json, other: Schema.Json })

/** What of a task decides how it trains and what it reports, apart from its models. */
export interface TaskParts {
  /** The coefficient of each loss. */
  readonly losses: { readonly [loss: string]: number }
  /** The better direction of each metric, including those that only validation measures. */
  readonly metrics: { readonly [metric: string]: string }
  /** The task's own parameter groups. */
  readonly groups: Schema.Json
}
export const TaskParts: Schema.Codec<TaskParts> = Schema.Struct({
  losses: Schema.Record(Schema.String, Schema.Number),
  metrics: Schema.Record(Schema.String, Schema.String),
  groups: Schema.Json
})

/** The backend of a run, as far as its numbers depend on it. */
export interface BackendUsed {
  readonly name: string
  readonly version: string
  readonly device: string
  readonly threads: number
}
export const BackendUsed: Schema.Codec<BackendUsed> = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  device: Schema.String,
  threads: Schema.Natural
})

/** What a state belongs to: enough to build the run again and to compare it with another. */
export interface RunDescription {
  readonly task: string
  /** The training config, encoded. */
  readonly config: Schema.Json
  /** The SHA-256 of the training config. */
  readonly configHash: string
  readonly backend: BackendUsed
  readonly executor: string
  /** What bits depend on besides the config and the data: equal texts mean equal bits. Absent in older checkpoints. */
  readonly bits?: string
  /** Programs of a step that the executor runs operation by operation, since it could not take them as it takes others. */
  readonly eagerPrograms?: ReadonlyArray<string>
  /** The models' own descriptions of their architecture, by name. */
  readonly topology: { readonly [model: string]: Schema.Json }
  /** The task's losses, metrics and groups. */
  readonly parts?: TaskParts
  /** The data that the run was trained and validated on. */
  readonly data?: Fingerprint.OfData
  /** The whole config, where `train` was given it. */
  readonly setting?: Setting
  /** Whether a callback uses what validation measures to decide how the run continues. */
  readonly followsValidation?: boolean
  /** The monitors that callbacks watch: the checkpoints with their best values are not deleted. */
  readonly watched?: ReadonlyArray<string>
}
export const RunDescription: Schema.Codec<RunDescription> = Schema.Struct({
  task: Schema.String,
  config: Schema.Json,
  configHash: Schema.String,
  backend: BackendUsed,
  executor: Schema.String,
  bits: Schema.optionalKey(Schema.String),
  eagerPrograms: Schema.optionalKey(Schema.Array(Schema.String)),
  topology: Schema.Record(Schema.String, Schema.Json),
  parts: Schema.optionalKey(TaskParts),
  data: Schema.optionalKey(Fingerprint.OfData),
  setting: Schema.optionalKey(Setting),
  followsValidation: Schema.optionalKey(Schema.Boolean),
  watched: Schema.optionalKey(Schema.Array(Schema.String))
})

/** One saved checkpoint. */
export interface Saved {
  /** Names the checkpoint in its store; ids of one attempt sort by position. */
  readonly id: string
  /** Where it is, for people. */
  readonly path: string
  readonly epoch: number
  readonly batch: number
  readonly step: number
  readonly attempt: number
  /** The values that were measured on its own parameters, by monitor; none where it was saved between validations. */
  readonly values: Values
  /** The ids of the callbacks that requested it; absent if unknown. */
  readonly savers?: ReadonlyArray<string>
  readonly bytes: number
}
export const Saved: Schema.Codec<Saved> = Schema.Struct({
  id: Schema.String,
  path: Schema.String,
  epoch: Schema.Natural,
  batch: Schema.Natural,
  step: Schema.Natural,
  attempt: Schema.Natural,
  values: Values,
  savers: Schema.optionalKey(Schema.Array(Schema.String)),
  bytes: Schema.Natural
})

/** A checkpoint that has been read and verified. */
export interface Loaded {
  readonly saved: Saved
  readonly description: RunDescription
  /** Plain data; `TrainState.fromData` makes tensors of it. */
  readonly data: TrainStateData
  /** The newer checkpoints that were skipped because they are damaged, each with its reason. */
  readonly passedOver: ReadonlyArray<CheckpointCorrupt>
}

export interface CheckpointsService {
  /** Saves a state. The store retains the state's tensors if it reads them after this effect has ended. */
  readonly save: (
    state: TrainState,
    description: RunDescription,
    /** The ids of the callbacks that requested it. */
    savers?: ReadonlyArray<string>
  ) => Effect.Effect<Saved, CheckpointError>
  /** Reads a checkpoint and verifies every byte of it. */
  readonly load: (id: string) => Effect.Effect<Loaded, CheckpointCorrupt | CheckpointMissing | CheckpointError>
  /**
   * The newest intact checkpoint: of the last attempt, the last position. Damaged ones are passed over and named; when all
   * are damaged, fails with the newest's damage. None when there is none at all.
   */
  readonly latest: Effect.Effect<Option.Option<Loaded>, CheckpointCorrupt | CheckpointError>
  /** The checkpoint with the best value of a monitor; a tie keeps the earlier one. */
  readonly best: (monitor: string, better: "higher" | "lower") => Effect.Effect<Option.Option<Saved>, CheckpointError>
  /**
   * All whole checkpoints, by their manifests alone, oldest first: by attempt, then by position, since a run that was
   * resumed from an earlier position supersedes what had come after it.
   */
  readonly list: Effect.Effect<ReadonlyArray<Saved>, CheckpointError>
  /** Compares every file of a checkpoint with its manifest. */
  readonly verify: (id: string) => Effect.Effect<Saved, CheckpointCorrupt | CheckpointMissing | CheckpointError>
  /** Deletes a checkpoint; nothing when there is none of that id. */
  readonly delete: (id: string) => Effect.Effect<void, CheckpointError>
  /** Waits until every requested checkpoint is saved, and fails if one could not be. */
  readonly settled: Effect.Effect<void, CheckpointError>
}

export class Checkpoints extends Context.Service<Checkpoints, CheckpointsService>()("@etude/core/Checkpoints") {}
