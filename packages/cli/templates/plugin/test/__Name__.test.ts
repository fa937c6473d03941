import { assert, layer } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import * as Config from "@etude/core/Config"
import * as LearningRate from "@etude/core/LearningRate"
import * as Registry from "@etude/core/Registry"
import * as TrainConfig from "@etude/core/TrainConfig"
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

  it.effect("is not all that a config can name: a schedule halves its rate over a span", () =>
    Effect.gen(function* () {
      const registry = Registry.extend(Registry.core, plugin)
      const learningRate = { _tag: "Hyperbolic", rate: 0.1, over: { epochs: 2 } }
      const decoded = yield* Config.decode(TrainConfig.of(registry), { learningRate }, "the test")
      const rateAt = LearningRate.resolver(decoded.learningRate, registry.schedules)(10)
      assert.deepStrictEqual([rateAt(0), rateAt(20), rateAt(60)], [0.1, 0.05, 0.025])
    })
  )

  it.effect("config that can't be is refused before the first step, with its path", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(epochsWith(never, 0))
      assert.include(error.message, "times")
    })
  )
})

// The laws: a run that is cut anywhere continues in the same bits, nothing leaks, and nothing else is disturbed.
laws.callback(__Name__.layer({ ...always, times: 3 }), { name: "__package__" })
Suites.config({ name: "__package__", schema: __Name__.Config })
