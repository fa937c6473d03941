import { assert, describe, it } from "@effect/vitest"
import { bundle } from "./support/bundle.ts"

describe("packages for browsers", () => {
  it.each([
    "@etude/core",
    "@etude/metrics",
    "@etude/callbacks",
    "@etude/reports",
    "@etude/backend/Wasm",
    "@etude/compile/PlanExecutor",
    "@etude/data/Arrays",
    "@etude/data/Split",
    "@etude/data/Text",
    "@etude/data/Tokenizer"
  ])("%s is bundled without a module of Node", async (name) => {
    const { external } = await bundle(`import * as all from "${name}"\nconsole.log(all)`)
    assert.deepStrictEqual(external, [])
  })

  it("a module of Node is an error that names it", async () => {
    const error = await bundle('import { read } from "@etude/data/Idx"\nconsole.log(read)').then(
      () => undefined,
      (error: Error) => error
    )
    assert.match(error!.message, /Could not resolve "node:/)
  })
})
