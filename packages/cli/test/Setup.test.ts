/** What a config's experiment is made with. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Loaded } from "../src/Load.ts"
import * as Setup from "../src/Setup.ts"

describe("an experiment", () => {
  it.effect("is told the config's folder, which its options that are paths are relative to", () =>
    Effect.gen(function* () {
      const told: Array<unknown> = []
      const experiment = {
        name: "text",
        options: undefined,
        make: (...args: Array<unknown>) => Effect.sync(() => told.push(...args))
      }
      const config = { options: { corpus: "corpus.txt" }, train: { seed: 7 } }
      // Of what is loaded, the rest is not looked at.
      yield* Setup.make({
        experiment,
        config,
        optionsFrom: "/papers/char-model"
      } as unknown as Loaded) as Effect.Effect<unknown>
      assert.deepStrictEqual(told, [{ corpus: "corpus.txt" }, 7, "/papers/char-model"])
    })
  )
})
