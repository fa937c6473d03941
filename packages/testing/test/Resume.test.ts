import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Plugins from "../src/Plugins.ts"
import * as ResumeLaw from "../src/ResumeLaw.ts"
import * as Tiny from "../src/Tiny.ts"
import * as Cpu from "./support/cpu.ts"

it.effect("core", () =>
  Effect.gen(function* () {
    const begin = performance.now()
    yield* ResumeLaw.check({
      name: "everything at once",
      task: Tiny.perceptron({ dropout: 0.3, centred: "running" }),
      config: {
        until: { epochs: 2 },
        batchSize: 4,
        microbatchSize: 3,
        seed: 3,
        learningRate: { _tag: "Cosine", rate: 0.05, over: { epochs: 2 } },
        optimizer: { _tag: "Adam" },
        clip: { _tag: "GlobalNorm", maximum: 1 },
        nonFinite: { _tag: "Rollback", steps: 2, maximum: 1 },
        validation: { every: { steps: 3 } }
      },
      data: { train: Tiny.vectors(14), validation: Tiny.vectors(6, 2) },
      plugins: Layer.mergeAll(Plugins.impatient(), Plugins.averaging(), Plugins.noise())
    })
    console.log(performance.now() - begin)
    assert.isTrue(true)
  }).pipe(Effect.provide(Cpu.layer))
)
