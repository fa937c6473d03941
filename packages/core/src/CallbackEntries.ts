/**
 * Callbacks as entries of a config file: each by its name, with its own options, with what is done when it fails, and, for
 * those that decide, with the positions at which they are called. What packages that declare such entries share.
 */
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Callback from "./Callback.ts"
import type { ConfigInvalid } from "./Errors.ts"
import * as Options from "./Options.ts"
import * as When from "./When.ts"

const onFailure = Options.withDefault(
  Schema.Literals(["fail", "warn"]),
  "fail",
  "When a handler of it fails: end the run with its error, or warn and go on without it"
)
const when = Schema.optionalKey(When.Config).annotate({
  description: "At which positions it is called; everywhere by default"
})

/** An entry with these options. */
export const entry = <Fields extends Schema.Struct.Fields>(fields: Fields) => Schema.Struct({ ...fields, onFailure })

/** An entry of a callback that decides; it may be limited to some positions of the run. */
export const decider = <Fields extends Schema.Struct.Fields>(fields: Fields) => entry({ ...fields, when })

/** A key for an entry, or for a list of them where a run may have several. */
export const several = <T, E>(one: Schema.Codec<T, E>, description: string) =>
  Schema.optionalKey(Schema.Union([one, Schema.NonEmptyArray(one)])).annotate({ description })

/** A key for one entry. */
export const single = <T, E>(one: Schema.Codec<T, E>, description: string) =>
  Schema.optionalKey(one).annotate({ description })

interface Entry {
  readonly onFailure: "fail" | "warn"
  readonly when?: When.Config
}

/** The hooks that `when` is about. At the others a callback learns what it needs, such as when its attempt began. */
const deciding = ["batchEnd", "validationEnd", "epochEnd"] as const

/** The layers of one name's entries: their options as the layer takes them, with policy and positions around. */
export const layers = <Own extends Entry>(
  entries: Own | ReadonlyArray<Own> | undefined,
  // any: each layer has an error and a config of its own; a test pairs every name with its layer
  make: (options: any) => Layer.Layer<any, ConfigInvalid, any>
): ReadonlyArray<Layer.Layer<any, ConfigInvalid, any>> =>
  [entries ?? []].flat().map(({ onFailure, when, ...options }: any) => {
    const plain = make(options)
    const placed = when === undefined ? plain : When.layer(When.ruleOf(when), plain, deciding)
    return onFailure === "warn" ? Callback.optional(placed) : placed
  })
