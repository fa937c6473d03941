/**
 * Numbers that may change during a run: momentum, weight decay, a rate of dropout. Each is a number, or a schedule as the learning rate
 * has one, and enters a step as a scalar, so that a compiled step stays as it is while the number changes.
 *
 * Who has such a number declares it under `scheduled`, by which events and reports know it:
 *
 * ```ts
 * const shrink = (factor: Scheduled): Update =>
 *   Update.stateless("shrink", (updates, { numbers }) => Tensors.map(updates, (update) => tf.mul(update, numbers.factor)), {
 *     scheduled: Scheduled.changing({ factor }, Scheduled.fraction),
 *     numbers: (_step, _learningRate, at) => ({ factor: at(factor) })
 *   })
 * ```
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Config from "./Config.ts"
import type * as Entry from "./Entry.ts"
import * as LearningRate from "./LearningRate.ts"
import type { Tensors } from "./Tensors.ts"

/** A schedule of another package by its tag and options. */
interface ByTag extends Entry.Tagged {
  readonly [option: string]: unknown
}

/** A number, a schedule as a config has it, or one of one's own: a function of the updates done. */
export type Scheduled = number | LearningRate.ScheduleInput | Entry.Tagged | ByTag

/** In a decoded config. */
export type Decoded = number | LearningRate.Schedule
/** As a config file writes it. */
export type Encoded = number | LearningRate.ScheduleEncoded
/** As code writes it. */
export type Input = number | LearningRate.ScheduleInput

/** The value of such a number before the update that comes next. */
export type ValueAt = (value: Scheduled) => number

/** What a number may be. */
export interface Range {
  /** Words after "expected": `a number in [0, 1)`. */
  readonly expected: string
  readonly has: (value: number) => boolean
}

/** In [0, 1): momentum, a rate of dropout. */
export const fraction: Range = { expected: "a number in [0, 1)", has: (value) => value >= 0 && value < 1 }
/** From 0: weight decay. */
export const notNegative: Range = {
  expected: "a number of at least 0",
  has: (value) => value >= 0 && Number.isFinite(value)
}

/** A number that changes, with what it may be. */
export interface Changing {
  readonly schedule: Exclude<Scheduled, number>
  readonly range: Range
}

/** Numbers that change, by name. */
export interface ChangingNumbers {
  readonly [name: string]: Changing
}

/** Those of these numbers that change during a run. */
export const changing = (values: { readonly [name: string]: Scheduled }, range: Range): ChangingNumbers =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, schedule]) =>
      typeof schedule === "number" ? [] : [[name, { schedule, range }] as const]
    )
  )

/**
 * A number in a pass of training: itself where it is fixed, else its scalar. `scalars` are those of the context, by the name that
 * declares it.
 */
export const factor = (value: Scheduled, scalars: Tensors | undefined, name: string): number | tf.Tensor => {
  if (typeof value === "number") return value
  const scalar = scalars?.[name]
  if (scalar !== undefined) return scalar
  throw new Error(
    `${name} is scheduled, and this pass has no value of it: hand context.scheduled on to the layer or model`
  )
}

type Resolve = (schedule: Exclude<Scheduled, number>) => LearningRate.RateAt

/**
 * Resolves schedules of numbers by these entries. What code wrote is read as a config is: the same defaults, and `ConfigInvalid` thrown
 * with all problems.
 */
export const resolver = (
  schedules: ReadonlyArray<LearningRate.ScheduleEntry>,
  stepsPerEpoch: number,
  pace?: Parameters<LearningRate.Resolved>[1]
): Resolve => {
  let schema: ReturnType<typeof variantsOf> | undefined
  return (schedule) => {
    if (LearningRate.isCustom(schedule)) return LearningRate.resolve(schedule, stepsPerEpoch, pace, schedules)
    schema ??= variantsOf(schedules)
    const read = Effect.runSync(Config.decode(schema, schedule, "a schedule"))
    return LearningRate.resolve(read, stepsPerEpoch, pace, schedules)
  }
}

/** The values of a run, given how its schedules are resolved; each is resolved once. */
export const values = (resolve: Resolve): ((value: Scheduled, step: number) => number) => {
  const known = new Map<Scheduled, LearningRate.RateAt>()
  return (value, step) => {
    if (typeof value === "number") return value
    const rate = known.get(value) ?? resolve(value)
    known.set(value, rate)
    return rate(step)
  }
}

/** The values before update `step` (from 1), outside of a run; epochs have so many updates. */
export const valueAt = (step: number, stepsPerEpoch = 1): ValueAt => {
  const valueOf = values(resolver(LearningRate.entries, stepsPerEpoch))
  return (value) => valueOf(value, step - 1)
}

/** Unlike a learning rate, such a number may be 0 for a while. */
const Constant = Schema.TaggedStruct("Constant", { rate: Config.notNegative })
const Bare = Config.notNegative.pipe(
  Schema.decodeTo(Constant, {
    decode: SchemaGetter.transform((rate) => ({ _tag: "Constant" as const, rate })),
    encode: SchemaGetter.transform(({ rate }) => rate)
  })
)

type AnySchedule = Schema.Codec<LearningRate.Schedule, LearningRate.ScheduleEncoded>

/** The schedules that such a number may have; nested ones may be bare numbers. */
const variantsOf = (schedules: ReadonlyArray<LearningRate.ScheduleEntry>): AnySchedule => {
  const others = LearningRate.variantsOf(
    schedules.filter(({ tag }) => tag !== "Constant"),
    () => nested
  )
  const nested: AnySchedule = Schema.Union([Constant, ...others, Bare]).annotate({
    identifier: "NumberOrSchedule",
    description: "A number, or a schedule with its _tag"
  })
  return Schema.Union([Constant, ...others]).annotate({
    identifier: "Schedule",
    description: "How a number changes during a run; where it says rate, that is the number"
  })
}

/** Makes the schema of a number that may be scheduled from that of a fixed one. */
export type SchemaOf = (fixed: Schema.Codec<number>) => Schema.Codec<Decoded, Encoded>

/** Numbers whose schedules are these. */
export const schemaOf = (schedules: ReadonlyArray<LearningRate.ScheduleEntry>): SchemaOf => {
  const schedule = variantsOf(schedules)
  const message = `expected a number, or a schedule with _tag ${LearningRate.listed(schedules)}`
  return (fixed) => Schema.Union([fixed, schedule]).annotate({ message })
}

/** Numbers whose schedules are those of this package, for options of one's own: `dropout: Scheduled.of(Options.fraction)`. */
export const of = (fixed: Schema.Codec<number>): Schema.Codec<Decoded, Encoded> => schemaOf(LearningRate.entries)(fixed)
