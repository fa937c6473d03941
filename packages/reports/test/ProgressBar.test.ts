import { assert, describe, it } from "@effect/vitest"
import type { Monitors } from "@etude/core/Monitors"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as ProgressBar from "../src/ProgressBar.ts"
import * as TestTerminal from "../src/TestTerminal.ts"
import { registered } from "./support/registered.ts"
import { session } from "./support/session.ts"

const headline = "tiny: 61,706 parameters, 200 samples in 20 batches; cpu 4.22.0 on CPU, eager; seed 7"
const last = (screen: ReadonlyArray<string>) => screen.at(-1)

describe("on a terminal", () => {
  it.effect("the bar shows epoch, batch, running values, samples per second and the time to go", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, batches } = yield* session({ columns: 120 })
      start()
      startEpoch()
      yield* batches(9)
      const bar = "━".repeat(14) + "─".repeat(16)
      assert.deepStrictEqual(terminal.screen(), [
        headline,
        // 9 of 40 batches took 0.45 seconds.
        `epoch 1/2  batch  9/20  ${bar}  loss 0.5000  accuracy 0.7500  200 samples/s  eta 0:02`
      ])
      assert.isFalse(terminal.isCursorVisible())
    })
  )

  it.effect("running values are means over the samples of the epoch; a value that is NaN does not count", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, batch } = yield* session({ columns: 120 })
      start()
      startEpoch()
      yield* batch({ loss: 1, accuracy: Number.NaN })
      yield* batch({ loss: 2, accuracy: 0.5 })
      yield* batch({ loss: 6, accuracy: 1 })
      yield* batch({ loss: 7, accuracy: 0.75 })
      yield* batch({ loss: 4, accuracy: 0.75 })
      assert.include(last(terminal.screen()), "loss 4.0000  accuracy 0.7500")
    })
  )

  it.effect("each epoch leaves a row of an aligned table behind, with a header above the first", () =>
    Effect.gen(function* () {
      const { terminal, start, epoch, end, finalize } = yield* session({ columns: 120 })
      start()
      yield* epoch
      yield* epoch
      end()
      yield* finalize
      assert.deepStrictEqual(terminal.screen(), [
        headline,
        "         train ────────────  validation",
        "  epoch      loss  accuracy        loss  seconds  learning rate",
        "    1/2    0.5000    0.7500      0.2500      1.4          0.001",
        "    2/2    0.5000    0.7500      0.2500      1.4          0.001",
        "finished: 2 of 2 epochs (40 steps, 400 samples in 0:03)",
        ""
      ])
      assert.isTrue(terminal.isCursorVisible())
    })
  )

  const six = Object.fromEntries(
    ["loss", "accuracy", "macroF1", "ece"].flatMap((name, at) => [
      ...(at < 2 ? [[`train/${name}`, 0.5]] : []),
      [`validation/${name}`, 0.25]
    ])
  )

  const monitors: Monitors = Object.fromEntries(
    ["accuracy", "macroF1", "ece"].map((metric) => [
      `validation/${metric}`,
      { set: "validation", metric, better: "higher" }
    ])
  )
  for (const columns of [52, 80, 130]) {
    it.effect(`the table has the most telling columns that fit into ${columns} cells`, () =>
      Effect.gen(function* () {
        const { terminal, start, startEpoch, endEpoch } = yield* session({ columns, monitors })
        start()
        startEpoch()
        yield* endEpoch(six)
        const [groups, head, row] = terminal.screen().slice(-4)
        assert.strictEqual(terminal.wraps(), 0)
        assert.include(groups!, "validation")
        const words = head!.trim().split(/ {2,}/)
        const first = ["epoch", "loss", "accuracy", "loss", "accuracy"]
        const wide = [...first, "macroF1", "ece", "seconds"]
        const expected = { 52: first, 80: wide, 130: [...wide, "learning rate"] }[columns]
        assert.deepStrictEqual(words, expected)
        assert.lengthOf(row!.trim().split(/ {2,}/), words.length)
        assert.notInclude(row!, "…")
      })
    )
  }

  it.effect("the best value so far stands out where there are colours, and nowhere else", () =>
    Effect.gen(function* () {
      const rows = (options: { readonly colors: boolean }) =>
        Effect.gen(function* () {
          const { terminal, start, endEpoch } = yield* session({ columns: 120, ...options })
          start()
          for (const loss of [0.5, 0.25, 0.75]) yield* endEpoch({ "train/loss": loss, "validation/loss": loss })
          return { screen: terminal.screen(), text: terminal.writes.join("") }
        })
      const [plain, coloured] = [yield* rows({ colors: false }), yield* rows({ colors: true })]
      assert.deepStrictEqual(plain.screen, coloured.screen)
      assert.notInclude(plain.text, "\u001b[3")
      assert.deepStrictEqual(
        coloured.text
          .split("\u001b[32m")
          .slice(1)
          .map((part) => part.split("\u001b")[0]!.trim()),
        ["0.2500"]
      )
    })
  )

  it.effect("validation has a bar of its own", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, batches, publish, call, pass } = yield* session({ columns: 70 })
      start()
      startEpoch()
      yield* batches(20)
      publish({ _tag: "ValidationStarted", name: "validation", batches: 4 })
      yield* pass(100)
      const progress = { epoch: 0, batch: 20, step: 20, samples: 200, elapsedSeconds: 1 }
      call("validationBatchEnd", {
        progress,
        monitors: {},
        name: "validation",
        batch: 0,
        samples: 5,
        values: { loss: 0.25 }
      })
      assert.match(last(terminal.screen())!, /^epoch 1\/2 validation {2}batch 1\/4 {2}━+─+ {2}loss 0\.2500$/)
    })
  )

  it.effect("a validation in the middle of an epoch leaves a line; one at its end is in the row only", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, batches, validate, endEpoch } = yield* session({ columns: 120 })
      start()
      startEpoch()
      yield* batches(10)
      yield* validate
      yield* batches(10)
      yield* validate
      yield* endEpoch({ "train/loss": 0.5, "validation/loss": 0.25 })
      const lines = terminal.screen().filter((line) => line.includes("0.2500"))
      assert.strictEqual(lines.length, 2)
      assert.strictEqual(lines[0], "validation at step 10  loss 0.2500")
      assert.match(lines[1]!, /^ +1\/2 +0\.5000 +– +0\.2500 +1\.4 +0\.001$/)
    })
  )

  it.effect("standing still for validation does not lower the samples per second", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, batches, validate } = yield* session({ columns: 120 })
      start()
      startEpoch()
      yield* batches(10)
      yield* validate
      yield* batches(10)
      assert.include(last(terminal.screen()), "200 samples/s")
    })
  )

  it.effect("is redrawn at most 10 times a second, however fast the steps are", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, call, pass } = yield* session()
      start()
      startEpoch()
      const before = terminal.writes.length
      for (let at = 1; at <= 1000; at++) {
        const progress = { epoch: 0, batch: 1, step: at, samples: at, elapsedSeconds: 0 }
        call("batchEnd", { progress, monitors: {}, samples: 1, values: { loss: 1 }, learningRate: 1 })
        yield* pass(1)
      }
      assert.strictEqual(terminal.writes.length - before, 10)
    })
  )

  it.effect("a warning stands above the bar, broken into lines between its words", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, batches, publish } = yield* session({ columns: 40 })
      start()
      startEpoch()
      yield* batches(2)
      const bar = last(terminal.screen())!
      publish({ _tag: "Warned", message: "samples of a batch influence each other in resnet" })
      assert.deepStrictEqual(terminal.screen().slice(-3), [
        "warning: samples of a batch influence",
        "  each other in resnet",
        bar
      ])
      assert.isTrue(bar.startsWith("epoch 1/2  batch  1/20"))
    })
  )

  it.effect("skipped batches are counted in the bar and told at the end of the epoch", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, batches, publish, endEpoch } = yield* session({ columns: 120 })
      start()
      startEpoch()
      publish({ _tag: "BatchSkipped", reason: "nonFinite", detail: "loss is NaN" })
      publish({ _tag: "BatchSkipped", reason: "nonFinite", detail: "loss is NaN" })
      publish({ _tag: "BatchSkipped", reason: "empty", detail: "" })
      yield* batches(17)
      assert.include(last(terminal.screen()), "skipped 3")
      yield* endEpoch({ "train/loss": 0.5 })
      assert.strictEqual(terminal.screen().at(-2), "skipped 3 batches of epoch 1: nonFinite 2, empty 1")
    })
  )

  it.effect("a resumed run says from where, and its time to go counts from there", () =>
    Effect.gen(function* () {
      const { terminal, resume, batches } = yield* session({ columns: 160 })
      resume({ epoch: 1, batch: 10, step: 30, samples: 300, elapsedSeconds: 100 })
      yield* batches(5)
      assert.strictEqual(terminal.screen()[0], `${headline}; attempt 2, from epoch 2 after batch 10 (step 30)`)
      assert.match(last(terminal.screen())!, /^epoch 2\/2 {2}batch 15\/20 .* eta 0:00$/)
    })
  )

  it.effect.prop(
    "no line ever reaches the last column, however narrow the window, wide the names or often it is resized",
    [
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 90 })),
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 90 })),
      Schema.Literals(["minimal", "standard", "verbose"]),
      Schema.Literals(["tiny", "数字認識", "a\nb\r\u001b[2Jc", "Ünïcödé 🎉 e\u0301"])
    ],
    ([columns, narrower, verbosity, task]) =>
      Effect.gen(function* () {
        const { terminal, start, epoch, publish, pass, batch, finalize } = yield* session({
          columns,
          config: { verbosity, everySteps: 7 },
          task
        })
        start()
        yield* epoch
        terminal.resize(narrower)
        yield* pass(100)
        yield* batch({ [task]: 1e-7 })
        publish({ _tag: "Warned", message: `${task} ${"word ".repeat(20)}${"x".repeat(100)}` })
        yield* epoch
        publish({ _tag: "Failed", error: "E", message: "several\nlines" })
        yield* finalize
        assert.strictEqual(terminal.wraps(), 0)
        assert.isTrue(terminal.isCursorVisible())
        assert.strictEqual(terminal.cursorColumn(), 0)
      }).pipe(Effect.scoped),
    { arbitrary: { runs: 60, seed: 1 } }
  )

  it.effect("a run that is interrupted ends its line, says where, and shows the cursor again", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, batches, publish, finalize } = yield* session()
      start()
      startEpoch()
      yield* batches(3)
      assert.isFalse(terminal.isCursorVisible())
      publish({ _tag: "Interrupted" })
      yield* finalize
      assert.deepStrictEqual(terminal.screen().slice(-2), ["interrupted in epoch 1 after batch 3 (step 3)", ""])
      assert.deepStrictEqual([terminal.isCursorVisible(), terminal.cursorColumn()], [true, 0])
    })
  )

  it.effect("the finalizer alone leaves the terminal in order, whatever was not told", () =>
    Effect.gen(function* () {
      const { terminal, start, startEpoch, batches, finalize } = yield* session()
      start()
      startEpoch()
      yield* batches(3)
      yield* finalize
      assert.deepStrictEqual([terminal.isCursorVisible(), terminal.cursorColumn()], [true, 0])
    })
  )
})

describe("where there is no terminal", () => {
  it.effect("each epoch and every so many steps get a line, and there are no control characters", () =>
    Effect.gen(function* () {
      const { terminal, start, epoch, end, finalize } = yield* session({
        isTerminal: false,
        columns: 10,
        config: { everySteps: 15 }
      })
      start()
      yield* epoch
      yield* epoch
      end()
      yield* finalize
      assert.strictEqual(
        terminal.writes.join(""),
        [
          headline,
          "epoch 1/2  batch 15/20  loss 0.5000  accuracy 0.7500  200 samples/s  eta 0:01",
          "epoch 1/2  train/loss 0.5000  train/accuracy 0.7500  validation/loss 0.2500  learning rate 0.001  1.4 s",
          "epoch 2/2  batch 10/20  loss 0.5000  accuracy 0.7500  200 samples/s  eta 0:01",
          "epoch 2/2  train/loss 0.5000  train/accuracy 0.7500  validation/loss 0.2500  learning rate 0.001  1.4 s",
          "finished: 2 of 2 epochs (40 steps, 400 samples in 0:03)",
          ""
        ].join("\n")
      )
    })
  )
})

describe("verbosity", () => {
  const shown = (verbosity: "minimal" | "standard" | "verbose") =>
    Effect.gen(function* () {
      const run = yield* session({ columns: 120, config: { verbosity, everySteps: 10 } })
      run.start()
      run.publish({ _tag: "BatchSkipped", reason: "empty", detail: "samples 3, 4" })
      run.publish({ _tag: "CheckpointSaved", path: "runs/1/step-20" })
      const decision = { skipBatch: false, saveNow: true, stopRun: ["no improvement"], scaleLearningRate: [] }
      run.publish({ _tag: "DecisionTaken", callback: "earlyStopping", decision })
      yield* run.epoch
      run.publish({ _tag: "Warned", message: "mind the norm" })
      run.end()
      yield* run.finalize
      return { ...run, lines: run.terminal.screen() }
    })

  it.effect("minimal shows epochs, warnings and the end, and is not called at each batch", () =>
    Effect.gen(function* () {
      const { lines, definition } = yield* shown("minimal")
      assert.deepStrictEqual(
        lines.map((line) => line.trim().split(/[ :]/)[0]),
        ["train", "epoch", "1/2", "warning", "finished", ""]
      )
      assert.deepStrictEqual(definition.hooks, {})
    })
  )

  it.effect("verbose adds steps, validations, skipped batches, checkpoints and decisions", () =>
    Effect.gen(function* () {
      const { lines } = yield* shown("verbose")
      assert.includeMembers(
        [...lines],
        [
          "skipped batch 1 of epoch 1 (empty): samples 3, 4",
          "saved runs/1/step-20",
          "earlyStopping asked to saveNow; stopRun no improvement",
          "epoch 1/2  batch 10/20  loss 0.5000  accuracy 0.7500  200 samples/s  eta 0:02",
          "validation at step 20  loss 0.2500"
        ]
      )
    })
  )

  it.effect("a test is told with its values", () =>
    Effect.gen(function* () {
      const { terminal, publish } = yield* session({ columns: 120 })
      publish({ _tag: "Tested", samples: 10_000, values: { loss: 0.0321, accuracy: 0.9901 }, seconds: 1.24 })
      assert.strictEqual(terminal.screen()[0], "test on 10,000 samples  loss 0.0321  accuracy 0.9901  1.2 s")
    })
  )
})

describe("the config", () => {
  it.effect("that is wrong is an error with every problem, before anything runs", () =>
    Effect.gen(function* () {
      const config = { verbosity: "loud", everyStep: 3 } as unknown as ProgressBar.ConfigInput
      const layer = Layer.provide(ProgressBar.layer(config), TestTerminal.make().layer)
      const error = yield* Effect.flip(registered(layer))
      assert.deepStrictEqual(
        error.problems.map(({ path }) => path),
        ["everyStep", "verbosity"]
      )
      assert.include(error.message, 'did you mean "everySteps"?')
    })
  )
})
