import { execFile, execFileSync, spawnSync } from "node:child_process"
import { appendFileSync, closeSync, openSync, readSync, statSync } from "node:fs"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Callback from "@etude/core/Callback"
import type * as Event from "@etude/core/Event"
import * as Trainer from "@etude/core/Trainer"
import { drive } from "@etude/testing/doubles/Drive"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import * as Csv from "../src/Csv.ts"
import * as EventSinks from "../src/EventSinks.ts"
import { crc32c, record } from "../src/internal/tfrecord.ts"
import * as OutputFile from "../src/OutputFile.ts"
import * as TensorBoard from "../src/TensorBoard.ts"
import * as ValuesFile from "../src/ValuesFile.ts"
import { filling, folder, list, node, read, slow } from "./support/folder.ts"
import { cpu, points, task } from "./support/tiny.ts"

const monitors = { "train/loss": "lower", "validation/loss": "lower" } as const
const key = "validation/loss"
const values = (loss: number, validation: number) => ({ "train/loss": loss, [key]: validation })

describe("the CSV file", () => {
  it.effect("has a row for each epoch under a column for each monitor", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/new/epochs.csv`
      const run = yield* drive(Layer.provide(Csv.layer({ path }), node), { monitors })
      run.start()
      yield* run.call("trainBegin")
      yield* run.epoch(values(1.5, Number.NaN))
      yield* run.epoch(values(0.5, Number.POSITIVE_INFINITY))
      assert.strictEqual(
        yield* read(path),
        "epoch,step,samples,elapsedSeconds,seconds,learningRate,train/loss,validation/loss\n" +
          "1,2,8,0,2,0.1,1.5,NaN\n" +
          "2,4,16,0,2,0.1,0.5,Infinity\n"
      )
    })
  )

  it.effect("of a resumed run has the rows of earlier epochs, under its own columns, and a torn line is dropped", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/epochs.csv`
      const layer = Layer.provide(Csv.layer({ path }), node)
      const first = yield* drive(layer, { monitors })
      first.start()
      for (const loss of [3, 2, 1]) yield* first.epoch(values(loss, loss))
      yield* first.finalize()
      const second = yield* drive(layer, { monitors: { [key]: "lower", 'a "new", one': "higher" } })
      second.move({ epoch: 2, step: 4, samples: 16 })
      second.resume()
      yield* second.epoch({ [key]: 0.5, 'a "new", one': 7 })
      const rows = Csv.parse(`${yield* read(path)}1,2,3`)
      assert.deepStrictEqual(
        rows.map((row) => [row[0], ...row.slice(-2)]),
        [
          ["epoch", key, 'a "new", one'],
          ["1", "3", ""],
          ["2", "2", ""],
          ["3", "0.5", "7"]
        ]
      )
    })
  )

  it.effect("of a run that ends in the middle of an epoch has its values so far, until the epoch continues", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/epochs.csv`
      const layer = Layer.provide(Csv.layer({ path }), node)
      const at = (step: number) => ({ epoch: 0, batch: step, step, samples: 4 * step, elapsedSeconds: 0 })
      const validated = (step: number, loss: number): Event.Known => ({
        version: 1,
        _tag: "ValidationEnded",
        progress: at(step),
        name: "validation",
        samples: 1,
        learningRate: 0.1,
        values: { [key]: loss },
        seconds: 1
      })
      const ended: Event.Known = {
        version: 1,
        _tag: "RunEnded",
        progress: at(3),
        reason: "until steps",
        values: {},
        partial: { values: { "train/loss": 2 }, learningRate: 0.1, seconds: 3 }
      }
      const first = yield* drive(layer, { monitors })
      first.start()
      for (const event of [validated(2, 5), validated(3, 4), ended]) first.event(event)
      yield* first.finalize()
      const rows = Effect.map(read(path), (text) => Csv.parse(text).map((row) => [row[0], row[1], ...row.slice(-2)]))
      const header = ["epoch", "step", "train/loss", key]
      assert.deepStrictEqual(yield* rows, [header, ["0", "2", "", "5"], ["0", "3", "2", "4"]])
      const second = yield* drive(layer, { monitors })
      second.move(at(3))
      second.resume()
      yield* second.call("trainBegin")
      assert.deepStrictEqual(yield* rows, [header, ["0", "2", "", "5"], ["0", "3", "", "4"]])
    })
  )

  it.effect("a folder that cannot be made is found before the first step", () =>
    Effect.gen(function* () {
      const file = `${yield* folder}/file`
      const made = yield* drive(Layer.provide(Csv.layer({ path: file }), node))
      made.start()
      yield* made.call("trainBegin")
      const run = yield* drive(Layer.provide(Csv.layer({ path: `${file}/below/epochs.csv` }), node))
      const [problem] = yield* run.callbacks[0]!.check!
      assert.strictEqual(problem!.path, "callbacks.csv")
      assert.match(problem!.message, /^the folder .*file\/below cannot be written to: /)
    })
  )
})

describe("the values file", () => {
  it.effect("has a line for each step, validation and epoch; what a later attempt supersedes goes", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/values.jsonl`
      const layer = Layer.provide(ValuesFile.layer({ path, flushEverySteps: 2 }), node)
      const step = { _tag: "StepLogged", values: { loss: Number.NaN }, learningRate: 0.1, samplesPerSecond: 4 }
      const first = yield* drive(layer, { monitors })
      first.start()
      first.move({ batch: 1, step: 1 })
      first.event(step)
      yield* first.call("batchEnd", { values: {} })
      assert.deepStrictEqual(yield* list(path.slice(0, path.lastIndexOf("/"))), [])
      yield* first.epoch(values(2, 2))
      first.move({ batch: 1, step: 3 })
      first.event(step)
      yield* first.finalize()
      const second = yield* drive(layer, { monitors })
      second.move({ epoch: 0, batch: 2, step: 2, samples: 8 })
      second.resume()
      // The boundary of the epoch's end had been cut, and is gone through again.
      second.event({ _tag: "ValidationStarted", name: "validation", batches: 1 })
      yield* second.epoch(values(2, 2))
      yield* second.finalize()
      const rows = ValuesFile.parse(`${yield* read(path)}{"kind":`)
      assert.deepStrictEqual(
        rows.map(({ kind, epoch, step: at, values: own }) => [kind, epoch, at, Object.values(own)[0]]),
        [
          ["step", 0, 1, Number.NaN],
          ["validation", 0, 4, 2],
          ["epoch", 1, 4, 2]
        ]
      )
    })
  )
})

describe("a run that is killed after a checkpoint", () => {
  it.effect("has in its files what came before that checkpoint", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const run = yield* drive(
        Layer.provide(
          Layer.mergeAll(ValuesFile.layer({ path: `${directory}/values.jsonl` }), TensorBoard.layer({ directory })),
          node
        ),
        { monitors }
      )
      run.start()
      run.move({ batch: 1, step: 1, samples: 4 })
      const scheduled = { momentum: 0.9 }
      run.event({ _tag: "StepLogged", values: { loss: 4 }, learningRate: 0.1, scheduled, samplesPerSecond: 4 })
      yield* run.call("checkpointSaved", { path: "step-1" })
      const rows = ValuesFile.parse(yield* read(`${directory}/values.jsonl`))
      assert.deepStrictEqual(
        rows.map((row) => row.scheduled),
        [scheduled]
      )
      const file = (yield* list(directory)).find((one) => one.startsWith("events.out"))!
      const text = yield* read(`${directory}/${file}`)
      for (const tag of ["step/loss", "scheduled/momentum"]) assert.include(text, tag)
    })
  )
})

describe("TensorBoard's files", () => {
  it("have the checksums of RFC 3720, appendix B.4, and TFRecord's framing", () => {
    assert.strictEqual(crc32c(new Uint8Array(32)), 0x8a9136aa)
    assert.strictEqual(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43)
    assert.strictEqual(crc32c(Uint8Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e)
    assert.strictEqual(record(new Uint8Array(5)).length, 8 + 4 + 5 + 4)
  })

  const python = process.env["ETUDE_PYTHON"] ?? "python3"
  const hasReader = spawnSync(python, ["-c", "import tensorboard"]).status === 0

  // Needs Python with tensorboard; ETUDE_PYTHON may name one.
  it.effect.skipIf(!hasReader)("are what TensorBoard reads, a last record that was cut short among them", () =>
    Effect.gen(function* () {
      const directory = yield* folder
      const layer = Layer.provide(TensorBoard.layer({ directory }), node)
      const first = yield* drive(layer, { monitors })
      yield* TestClock.setTime(1_700_000_000_500)
      first.start()
      first.event({ _tag: "StepLogged", values: { loss: 4 }, learningRate: 0.1, samplesPerSecond: 4 })
      for (const loss of [3, 2, 1]) yield* first.epoch(values(loss, Number.NaN))
      yield* first.finalize()
      // Killed in the middle of writing a record.
      const whole = TensorBoard.encode({ step: 7, wallTime: 1_700_000_001 }, { scalars: { torn: 1 } })
      appendFileSync(`${directory}/events.out.tfevents.1700000000.500.etude.1`, whole.subarray(0, whole.length - 5))
      const second = yield* drive(layer, { monitors })
      second.move({ epoch: 1, step: 2 })
      yield* TestClock.setTime(1_700_000_100_500)
      second.resume()
      yield* second.epoch(values(0.25, Number.POSITIVE_INFINITY))
      yield* second.finalize()
      assert.deepStrictEqual((yield* list(directory)).sort(), [
        "events.out.tfevents.1700000000.500.etude.1",
        "events.out.tfevents.1700000100.500.etude.2"
      ])
      const execute = promisify(execFile)
      const script = fileURLToPath(new URL("support/readTensorBoard.py", import.meta.url))
      const { stdout } = yield* Effect.promise(() => execute(python, [script, directory]))
      const found = JSON.parse(stdout.replaceAll("NaN", "null").replaceAll("Infinity", '"Infinity"'))
      assert.strictEqual(found.file_version, 2)
      assert.notProperty(found.scalars, "torn")
      assert.deepStrictEqual(found.scalars["step/loss"], [[1_700_000_000.5, 0, 4]])
      // What came after the step from which the second attempt goes on is forgotten.
      assert.deepStrictEqual(found.scalars["train/loss"], [
        [1_700_000_000.5, 2, 3],
        [1_700_000_100.5, 4, 0.25]
      ])
      assert.deepStrictEqual(found.scalars[key].at(-1), [1_700_000_100.5, 4, "Infinity"])
      assert.include(found.texts.config.at(-1), '"task": "tiny"')
    })
  )
})

describe("a pipe or a device", () => {
  it.effect("is written to, and never replaced by a file", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/pipe`
      execFileSync("mkfifo", [path])
      const reader = openSync(path, "r+")
      const run = yield* drive(Layer.provide(Csv.layer({ path }), node), { monitors })
      run.start()
      yield* run.epoch(values(3, 3))
      yield* run.finalize()
      const bytes = Buffer.alloc(4096)
      const rows = Csv.parse(bytes.toString("utf8", 0, readSync(reader, bytes)))
      closeSync(reader)
      assert.deepStrictEqual(
        rows.map(([epoch]) => epoch),
        ["epoch", "1"]
      )
      assert.isTrue(statSync(path).isFIFO())
    })
  )
})

describe("a disk that is full", () => {
  it.effect(
    "fails with the callback's name; half a line is never left behind, and nothing is lost when there is room",
    () =>
      Effect.gen(function* () {
        const path = `${yield* folder}/epochs.csv`
        let full = false
        const run = yield* drive(
          Layer.provide(
            Csv.layer({ path }),
            filling(() => full)
          ),
          { monitors }
        )
        run.start()
        yield* run.call("trainBegin")
        yield* run.epoch(values(3, 3))
        full = true
        const error = yield* Effect.flip(run.epoch(values(2, 2)))
        assert.instanceOf(error, OutputFile.OutputFileError)
        assert.strictEqual(
          (error as OutputFile.OutputFileError).message,
          `The callback csv could not write ${path}: WriteZero: FileSystem.writeAll: no space left. ` +
            "To continue without it, use Callback.optional(layer)."
        )
        assert.strictEqual(Csv.parse(yield* read(path)).length, 2)
        full = false
        yield* run.finalize()
        assert.strictEqual(Csv.parse(yield* read(path)).length, 3)
      })
  )
})

describe("a slow disk", () => {
  it.effect("holds the run up until it has what was written, and how long is told", () =>
    Effect.gen(function* () {
      const disk = slow("2 seconds")
      const file = yield* OutputFile.make("slow").pipe(Effect.provide(disk.layer))
      const writing = Callback.observer({
        id: "slow",
        hooks: OutputFile.flushing(file, 500),
        onEvent: ({ _tag }) => {
          if (_tag === "RunStarted") file.begin("slow.txt")
          if (_tag === "EpochEnded") file.write("row\n")
        }
      })
      const run = yield* drive(writing, { monitors })
      run.start()
      const epochs = yield* Effect.forkChild(Effect.andThen(run.epoch(values(1, 1)), run.epoch(values(2, 2))))
      yield* TestClock.adjust("3 seconds")
      // The second row waits for the disk, and the run with it.
      assert.strictEqual(disk.text(), "row\n")
      assert.isUndefined(epochs.pollUnsafe())
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(epochs)
      assert.strictEqual(disk.text(), "row\nrow\n")
      assert.deepStrictEqual(file.written(), { bytes: 8, waitedSeconds: 4 })
    })
  )
})

it.layer(cpu)("files of a run", (it) => {
  const config = { until: { epochs: 3 }, batchSize: 8, logEverySteps: 1 } as const
  const data = { train: points("train", 16), validation: points("validation", 8) }
  const breaking = (how: () => Effect.Effect<void, Error>) =>
    Callback.observer({ id: "breaking", hooks: { batchEnd: { when: ({ step }) => step === 5, run: how } } })
  const exits = {
    success: undefined,
    "a failure": breaking(() => Effect.fail(new Error("on purpose"))),
    "a defect": breaking(() => Effect.die(new Error("on purpose"))),
    "an interruption": breaking(() => Effect.interrupt)
  }
  for (const [name, breakingLayer] of Object.entries(exits)) {
    it.effect(`are complete after ${name}`, () =>
      Effect.gen(function* () {
        const directory = yield* folder
        const callbacks = Layer.mergeAll(
          Csv.layer({ path: `${directory}/epochs.csv` }),
          ValuesFile.layer({ path: `${directory}/values.jsonl` }),
          TensorBoard.layer({ directory }),
          breakingLayer ?? Layer.empty
        ).pipe(Layer.provide(node))
        const exit = yield* Effect.exit(Effect.scoped(Trainer.train(task, { config, data, callbacks })))
        assert.strictEqual(Exit.isSuccess(exit), breakingLayer === undefined)
        const epochs = breakingLayer === undefined ? 3 : 2
        const steps = breakingLayer === undefined ? 6 : 5
        assert.strictEqual(Csv.parse(yield* read(`${directory}/epochs.csv`)).length, 1 + epochs)
        const rows = ValuesFile.parse(yield* read(`${directory}/values.jsonl`))
        assert.strictEqual(rows.filter(({ kind }) => kind === "step").length, steps)
        const file = (yield* list(directory)).find((one) => one.startsWith("events.out"))!
        assert.include(yield* read(`${directory}/${file}`), "step/loss")
      })
    )
  }

  it.effect("an optional one that fails is told of once, and the run goes on without it to the same end", () =>
    Effect.gen(function* () {
      const path = `${yield* folder}/epochs.csv`
      const events: Array<Event.Known> = []
      let flushes = 0
      const csv = Layer.provide(
        Csv.layer({ path }),
        filling(() => flushes++ >= 0)
      )
      const strict = yield* Effect.exit(Trainer.train(task, { config, data, callbacks: csv }))
      assert.isTrue(Exit.isFailure(strict) && Cause.squash(strict.cause) instanceof OutputFile.OutputFileError)
      const run = Trainer.train(task, { config, data, callbacks: Callback.optional(csv) })
      const { counts } = yield* Effect.provide(run, EventSinks.memory(events))
      assert.strictEqual(counts.epochs, 3)
      const warnings = events.flatMap((event) => (event._tag === "Warned" ? [event.message] : []))
      assert.strictEqual(warnings.length, 1)
      assert.match(
        warnings[0]!,
        /^The run continues without the callback csv, which failed in trainBegin: The callback csv/
      )
    }).pipe(Effect.scoped)
  )

  it.effect("an optional one may throw or die; an interruption is still one", () =>
    Effect.gen(function* () {
      const throwing = Callback.observer({
        id: "throwing",
        hooks: {
          batchEnd: () => {
            throw new Error("a bug")
          }
        }
      })
      const dying = Callback.observer({ id: "dying", hooks: { epochEnd: () => Effect.die("a bug") } })
      const events: Array<Event.Known> = []
      const callbacks = Callback.optional(Layer.mergeAll(throwing, dying))
      yield* Effect.provide(Trainer.train(task, { config, data, callbacks }), EventSinks.memory(events))
      assert.deepStrictEqual(
        events.flatMap((event) => (event._tag === "Warned" ? [event.message] : [])),
        [
          "The run continues without the callback throwing, which failed in batchEnd: a bug",
          "The run continues without the callback dying, which failed in epochEnd: a bug"
        ]
      )
      const waiting = Callback.observer({ id: "waiting", hooks: { epochEnd: () => Effect.interrupt } })
      const run = Trainer.train(task, { config, data, callbacks: Callback.optional(waiting) })
      const fiber = yield* Effect.forkChild(run)
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
    }).pipe(Effect.scoped)
  )
})
