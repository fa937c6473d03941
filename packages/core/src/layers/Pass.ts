/** The forward pass that is running, for layers that draw random numbers in it. */
import type { StepRandom } from "../RandomBits.ts"

export interface Pass {
  /** Runs a forward pass that draws from `random`. */
  readonly run: <A>(random: StepRandom, forward: () => A) => A
  /** The draws of this pass. */
  readonly random: () => StepRandom
  /** The path under which a layer draws: its own, and another one each time it is called again in the same pass. */
  readonly pathOfCall: (path: string) => string
}

export const make = (): Pass => {
  let current: { readonly random: StepRandom; readonly calls: Map<string, number> } | undefined
  const running = () => {
    if (current === undefined) throw new Error("a random layer was called outside of the model's forward pass")
    return current
  }
  return {
    run: (random, forward) => {
      current = { random, calls: new Map() }
      try {
        return forward()
      } finally {
        current = undefined
      }
    },
    random: () => running().random,
    pathOfCall: (path) => {
      const { calls } = running()
      const call = calls.get(path) ?? 0
      calls.set(path, call + 1)
      return call === 0 ? path : `${path}/call-${call}`
    }
  }
}
