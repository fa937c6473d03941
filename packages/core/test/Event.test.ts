import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Event from "../src/Event.ts"

const progress = { epoch: 1, batch: 2, step: 3, samples: 4, elapsedSeconds: 5.5 }
const through = (event: Event.Known) => Event.decode(JSON.parse(JSON.stringify(Event.encode(event))))

describe("an event", () => {
  it.effect.prop(
    "of any kind is the same after JSON",
    [Arbitrary.schema(Event.Known)],
    ([event]) =>
      Effect.sync(() => {
        const encoded = JSON.stringify(Event.encode(event))
        const decoded = Event.decode(JSON.parse(encoded))
        assert.strictEqual(decoded._tag, event._tag)
        assert.strictEqual(JSON.stringify(Event.encode(decoded as Event.Known)), encoded)
      }),
    { arbitrary: { runs: 200, seed: 1, maxDiscards: 100_000 } }
  )

  it("keeps numbers that JSON has no words for", () => {
    const values = { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY, d: 0.1 }
    const event = { version: 1, _tag: "EpochEnded", progress, values, learningRate: 0.1, seconds: 1 } as const
    assert.deepStrictEqual(through(event), event)
  })

  it("of a kind or version that is not known is kept as it was", () => {
    for (const event of [
      { version: 2, _tag: "EpochStarted", progress },
      { version: 1, _tag: "Teleported", progress, to: "Mars" },
      { version: 1, _tag: "EpochStarted" },
      "not an event",
      null
    ]) {
      assert.deepStrictEqual(Event.decode(event), { _tag: "Unknown", event })
    }
  })
})
