import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Callback from "../src/Callback.ts"
import * as Decision from "../src/Decision.ts"
import type { Progress } from "../src/Progress.ts"
import * as Trainer from "../src/Trainer.ts"
import * as When from "../src/When.ts"
import { layer as cpu } from "./support/cpu.ts"
import { numbers, task } from "./support/tiny.ts"

const at = (fields: Partial<Progress>): Progress => ({
  epoch: 0,
  batch: 0,
  step: 0,
  samples: 0,
  elapsedSeconds: 0,
  ...fields
})
const steps = (rule: When.Rule) =>
  Array.from({ length: 8 }, (_, step) => step).filter((step) => rule(at({ step, epoch: step, samples: step * 10 })))

/** The end of an epoch, with its validation before it. */
const epochOf = <E>(run: Callback.Driven<E>, epoch: number) =>
  Effect.gen(function* () {
    const values = { "validation/loss": 1 }
    yield* run.call("validationEnd", { name: "validation", values, results: {} })
    run.move({ epoch: epoch + 1 })
    yield* run.call("epochEnd", { values })
  })

describe("filters", () => {
  const rules: ReadonlyArray<readonly [string, When.Rule, ReadonlyArray<number>]> = [
    ["every", When.every({ steps: 3 }), [0, 3, 6]],
    ["once at", When.onceAt({ epochs: 4 }), [4]],
    ["before", When.before({ steps: 2 }), [0, 1]],
    ["after", When.after({ samples: 50 }), [6, 7]],
    ["all", When.all(When.after({ steps: 1 }), When.every({ steps: 2 })), [2, 4, 6]],
    ["any", When.any(When.onceAt({ steps: 1 }), When.after({ steps: 6 })), [1, 7]],
    ["not", When.not(When.after({ steps: 1 })), [0, 1]],
    ["a rule of one's own", ({ step }) => step ** 2 === 16, [4]]
  ]
  for (const [name, rule, expected] of rules) it(name, () => assert.deepStrictEqual(steps(rule), expected))

  it.effect("around a callback call its handlers where the rule holds, of the hooks that are named", () =>
    Effect.gen(function* () {
      const stopping = Callback.controller({
        id: "stopping",
        hooks: {
          epochEnd: () => Decision.stopRun("epoch"),
          validationEnd: () => Effect.succeed(Decision.stopRun("set"))
        }
      })
      const whole = yield* Callback.drive(When.layer(When.after({ epochs: 2 }), stopping))
      for (let epoch = 0; epoch < 3; epoch++) yield* epochOf(whole, epoch)
      assert.deepStrictEqual(
        whole.decisions.map(({ decision }) => decision.stopRun[0]),
        ["epoch"]
      )
      const part = yield* Callback.drive(When.layer(When.after({ epochs: 2 }), stopping, ["epochEnd"]))
      yield* epochOf(part, 0)
      assert.deepStrictEqual(
        part.decisions.map(({ decision }) => decision.stopRun[0]),
        ["set"]
      )
    })
  )
})

it.layer(cpu)("filters in a run", (it) => {
  it.effect("call at exactly their positions, at every hook, plain or effectful", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const note = (hook: string) => (event: Callback.At) => void seen.push(`${hook} ${event.progress.step}`)
      const every = When.every({ steps: 4 })
      const callbacks = Callback.observer({
        id: "noting",
        hooks: {
          batchBegin: When.calls(every, note("begin")),
          batchEnd: When.batchEnd(every, (event) => Effect.sync(() => note("end")(event))),
          epochEnd: When.calls(When.onceAt({ epochs: 2 }), note("epoch"))
        }
      })
      const config = { until: { epochs: 3 }, batchSize: 8 } as const
      yield* Trainer.train(task, { config, data: { train: numbers(24) }, callbacks })
      assert.deepStrictEqual(seen, ["begin 0", "end 4", "begin 4", "epoch 6", "end 8", "begin 8"])
    }).pipe(Effect.scoped)
  )
})
