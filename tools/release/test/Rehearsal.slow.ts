import { tmpdir } from "node:os"
import path from "node:path"
import { assert, it } from "vitest"
import { rehearse, type Step } from "../src/Rehearsal.ts"

it("a release goes from a clean clone to a trained model, breaks with all its plugins, and goes on with one alone", async () => {
  const steps: Array<Step> = []
  await rehearse(path.join(tmpdir(), `etude-rehearsal-test-${process.pid}`), (step) => steps.push(step))
  const trained = steps.filter(({ name }) => name.startsWith("quick start"))
  assert.deepStrictEqual(
    trained.map(({ name }) => name),
    ["quick start, npm", "quick start, pnpm", "quick start, yarn", "quick start, updated"]
  )
  for (const { found } of trained)
    assert.match(found, /^y = \d\.\d\d x \+ \d\.\d\d, mean squared error 0\.01\d\d, on wasm/)
}, 600_000)
