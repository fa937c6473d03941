/** The links that a config may put before all optimizers, over the gradients of all groups together. */
import * as Schema from "effect/Schema"
import * as CoreConfig from "../Config.ts"
import * as Entry from "../Entry.ts"
import type { Update } from "../Update.ts"
import { adaptiveClip } from "./AdaptiveClip.ts"
import { addNoise } from "./AddNoise.ts"
import { clipByGlobalNorm, clipByNorm, clipByValue } from "./Clip.ts"
import { sharpnessAware } from "./SharpnessAware.ts"

const { positive, withDefault } = CoreConfig
const notNegative = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0, { message: "expected a number from 0" }))

const SharpnessAware = Schema.TaggedStruct("SharpnessAware", {
  rho: withDefault(positive, 0.05, "ρ: how far away the second gradient is taken")
})
const AddNoise = Schema.TaggedStruct("AddNoise", {
  eta: withDefault(positive, 0.01, "η: the variance before the first step; the paper uses 0.01, 0.3, 1"),
  gamma: withDefault(notNegative, 0.55, "γ: how fast the variance falls; 0 keeps it")
})
const AdaptiveClip = Schema.TaggedStruct("AdaptiveClip", {
  clipping: withDefault(positive, 0.01, "λ: the largest ratio of a unit's gradient norm to its weights'"),
  epsilon: withDefault(positive, 0.001, "ε: norms of weights count as at least this, so that zeros can move"),
  except: withDefault(
    Schema.Union([Schema.String, Schema.Array(Schema.String)]),
    [],
    "Parameters that are not clipped, by path; the paper exempts the last layer"
  )
})
const ClipByGlobalNorm = Schema.TaggedStruct("ClipByGlobalNorm", { maximum: positive })
const ClipByNorm = Schema.TaggedStruct("ClipByNorm", { maximum: positive })
const ClipByValue = Schema.TaggedStruct("ClipByValue", { limit: positive })

/** Every link of this package that a config may name. */
export const entries: ReadonlyArray<Entry.Entry<Update>> = [
  Entry.of({ tag: "SharpnessAware", schema: SharpnessAware, make: ({ rho }): Update => sharpnessAware(rho) }),
  Entry.of({ tag: "AddNoise", schema: AddNoise, make: (options): Update => addNoise(options) }),
  Entry.of({ tag: "AdaptiveClip", schema: AdaptiveClip, make: (options): Update => adaptiveClip(options) }),
  Entry.of({
    tag: "ClipByGlobalNorm",
    schema: ClipByGlobalNorm,
    make: ({ maximum }): Update => clipByGlobalNorm(maximum)
  }),
  Entry.of({ tag: "ClipByNorm", schema: ClipByNorm, make: ({ maximum }): Update => clipByNorm(maximum) }),
  Entry.of({ tag: "ClipByValue", schema: ClipByValue, make: ({ limit }): Update => clipByValue(limit) })
]

/** A link of this package, as a decoded config holds it. */
export type Link =
  | typeof SharpnessAware.Type
  | typeof AddNoise.Type
  | typeof AdaptiveClip.Type
  | typeof ClipByGlobalNorm.Type
  | typeof ClipByNorm.Type
  | typeof ClipByValue.Type
/** As a config writes it: what has a default can be left out. */
export type LinkInput =
  | typeof SharpnessAware.Encoded
  | typeof AddNoise.Encoded
  | typeof AdaptiveClip.Encoded
  | typeof ClipByGlobalNorm.Encoded
  | typeof ClipByNorm.Encoded
  | typeof ClipByValue.Encoded

/** The schema of a link that is one of these. */
export const schemaOf = (all: ReadonlyArray<Entry.Entry<Update>>): Schema.Codec<Link, LinkInput> =>
  Entry.union(all).annotate({ message: `expected a link: { _tag: ${Entry.tagsOf(all)}, … }` })
