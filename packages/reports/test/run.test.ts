import { assert, it } from "@effect/vitest"
import * as Callback from "@etude/core/Callback"
import type * as Event from "@etude/core/Event"
import * as Trainer from "@etude/core/Trainer"
import * as TrainState from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as EventSinks from "../src/EventSinks.ts"
import * as History from "../src/History.ts"
import * as ProgressBar from "../src/ProgressBar.ts"
import * as Report from "../src/Report.ts"
import * as TestTerminal from "../src/TestTerminal.ts"
import * as Timeline from "../src/Timeline.ts"
import { cpu, points, task } from "./support/tiny.ts"

const data = { train: points("train", 50), validation: points("validation", 20) }
const config = { until: { epochs: 3 }, batchSize: 8, logEverySteps: 1, learningRate: 0.1 } as const
const plain = <A>(value: A): A => JSON.parse(JSON.stringify(value)) as A
const withoutTimes = (events: ReadonlyArray<Event.Event>) =>
  events
    .filter(({ _tag }) => _tag !== "Resumed")
    .map((event) => {
      const { progress, seconds: _, samplesPerSecond: __, ...rest } = event as never as Record<string, object>
      return { ...rest, progress: { ...progress, elapsedSeconds: 0 } }
    })

it.layer(cpu)("a run of core", (it) => {
  it.effect("folds to the history, best values and counts that train gives", () =>
    Effect.gen(function* () {
      const events: Array<Event.Known> = []
      const result = yield* Trainer.train(task, { config, data }).pipe(Effect.provide(EventSinks.memory(events)))
      const report = Option.getOrThrow(Report.fold(events))
      const rows = report.history.map(({ seconds: _, ...row }) => row)
      assert.deepStrictEqual(plain(rows), plain(result.history))
      assert.deepStrictEqual(report.best, result.best)
      const { nonFiniteInARow: _, ...skipped } = result.counts.skipped
      assert.deepStrictEqual(report.counts, { ...result.counts, skipped, rollbacks: 0 })
      assert.deepStrictEqual([report.status, report.reason], ["ended", "until epochs"])
      assert.strictEqual(History.fold(events).steps.length, result.counts.steps)
    }).pipe(Effect.scoped)
  )

  it.effect("that was stopped after any step and resumed leaves the log of one that was not", () =>
    Effect.gen(function* () {
      const whole: Array<Event.Known> = []
      yield* Trainer.train(task, { config, data }).pipe(Effect.provide(EventSinks.memory(whole)))
      for (let stop = 1; stop < 21; stop++) {
        const log: Array<Event.Known> = []
        const until = { steps: stop }
        const attempts = Effect.gen(function* () {
          const { state } = yield* Trainer.train(task, { config: { ...config, until }, data })
          yield* Trainer.train(task, { config, data, state })
        })
        yield* Effect.provide(attempts, EventSinks.memory(log))
        const standing = withoutTimes(Timeline.effective(log))
        // The first attempt's own end is part of its config.
        const expected = withoutTimes(whole).map((event) =>
          "config" in event ? { ...event, config: { ...(event.config as object), until } } : event
        )
        assert.deepStrictEqual(standing, expected, `stopped after step ${stop}`)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("is the same run with progress as without it, and tells of a test afterwards", () =>
    Effect.gen(function* () {
      const terminal = TestTerminal.make({ columns: 120 })
      const callbacks = ProgressBar.layer({ verbosity: "verbose", everySteps: 1 }).pipe(Layer.provide(terminal.layer))
      const alone = yield* Trainer.train(task, { config, data })
      const shown = yield* Trainer.train(task, { config, data, callbacks })
      const dataOf = ({ state }: Trainer.TrainResult) => {
        const { tensors, plain: rest } = TrainState.toData(state)
        return { tensors, history: (rest as { readonly history: unknown }).history }
      }
      assert.deepStrictEqual(dataOf(shown), dataOf(alone))
      yield* Trainer.test(task, { state: shown.state, data: points("test", 30), callbacks })
      const screen = terminal.screen().map((line) => line.trim())
      assert.isTrue(
        screen[0]!.startsWith("points: 6 parameters, 50 samples in 7 batches; cpu 4.22.0 on CPU, eager; seed 0")
      )
      assert.strictEqual(screen.filter((line) => /^[123]\/3 +\d/.test(line)).length, 3)
      assert.strictEqual(screen.filter((line) => /^epoch [123]\/3 {2}batch [1-7]\/7 {2}loss/.test(line)).length, 21)
      assert.match(screen.at(-2)!, /^test on 30 samples {2}loss \d\.\d{4} {2}accuracy \d\.\d{4}/)
      assert.deepStrictEqual([terminal.isCursorVisible(), terminal.cursorColumn(), terminal.wraps()], [true, 0, 0])
    }).pipe(Effect.scoped)
  )

  const exits = {
    "a failure": Callback.observer({
      id: "failing",
      hooks: { validationEnd: () => Effect.fail(new Error("the disk is full")) }
    }),
    "a defect": Callback.observer({ id: "dying", hooks: { validationEnd: () => Effect.die("bug") } })
  }
  for (const [name, breaking] of Object.entries(exits)) {
    it.effect(`leaves the terminal in order after ${name}`, () =>
      Effect.gen(function* () {
        const terminal = TestTerminal.make()
        const callbacks = Layer.mergeAll(Layer.provide(ProgressBar.layer(), terminal.layer), breaking)
        assert.isTrue(Exit.isFailure(yield* Effect.exit(Trainer.train(task, { config, data, callbacks }))))
        assert.deepStrictEqual([terminal.isCursorVisible(), terminal.cursorColumn()], [true, 0])
        assert.isTrue(terminal.screen().at(-2)!.startsWith("failed: "))
      }).pipe(Effect.scoped)
    )
  }

  it.effect("leaves the terminal in order after an interruption", () =>
    Effect.gen(function* () {
      const terminal = TestTerminal.make()
      const waiting = Callback.observer({ id: "waiting", hooks: { validationEnd: () => Effect.never } })
      const callbacks = Layer.mergeAll(Layer.provide(ProgressBar.layer(), terminal.layer), waiting)
      const fiber = yield* Effect.forkChild(Trainer.train(task, { config, data, callbacks }))
      while (!terminal.writes.some((text) => text.includes("batch"))) yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual([terminal.isCursorVisible(), terminal.cursorColumn()], [true, 0])
      assert.match(terminal.screen().at(-2)!, /^interrupted in epoch 1 after batch \d/)
    }).pipe(Effect.scoped)
  )
})
