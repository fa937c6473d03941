import { readFileSync } from "node:fs"
import path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Config, TrainConfig } from "@etude/core"
import * as Effect from "effect/Effect"
import * as Yaml from "yaml"
import { experiment } from "../src/index.ts"

const folder = path.join(import.meta.dirname, "..")
const { name } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"))

describe.each(["config.yaml", "twenty-passes.yaml"])("%s", (file) => {
  const { use, options, train, callbacks = {}, ...rest } = Yaml.parse(readFileSync(path.join(folder, file), "utf8"))

  it("names this package and nothing that is not known", () => {
    assert.strictEqual(use, name)
    assert.deepStrictEqual(Object.keys(rest), [])
    // Those that change the step would be another experiment than the paper's.
    const looking = ["earlyStopping", "csv", "tensorBoard", "htmlReport"]
    assert.includeMembers(looking, Object.keys(callbacks))
  })

  it.effect("says everything that decides the run, by the schemas", () =>
    Effect.gen(function* () {
      const config = yield* Config.decode(TrainConfig.TrainConfig, train, file)
      assert.deepStrictEqual(yield* Config.decode(experiment.options, options, file), { heldOut: 5000 })
      for (const key of ["seed", "until", "batchSize", "optimizer", "learningRate"]) assert.property(train, key)
      // The schedule ends where the run ends.
      const { learningRate, until } = config
      assert.deepStrictEqual<unknown>(learningRate._tag === "Cosine" ? learningRate.over : undefined, until)
    })
  )
})

describe("options", () => {
  it.effect("5,000 images are held out unless a config says otherwise, and none or all of them can't be", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Config.decode(experiment.options, {}, "options"), { heldOut: 5000 })
      for (const heldOut of [0, -1, 60_000, 2.5]) {
        const { problems } = yield* Effect.flip(Config.decode(experiment.options, { heldOut }, "options"))
        assert.deepStrictEqual(
          problems.map((problem) => problem.path),
          ["heldOut"]
        )
      }
    })
  )
})
