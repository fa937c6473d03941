import { assert, describe, it } from "@effect/vitest"
import * as LearningRate from "@etude/core/LearningRate"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as laws from "../src/Laws.ts"
import * as ScheduleLaw from "../src/laws/ScheduleLaw.ts"

const schedules: ReadonlyArray<readonly [tag: string, options: object, staysAfter?: number]> = [
  ["Constant", { rate: 0.1 }, 0],
  ["Step", { rate: 0.1, every: { steps: 3 }, factor: 0.5 }],
  ["MultiStep", { rate: 0.1, milestones: [{ steps: 10 }, { steps: 15 }] }, 15],
  ["Exponential", { rate: 0.1, factor: 0.99 }],
  ["Cosine", { rate: 0.1, over: { steps: 20 }, minimum: 0.01 }, 20],
  ["CosineRestarts", { rate: 0.1, first: { steps: 4 }, multiplier: 2 }],
  ["Polynomial", { rate: 0.1, over: { steps: 20 }, power: 2 }, 20],
  ["OneCycle", { maximum: 0.1, over: { steps: 20 } }, 20],
  ["OneCycleMomentum", { over: { steps: 20 } }, 20],
  ["Ramp", { from: 0, to: 0.1, over: { steps: 20 }, shape: "cosine" }, 20],
  ["Warmup", { over: { steps: 5 }, then: { _tag: "Cosine", rate: 0.1, over: { steps: 10 } } }, 15],
  ["Sequence", { parts: [{ for: { steps: 5 }, use: 0.1 }], last: 0.01 }, 5]
]
for (const entry of LearningRate.entries) {
  const [, options, staysAfter] = schedules.find(([tag]) => tag === entry.tag) ?? assert.fail(`no ${entry.tag}`)
  laws.schedule(entry, options, staysAfter === undefined ? {} : { staysAfter })
}

/** Twice the rate that is written, of which nothing is said when it is written again. */
const doubled = Schema.Finite.pipe(
  Schema.decodeTo(Schema.Finite, {
    decode: SchemaGetter.transform((rate) => 2 * rate),
    encode: SchemaGetter.transform((rate) => rate)
  })
)
const schema = Schema.TaggedStruct("Tried", { rate: Schema.Finite, over: LearningRate.Span })
type Tried = typeof schema.Type
const written = { rate: 0.1, over: { steps: 10 } }

const caught = (
  name: string,
  rates: LearningRate.ScheduleEntry<Tried>["at"],
  statement: number,
  message: string,
  tried: LearningRate.ScheduleEntry["schema"] = schema
) =>
  it.effect(name, () =>
    Effect.gen(function* () {
      const entry = { tag: "Tried", schema: tried, at: rates }
      const law = ScheduleLaw.of(entry, written, { staysAfter: 10 })[statement] ?? assert.fail("no such law")
      assert.strictEqual((yield* Effect.flip(law.check)).message, `Tried breaks the law "schedule": ${message}.`)
    })
  )

describe("the laws of schedules catch", () => {
  caught(
    "a rate below 0",
    ({ rate }) =>
      (step) =>
        rate - step / 100,
    0,
    'the rate before update 11 is -0.009999999999999995. To reproduce: resolve {"_tag":"Tried","rate":0.1,"over":{"steps":10}} and call it with 11'
  )

  caught(
    "one that counts its calls",
    ({ rate }) => {
      let calls = 0
      return () => rate / ++calls
    },
    1,
    'the rate before update 71 is 0.1, and 0.001388888888888889 when all before it were asked for first. To reproduce: resolve {"_tag":"Tried","rate":0.1,"over":{"steps":10}} and call it with 71 alone, and after 0 … 70'
  )

  caught(
    "one that takes epochs for updates",
    ({ rate, over }) => {
      const length = "steps" in over ? over.steps : over.epochs
      return (step, begin) => rate * Math.max(0, 1 - (step - begin) / length)
    },
    2,
    'the rate before update 1 is 0.09000000000000001 with spans in epochs and 0.098 with the same in updates. To reproduce: resolve {"_tag":"Tried","rate":0.1,"over":{"epochs":10}} and {"_tag":"Tried","rate":0.1,"over":{"steps":50}} with 5 updates an epoch'
  )

  caught(
    "one that counts from the beginning of the run",
    ({ rate }) =>
      (step) =>
        rate / (step + 1),
    3,
    '0 updates after its beginning the rate is 0.0125 where it begins at update 7, and 0.1 where it begins at 0. To reproduce: resolve {"_tag":"Sequence","parts":[{"for":{"steps":7},"use":1}],"last":{"_tag":"Tried","rate":0.1,"over":{"steps":10}}} and call it with 7'
  )

  caught(
    "one that rises again",
    ({ rate, over }, { measure }) => {
      const { length, elapsed } = measure(over)
      return (step, begin) => rate * (1 + Math.cos((Math.PI * elapsed(step, begin)) / length))
    },
    4,
    'the rate before update 11 is 0.004894348370484625, and 0 before update 10, after which it should stay. To reproduce: resolve {"_tag":"Tried","rate":0.1,"over":{"steps":10}} and call it with 11'
  )

  caught(
    "options that a file changes",
    ({ rate }) => rate,
    5,
    'written as JSON and read again it is {"_tag":"Tried","rate":0.4,"over":{"steps":10}} instead of {"_tag":"Tried","rate":0.2,"over":{"steps":10}}. To reproduce: decode, encode and decode {"_tag":"Tried","rate":0.1,"over":{"steps":10}}',
    Schema.TaggedStruct("Tried", { rate: doubled, over: LearningRate.Span })
  )
})
