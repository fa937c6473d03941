/** A law that has nothing to look at is skipped with its reason: it never counts as one that holds. */
import { assert, describe, it } from "@effect/vitest"
import * as Callback from "@etude/core/Callback"
import * as Metric from "@etude/core/Metric"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as CpuBackend from "../src/doubles/CpuBackend.ts"
import * as MemoryCheckpoints from "../src/doubles/MemoryCheckpoints.ts"
import * as laws from "../src/Laws.ts"
import * as CallbackLaws from "../src/laws/CallbackLaws.ts"
import * as CheckpointsLaw from "../src/laws/CheckpointsLaw.ts"
import { LawSkipped } from "../src/laws/LawSkipped.ts"
import * as MetricLaw from "../src/laws/MetricLaw.ts"
import * as MicrobatchLaw from "../src/laws/MicrobatchLaw.ts"
import * as PaperLaws from "../src/laws/PaperLaws.ts"
import * as ReplayLaw from "../src/laws/ReplayLaw.ts"
import type { Statement } from "../src/laws/Statement.ts"
import * as Suites from "../src/Suites.ts"
import * as MetricSamples from "../src/subjects/MetricSamples.ts"
import { plain } from "../src/subjects/Subjects.ts"
import * as Tiny from "../src/subjects/Tiny.ts"

/** How a check ends: `kept`, the reason why it was skipped, or how it was broken. */
const verdict = (check: Statement["check"]) =>
  Effect.match(check, {
    onSuccess: () => "kept",
    onFailure: (error) => (error instanceof LawSkipped ? error.reason : error.message)
  }).pipe(Effect.provide(CpuBackend.layer))

const named = (statements: ReadonlyArray<Statement>, part: string) =>
  statements.find(({ statement }) => statement.includes(part))!.check

/** Takes half of the gradients of the parameters whose path it knows. */
const halving = (path: string) =>
  Callback.transform({
    id: "halving",
    transform: {
      gradients: (gradients) =>
        Object.fromEntries(
          Object.entries(gradients).map(([name, gradient]) => [name, name === path ? tf.div(gradient, 2) : gradient])
        )
    }
  })

describe("a law that does not apply", () => {
  it.effect("of microbatches, where samples influence each other", () =>
    Effect.gen(function* () {
      const paper = PaperLaws.of({ task: Tiny.perceptron({ centred: "batch" }), data: { train: Tiny.vectors() } })
      assert.match(yield* verdict(named(paper, "microbatches")), /samples of a batch influence each other/)
      assert.strictEqual(yield* verdict(named(paper, "validation")), "it has no validation data")
    })
  )

  it.effect("of microbatches, where batches cannot be split", () =>
    Effect.gen(function* () {
      const check = MicrobatchLaw.check({ ...plain, config: { ...plain.config, batchSize: 1 } })
      assert.match(yield* verdict(check), /batches of 1 can't be split/)
    })
  )

  it.effect("of a transform that touches none of the parameters", () =>
    Effect.gen(function* () {
      const untouched = CallbackLaws.of(halving("backbone/kernel"))
      for (const law of ["microbatches", "don't interfere"]) {
        assert.match(
          yield* verdict(named(untouched, law)),
          /it changes nothing in this run of .*; give the law a `subject`/
        )
      }
    })
  )

  it.effect("applies to the same transform on a task that has its path", () =>
    Effect.gen(function* () {
      const [path] = tf.tidy(
        () => Object.keys(Tiny.perceptron().models[""]!.init({ hi: 0, lo: 0 }).parameters) as never
      ) as [string]
      const touched = CallbackLaws.of(halving(path))
      assert.strictEqual(yield* verdict(named(touched, "microbatches")), "kept")
    }).pipe(Effect.provide(CpuBackend.layer))
  )

  it.effect("of what a callback does inside of steps, where it does nothing there", () =>
    Effect.gen(function* () {
      const hearing = CallbackLaws.of(
        Callback.controller({ id: "hearing", hooks: { validationEnd: () => [] as never } })
      )
      assert.strictEqual(yield* verdict(named(hearing, "microbatches")), "it changes nothing inside a step")
      assert.strictEqual(yield* verdict(named(hearing, "validation,")), "it observes validation, and may decide by it")
    })
  )

  it.effect("of a metric that has no result for the samples, and of a fold that gives nothing", () =>
    Effect.gen(function* () {
      const silent = { ...Metric.accuracy, ofBatch: () => ({ sum: 0, weight: 0 }) }
      const metric = MetricLaw.check({ name: "silent", metric: silent, samples: MetricSamples.classes })
      assert.match(yield* verdict(metric), /it has no result for these samples/)
      const replay = ReplayLaw.check({ name: "nothing", fold: () => undefined, subject: plain })
      assert.match(yield* verdict(replay), /the same for the events of this run as for none/)
    })
  )

  it.effect("of a store that no way is given to open again or to damage", () =>
    Effect.gen(function* () {
      const open = Effect.sync(() => ({ store: MemoryCheckpoints.make() }))
      const reasons = yield* Effect.forEach(CheckpointsLaw.laws, ({ check }) =>
        verdict(check({ name: "memory", open }))
      )
      assert.lengthOf(
        reasons.filter((reason) => reason.startsWith("`open` provides no way")),
        2
      )
    })
  )

  it.effect("is a skipped test with that reason, and no other is", () =>
    Effect.gen(function* () {
      const reasons: Array<string> = []
      const test = {
        skip: (reason: string): never => {
          reasons.push(reason)
          throw new Error("skipped")
        }
      }
      const skipped = Effect.fail(new LawSkipped({ law: "l", subject: "s", reason: "there is nothing" }))
      yield* Effect.exit(Suites.orSkip(test, skipped))
      yield* Effect.exit(Suites.orSkip(test, Effect.fail("broken")))
      yield* Suites.orSkip(test, Effect.void)
      assert.deepStrictEqual(reasons, ["there is nothing"])
    })
  )
})

laws.paper(
  { task: Tiny.perceptron({ centred: "batch" }), data: { train: Tiny.vectors() } },
  { name: "a paper with batch normalization" }
)
