import * as Match from "effect/Match"
import * as Gradient from "../Gradient.ts"
import * as Update from "../Update.ts"

/** Scales all updates together so that their joint L2 norm is at most `maximum`. Pascanu et al. 2013, arXiv:1211.5063. */
export const clipByGlobalNorm = (maximum: number): Update.Update<never, never> =>
  Update.stateless("clipByGlobalNorm", Gradient.clipByGlobalNorm(maximum))

/** Scales each tensor's update so that its own L2 norm is at most `maximum`. */
export const clipByNorm = (maximum: number): Update.Update<never, never> =>
  Update.stateless("clipByNorm", Gradient.clipByNorm(maximum))

/** Limits each element to [−limit, limit]. */
export const clipByValue = (limit: number): Update.Update<never, never> =>
  Update.stateless("clipByValue", Gradient.clipByValue(limit), { elementwise: true })

/** The link that a config describes. */
export const clip: (config: Gradient.Clip) => Update.Update<never, never> = Match.type<Gradient.Clip>().pipe(
  Match.tagsExhaustive({
    GlobalNorm: ({ maximum }) => clipByGlobalNorm(maximum),
    Norm: ({ maximum }) => clipByNorm(maximum),
    Value: ({ limit }) => clipByValue(limit)
  })
)
