/** Every schedule of this package keeps the laws. */
import { assert } from "@effect/vitest"
import * as laws from "@etude/testing/Laws"
import { Schedules } from "../src/index.ts"

const tried: { readonly [tag: string]: readonly [options: object, staysAfter?: number] } = {
  InverseSquareRoot: [{ rate: 0.1, warmup: { steps: 10 } }],
  WarmupStableDecay: [
    { rate: 0.1, warmup: { steps: 5 }, stable: { steps: 10 }, decay: { steps: 8 }, minimum: 0.01, shape: "cosine" },
    23
  ],
  Cyclic: [{ minimum: 0.01, maximum: 0.1, rise: { steps: 4 }, fall: { steps: 3 }, shape: "halving" }]
}
for (const entry of Schedules.schedules) {
  const [options, staysAfter] = tried[entry.tag] ?? assert.fail(`no options for ${entry.tag}`)
  laws.schedule(entry, options, staysAfter === undefined ? {} : { staysAfter })
}
laws.schedule(
  Schedules.schedules.find(({ tag }) => tag === "Cyclic") ?? assert.fail("no Cyclic"),
  { minimum: 0.01, maximum: 0.1, rise: { steps: 4 }, shape: "exponential", decay: 0.99 },
  { name: "Cyclic, exponential" }
)
