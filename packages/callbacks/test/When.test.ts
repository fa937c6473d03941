import { assert, describe, it } from "@effect/vitest"
import * as Callback from "@etude/core/Callback"
import * as Decision from "@etude/core/Decision"
import type { Progress } from "@etude/core/Progress"
import * as Trainer from "@etude/core/Trainer"
import * as When from "@etude/core/When"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import { drive } from "@etude/testing/doubles/Drive"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"

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
      const whole = yield* drive(When.layer(When.after({ epochs: 2 }), stopping))
      for (let epoch = 0; epoch < 3; epoch++) yield* whole.epoch({ "validation/loss": 1 })
      assert.deepStrictEqual(
        whole.decisions.map(([, { stopRun }]) => stopRun[0]),
        ["epoch"]
      )
      const part = yield* drive(When.layer(When.after({ epochs: 2 }), stopping, ["epochEnd"]))
      yield* part.epoch({ "validation/loss": 1 })
      assert.deepStrictEqual(
        part.decisions.map(([, { stopRun }]) => stopRun[0]),
        ["set"]
      )
    })
  )
})

it.layer(CpuBackend.layer)("filters in a run", (it) => {
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
      yield* Trainer.train(Tiny.perceptron(), { config, data: { train: Tiny.vectors(24) }, callbacks })
      assert.deepStrictEqual(seen, ["begin 0", "end 4", "begin 4", "epoch 6", "end 8", "begin 8"])
    }).pipe(Effect.scoped)
  )
})
