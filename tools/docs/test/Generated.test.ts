import { assert, it } from "vitest"
import { differences, documents } from "../src/Generated.ts"

/** It builds the declarations of every package: 20 s on a free machine, minutes where others work too. */
const longest = 300_000

it("what is generated and committed is what the sources give", { timeout: longest }, async () => {
  const changed = differences(await documents())
  assert.deepStrictEqual(changed, [], "Run `npm run generate`, look at the difference, and commit it.")
})
