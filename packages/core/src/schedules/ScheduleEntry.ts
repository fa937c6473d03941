/** The parts of a schedule: a name, the schema of its options, and the rate that they give at a step. */
import type * as Schema from "effect/Schema"
import type { Tagged } from "../Entry.ts"
import type { Span } from "./fields.ts"

/** The learning rate before update `step` of a schedule that began at update `begin`: a pure function in float64. */
export type RateFrom = (step: number, begin: number) => number

/** A span of a run, in updates. */
export interface Measured {
  readonly length: number
  /** The distance of a step from a start. */
  readonly elapsed: (step: number, begin: number) => number
  /** The update at which a span that began there ends. */
  readonly end: (begin: number) => number
}

/** The context in which a schedule is resolved; both functions know the number of updates in an epoch. */
export interface Course {
  readonly measure: (span: Span) => Measured
  /** The rates of a schedule among the options, such as `then`. */
  readonly follow: (schedule: Tagged) => RateFrom
}

// any: a list of entries holds options of every type
type AnySchema = Schema.Codec<any, any>

/** A schedule that configs may name. */
export interface ScheduleEntry<Options = any, Encoded = any> {
  /** The name in configs, such as `Cosine`. */
  readonly tag: string
  /** The variant with its options, `Schema.TaggedStruct(tag, …)`; of a schedule made of others, from the schema of any schedule. */
  readonly schema: Schema.Codec<Options, Encoded> | ((schedule: AnySchema) => Schema.Codec<Options, Encoded>)
  /** The rates of a run; a single number where the rate never changes. */
  readonly at: (schedule: Options, course: Course) => RateFrom | number
}

/** Keeps the options' type while a schedule is written down. */
export const make = <Options extends Tagged, Encoded>(
  entry: ScheduleEntry<Options, Encoded>
): ScheduleEntry<Options, Encoded> => entry
