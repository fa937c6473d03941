import { assert, it } from "vitest"
import { differences, documents } from "../src/Generated.ts"

it("what is generated and committed is what the sources give", async () => {
  const changed = differences(await documents())
  assert.deepStrictEqual(changed, [], "Run `npm run generate`, look at the difference, and commit it.")
})
