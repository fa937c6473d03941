/**
 * Callbacks that configs name under `callbacks`: each by its name, with its own options, with what is done when it fails, and,
 * for controllers, with the positions at which they are called. A section of a config is a fold over a record of them, so
 * that those of other packages come in by the same door as ours.
 */
import * as Layer from "effect/Layer"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as Callback from "./Callback.ts"
import * as Config from "./Config.ts"
import type { ConfigInvalid } from "./Errors.ts"
import type * as Event from "./Event.ts"
import * as When from "./When.ts"

/** What a callback learns from its run and not from its options. */
export interface Place {
  /** The run's folder; files whose paths are relative belong there. */
  readonly folder: string
  /** The names of classes, by label. */
  readonly classes?: ReadonlyArray<string> | undefined
  /** The events of earlier attempts of the run. */
  readonly earlier?: ReadonlyArray<Event.Known> | undefined
}

/** The schema of a callback's options: a record. */
export type OptionsSchema<Options, Encoded> = Schema.Codec<Options, Encoded> & {
  readonly fields: Schema.Struct.Fields
}

// any: a record of entries holds options, errors and requirements of every type
export interface CallbackEntry<Options = any, Encoded = any, Out = any, R = any> {
  /** A description for the schema. */
  readonly description: string
  /**
   * What it is: a controller decides and may be limited to some positions by `when`, a transform changes steps, an
   * observer only observes. An observer's options are in no hash, and changing them alters no run.
   */
  readonly kind: Callback.Definition["kind"]
  /** Its options: a record without the keys `onFailure` and `when`. */
  readonly config: OptionsSchema<Options, Encoded>
  /** A run may have several, with different ids. */
  readonly several?: boolean
  /** It takes part in passes without training, as an average of parameters does. */
  readonly evaluates?: boolean
  /** The files and folders that it writes, relative to the run's folder. */
  readonly files?: (options: Options) => ReadonlyArray<string>
  /** The callback of decoded options. */
  readonly layer: (options: Options, place: Place) => Layer.Layer<Out, ConfigInvalid, R>
}

export type CallbackEntries = { readonly [name: string]: CallbackEntry }

/** The keys of an entry beside the callback's own options. */
interface Around {
  readonly onFailure: "fail" | "warn"
  readonly when?: When.Config
}

type OneOrSeveral<A> = A | ReadonlyArray<A>
/** A decoded section of these callbacks. */
export type Section<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]?: Entries[name] extends CallbackEntry<infer Options>
    ? OneOrSeveral<Options & Around>
    : never
}
/** A section as files write it. */
export type SectionInput<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]?: Entries[name] extends CallbackEntry<any, infer Encoded>
    ? OneOrSeveral<Encoded & Partial<Around>>
    : never
}
type OutOf<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]: Entries[name] extends CallbackEntry<any, any, infer Out> ? Out : never
}[keyof Entries]
type RequirementsOf<Entries extends CallbackEntries> = {
  readonly [name in keyof Entries]: Entries[name] extends CallbackEntry<any, any, any, infer R> ? R : never
}[keyof Entries]

const onFailure = Config.withDefault(
  Schema.Literals(["fail", "warn"]),
  "fail",
  "When one of its handlers fails: end the run with its error, or warn and continue without it"
)
const when = Schema.optionalKey(When.Config).annotate({
  description: "At which positions it is called; everywhere by default"
})

const keyOf = ({ config, kind, several, description }: CallbackEntry) => {
  const one = Schema.Struct({ ...config.fields, onFailure, ...(kind === "controller" ? { when } : {}) })
  const value: Schema.Top = several === true ? Schema.Union([one, Schema.NonEmptyArray(one)]) : one
  return Schema.optionalKey(value).annotate({ description })
}

/** The schema of a section that may name these callbacks. */
export const schemaOf = <Entries extends CallbackEntries>(
  entries: Entries
): Schema.Codec<Section<Entries>, SectionInput<Entries>> =>
  // The fields of a record whose entries have different types.
  Config.narrowed(Schema.Struct(Record.map(entries as CallbackEntries, keyOf)))

type Written = { readonly [name: string]: unknown }

/** The part of a section whose entries are wanted. */
const pick = (entries: CallbackEntries, section: object, wanted: (entry: CallbackEntry) => boolean): Written =>
  Object.fromEntries(
    Object.entries(section).filter(([name, options]) => {
      const entry = Object.hasOwn(entries, name) ? entries[name] : undefined
      return options !== undefined && entry !== undefined && wanted(entry)
    })
  )

/** The part of a section that decides what a run comes to, for hashes and comparisons. */
export const decisive = (entries: CallbackEntries, section: object): Written =>
  pick(entries, section, ({ kind }) => kind !== "observer")

/** The part of a section that a pass without training needs too: the callbacks that choose which parameters are evaluated. */
export const evaluating = (entries: CallbackEntries, section: object): Written =>
  pick(entries, section, ({ evaluates }) => evaluates === true)

/** Each callback of a section, in the order of the entries, with its options. */
const askedFor = (entries: CallbackEntries, section: object) =>
  Object.entries(entries).flatMap(([name, entry]) =>
    // any: what each name holds is known to its entry
    [(section as Written)[name] ?? []].flat().map((written: any) => {
      const { onFailure, when, ...options } = written as Around
      return { entry, options, onFailure, when }
    })
  )

/** The files and folders of a section, by path. */
export const filesOf = (entries: CallbackEntries, section: object): ReadonlyArray<string> =>
  askedFor(entries, section).flatMap(({ entry, options }) => entry.files?.(options) ?? [])

/** The hooks that `when` is about. At the others a callback learns what it needs, such as when its attempt began. */
const deciding = ["batchEnd", "validationEnd", "epochEnd"] as const

// any: each callback gives and needs what its entry says
type AnyLayer = Layer.Layer<any, ConfigInvalid, any>

/**
 * The callbacks of a section, merged. Services that they need beyond a run are required even if none of them uses them.
 * Refused options are `ConfigInvalid`; those of a decoded config never are.
 */
export const layerOf = <Entries extends CallbackEntries>(
  entries: Entries,
  section: Section<Entries>,
  place: Place
): Layer.Layer<OutOf<Entries>, ConfigInvalid, Callback.CallbackRegistry | RequirementsOf<Entries>> =>
  Layer.mergeAll(
    Layer.empty,
    ...askedFor(entries, section).map(({ entry, options, onFailure, when }): AnyLayer => {
      const plain: AnyLayer = entry.layer(options, place)
      const placed: AnyLayer = when === undefined ? plain : When.layer(When.ruleOf(when), plain, deciding)
      return onFailure === "warn" ? Callback.optional(placed) : placed
    })
  ) as AnyLayer
