/**
 * Learning-rate schedules as data. A schedule is resolved to a pure function of the number of updates done, in float64;
 * it has no state to save. t below is that number, counted from where the schedule begins. PyTorch's schedulers of the
 * same name are followed where they are stepped after each update; beyond its span a schedule stays at its last value,
 * where some of PyTorch's rise again or raise.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Pace from "./internal/loop/Pace.ts"

const count = (what: string) =>
  Schema.Int.check(Schema.isGreaterThan(0, { message: `expected a whole number of ${what} above 0` }))
const rate = Schema.Finite.check(Schema.isGreaterThan(0, { message: "expected a learning rate above 0" })).annotate({
  description: "Learning rate, above 0"
})
const aboveZero = Schema.Finite.check(Schema.isGreaterThan(0, { message: "expected a number above 0" }))
const atLeastZero = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0, { message: "expected a number from 0" }))
const atLeastOne = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(1, { message: "expected a number from 1" }))
const share = Schema.Finite.check(
  Schema.isBetween({ minimum: 0, maximum: 1 }, { message: "expected a number between 0 and 1" })
)

/** A length of training, in epochs or in steps (updates). */
export type Span = { readonly epochs: number } | { readonly steps: number }
// A struct with a check reports a wrong key or number once; a union would report it once for each member.
export const Span = Schema.Struct({
  epochs: Schema.optionalKey(count("epochs")),
  steps: Schema.optionalKey(count("steps"))
})
  .annotate({ message: "expected { epochs: n } or { steps: n }" })
  .check(
    Schema.isMinProperties(1, { message: "expected { epochs: n } or { steps: n }" }),
    Schema.isMaxProperties(1, { message: "expected { epochs: n } or { steps: n }, one of the two" })
  ) as unknown as Schema.Codec<Span> // the check leaves exactly the members of the union

const optional = <T, E>(schema: Schema.Codec<T, E>, value: E, description: string) =>
  schema.annotate({ default: value as never, description }).pipe(Schema.withDecodingDefaultKey(Effect.succeed(value)))

const minimum = optional(atLeastZero, 0, "The rate at the end, at most the rate at the beginning")
const falls = Schema.makeFilter((schedule: { readonly rate: number; readonly minimum: number }) =>
  schedule.minimum <= schedule.rate
    ? undefined
    : { path: ["minimum"], issue: `expected at most the rate (${schedule.rate})` }
)

/** The same rate throughout. */
const Constant = Schema.TaggedStruct("Constant", { rate })
/** rate · factor^⌊t / every⌋. PyTorch's StepLR. */
const Step = Schema.TaggedStruct("Step", {
  rate,
  every: Span,
  factor: optional(aboveZero, 0.1, "What the rate is multiplied by each time")
})
/** rate · factor^(number of milestones reached). PyTorch's MultiStepLR. */
const MultiStep = Schema.TaggedStruct("MultiStep", {
  rate,
  milestones: Schema.Array(Span),
  factor: optional(aboveZero, 0.1, "What the rate is multiplied by at each milestone")
})
/** rate · factor^(t / every), smoothly from step to step. PyTorch's ExponentialLR with `every` one step. */
const Exponential = Schema.TaggedStruct("Exponential", {
  rate,
  factor: aboveZero.annotate({ description: "What the rate is multiplied by over `every`" }),
  every: optional(Span, { epochs: 1 }, "The span over which the factor applies once")
})
/** From rate to minimum along half a cosine over the span, then the minimum. Loshchilov and Hutter 2017, arXiv:1608.03983. */
const Cosine = Schema.TaggedStruct("Cosine", { rate, over: Span, minimum }).check(falls)
/** Cosine that begins anew after `first`, each cycle `multiplier` times as long. The same paper, §3. */
const CosineRestarts = Schema.TaggedStruct("CosineRestarts", {
  rate,
  first: Span,
  multiplier: optional(count("cycles"), 1, "How many times as long each cycle is as the one before"),
  minimum
}).check(falls)
/** (rate − minimum) · (1 − t / over)^power + minimum, then the minimum. With minimum 0 it is PyTorch's PolynomialLR. */
const Polynomial = Schema.TaggedStruct("Polynomial", {
  rate,
  over: Span,
  power: optional(aboveZero, 1, "1 is a straight line"),
  minimum
}).check(falls)
/**
 * Up from maximum / divisor to maximum, then down to maximum / (divisor · finalDivisor), both along half a cosine. PyTorch's
 * OneCycleLR without momentum. Smith and Topin 2018, arXiv:1708.07120.
 */
const OneCycle = Schema.TaggedStruct("OneCycle", {
  maximum: rate,
  over: Span,
  warmupFraction: optional(share, 0.3, "Share of the span in which the rate rises"),
  divisor: optional(atLeastOne, 25, "The rate begins at maximum / divisor"),
  finalDivisor: optional(atLeastOne, 10_000, "The rate ends at maximum / (divisor · finalDivisor)")
})

/** Schedules that contain no other schedule. */
const Simple = [Constant, Step, MultiStep, Exponential, Cosine, CosineRestarts, Polynomial, OneCycle] as const
type Simple = (typeof Simple)[number]["Type"]
type SimpleEncoded = (typeof Simple)[number]["Encoded"]

/**
 * A linear rise from `from` times the rate at which `then` begins, over the span; `then` begins when the rise ends. PyTorch's
 * LinearLR before another by SequentialLR. With `from` 0 the first update changes nothing, as is usual for warm-ups.
 */
export interface Warmup {
  readonly _tag: "Warmup"
  readonly over: Span
  readonly from: number
  readonly then: Schedule
}
/** One schedule after another, each from its own beginning; `last` follows them. PyTorch's SequentialLR. */
export interface Sequence {
  readonly _tag: "Sequence"
  readonly parts: ReadonlyArray<{ readonly for: Span; readonly use: Schedule }>
  readonly last: Schedule
}
export type Schedule = Simple | Warmup | Sequence

/** What a file may write: a bare number is a constant rate. */
export type ScheduleEncoded =
  | number
  | SimpleEncoded
  | { readonly _tag: "Warmup"; readonly over: Span; readonly from?: number; readonly then: ScheduleEncoded }
  | {
      readonly _tag: "Sequence"
      readonly parts: ReadonlyArray<{ readonly for: Span; readonly use: ScheduleEncoded }>
      readonly last: ScheduleEncoded
    }

const nested = Schema.suspend((): Schema.Codec<Schedule, ScheduleEncoded> => Schedule)

const Warmup = Schema.TaggedStruct("Warmup", {
  over: Span,
  from: optional(share, 0, "Share of the rate at the first update"),
  then: nested
})
const Sequence = Schema.TaggedStruct("Sequence", {
  parts: Schema.Array(Schema.Struct({ for: Span, use: nested })),
  last: nested
})

const Bare = rate.pipe(
  Schema.decodeTo(Constant, {
    decode: SchemaGetter.transform((value) => ({ _tag: "Constant" as const, rate: value })),
    encode: SchemaGetter.transform((constant) => constant.rate)
  })
)

/** A learning-rate schedule. */
export const Schedule: Schema.Codec<Schedule, ScheduleEncoded> = Schema.Union([
  ...Simple,
  Warmup,
  Sequence,
  Bare
]).annotate({
  identifier: "LearningRateSchedule",
  description: "A learning rate: a number, or a schedule by its _tag",
  message:
    "expected a learning rate above 0, or a schedule with _tag Constant, Step, MultiStep, Exponential, Cosine, " +
    "CosineRestarts, Warmup, Polynomial, OneCycle or Sequence"
})

/** The learning rate before update `step`, which counts from 0: a pure function in float64. */
export type RateAt = (step: number) => number

const halfCosine = (from: number, to: number, progress: number): number =>
  // Halved before it is multiplied: the same bits, and no overflow of rates near the largest number.
  to + (from - to) * ((1 + Math.cos(Math.PI * progress)) / 2)

/** The rate before update `step` of a schedule that began at update `begin`. */
type RateFrom = (step: number, begin: number) => number

/**
 * Resolves a schedule, given how many updates an epoch has: a whole number above 0. Spans in epochs go by the epochs done:
 * where that number changed during the run, `pace` says when.
 */
export const resolve = (schedule: Schedule, stepsPerEpoch: number, pace: Pace.Pace = []): RateAt => {
  const { toToday, fromToday } = Pace.conversion(pace, stepsPerEpoch)

  /** A span's length in updates, how far a step lies behind a beginning, and where the span ends. */
  const measured = (span: Span) => {
    if ("steps" in span) {
      const length = span.steps
      return { length, elapsed: (step: number, begin: number) => step - begin, end: (begin: number) => begin + length }
    }
    const length = span.epochs * stepsPerEpoch
    return {
      length,
      elapsed: (step: number, begin: number) => toToday(step) - toToday(begin),
      end: (begin: number) => fromToday(toToday(begin) + length)
    }
  }

  const follow = (schedule: Schedule): RateFrom => {
    switch (schedule._tag) {
      case "Constant":
        return () => schedule.rate
      case "Step": {
        const { length, elapsed } = measured(schedule.every)
        return (step, begin) => schedule.rate * schedule.factor ** Math.floor(elapsed(step, begin) / length)
      }
      case "MultiStep": {
        const milestones = schedule.milestones.map(measured)
        return (step, begin) =>
          schedule.rate *
          schedule.factor ** milestones.filter(({ elapsed, length }) => elapsed(step, begin) >= length).length
      }
      case "Exponential": {
        const { length, elapsed } = measured(schedule.every)
        return (step, begin) => schedule.rate * schedule.factor ** (elapsed(step, begin) / length)
      }
      case "Cosine": {
        const { length, elapsed } = measured(schedule.over)
        return (step, begin) => halfCosine(schedule.rate, schedule.minimum, Math.min(1, elapsed(step, begin) / length))
      }
      case "CosineRestarts": {
        const { length: first, elapsed } = measured(schedule.first)
        const { multiplier } = schedule
        return (step, begin) => {
          const since = elapsed(step, begin)
          if (multiplier === 1) return halfCosine(schedule.rate, schedule.minimum, (since % first) / first)
          let [cycle, length] = [0, first]
          while (since >= cycle + length) {
            cycle += length
            length *= multiplier
          }
          return halfCosine(schedule.rate, schedule.minimum, (since - cycle) / length)
        }
      }
      case "Polynomial": {
        const { length, elapsed } = measured(schedule.over)
        return (step, begin) =>
          (schedule.rate - schedule.minimum) * Math.max(0, 1 - elapsed(step, begin) / length) ** schedule.power +
          schedule.minimum
      }
      case "OneCycle": {
        const { maximum, divisor, finalDivisor, warmupFraction } = schedule
        const { length, elapsed } = measured(schedule.over)
        // As in PyTorch: the last step of the rise is warmupFraction · over − 1, which need not be whole, nor above 0.
        const last = length - 1
        const peak = warmupFraction * (last + 1) - 1
        const first = maximum / divisor
        return (step, begin) => {
          const since = elapsed(step, begin)
          if (since <= peak) return halfCosine(first, maximum, peak === 0 ? 1 : since / peak)
          const fall = last <= peak ? 1 : Math.min(1, (since - peak) / (last - peak))
          return halfCosine(maximum, first / finalDivisor, fall)
        }
      }
      case "Warmup": {
        const { length, elapsed, end } = measured(schedule.over)
        const then = follow(schedule.then)
        return (step, begin) => {
          const [since, top] = [elapsed(step, begin), end(begin)]
          return since < length
            ? then(top, top) * (schedule.from + (1 - schedule.from) * (since / length))
            : then(step, top)
        }
      }
      case "Sequence": {
        const parts = schedule.parts.map((part) => ({ ...measured(part.for), rate: follow(part.use) }))
        const last = follow(schedule.last)
        return (step, begin) => {
          let start = begin
          for (const { elapsed, end, length, rate } of parts) {
            if (elapsed(step, start) < length) return rate(step, start)
            start = end(start)
          }
          return last(step, start)
        }
      }
    }
  }

  const rate = follow(schedule)
  return (step) => rate(step, 0)
}
