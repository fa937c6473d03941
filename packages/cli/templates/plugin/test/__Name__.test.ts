import { assert, layer } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import * as Trainer from "@etude/core/Trainer"
import * as laws from "@etude/testing/Laws"
import * as Suites from "@etude/testing/Suites"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"
import * as __Name__ from "../src/__Name__.ts"
import { plugin } from "../src/index.ts"

const never = { monitor: "validation/loss", target: 0, better: "lower" } as const
const always = { monitor: "validation/loss", target: 1000, better: "lower" } as const

const data = { train: Tiny.regressionData(), validation: Tiny.regressionData() }
const config = { until: { epochs: 5 }, batchSize: 4, learningRate: 0.01 }
const epochsWith = (options: typeof never | typeof always, times?: number) =>
  Trainer.train(Tiny.regression(), {
    config,
    data,
    callbacks: __Name__.layer({ ...options, ...(times === undefined ? {} : { times }) })
  }).pipe(Effect.map(({ counts, reason }) => [counts.epochs, reason] as const))

layer(Cpu.layer)("a target", (it) => {
  it.effect("that is reached ends the run, and the reason says so", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* epochsWith(always), [1, "validation/loss has reached 1000"])
    })
  )

  it.effect("that must be reached three times ends the run at the third", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* epochsWith(always, 3))[0], 3)
    })
  )

  it.effect("that is never reached changes nothing", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* epochsWith(never))[0], 5)
    })
  )

  it.effect("config that can't be is refused before the first step, with its path", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(epochsWith(never, 0))
      assert.include(error.message, "times")
    })
  )
})

// The laws: a run that is stopped anywhere resumes with the same bits, nothing leaks, and nothing else is disturbed.
laws.callback(__Name__.layer({ ...always, times: 3 }), { name: "__package__" })
Suites.config({ name: "__package__", schema: plugin.config })
