/** What a run and its states belong to: what is kept with each checkpoint, and compared at a resume. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Backend, type BackendInfo, bitsOfRun } from "../../Backend.ts"
import { type EndWith, ruleOf } from "../../Best.ts"
import type { RunDescription, Setting, TaskParts } from "../../Checkpoints.ts"
import * as Config from "../../Config.ts"
import type { Dataset } from "../../Dataset.ts"
import type { ConfigInvalid } from "../../Errors.ts"
import * as Monitors from "../../Monitors.ts"
import { Registry, type RegistryService } from "../../Registry.ts"
import { StepExecutor } from "../../StepExecutor.ts"
import { type Task, whenEvaluated } from "../../Task.ts"
import * as TrainConfig from "../../TrainConfig.ts"
import { named } from "../InCode.ts"
import type { OfData } from "../preflight/Fingerprint.ts"
import * as Fingerprint from "../preflight/Fingerprint.ts"
import type { ValidationData } from "../preflight/RunData.ts"
import * as RunData from "../preflight/RunData.ts"
import type { Definition } from "./Definition.ts"

const json = (value: unknown): Schema.Json => JSON.parse(JSON.stringify(value ?? null)) as Schema.Json

const partsOf = (task: Task, registry: RegistryService): TaskParts => ({
  losses: Object.fromEntries(Object.entries(task.objectives).map(([name, { coefficient = 1 }]) => [name, coefficient])),
  metrics: Object.fromEntries(Object.entries(whenEvaluated(task).metrics).map(([name, { better }]) => [name, better])),
  // An optimizer or a schedule that is a value is known by its name.
  groups: task.groups.map((group) => json(named(group, registry).written) as { readonly [key: string]: Schema.Json })
})

/** What belongs to a run beside its task and its training config. */
export interface Belongings {
  readonly data?: OfData
  readonly setting?: Setting
  readonly followsValidation?: boolean
  readonly watched?: ReadonlyArray<string>
}

/** What a run's states belong to. */
export const describeRun = Effect.fnUntraced(function* (
  task: Task,
  config: TrainConfig.TrainConfig,
  backend: BackendInfo,
  executor: StepExecutor["Service"],
  belongings: Belongings = {}
): Effect.fn.Return<RunDescription> {
  const registry = yield* Registry
  const schema = TrainConfig.of(registry)
  const { name, version, device, threads } = backend
  const topology = Object.entries(task.models).map(([key, model]) => [key, (model.topology ?? null) as Schema.Json])
  return {
    task: task.name,
    config: Schema.encodeSync(schema)(config) as Schema.Json,
    configHash: yield* Config.hash(schema, config),
    backend: { name, version, device, threads },
    executor: executor.name,
    bits: bitsOfRun(backend, executor),
    topology: Object.fromEntries(topology),
    parts: partsOf(task, registry),
    ...belongings
  }
})

/** The data of a run as it trains on them: validation sets by name. */
export const fingerprintOf = ({ train, validations }: RunData.RunData): Effect.Effect<OfData> =>
  Fingerprint.ofAll(train, validations)

/** What a run is described with beside its task and its training config. */
export interface DescribeOptions {
  readonly data?: { readonly train: Dataset; readonly validation?: ValidationData<string> } | undefined
  readonly setting?: Setting | undefined
}

/** What the states of a run would belong to, without running it: for comparing with a checkpoint. */
export const describe = (
  task: Task,
  config: TrainConfig.TrainConfigInput = {},
  { data, setting }: DescribeOptions = {}
): Effect.Effect<RunDescription, ConfigInvalid, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const { config: decoded, registry } = yield* TrainConfig.read(config)
    // What is wrong with data is for a run to say.
    const known = data === undefined ? undefined : RunData.of(decoded, data)
    const belongings = {
      ...(known === undefined || "problems" in known ? {} : { data: yield* fingerprintOf(known) }),
      ...(setting === undefined ? {} : { setting })
    }
    const described = describeRun(task, decoded, yield* Backend, yield* StepExecutor, belongings)
    return yield* Effect.provideService(described, Registry, registry)
  })

/** The monitors that callbacks watch. */
export const watchedBy = (callbacks: ReadonlyArray<Definition>): ReadonlyArray<string> =>
  [
    ...new Set(
      callbacks.flatMap(({ monitors = [], keepBest = [] }) => [
        ...monitors,
        ...keepBest.map((rule) => ruleOf(rule).monitor)
      ])
    )
  ].sort()

const evaluationHooks = ["validationBatchEnd", "validationEnd", "epochEnd"] as const

/** Whether a callback can change the run by what validation measures. One that names its monitors looks at no others. */
export const followsValidation = (
  callbacks: ReadonlyArray<Definition>,
  endWith: EndWith | undefined,
  monitors: Monitors.Monitors
): boolean =>
  (endWith !== undefined && endWith !== "last") ||
  callbacks.some(({ kind, monitors: watched, keepBest = [], hooks = {} }) => {
    if (kind === "observer") return false
    if (keepBest.length > 0) return true
    return watched === undefined
      ? evaluationHooks.some((hook) => hooks[hook] !== undefined)
      : watched.some((monitor) => !Monitors.isOfTraining(monitors, monitor))
  })
