import { assert, describe, it } from "@effect/vitest"
import type * as Event from "@etude/core/Event"
import * as Rng from "@etude/core/Rng"
import * as Trainer from "@etude/core/Trainer"
import * as Suites from "@etude/testing/Suites"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Csv from "../src/Csv.ts"
import * as EventSinks from "../src/EventSinks.ts"
import * as Report from "../src/Report.ts"
import { changing, looking } from "./support/everything.ts"
import { node } from "./support/folder.ts"
import { cpu } from "./support/tiny.ts"

const subject = {
  name: "callbacks",
  task: Tiny.perceptron({ dropout: 0.2 }),
  config: {
    until: { epochs: 5 },
    batchSize: 5,
    learningRate: 0.05,
    logEverySteps: 2,
    validation: { every: { steps: 2 } }
  },
  data: { train: Tiny.vectors(14), validation: Tiny.vectors(6, 2) }
} as const
const merged = (layers: ReadonlyArray<Trajectory.Plugins>) => Layer.mergeAll(Layer.empty, ...layers)

describe("callbacks keep the laws together", () => {
  const short = { ...subject, config: { ...subject.config, until: { epochs: 2 } } }
  Suites.resume({ ...short, callbacks: merged([...Object.values(changing), ...Object.values(looking)]), backend: cpu })
  Suites.tensors({ ...short, callbacks: merged([...Object.values(changing), ...Object.values(looking)]), backend: cpu })
  Suites.interference({ ...subject, callbacks: changing, bystanders: looking, backend: cpu })
})

/** The report of a run as its events tell it, without times. */
const reportOf = (events: ReadonlyArray<Event.Known>) => {
  const { seconds: _, history, ...report } = Option.getOrThrow(Report.fold(events))
  return { ...report, history: history.map(({ seconds: __, ...row }) => row) }
}

it.layer(cpu)("callbacks in any number and order", (it) => {
  const everything = Object.entries({ ...changing, ...looking })
  const key = Rng.named(Rng.key(1), "subsets")

  for (let sample = 0; sample < 6; sample++) {
    const own = Rng.fold(key, sample)
    const subset = everything.filter((_, at) => Rng.uniform(Rng.named(own, "chosen"), at) < 0.5)
    const place = Rng.permutation(Rng.named(own, "order"), subset.length)
    const permuted = subset.map((_, at) => subset[place(at)]!)

    it.effect(
      `permuting ${subset.length} of them gives the same weights, decisions and report (sample ${sample})`,
      () =>
        Effect.gen(function* () {
          const run = Effect.fnUntraced(function* (list: typeof subset) {
            const events: Array<Event.Known> = []
            const callbacks = merged(list.map(([, layer]) => layer))
            const trajectory = yield* Effect.provide(
              Trajectory.record({ ...subject, callbacks }),
              EventSinks.memory(events)
            )
            return { trajectory, report: reportOf(events) }
          })
          const [listed, other] = [yield* run(subset), yield* run(permuted)]
          assert.isUndefined(Trajectory.difference(other.trajectory, listed.trajectory))
          assert.deepStrictEqual(other.report, listed.report)
        })
    )

    it.effect(
      `${subset.length} of them, cut after a step and resumed in another order, are the unbroken run (sample ${sample})`,
      () =>
        Effect.gen(function* () {
          const [listed, other] = [subset, permuted].map((list) => merged(list.map(([, layer]) => layer))) as [
            Trajectory.Plugins,
            Trajectory.Plugins
          ]
          const whole = yield* Trajectory.record({ ...subject, callbacks: listed })
          const steps = whole.batches.filter(({ what }) => what === "updated").length
          const cut = 1 + Math.floor(Rng.uniform(Rng.named(own, "cut"), 0) * (steps - 1))
          const first = yield* Trajectory.record(
            { ...subject, callbacks: listed },
            { config: { until: { steps: cut } } }
          )
          const state = Trajectory.throughJson(first.state)
          const rest = yield* Trajectory.record({ ...subject, callbacks: other }, { state })
          assert.isUndefined(Trajectory.difference(Trajectory.joined(first, rest), whole))
        })
    )
  }

  it.effect("two of the same id are refused before the first step; an id of its own makes two of them possible", () =>
    Effect.gen(function* () {
      const twice = Layer.mergeAll(Csv.layer({ path: "/tmp/a.csv" }), Csv.layer({ path: "/tmp/b.csv" }))
      const run = Trainer.train(subject.task, { ...subject, callbacks: Layer.provide(twice, node) })
      const error = yield* Effect.flip(run)
      assert.include(error.message, 'two callbacks have the id "csv"; give one of them another id')
    }).pipe(Effect.scoped)
  )
})
