import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Configs from "../src/Config.ts"
import * as LearningRate from "../src/LearningRate.ts"
import { assertNear, readFixture } from "./support/fixtures.ts"

const fixture = readFixture<{
  readonly cases: Array<{ readonly name: string; readonly schedule: unknown; readonly rates: Array<number> }>
}>("learning-rates.json")
// Equal but for the sign of zero, which JSON does not keep.
const same = Schema.toEquivalence(LearningRate.Schedule)
const decode = (input: unknown) => Configs.decode(LearningRate.Schedule, input, "config")
const problems = (input: unknown) =>
  Effect.map(Effect.flip(decode(input)), (error) => error.problems.map(({ path, message }) => `${path}: ${message}`))
const ratesOf = (input: LearningRate.ScheduleEncoded, steps: ReadonlyArray<number>, stepsPerEpoch = 10) =>
  Effect.map(decode(input), (schedule) => steps.map(LearningRate.resolve(schedule, stepsPerEpoch)))
const exactly = { relative: 1e-12, absolute: 0 }

describe("rates are those of torch.optim.lr_scheduler", () => {
  for (const { name, schedule, rates } of fixture.cases) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const rateAt = LearningRate.resolve(yield* decode(schedule), 1)
        assertNear(
          name,
          rates.map((_, step) => rateAt(step)),
          rates,
          { relative: 1e-9, absolute: 1e-17 }
        )
      })
    )
  }

  it.effect("a schedule by epochs changes where the same one by steps does", () =>
    Effect.gen(function* () {
      const steps = Array.from({ length: 60 }, (_, step) => step)
      for (const of of [(n: number) => ({ epochs: n }), (n: number) => ({ steps: 10 * n })]) {
        const step = yield* ratesOf({ _tag: "Step", rate: 1, every: of(2), factor: 0.5 }, [19, 20, 39, 40])
        assert.deepStrictEqual(step, [1, 0.5, 0.5, 0.25])
      }
      assert.deepStrictEqual(
        yield* ratesOf({ _tag: "Cosine", rate: 1, over: { epochs: 5 } }, steps),
        yield* ratesOf({ _tag: "Cosine", rate: 1, over: { steps: 50 } }, steps)
      )
    })
  )
})

describe("beyond what PyTorch has", () => {
  it.effect("an exponential falls smoothly within an epoch", () =>
    Effect.gen(function* () {
      const rates = yield* ratesOf({ _tag: "Exponential", rate: 1, factor: 0.25 }, [0, 5, 10, 15])
      assertNear("rates", rates, [1, 0.5, 0.25, 0.125], exactly)
    })
  )

  it.effect("a schedule stays at its last value after its span", () =>
    Effect.gen(function* () {
      const over = { steps: 10 }
      const ends = [10, 11, 1000]
      assert.deepStrictEqual(yield* ratesOf({ _tag: "Cosine", rate: 1, over, minimum: 0.5 }, ends), [0.5, 0.5, 0.5])
      assert.deepStrictEqual(yield* ratesOf({ _tag: "Polynomial", rate: 1, over, minimum: 0.5 }, ends), [0.5, 0.5, 0.5])
      const last = 1 / 25 / 10_000
      assertNear(
        "OneCycle",
        yield* ratesOf({ _tag: "OneCycle", maximum: 1, over }, [9, ...ends]),
        Array(4).fill(last),
        exactly
      )
    })
  )

  it.effect("a cycle whose rise is one step long begins at the maximum", () =>
    Effect.gen(function* () {
      const schedule = { _tag: "OneCycle", maximum: 1, over: { steps: 10 }, warmupFraction: 0.1 } as const
      assert.deepStrictEqual(yield* ratesOf(schedule, [0]), [1])
    })
  )

  it.effect("a warm-up rises to where the next schedule begins, which then starts from its own beginning", () =>
    Effect.gen(function* () {
      const then = { _tag: "Step", rate: 1, every: { steps: 3 }, factor: 0.5 } as const
      const rates = yield* ratesOf({ _tag: "Warmup", over: { steps: 4 }, then }, [0, 1, 2, 3, 4, 5, 6, 7])
      assert.deepStrictEqual(rates, [0, 0.25, 0.5, 0.75, 1, 1, 1, 0.5])
    })
  )

  it.effect("schedules nest", () =>
    Effect.gen(function* () {
      const schedule: LearningRate.ScheduleEncoded = {
        _tag: "Sequence",
        parts: [{ for: { steps: 3 }, use: { _tag: "Warmup", over: { steps: 2 }, from: 0.5, then: 1 } }],
        last: { _tag: "Sequence", parts: [{ for: { epochs: 1 }, use: 0.1 }], last: 0.01 }
      }
      assert.deepStrictEqual(yield* ratesOf(schedule, [0, 1, 2, 3, 12, 13]), [0.5, 0.75, 1, 0.1, 0.1, 0.01])
    })
  )
})

describe("configs", () => {
  it.effect("a bare number is a constant rate", () =>
    Effect.gen(function* () {
      const schedule = yield* decode(0.1)
      assert.deepStrictEqual(schedule, { _tag: "Constant", rate: 0.1 })
      assert.deepStrictEqual(yield* decode(Schema.encodeSync(LearningRate.Schedule)(schedule)), schedule)
    })
  )

  it.effect("NaN, zero, negative numbers and text are refused", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problems(0), [": expected a learning rate above 0"])
      assert.deepStrictEqual(yield* problems(-1), [": expected a learning rate above 0"])
      assert.include(yield* problems(Number.NaN), ": Expected a finite number")
      assert.deepStrictEqual(yield* problems("fast"), [
        ": expected a learning rate above 0, or a schedule with _tag Constant, Step, MultiStep, Exponential, Cosine, " +
          "CosineRestarts, Warmup, Polynomial, OneCycle, OneCycleMomentum, Ramp or Sequence"
      ])
    })
  )

  it.effect("all problems are reported together, each with its path, however deep", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        yield* problems({
          _tag: "Warmup",
          over: { epochs: 0 },
          from: 2,
          then: {
            _tag: "Sequence",
            parts: [{ for: { steps: 1.5 }, use: { _tag: "Step", rate: 0.1, every: { step: 1 } } }],
            last: { _tag: "Cosine", rate: -0.1, over: { epochs: 1, steps: 2 } }
          }
        }),
        [
          "over.epochs: expected a whole number of epochs above 0",
          "from: expected a number between 0 and 1",
          "then.parts.0.for.steps: Expected an integer",
          'then.parts.0.use.every.step: unknown key; did you mean "steps"?',
          "then.last.rate: expected a learning rate above 0",
          "then.last.over: expected { epochs: n } or { steps: n }, one of the two"
        ]
      )
    })
  )

  it.effect("a minimum above the rate is refused", () =>
    Effect.gen(function* () {
      const schedule = { _tag: "Cosine", rate: 0.1, over: { epochs: 1 }, minimum: 0.2 }
      assert.deepStrictEqual(yield* problems(schedule), ["minimum: expected at most the rate (0.1)"])
    })
  )

  it.effect.prop("a schedule written to JSON and read again is the same", [LearningRate.Schedule], ([schedule]) =>
    Effect.gen(function* () {
      const text = JSON.stringify(yield* Schema.encodeEffect(LearningRate.Schedule)(schedule))
      assert.isTrue(same(yield* decode(JSON.parse(text)), schedule), text)
    })
  )

  it("a cosine between the smallest and the largest rates does not overflow", () => {
    const over = { steps: 10 }
    const rising = LearningRate.resolve({ _tag: "Cosine", rate: 1, over, minimum: 1.5e308 }, 1)
    assert.deepStrictEqual([rising(0), rising(5), rising(10)], [0, 0.75e308, 1.5e308])
  })

  it.effect.prop(
    "no schedule gives a rate that is negative or NaN",
    [LearningRate.Schedule, Schema.Natural, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))],
    ([schedule, step, stepsPerEpoch]) =>
      Effect.sync(() => {
        const rateAt = LearningRate.resolve(schedule, stepsPerEpoch)
        for (const at of [0, 1, step]) assert.isTrue(rateAt(at) >= 0, `${rateAt(at)} at step ${at}`)
      })
  )
})
