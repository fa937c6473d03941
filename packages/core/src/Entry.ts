/**
 * What a config names by its `_tag`: an optimizer, a loss, whatever a package adds. An entry is the name, the schema of the
 * options beside it, and what they make; ours and those of other packages are entries alike.
 */
import * as Schema from "effect/Schema"
import type * as Scheduled from "./Scheduled.ts"

/** A variant as a decoded config holds it. */
export interface Tagged {
  readonly _tag: string
}

// any: a list of entries holds options of every type
type AnySchema = Schema.Codec<any, any>

export interface Entry<out Made, Options = any, Encoded = any> {
  /** The name in configs, such as `Adam`. */
  readonly tag: string
  /**
   * The variant with its options, `Schema.TaggedStruct(tag, …)`; of one made of others, from the schema of any variant; of one with
   * numbers that may be scheduled, from what makes their schemas.
   */
  readonly schema:
    | Schema.Codec<Options, Encoded>
    | ((variant: AnySchema, scheduled: Scheduled.SchemaOf) => Schema.Codec<Options, Encoded>)
  /** `other` makes a variant among the options. A method, so that an entry of a narrow type is one of a wider type. */
  make(options: Options, other: (variant: Tagged) => Made): Made
}

/** Keeps the options' type while an entry is written down. */
export const of = <Options extends Tagged, Encoded, Made>(entry: {
  readonly tag: string
  readonly schema: Schema.Codec<Options, Encoded>
  readonly make: (options: Options) => Made
}): Entry<Made, Options, Encoded> => entry

/**
 * The entry of a variant that is made of others, whoever adds them:
 *
 * ```ts
 * Entry.around({
 *   tag: "Lookahead",
 *   schema: (optimizer) => Schema.TaggedStruct("Lookahead", { of: optimizer }),
 *   make: ({ of }, other: (variant: Entry.Tagged) => Optimizer) => lookahead({ of: other(of) })
 * })
 * ```
 */
export const around = <Options extends Tagged, Encoded, Made>(entry: {
  readonly tag: string
  readonly schema: (variant: Schema.Codec<Tagged, any>) => Schema.Codec<Options, Encoded>
  readonly make: (options: Options, other: (variant: Tagged) => Made) => Made
}): Entry<Made, Options, Encoded> => entry

/**
 * The entry of a variant with numbers that may change during a run: a config writes a number or a schedule.
 *
 * ```ts
 * Entry.scheduled({
 *   tag: "Lion",
 *   schema: (scheduled) => Schema.TaggedStruct("Lion", { weightDecay: scheduled(Options.notNegative) }),
 *   make: ({ weightDecay }) => lion({ weightDecay })
 * })
 * ```
 */
export const scheduled = <Options extends Tagged, Encoded, Made>(entry: {
  readonly tag: string
  readonly schema: (scheduled: Scheduled.SchemaOf) => Schema.Codec<Options, Encoded>
  readonly make: (options: Options) => Made
}): Entry<Made, Options, Encoded> => ({ ...entry, schema: (_, scheduled) => entry.schema(scheduled) })

/** Numbers that are always fixed. */
const fixed: Scheduled.SchemaOf = (number) => number

type AnyEntry = Entry<unknown>
type OptionsOf<E> = E extends Entry<unknown, infer Options, any> ? Options : never
type EncodedOf<E> = E extends Entry<unknown, any, infer Encoded> ? Encoded : never

/** The union of all variants, in which one may be made of others, and numbers may be scheduled as `scheduled` says. */
export const union = <Entries extends ReadonlyArray<AnyEntry>>(
  entries: Entries,
  annotations: { readonly identifier?: string; readonly description?: string; readonly message?: string } = {},
  scheduled: Scheduled.SchemaOf = fixed
): Schema.Codec<OptionsOf<Entries[number]>, EncodedOf<Entries[number]>> => {
  const nested = Schema.suspend((): AnySchema => all)
  const variants = entries.map(({ schema }) => (Schema.isSchema(schema) ? schema : schema(nested, scheduled)))
  const all: AnySchema = Schema.Union(variants).annotate(annotations)
  return all
}

/** The names of entries, as messages list them: `Sgd | Adam`. */
export const tagsOf = (entries: ReadonlyArray<{ readonly tag: string }>): string =>
  entries.map(({ tag }) => tag).join(" | ")

/** The entry of a decoded variant. A config that was decoded by another registry than it is used with is a defect. */
export const find = <E extends { readonly tag: string }>(entries: ReadonlyArray<E>, { _tag }: Tagged): E => {
  const entry = entries.find(({ tag }) => tag === _tag)
  if (entry !== undefined) return entry
  throw new Error(
    `no entry is named ${_tag}; known here: ${tagsOf(entries)}. Decode and use a config with one registry.`
  )
}

const variants = new WeakMap<object, Tagged>()

/** Makes what a decoded variant describes. */
export const make = <Made extends object>(entries: ReadonlyArray<Entry<Made>>, variant: Tagged): Made => {
  const value = find(entries, variant).make(variant, (other) => make(entries, other))
  variants.set(value, variant)
  return value
}

/** The variant from which a value was made; `undefined` of one that was made otherwise. */
export const variantOf = (value: object): Tagged | undefined => variants.get(value)
