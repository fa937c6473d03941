/**
 * `Math.random` in a run that must be resumable: captured, or forbidden. Either holds for the synchronous stretches of the
 * run only (data reading, steps, plain hooks); elsewhere, `Math.random` stays what it is.
 */
import { Callback, Errors, Rng, Surroundings } from "@etude/core"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

const replacing = (random: () => number): Surroundings.SurroundingsService => ({
  around: (body) => {
    const original = Math.random
    Math.random = random
    try {
      return body()
    } finally {
      Math.random = original
    }
  }
})

/** A stream in the place of `Math.random`, with the callback that saves how far it has been drawn. */
export interface Captured {
  /** Provide it around the run. */
  readonly surroundings: Layer.Layer<never>
  /** Add it to the run's callbacks. */
  readonly plugin: Callback.CallbackLayer
}

/** 53 random bits in [0, 1), as `Math.random` gives them. */
const double = (stream: Rng.Key, position: number): number =>
  ((Rng.bits(stream, 2 * position) >>> 5) * 0x4000000 + (Rng.bits(stream, 2 * position + 1) >>> 6)) / 2 ** 53

/**
 * Puts `Math.random` on a keyed stream whose position is part of the run, so that code which calls it can be resumed.
 * One value for one run at a time.
 */
export const captured = (seed: number): Captured => {
  const stream = Rng.named(Rng.key(seed), "Math.random")
  let position = 0
  return {
    surroundings: Layer.succeed(
      Surroundings.Surroundings,
      replacing(() => double(stream, position++))
    ),
    plugin: Callback.observer({
      id: "generator/Math.random",
      state: {
        schema: Schema.Natural,
        initial: 0,
        outside: {
          read: () => position,
          restore: (drawn) => {
            position = drawn
          }
        }
      },
      hooks: {}
    })
  }
}

/** The line of the caller, without this file's own frames. */
const callSite = (): string => {
  const frames = new Error().stack?.split("\n").slice(1) ?? []
  const outside = frames.find((frame) => !frame.includes("GlobalRandom"))
  return outside?.trim().replace(/^at /, "") ?? "an unknown place"
}

/** Makes a call of `Math.random` during the run's synchronous stretches fail with `GlobalRandomUsed`, which names the line. */
export const layerForbidden: Layer.Layer<never> = Layer.succeed(
  Surroundings.Surroundings,
  replacing(() => {
    throw new Errors.GlobalRandomUsed({ callSite: callSite() })
  })
)
