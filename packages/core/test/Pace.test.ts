import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Configs from "../src/Config.ts"
import * as Pace from "../src/internal/loop/Pace.ts"
import * as LearningRate from "../src/LearningRate.ts"
import { assertNear } from "./support/fixtures.ts"

const decode = (input: unknown) => Configs.decode(LearningRate.Schedule, input, "config")
const close = { relative: 1e-12, absolute: 1e-15 }
const epochs = (n: number) => ({ epochs: n })

/** Schedules whose spans are all in epochs. */
const byEpochs: ReadonlyArray<LearningRate.ScheduleEncoded> = [
  0.1,
  { _tag: "Step", rate: 1, every: epochs(2), factor: 0.5 },
  { _tag: "MultiStep", rate: 1, milestones: [epochs(3), epochs(7)], factor: 0.1 },
  { _tag: "Exponential", rate: 1, factor: 0.5 },
  { _tag: "Cosine", rate: 1, over: epochs(10), minimum: 0.01 },
  { _tag: "CosineRestarts", rate: 1, first: epochs(2) },
  { _tag: "CosineRestarts", rate: 1, first: epochs(1), multiplier: 2 },
  { _tag: "Polynomial", rate: 1, over: epochs(10), power: 2 },
  { _tag: "Warmup", over: epochs(3), then: { _tag: "Cosine", rate: 1, over: epochs(6) } },
  {
    _tag: "Sequence",
    parts: [
      { for: epochs(2), use: 0.5 },
      { for: epochs(4), use: { _tag: "Polynomial", rate: 1, over: epochs(4) } }
    ],
    last: { _tag: "Exponential", rate: 0.1, factor: 0.9 }
  }
]

/** A run whose epochs have `before` updates up to `changed` epochs, and `after` from there on. */
const changing = (before: number, changed: number, after: number) => {
  const step = before * changed
  const pace = Pace.continued(Pace.continued([], { epochs: 0, step: 0 }, before), { epochs: changed, step }, after)
  return { pace, stepAt: (epoch: number) => (epoch <= changed ? epoch * before : step + (epoch - changed) * after) }
}

describe("a schedule in epochs goes by the epochs done", () => {
  for (const [before, changed, after] of [
    [4, 5, 2],
    [4, 5, 8],
    [1, 3, 7],
    [6, 2.5, 4],
    [3, 0, 5]
  ] as const) {
    it.effect(`with ${before} updates an epoch up to epoch ${changed}, and ${after} after it`, () =>
      Effect.gen(function* () {
        const { pace, stepAt } = changing(before, changed, after)
        for (const input of byEpochs) {
          const schedule = yield* decode(input)
          const unchanged = LearningRate.resolve(schedule, 10)
          const rateAt = LearningRate.resolve(schedule, after, pace)
          const whole = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12].filter((epoch) => Number.isInteger(stepAt(epoch)))
          assertNear(
            JSON.stringify(input),
            whole.map((epoch) => rateAt(stepAt(epoch))),
            whole.map((epoch) => unchanged(epoch * 10)),
            close
          )
        }
      })
    )
  }

  it.effect("while its spans in steps go by updates, also after one another", () =>
    Effect.gen(function* () {
      const { pace } = changing(4, 5, 2)
      const schedule = yield* decode({
        _tag: "Warmup",
        over: { steps: 12 },
        then: { _tag: "Cosine", rate: 1, over: epochs(4) }
      })
      const rateAt = LearningRate.resolve(schedule, 2, pace)
      // 12 updates are 3 epochs; the cosine goes from epoch 3 to epoch 7, which is update 24.
      assertNear(
        "rates",
        [6, 12, 16, 20, 22, 24, 40].map(rateAt),
        [0.5, 1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0, 0],
        close
      )
    })
  )

  it.effect("to the last bit as before where the number of updates an epoch never changed", () =>
    Effect.gen(function* () {
      for (const input of byEpochs) {
        const schedule = yield* decode(input)
        for (const stepsPerEpoch of [1, 3, 7]) {
          const pace = Pace.continued([], { epochs: 0, step: 0 }, stepsPerEpoch)
          const steps = Array.from({ length: 100 }, (_, step) => step)
          assert.deepStrictEqual(
            steps.map(LearningRate.resolve(schedule, stepsPerEpoch, pace)),
            steps.map(LearningRate.resolve(schedule, stepsPerEpoch))
          )
        }
      }
    })
  )
})

describe("a pace", () => {
  it("stays the same value while nothing changes", () => {
    const pace = Pace.continued([], { epochs: 0, step: 0 }, 4)
    assert.strictEqual(Pace.continued(pace, { epochs: 2.5, step: 10 }, 4), pace)
  })

  it("keeps one stretch where it changes twice without a step in between", () => {
    const first = Pace.continued([], { epochs: 0, step: 0 }, 4)
    const second = Pace.continued(first, { epochs: 2, step: 8 }, 2)
    assert.deepStrictEqual(Pace.continued(second, { epochs: 2, step: 8 }, 3), [
      { step: 0, epochs: 0, stepsPerEpoch: 4 },
      { step: 8, epochs: 2, stepsPerEpoch: 3 }
    ])
  })

  it("converts there and back", () => {
    const { pace } = changing(4, 5, 2)
    const { toToday, fromToday } = Pace.conversion(pace, 2)
    for (let step = 0; step < 40; step++) assert.strictEqual(fromToday(toToday(step)), step)
  })
})
