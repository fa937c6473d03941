/**
 * What configs may name by `_tag`: optimizers, links of updates, learning-rate schedules, losses and samplers; and by name: callbacks. This package's are
 * there; a plugin adds its own as the same kind of entry, and a config then names them as it names ours:
 *
 * ```yaml
 * plugins:
 *   - use: "@me/lion"
 * train:
 *   optimizer: { _tag: Lion, weightDecay: 0.1 }
 * ```
 */
import * as Context from "effect/Context"
import type { CallbackEntries } from "./CallbackEntry.ts"
import type { Entry } from "./Entry.ts"
import { folded } from "./internal/Variants.ts"
import * as LearningRate from "./LearningRate.ts"
import * as NamedLosses from "./NamedLosses.ts"
import * as Optimizer from "./Optimizer.ts"
import * as Sampler from "./Sampler.ts"
import type { Update } from "./Update.ts"
import * as Links from "./updates/Config.ts"

export interface RegistryService {
  /** By the names of a config's section `callbacks`; this package has none. */
  readonly callbacks: CallbackEntries
  readonly optimizers: ReadonlyArray<Entry<Optimizer.Optimizer>>
  readonly schedules: ReadonlyArray<LearningRate.ScheduleEntry>
  readonly losses: ReadonlyArray<NamedLosses.LossEntry>
  /** Of the updates before all optimizers, which a config names under `gradients`. */
  readonly links: ReadonlyArray<Entry<Update>>
  readonly samplers: ReadonlyArray<Sampler.SamplerEntry>
}

/** The contributions of this package. */
export const core: RegistryService = {
  callbacks: {},
  optimizers: Optimizer.entries,
  schedules: LearningRate.entries,
  losses: NamedLosses.entries,
  links: Links.entries,
  samplers: Sampler.entries
}

/** The registry by which a run decodes its config; this package's own where none is provided. */
export const Registry: Context.Reference<RegistryService> = Context.Reference("@etude/core/Registry", {
  defaultValue: () => core
})

/** The contributions of a package. */
export type Contribution = Partial<RegistryService>

/** A registry with what packages add to it, in their order. */
export const extend = (registry: RegistryService, ...added: ReadonlyArray<Contribution>): RegistryService => ({
  callbacks: Object.assign({}, registry.callbacks, ...added.map(({ callbacks = {} }) => callbacks)),
  optimizers: [...registry.optimizers, ...added.flatMap(({ optimizers = [] }) => optimizers)],
  schedules: [...registry.schedules, ...added.flatMap(({ schedules = [] }) => schedules)],
  losses: [...registry.losses, ...added.flatMap(({ losses = [] }) => losses)],
  links: [...registry.links, ...added.flatMap(({ links = [] }) => links)],
  samplers: [...registry.samplers, ...added.flatMap(({ samplers = [] }) => samplers)]
})

const namesOf = (callbacks: CallbackEntries): Named => Object.keys(callbacks).map((tag) => ({ tag }))

type Named = ReadonlyArray<{ readonly tag: string }>

/** The problems of names of `what`, a searcher say, that are taken already: by one of `known`, or by another that is added. */
export const taken = (what: string, known: Named, added: Named): ReadonlyArray<string> =>
  added
    .filter(({ tag }, index) => [...known, ...added.slice(0, index)].some((other) => folded(other.tag) === folded(tag)))
    .map(({ tag }) => `there is another ${what} with the name ${tag}; give one of them another name`)

/** The names that a package adds although another entry has them: configs know `lion`, `Lion` and `LION` as one. */
export const conflicts = (registry: RegistryService, added: Contribution): ReadonlyArray<string> => {
  const kinds: ReadonlyArray<readonly [what: string, known: Named, own: Named]> = [
    ["optimizer", registry.optimizers, added.optimizers ?? []],
    ["callback", namesOf(registry.callbacks), namesOf(added.callbacks ?? {})],
    ["schedule", registry.schedules, added.schedules ?? []],
    ["loss", registry.losses, added.losses ?? []],
    ["link", registry.links, added.links ?? []],
    ["sampler", registry.samplers, added.samplers ?? []]
  ]
  return kinds.flatMap(([what, known, own]) => taken(what, known, own))
}
