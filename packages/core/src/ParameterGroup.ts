/** Which optimizer changes which parameters, chosen by patterns over their paths. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Config from "./Config.ts"
import type { ConfigInvalid } from "./Errors.ts"
import * as LearningRate from "./LearningRate.ts"
import * as Optimizer from "./Optimizer.ts"
import { matcherOfAny } from "./PathPattern.ts"

const Patterns = Schema.Union([Schema.String, Schema.Array(Schema.String)])

/** A group as a config file writes it. */
export const GroupConfig = Schema.Struct({
  name: Schema.String,
  match: Patterns.annotate({ description: "Patterns over parameter paths, such as **/bias" }),
  optimizer: Schema.optionalKey(Optimizer.Config),
  learningRate: Schema.optionalKey(LearningRate.Schedule),
  frozen: Schema.optionalKey(Schema.Boolean).annotate({ description: "Frozen parameters are not changed" })
})
export type GroupConfig = typeof GroupConfig.Type

/** A group as code writes it: as in a file, but the optimizer may be a rule of one's own, and losses may be chosen. */
export interface ParameterGroup extends Omit<typeof GroupConfig.Encoded, "optimizer"> {
  readonly optimizer?: typeof Optimizer.Config.Encoded | Optimizer.Optimizer
  /** The names of the losses whose gradients this group follows; all, when absent. */
  readonly losses?: ReadonlyArray<string>
}

/** A group with the defaults of what it left out. */
export interface DecodedGroup extends Omit<GroupConfig, "optimizer"> {
  readonly optimizer?: Optimizer.Config | Optimizer.Optimizer
  readonly losses?: ReadonlyArray<string>
}

/** Checks what code wrote by the Schema of files. */
export const decode = (group: ParameterGroup): Effect.Effect<DecodedGroup, ConfigInvalid> => {
  const { optimizer, losses, ...rest } = group
  const own = optimizer !== undefined && "update" in optimizer ? { optimizer } : {}
  const written = optimizer === undefined || "optimizer" in own ? rest : { ...rest, optimizer }
  return Effect.map(Config.decode(GroupConfig, written, `the parameter group "${group.name}"`), (decoded) => ({
    ...decoded,
    ...own,
    ...(losses === undefined ? {} : { losses })
  }))
}

/** A group with its parameters and everything decided. */
export interface ResolvedGroup {
  readonly name: string
  readonly paths: ReadonlyArray<string>
  readonly optimizer: Optimizer.Optimizer
  readonly learningRate: LearningRate.Schedule
  readonly losses: ReadonlyArray<string>
}

/** What takes the parameters that no group names. */
export interface GroupDefaults {
  readonly optimizer: Optimizer.Config
  readonly learningRate: LearningRate.Schedule
  readonly losses: ReadonlyArray<string>
}

/**
 * Assigns every trainable path to the first group that matches it; frozen groups take theirs out. Groups that match
 * nothing are given back as `unmatched`, so that a mistyped pattern can be reported.
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
    const optimizer = group.optimizer ?? defaults.optimizer
    resolved.push({
      name: group.name,
      paths,
      optimizer: "update" in optimizer ? optimizer : Optimizer.fromConfig(optimizer),
      learningRate: group.learningRate ?? defaults.learningRate,
      losses: group.losses ?? defaults.losses
    })
  }
  for (const group of groups) {
    const matches = matcherOfAny(group.match)
    const matching = trainable.filter(matches)
    if (matching.length === 0) unmatched.push(group)
    const own = matching.filter((path) => !taken.has(path))
    for (const path of own) taken.add(path)
    add(group, own)
  }
  add(
    { name: "default", match: "**" },
    trainable.filter((path) => !taken.has(path))
  )
  return { groups: resolved, unmatched }
}
