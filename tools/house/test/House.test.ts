import { assert, describe, it } from "vitest"
import { measure, text } from "../src/House.ts"

/** What may not grow. Whoever makes a number smaller lowers its limit. */
const limits = {
  "functions of the loop and the step over 40 lines": 0,
  "functions that capture more than 5 names": 0,
  "files that one plain step runs through": 25,
  // V8 counts a dozen lines more or less from one run to the next.
  "lines that one plain step runs through": 500,
  "casts `as never`": 9,
  "casts `as unknown as`": 11,
  "casts `!`": 416,
  "casts `!` outside of the compiler": 263
}

describe("the house", () => {
  const house = measure()
  console.log(text(house))
  const counts: { readonly [name in keyof typeof limits]: number } = {
    "functions of the loop and the step over 40 lines": house.long.length,
    "functions that capture more than 5 names": house.capturing.length,
    "files that one plain step runs through": house.step.length,
    "lines that one plain step runs through": house.step.reduce((sum, { lines }) => sum + lines, 0),
    "casts `as never`": house.casts.never,
    "casts `as unknown as`": house.casts.unknown,
    "casts `!`": house.casts.nonNull,
    "casts `!` outside of the compiler": house.casts.nonNull - house.compilerCasts.nonNull
  }

  for (const [name, limit] of Object.entries(limits)) {
    it(`has at most ${limit} ${name}`, () => {
      assert.isAtMost(counts[name as keyof typeof limits], limit, text(house))
    })
  }
})
