import { assert, describe, it } from "@effect/vitest"
import { CallbackRegistry, type Definition } from "@etude/core/Callback"
import * as Config from "@etude/core/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ReportsConfig from "../src/ReportsConfig.ts"
import * as TestTerminal from "../src/TestTerminal.ts"
import { node } from "./support/folder.ts"

/** What each name needs at least, and the id of what it then registers. */
const least: { readonly [name in keyof Required<ReportsConfig.ReportsInput>]: readonly [object, string] } = {
  csv: [{}, "csv"],
  valuesFile: [{}, "valuesFile"],
  tensorBoard: [{}, "tensorBoard"],
  htmlReport: [{}, "htmlReport"],
  gradientNorms: [{}, "gradientNorms"],
  weightNorms: [{}, "weightNorms"],
  memory: [{}, "memory"],
  throughput: [{}, "throughput"],
  learningRate: [{}, "learningRate"],
  modelSummary: [{}, "modelSummary"],
  timing: [{}, "timing"]
}

/** What a section of a config file registers. */
const registered = (section: unknown) =>
  Effect.gen(function* () {
    const config = yield* Config.decode(ReportsConfig.ReportsConfig, section, "the test")
    const definitions: Array<Definition> = []
    const registry = Layer.succeed(CallbackRegistry, {
      register: (definition) => Effect.sync(() => void definitions.push(definition))
    })
    const layer = ReportsConfig.layerOf(config, { folder: "/runs/1" })
    yield* Layer.build(Layer.provide(layer, Layer.mergeAll(registry, node, TestTerminal.make().layer)))
    return definitions
  }).pipe(Effect.scoped)

describe("the config of reports", () => {
  for (const [name, [options, id]] of Object.entries(least)) {
    it.effect(`${name} registers ${id}, which warns instead of failing when that is asked for`, () =>
      Effect.gen(function* () {
        const [strict] = yield* registered({ [name]: options })
        assert.deepInclude(strict, { id })
        assert.isUndefined(strict?.optional)
        const [optional] = yield* registered({ [name]: { ...options, onFailure: "warn" } })
        assert.deepInclude(optional, { id, optional: true })
      })
    )
  }

  it("decides nothing of what a run comes to", () => {
    assert.deepStrictEqual(ReportsConfig.plugin.decisive?.({ csv: {}, memory: {} }), {})
  })

  it.effect("with its defaults written out means the same", () =>
    Effect.gen(function* () {
      const section = Object.fromEntries(Object.entries(least).map(([name, [options]]) => [name, options]))
      const decode = (input: unknown) => Config.decode(ReportsConfig.ReportsConfig, input, "the test")
      const once = yield* decode(section)
      assert.deepStrictEqual(yield* decode(once), once)
    })
  )
})
