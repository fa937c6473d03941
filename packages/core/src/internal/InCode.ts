/**
 * Optimizers and schedules that code puts into a config as values. Each gets a name, which replaces it in the config
 * and is what a checkpoint keeps; the registry knows the value by that name.
 */
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as Entry from "../Entry.ts"
import { type Custom, isCustom } from "../LearningRate.ts"
import type { Optimizer } from "../Optimizer.ts"
import type { RegistryService } from "../Registry.ts"
import type { ScheduleEntry } from "../schedules/ScheduleEntry.ts"

interface Named {
  /** The config as data: with a variant in place of each value. */
  readonly written: unknown
  /** The registry with the values. */
  readonly registry: RegistryService
}

const isPlain = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype

const isOptimizer = (value: unknown): value is Optimizer =>
  typeof value === "object" && value !== null && typeof (value as Partial<Optimizer>).update === "function"

const follow = (schedule: Custom): ScheduleEntry["at"] =>
  typeof schedule === "function"
    ? () => (step, begin) => schedule(step - begin)
    : (_options, course) => schedule.at(course)

/** A name that no other entry has. */
const free = (name: string, taken: ReadonlyArray<{ readonly tag: string }>): string => {
  const base = name === "" ? "custom" : name
  let tag = base
  for (let next = 2; taken.some((entry) => entry.tag === tag); next++) tag = `${base} ${next}`
  return tag
}

/** A config with a name for each value in it, however deep. */
export const named = (input: unknown, known: RegistryService): Named => {
  const registry = { ...known, optimizers: [...known.optimizers], schedules: [...known.schedules] }
  const names = new Map<unknown, Entry.Tagged>()
  const optimizer = (value: Optimizer): Entry.Tagged => {
    const tag = free(value.name, registry.optimizers)
    registry.optimizers.push({ tag, schema: Schema.TaggedStruct(tag, {}), make: () => value })
    return { _tag: tag }
  }
  const schedule = (value: Custom): Entry.Tagged => {
    const tag = free(value.name, registry.schedules)
    registry.schedules.push({ tag, schema: Schema.TaggedStruct(tag, {}), at: follow(value) })
    return { _tag: tag }
  }
  /** The variant that made an optimizer, such as `Optimizer.adam()`, with its options; among them may be schedules. */
  const variantOf = (value: Optimizer): Entry.Tagged | undefined => {
    const variant = Entry.variantOf(value)
    if (variant === undefined || !known.optimizers.some(({ tag }) => tag === variant._tag)) return undefined
    return { ...Record.map({ ...variant }, walk), _tag: variant._tag }
  }
  const walk = (value: unknown): unknown => {
    if (isOptimizer(value) || isCustom(value)) {
      const name = names.get(value) ?? (isOptimizer(value) ? (variantOf(value) ?? optimizer(value)) : schedule(value))
      names.set(value, name)
      return name
    }
    if (Array.isArray(value)) return value.map(walk)
    return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, walk(part)])) : value
  }
  return { written: walk(input), registry }
}
