/**
 * What a config names by its `_tag`: an optimizer, a loss, whatever a package adds. An entry is the name, the schema of the
 * options beside it, and what they make; ours and those of other packages are entries alike.
 */
import * as Schema from "effect/Schema"

/** A variant as a decoded config holds it. */
export interface Tagged {
  readonly _tag: string
}

// any: a list of entries holds options of every type
export interface Entry<out Made, Options = any, Encoded = any> {
  /** The name in configs, such as `Adam`. */
  readonly tag: string
  /** The variant with its options: `Schema.TaggedStruct(tag, …)`. */
  readonly schema: Schema.Codec<Options, Encoded>
  readonly make: (options: Options) => Made
}

/** Keeps the options' type while an entry is written down. */
export const of = <Options extends Tagged, Encoded, Made>(
  entry: Entry<Made, Options, Encoded>
): Entry<Made, Options, Encoded> => entry

type AnyEntry = Entry<unknown>
type OptionsOf<E> = E extends Entry<unknown, infer Options, any> ? Options : never
type EncodedOf<E> = E extends Entry<unknown, any, infer Encoded> ? Encoded : never

/** The union of all variants. */
export const union = <Entries extends ReadonlyArray<AnyEntry>>(
  entries: Entries
): Schema.Codec<OptionsOf<Entries[number]>, EncodedOf<Entries[number]>> =>
  Schema.Union(entries.map(({ schema }) => schema))

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
  const value = find(entries, variant).make(variant)
  variants.set(value, variant)
  return value
}

/** The variant from which a value was made; `undefined` of one that was made otherwise. */
export const variantOf = (value: object): Tagged | undefined => variants.get(value)
