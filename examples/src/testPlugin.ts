/** Testing a plugin by the laws: a counter in a variable is found, one in the run's state is right. */
import assert from "node:assert/strict"
import { Callback, Decision } from "@etude/core"
import { CallbackLaws, CpuBackend } from "@etude/testing"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

/** Halves the learning rate after every third batch, and forgets where it was when the run is resumed. */
const forgetful = Layer.unwrap(
  Effect.sync(() => {
    let seen = 0
    return Callback.controller({
      id: "forgetful",
      hooks: { batchEnd: () => (++seen % 3 === 0 ? Decision.scaleLearningRate(0.5) : undefined) }
    })
  })
)

/** The same with its count in the run's state. */
const right = Callback.controller({
  id: "right",
  state: { schema: Schema.Struct({ seen: Schema.Natural }), initial: { seen: 0 } },
  hooks: {
    batchEnd: (_event, { seen }) =>
      (seen + 1) % 3 === 0 ? [{ seen: seen + 1 }, Decision.scaleLearningRate(0.5)] : [{ seen: seen + 1 }]
  }
})

/** The laws that are broken; a law that has nothing to check is skipped. In a Vitest file it is one line: `laws.callback(layer)`. */
const complaints = (layer: typeof right) =>
  Effect.map(
    Effect.all(CallbackLaws.of(layer).map(({ check }) => Effect.flip(Effect.asVoid(check)).pipe(Effect.option))),
    (failures) =>
      failures.flatMap((failure) =>
        failure._tag === "Some" && failure.value._tag === "LawBroken" ? [failure.value.message] : []
      )
  )

const program = Effect.all({ forgetful: complaints(forgetful), right: complaints(right) })
const found = await Effect.runPromise(Effect.provide(program, CpuBackend.layer))
console.log(found.forgetful[0]!.slice(0, found.forgetful[0]!.indexOf(". To reproduce")))
assert.match(found.forgetful[0]!, /^forgetful breaks the law "resume": stopped after step \d of 8 and resumed, /)
assert.deepEqual(found.right, [])
