import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import {
  decodeFromTrial,
  decodeToTrial,
  encodeFromTrial,
  encodeToTrial,
  FromTrial,
  ToTrial
} from "../src/TrialProtocol.ts"

/** What Node's channel between processes does to a message. */
const sent = (message: unknown): unknown => JSON.parse(JSON.stringify(message))

// Equal takes NaN for NaN, and -0 for 0, which JSON makes of it.
it.effect.prop(
  "messages come out of the channel as they went in, NaN and infinities included",
  [ToTrial, FromTrial],
  ([to, from]) =>
    Effect.sync(() => {
      assert.isTrue(Equal.equals(Result.getOrThrow(decodeToTrial(sent(encodeToTrial(to)))), to))
      assert.isTrue(Equal.equals(Result.getOrThrow(decodeFromTrial(sent(encodeFromTrial(from)))), from))
    })
)

it.each([{}, null, "Begin", { _tag: "Begin" }, { _tag: "Finished", outcome: "lost" }, { _tag: "Decided", step: -1 }])(
  "%j is no message",
  (message) => {
    assert.isTrue(Result.isFailure(decodeToTrial(message)))
    assert.isTrue(Result.isFailure(decodeFromTrial(message)))
  }
)
