import { assert, describe, it } from "@effect/vitest"
import * as Entry from "@etude/core/Entry"
import * as Sampler from "@etude/core/Sampler"
import * as Effect from "effect/Effect"
import * as Cpu from "../src/doubles/CpuBackend.ts"
import * as laws from "../src/Laws.ts"
import * as SamplerLaw from "../src/laws/SamplerLaw.ts"

laws.sampler(Sampler.byLength([5, 1, 9, 2, 2, 7, 3], { batchSize: 2, pool: 2 }), { name: "ByLength", distinct: true })
const balanced = Entry.make(Sampler.entries, { _tag: "Balanced" })
laws.sampler(balanced, { name: "Balanced by the labels of its data" })

const caught = (name: string, sampler: Sampler.Sampler, statement: number, message: RegExp) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const { check } = SamplerLaw.of(sampler, { distinct: true, name })[statement]!
      const error = yield* Effect.flip(check)
      assert.match(error.message, message)
    }).pipe(Effect.provide(Cpu.layer))
  )

describe("the laws of samplers catch", () => {
  caught(
    "half a sample",
    { order: () => () => 0, samples: (length) => length / 2 },
    0,
    /breaks the law "sampler": samples\(1\) is 0.5 instead of a whole number of at least 1. To reproduce: call samples\(1\)\.$/
  )

  caught(
    "one that leaves the data",
    { order: (_key, length) => (position) => (position === length - 1 ? length : position) },
    1,
    /: of 1 samples position 0 has 1. To reproduce: call order\(key, 1\)\(0\) with key 0 of the law\.$/
  )

  caught(
    "one that counts its calls",
    {
      order: (_key, length) => {
        let calls = 0
        return () => calls++ % length
      }
    },
    2,
    /: position \d of 2 has \d, and \d when all before it were taken first. To reproduce: call order\(key, 2\)\(\d\) alone/
  )

  caught(
    "one that repeats",
    { order: () => (position) => position >> 1 },
    3,
    /: an epoch of 2 samples takes 0 twice. To reproduce: walk order\(key, 2\)\.$/
  )
})
