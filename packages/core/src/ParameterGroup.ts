/** Which optimizer changes which parameters, chosen by patterns over their paths. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Config from "./Config.ts"
import * as Entry from "./Entry.ts"
import type { ConfigInvalid } from "./Errors.ts"
import { named } from "./internal/InCode.ts"
import * as LearningRate from "./LearningRate.ts"
import * as Optimizer from "./Optimizer.ts"
import { matcherOfAny } from "./PathPattern.ts"
import { Registry, type RegistryService } from "./Registry.ts"
import { everySteps } from "./updates/EverySteps.ts"

const Patterns = Schema.Union([Schema.String, Schema.Array(Schema.String)])

/** A group as a decoded config holds it. */
export interface GroupConfig {
  readonly name: string
  readonly match: string | ReadonlyArray<string>
  readonly optimizer?: Optimizer.Config
  readonly learningRate?: LearningRate.Schedule
  readonly frozen?: boolean
  readonly everySteps?: number
}
/** A group as a config file writes it. */
export interface GroupEncoded extends Omit<GroupConfig, "optimizer" | "learningRate"> {
  readonly optimizer?: Optimizer.ConfigInput
  readonly learningRate?: LearningRate.ScheduleEncoded
}
export const schemaOf = ({ optimizers, schedules }: RegistryService): Schema.Codec<GroupConfig, GroupEncoded> =>
  Schema.Struct({
    name: Schema.String,
    match: Patterns.annotate({ description: "Patterns over parameter paths, such as **/bias" }),
    optimizer: Schema.optionalKey(Optimizer.schemaOf(optimizers, schedules)),
    learningRate: Schema.optionalKey(LearningRate.schemaOf(schedules)),
    frozen: Schema.optionalKey(Schema.Boolean).annotate({ description: "Frozen parameters are not changed" }),
    everySteps: Schema.optionalKey(Config.count("steps")).annotate({
      description: "Update at every k-th step only, by the gradient of that step; the optimizer counts its own updates"
    })
  })

/** A group as a config in code writes it: optimizer and schedule may be values. */
export interface GroupInput extends Omit<GroupEncoded, "optimizer" | "learningRate"> {
  readonly optimizer?: Optimizer.ConfigInCode | Optimizer.Optimizer
  readonly learningRate?: LearningRate.ScheduleInput
}

/** A group as a task writes it: losses may be chosen. */
export interface ParameterGroup extends GroupInput {
  /** The names of the losses whose gradients this group follows; all, when absent. */
  readonly losses?: ReadonlyArray<string>
}

/** A group with what its options make. */
export interface DecodedGroup extends Pick<GroupConfig, "name" | "match" | "frozen" | "everySteps"> {
  readonly optimizer?: Optimizer.Optimizer
  readonly learningRate?: LearningRate.Resolved
  readonly losses?: ReadonlyArray<string>
}

/** Builds the optimizer and the schedule of a decoded group. */
export const build = (
  { optimizer, learningRate, ...group }: GroupConfig,
  { optimizers, schedules }: RegistryService
): DecodedGroup => ({
  ...group,
  ...(optimizer === undefined ? {} : { optimizer: Entry.make(optimizers, optimizer) }),
  ...(learningRate === undefined ? {} : { learningRate: LearningRate.resolver(learningRate, schedules) })
})

/** Checks what code wrote by the Schema of files. */
export const decode = Effect.fnUntraced(function* ({
  losses,
  ...group
}: ParameterGroup): Effect.fn.Return<DecodedGroup, ConfigInvalid> {
  const { written, registry } = named(group, yield* Registry)
  const config = yield* Config.decode(schemaOf(registry), written, `the parameter group "${group.name}"`)
  return { ...build(config, registry), ...(losses === undefined ? {} : { losses }) }
})

/** A group with its parameters and everything decided. */
export interface ResolvedGroup {
  readonly name: string
  readonly paths: ReadonlyArray<string>
  readonly optimizer: Optimizer.Optimizer
  readonly learningRate: LearningRate.Resolved
  readonly losses: ReadonlyArray<string>
}

/** The group of the parameters that no group names. */
export interface GroupDefaults {
  readonly optimizer: Optimizer.Optimizer
  readonly learningRate: LearningRate.Resolved
  readonly losses: ReadonlyArray<string>
}

/**
 * Assigns every trainable path to the first group that matches it; frozen groups take theirs out. Groups that match
 * nothing are returned as `unmatched`, so that a mistyped pattern can be reported.
 */
export const resolve = (
  trainable: ReadonlyArray<string>,
  groups: ReadonlyArray<DecodedGroup>,
  defaults: GroupDefaults
): { readonly groups: ReadonlyArray<ResolvedGroup>; readonly unmatched: ReadonlyArray<DecodedGroup> } => {
  const taken = new Set<string>()
  const resolved: Array<ResolvedGroup> = []
  const unmatched: Array<DecodedGroup> = []
  const add = (group: DecodedGroup, paths: ReadonlyArray<string>) => {
    if (group.frozen === true || paths.length === 0) return
    const { optimizer = defaults.optimizer, everySteps: every = 1 } = group
    resolved.push({
      name: group.name,
      paths,
      optimizer: every === 1 ? optimizer : everySteps(every, optimizer),
      learningRate: group.learningRate ?? defaults.learningRate,
      losses: group.losses ?? defaults.losses
    })
  }
  for (const group of groups) {
    const matches = matcherOfAny(group.match)
    const matching = trainable.filter(matches)
    if (matching.length === 0) unmatched.push(group)
    const members = matching.filter((path) => !taken.has(path))
    for (const path of members) taken.add(path)
    add(group, members)
  }
  add(
    { name: "default", match: "**" },
    trainable.filter((path) => !taken.has(path))
  )
  return { groups: resolved, unmatched }
}
