/** Threads that read: the same batches, in the same order, errors where they belong, and nothing left behind. */
import { execFile } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { type BatchSource, direct } from "@etude/core/DataLoader"
import { type Dataset, isTypedArray } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as laws from "@etude/testing/Laws"
import * as ResumeLaw from "@etude/testing/laws/ResumeLaw"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Concat from "../src/Concat.ts"
import * as Split from "../src/Split.ts"
import * as Workers from "../src/Workers.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { fileBytes, fixtures } from "./support/imageFixtures.ts"

const module = new URL("./support/workers/data.ts", import.meta.url)
const plan = (samples: number, batchSize: number) =>
  Array.from({ length: Math.ceil(samples / batchSize) }, (_, batch) =>
    Int32Array.from(
      { length: Math.min(batchSize, samples - batch * batchSize) },
      (_, index) => (7 * (batch * batchSize + index)) % samples
    )
  )

const taken = (source: BatchSource) =>
  Effect.suspend(() => {
    const next = source.next()
    return Effect.isEffect(next) ? next : Effect.succeed(next)
  })

/** All batches as the loop would get them, a failed one by its message. */
const readAll = Effect.fnUntraced(function* (dataset: Dataset, batchSize = 6) {
  const batches = plan(dataset.length, batchSize)
  const source = yield* direct.open(dataset, batches, Draw.ofEpoch(3, 2))
  const all: Array<unknown> = []
  for (const _ of batches) all.push(yield* Effect.catch(taken(source), ({ message }) => Effect.succeed(message)))
  assert.isUndefined(yield* taken(source))
  return all
}, Effect.scoped)

const messages = (effect: Effect.Effect<unknown, { readonly message: string }, never>) =>
  Effect.map(Effect.flip(effect), ({ message }) => message)

describe("a dataset in threads", () => {
  it.effect("is the same with any number of threads and with none, draws and all", () =>
    Effect.gen(function* () {
      const expected = yield* readAll(yield* Workers.dataset(module, { export: "numbers", workers: 0 }))
      for (const [workers, ahead] of [
        [1, 1],
        [2, 3],
        [3, 8]
      ] as const) {
        const dataset = yield* Workers.dataset(module, { export: "numbers", workers, ahead })
        assert.deepStrictEqual([dataset.length, dataset.classes, dataset.ahead], [40, ["zero", "one", "two"], ahead])
        assert.deepStrictEqual(yield* readAll(dataset), expected)
        // The same samples in batches of other sizes draw the same.
        const flat = (batches: ReadonlyArray<unknown>) =>
          (batches as ReadonlyArray<{ readonly inputs: Float32Array }>).flatMap(({ inputs }) => [...inputs])
        assert.deepStrictEqual(flat(yield* readAll(dataset, 40)).toSorted(), flat(expected).toSorted())
      }
    }).pipe(Effect.scoped)
  )

  it.effect("is trained on as without threads, bit for bit, and a cut run goes on as if it had not been cut", () =>
    Effect.gen(function* () {
      const subjectOf = (workers: number) =>
        Effect.map(Workers.dataset(module, { export: "vectors", workers }), (train) => ({
          name: `${workers} threads`,
          task: Tiny.perceptron(),
          config: { seed: 1, batchSize: 4, microbatchSize: 3, until: { epochs: 2 } },
          data: { train }
        }))
      const subject = yield* subjectOf(2)
      yield* ResumeLaw.check(subject)
      const [threads, none] = [yield* Trajectory.record(subject), yield* Trajectory.record(yield* subjectOf(0))]
      assert.isUndefined(Trajectory.difference(threads, none))
    }).pipe(Effect.scoped, Effect.provide(CpuBackend.layer))
  )

  it.effect("keeps what it holds, gives several fields, and has its targets at hand", () =>
    Effect.gen(function* () {
      const dataset = yield* Workers.dataset(module, { export: "holding", workers: 1 })
      for (let again = 0; again < 2; again++) {
        const read = dataset.read(Int32Array.of(3, 4), Draw.fixed)
        const { inputs, targets } = Effect.isEffect(read) ? yield* read : read
        assert.deepStrictEqual(inputs, { image: Uint8Array.of(12, 13, 14, 15, 16, 17, 18, 19) })
        assert.deepStrictEqual(targets, { label: Int32Array.of(3, 4) })
      }
      assert.deepStrictEqual(dataset.readTargets?.(Int32Array.of(39, 0)), { label: Int32Array.of(39, 0) })
    }).pipe(Effect.scoped)
  )

  it.effect("is split, mapped and concatenated like any other, and still read ahead", () =>
    Effect.gen(function* () {
      const [threads, none] = [
        yield* Workers.dataset(module, { export: "numbers", workers: 2, ahead: 4 }),
        yield* Workers.dataset(module, { export: "numbers", workers: 0 })
      ]
      const derived = Effect.fnUntraced(function* (dataset: Dataset) {
        const { rest } = yield* Split.split(dataset, { key: 1, fraction: 0.2, stratify: true })
        const both = yield* Concat.concat([rest, dataset])
        return Split.mapBatch(both, (batch) => ({
          ...batch,
          inputs: isTypedArray(batch.inputs) ? batch.inputs.map((value) => 2 * value) : batch.inputs
        }))
      })
      const dataset = yield* derived(threads)
      assert.strictEqual(dataset.ahead, 4)
      assert.deepStrictEqual(yield* readAll(dataset), yield* readAll(yield* derived(none)))
    }).pipe(Effect.scoped)
  )

  it.effect("may be a folder of images, which the threads decode", () =>
    Effect.gen(function* () {
      const { folder, remove } = temporaryFolder()
      yield* Effect.addFinalizer(() => Effect.sync(remove))
      const names = Object.keys(fixtures.files).filter((name) => /\.(png|jpe?g)$/.test(name))
      for (const [index, name] of names.entries()) {
        const place = path.join(folder, ["even", "odd"][index % 2]!)
        mkdirSync(place, { recursive: true })
        writeFileSync(path.join(place, name), fileBytes(name))
      }
      const open = (workers: number) => Workers.dataset(module, { export: "images", options: { folder }, workers })
      const [threads, none] = [yield* open(2), yield* open(0)]
      assert.deepStrictEqual([threads.classes, threads.length], [["even", "odd"], names.length])
      assert.deepStrictEqual(yield* readAll(threads), yield* readAll(none))
    }).pipe(Effect.scoped)
  )

  it.effect("may be a stream", () =>
    Effect.gen(function* () {
      const expected = yield* readAll(yield* Workers.dataset(module, { export: "stream", workers: 0 }))
      for (const workers of [1, 2]) {
        const dataset = yield* Workers.dataset(module, { export: "stream", workers })
        assert.isTrue(dataset.isSequential)
        assert.deepStrictEqual(yield* readAll(dataset), expected)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("gives a dataset's own error, and what a read throws, at their batches", () =>
    Effect.gen(function* () {
      const dataset = yield* Workers.dataset(module, {
        export: "numbers",
        options: { refuses: 7, throws: 25 },
        workers: 2
      })
      const all = yield* readAll(dataset, 4)
      for (const [number, indices] of plan(40, 4).entries()) {
        if (indices.includes(7))
          assert.strictEqual(all[number], "numbers.csv at byte 7: found sample 7, expected another. It never works.")
        else if (indices.includes(25)) assert.include(all[number], "Error: 25 is thrown")
        else assert.isObject(all[number])
      }
    }).pipe(Effect.scoped)
  )

  it.effect("says how a thread ended, and what it said last", () =>
    Effect.gen(function* () {
      for (const [how, last] of [
        ["exit", "found the end of its thread with exit code 3, expected a batch"],
        ["throw", "found the end of its thread with exit code 1 (Error: thrown outside of a read), expected a batch"]
      ] as const) {
        const dataset = yield* Workers.dataset(module, {
          export: "dying",
          options: { at: 21, how },
          workers: 1,
          ahead: 1
        })
        const all = yield* readAll(dataset, 10)
        const failed = all.filter((batch) => typeof batch === "string")
        assert.isAtLeast(failed.length, 1)
        assert.include(failed[0], `worker 1: ${last}`)
        assert.include(failed[0], "`restarts` replaces a thread and reads again")
      }
    }).pipe(Effect.scoped)
  )

  it.effect("is read again by another thread where it may be", () =>
    Effect.gen(function* () {
      const once = new SharedArrayBuffer(4)
      const options = { at: 21, how: "exit", once }
      const dataset = yield* Workers.dataset(module, {
        export: "dying",
        options: { ...options, at: 0 },
        workers: 2,
        restarts: 1
      })
      const all = yield* readAll(dataset, 10)
      assert.deepStrictEqual(
        all,
        plan(40, 10).map((indices) => ({ inputs: Float32Array.from(indices) }))
      )
    }).pipe(Effect.scoped)
  )

  it.effect("is refused with a reason where threads can't make it", () =>
    Effect.gen(function* () {
      const made = (name: string, options: unknown, workers: number, from: URL | string = module) =>
        messages(Effect.scoped(Workers.dataset(from, { export: name, options, workers })))
      for (const workers of [0, 1]) {
        assert.include(yield* made("absent", {}, workers), "expected the export absent")
        assert.include(yield* made("nothing", {}, workers), "found number as the export nothing")
        assert.include(yield* made("failing", {}, workers), "found a failure (no such folder)")
        const away = new URL("./absent.ts", import.meta.url)
        assert.include(yield* made("numbers", {}, workers, away), "a module that can't be imported")
      }
      assert.include(yield* made("quitting", {}, 1), "found the end of its thread with exit code 4")
      assert.include(yield* made("numbers", { f: () => 1 }, 1), "found options that can't be sent to a thread")
      assert.include(yield* made("numbers", {}, 0.5), "workers: found 0.5, expected a whole number of at least 0")
      const counter = new SharedArrayBuffer(4)
      assert.include(yield* made("differing", { counter }, 2), "without random numbers of its own")
    })
  )

  it.effect("fails reads after its scope has closed", () =>
    Effect.gen(function* () {
      const dataset = yield* Effect.scoped(Workers.dataset(module, { export: "numbers", workers: 1 }))
      const read = dataset.read(Int32Array.of(1), Draw.fixed)
      const message = yield* messages(Effect.isEffect(read) ? read : Effect.die("no read"))
      assert.include(message, "found a read after the dataset's scope had closed")
    })
  )
})

laws.dataset(Workers.dataset(module, { export: "numbers", workers: 2 }), { name: "Workers.dataset" })

describe("a process that reads in threads ends by itself", () => {
  const run = (...words: ReadonlyArray<string>) =>
    promisify(execFile)(
      process.execPath,
      ["--conditions=@etude/source", fileURLToPath(new URL("./support/workers/leaves.ts", import.meta.url)), ...words],
      { timeout: 30_000 }
    )
  it.concurrent.each([
    ["closes", "numbers"],
    ["forgets", "numbers"],
    ["closes", "hanging"]
  ])("%s the scope, of %s", async (way, name) => {
    const { stdout } = await run(way, name)
    assert.strictEqual(stdout.trim(), name === "hanging" ? "" : "Float32Array")
  })
})
