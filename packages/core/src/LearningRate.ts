/**
 * Learning-rate schedules as data. A schedule is resolved to a pure function of the number of updates done, in float64;
 * it has no state to save. t below is that number, counted from where the schedule begins. PyTorch's schedulers of the
 * same name are followed where they are stepped after each update; beyond its span a schedule stays at its last value,
 * where some of PyTorch's rise again or raise.
 *
 * Each is an entry of `entries`; a schedule of another package is one more, which `LearningRate.make` writes down:
 *
 * ```ts
 * const inverseSqrt = LearningRate.make({
 *   tag: "InverseSqrt",
 *   schema: Schema.TaggedStruct("InverseSqrt", { rate: Schema.Finite, warmup: LearningRate.Span }),
 *   at: ({ rate, warmup }, { measure }) => {
 *     const { length, elapsed } = measure(warmup)
 *     return (step, begin) => rate * Math.sqrt(length / Math.max(length, elapsed(step, begin)))
 *   }
 * })
 * ```
 */
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Entry from "./Entry.ts"
import * as Pace from "./internal/loop/Pace.ts"
import * as Constant from "./schedules/Constant.ts"
import * as Cosine from "./schedules/Cosine.ts"
import * as CosineRestarts from "./schedules/CosineRestarts.ts"
import * as Exponential from "./schedules/Exponential.ts"
import { rate, type Span } from "./schedules/fields.ts"
import * as MultiStep from "./schedules/MultiStep.ts"
import * as OneCycle from "./schedules/OneCycle.ts"
import * as OneCycleMomentum from "./schedules/OneCycleMomentum.ts"
import * as Polynomial from "./schedules/Polynomial.ts"
import * as Ramp from "./schedules/Ramp.ts"
import type { Course, Measured, RateFrom, ScheduleEntry } from "./schedules/ScheduleEntry.ts"
import * as SequenceSchedule from "./schedules/Sequence.ts"
import * as Step from "./schedules/Step.ts"
import * as WarmupSchedule from "./schedules/Warmup.ts"

export { Span } from "./schedules/fields.ts"
export { type Course, type Measured, make, type RateFrom, type ScheduleEntry } from "./schedules/ScheduleEntry.ts"

/** Every schedule of this package. */
export const entries: ReadonlyArray<ScheduleEntry> = [
  Constant.entry,
  Step.entry,
  MultiStep.entry,
  Exponential.entry,
  Cosine.entry,
  CosineRestarts.entry,
  Polynomial.entry,
  OneCycle.entry,
  OneCycleMomentum.entry,
  Ramp.entry,
  WarmupSchedule.entry,
  SequenceSchedule.entry
]

/** Schedules that contain no other schedule. */
type Simple =
  | typeof Constant.schema
  | typeof Step.schema
  | typeof MultiStep.schema
  | typeof Exponential.schema
  | typeof Cosine.schema
  | typeof CosineRestarts.schema
  | typeof Polynomial.schema
  | typeof OneCycle.schema
  | typeof OneCycleMomentum.schema
  | typeof Ramp.schema

/** A linear rise over the span from `from` times the rate at which `then` begins. */
export interface Warmup {
  readonly _tag: "Warmup"
  readonly over: Span
  readonly from: number
  readonly then: Schedule
}
/** One schedule after another, each from its own beginning; `last` follows them. */
export interface Sequence {
  readonly _tag: "Sequence"
  readonly parts: ReadonlyArray<{ readonly for: Span; readonly use: Schedule }>
  readonly last: Schedule
}
export type Schedule = Simple["Type"] | Warmup | Sequence

/** The form in files: a bare number is a constant rate. */
export type ScheduleEncoded =
  | number
  | Simple["Encoded"]
  | { readonly _tag: "Warmup"; readonly over: Span; readonly from?: number; readonly then: ScheduleEncoded }
  | {
      readonly _tag: "Sequence"
      readonly parts: ReadonlyArray<{ readonly for: Span; readonly use: ScheduleEncoded }>
      readonly last: ScheduleEncoded
    }

/** The learning rate before update `step`, which counts from 0: a pure function in float64. */
export type RateAt = (step: number) => number

/**
 * A schedule that code puts into a config: the rate at a step, or at a step of a run whose epochs have a length. It must give
 * the same for the same step at all times, as a resumed run asks again. A checkpoint keeps its name.
 */
export type Custom = RateAt | { readonly name: string; readonly at: (course: Course) => RateFrom }

/** Whether a value is a schedule of one's own. */
export const isCustom = (value: unknown): value is Custom =>
  typeof value === "function" ||
  // Arrays inherit an `at`.
  (typeof value === "object" &&
    value !== null &&
    Object.hasOwn(value, "at") &&
    "at" in value &&
    typeof value.at === "function")

/** The form in code. */
export type ScheduleInput =
  | Custom
  | ScheduleEncoded
  | { readonly _tag: "Warmup"; readonly over: Span; readonly from?: number; readonly then: ScheduleInput }
  | {
      readonly _tag: "Sequence"
      readonly parts: ReadonlyArray<{ readonly for: Span; readonly use: ScheduleInput }>
      readonly last: ScheduleInput
    }

const Bare = rate.pipe(
  Schema.decodeTo(Constant.schema, {
    decode: SchemaGetter.transform((value) => ({ _tag: "Constant" as const, rate: value })),
    encode: SchemaGetter.transform((constant) => constant.rate)
  })
)

/** The tags in the order of messages: those that people reach for first. */
const order = ["Constant", "Step", "MultiStep", "Exponential", "Cosine", "CosineRestarts", "Warmup", "Polynomial"]
/** The names of schedules, as messages list them. */
export const listed = (all: ReadonlyArray<ScheduleEntry>): string => {
  const tags = all.map(({ tag }) => tag)
  const sorted = [...order.filter((tag) => tags.includes(tag)), ...tags.filter((tag) => !order.includes(tag))]
  return sorted.length < 2 ? sorted.join("") : `${sorted.slice(0, -1).join(", ")} or ${sorted.at(-1)}`
}

type AnySchedule = Schema.Codec<Schedule, ScheduleEncoded>

/** The variants of schedules; `nested` is what those made of others take. */
export const variantsOf = (
  all: ReadonlyArray<ScheduleEntry>,
  nested: () => AnySchedule
): ReadonlyArray<AnySchedule> => {
  const suspended = Schema.suspend(nested)
  return all.map(({ schema }) => (Schema.isSchema(schema) ? schema : schema(suspended)))
}

/** The schema of a learning rate that is one of these schedules, or a number. */
export const schemaOf = (all: ReadonlyArray<ScheduleEntry>): AnySchedule => {
  const any: AnySchedule = Schema.Union([...variantsOf(all, () => any), Bare]).annotate({
    identifier: "LearningRateSchedule",
    description: "A learning rate: a number, or a schedule with its _tag",
    message: `expected a learning rate above 0, or a schedule with _tag ${listed(all)}`
  })
  return any
}

/** A learning-rate schedule of this package. */
export const Schedule: Schema.Codec<Schedule, ScheduleEncoded> = schemaOf(entries)

/** What the schedules of a run with such epochs are resolved by. */
const courseOf = (stepsPerEpoch: number, pace: Pace.Pace, all: ReadonlyArray<ScheduleEntry>): Course => {
  const { toToday, fromToday } = Pace.conversion(pace, stepsPerEpoch)
  const measure = (span: Span): Measured => {
    if ("steps" in span) {
      const length = span.steps
      return { length, elapsed: (step, begin) => step - begin, end: (begin) => begin + length }
    }
    const length = span.epochs * stepsPerEpoch
    return {
      length,
      elapsed: (step, begin) => toToday(step) - toToday(begin),
      end: (begin) => fromToday(toToday(begin) + length)
    }
  }
  const course: Course = {
    measure,
    follow: (part) => {
      const rate = Entry.find(all, part).at(part, course)
      return typeof rate === "number" ? () => rate : rate
    }
  }
  return course
}

/**
 * Resolves a schedule, given how many updates an epoch has: a whole number above 0. Spans in epochs go by the epochs done:
 * where that number changed during the run, `pace` says when.
 */
export const resolve = (
  schedule: Schedule | Entry.Tagged | Custom,
  stepsPerEpoch: number,
  pace: Pace.Pace = [],
  all: ReadonlyArray<ScheduleEntry> = entries
): RateAt => {
  if (typeof schedule === "function") return schedule
  const course = courseOf(stepsPerEpoch, pace, all)
  const rateFrom = "_tag" in schedule ? course.follow(schedule) : schedule.at(course)
  return (step) => rateFrom(step, 0)
}

/** The rates of a schedule in a run whose epochs have that many updates. */
export type Resolved = (stepsPerEpoch: number, pace?: Pace.Pace) => RateAt

/** A schedule that is still to know its run. */
export const resolver =
  (schedule: Entry.Tagged | Custom, all: ReadonlyArray<ScheduleEntry>): Resolved =>
  (stepsPerEpoch, pace) =>
    resolve(schedule, stepsPerEpoch, pace, all)
