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
  eta: withDefault(positive, 0.01, "η: the variance before the first step; the paper takes 0.01, 0.3, 1"),
  gamma: withDefault(notNegative, 0.55, "γ: how fast the variance falls; 0 keeps it")
})
const AdaptiveClip = Schema.TaggedStruct("AdaptiveClip", {
  clipping: withDefault(positive, 0.01, "λ: the largest ratio of a unit's gradient norm to its weights'"),
  epsilon: withDefault(positive, 0.001, "ε: norms of weights count as at least this, so that zeros can move"),
  except: withDefault(
    Schema.Union([Schema.String, Schema.Array(Schema.String)]),
    [],
    "Parameters that are not clipped, by path; the paper excepts the last layer"
  )
})
const ClipByGlobalNorm = Schema.TaggedStruct("ClipByGlobalNorm", { maximum: positive })
const ClipByNorm = Schema.TaggedStruct("ClipByNorm", { maximum: positive })
const ClipByValue = Schema.TaggedStruct("ClipByValue", { limit: positive })

export const entries = [
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
] as const

/** A link, as a config writes it. */
export const Link = Schema.Union([
  SharpnessAware,
  AddNoise,
  AdaptiveClip,
  ClipByGlobalNorm,
  ClipByNorm,
  ClipByValue
]).annotate({
  message: `expected a link: { _tag: ${Entry.tagsOf(entries)}, … }`
})
export type Link = typeof Link.Type

/** The link that a config describes. */
export const fromConfig = (link: Link): Update => Entry.make<Update>(entries, link)
