import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { byMessage, turn } from "../src/internal/loop/turn.ts"

describe("a turn", () => {
  for (const [name, given] of Object.entries({ "with setImmediate": turn, "without it": byMessage })) {
    it.live(`${name}: timers, other fibers and interruption come in between`, () =>
      Effect.gen(function* () {
        const seen = new Set<string>()
        setTimeout(() => seen.add("timer"), 1)
        const other = yield* Effect.forkChild(Effect.sync(() => seen.add("fiber")))
        const deadline = performance.now() + 5000
        while (seen.size < 2 && performance.now() < deadline) yield* given
        assert.deepStrictEqual([...seen].sort(), ["fiber", "timer"])
        yield* Fiber.join(other)
        const endless = yield* Effect.forkChild(Effect.forever(given))
        yield* given
        yield* Fiber.interrupt(endless)
      })
    )
  }
})
