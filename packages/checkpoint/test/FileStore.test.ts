import "@tensorflow/tfjs-backend-cpu"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { CheckpointError } from "@etude/core/Errors"
import { Storage, StorageError, type StorageService } from "@etude/core/Storage"
import { dispose, initialPlain, type TrainState, toData } from "@etude/core/TrainState"
import * as CrashStorage from "@etude/testing/doubles/CrashStorage"
import * as States from "@etude/testing/subjects/CheckpointStates"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import * as FileStore from "../src/FileStore.ts"
import type * as Manifest from "../src/Manifest.ts"
import * as NodeStorage from "../src/NodeStorage.ts"
import * as Store from "../src/Store.ts"

const root = fs.mkdtempSync(path.join(os.tmpdir(), "etude-file-store-"))
afterAll(() => fs.rmSync(root, { recursive: true }))
const newFolder = () => path.join(fs.mkdtempSync(path.join(root, "run-")), "checkpoints")

const open = (storage: StorageService, options: FileStore.FileStoreOptions) =>
  FileStore.make(options).pipe(Effect.map(Store.checkpoints), Effect.provideService(Storage, storage))
const onDisk = (folder: string) => open(NodeStorage.make, { folder })

const stateAt = (at: States.At) =>
  Effect.acquireRelease(
    Effect.sync(() => States.stateAt(at)),
    (state) => Effect.sync(() => dispose(state))
  )
const { description } = States

describe("a folder of checkpoints", () => {
  it.effect("holds one folder per checkpoint, whose manifest agrees with sha256 of its files", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const store = yield* onDisk(folder)
      const state = yield* stateAt({ epoch: 3, batch: 2, step: 2580, history: [{ "validation/loss": 0.5 }] })
      const saved = yield* store.save(state, description)
      const id = "epoch-0003-batch-00002-step-0002580-attempt-01"
      assert.deepStrictEqual(fs.readdirSync(folder), [id])
      const files = fs.readdirSync(path.join(folder, id)).sort()
      const [manifestFile, ...others] = ["manifest.json", ...files.filter((file) => file !== "manifest.json")]
      const tensorFiles = ["best", "callbacks", "last", "model", "optimizer", "rollback"].map(
        (name) => `${name}.safetensors`
      )
      assert.deepStrictEqual(others, [...tensorFiles, "description.json", "state.json"].sort())
      const manifest = JSON.parse(fs.readFileSync(path.join(folder, id, manifestFile!), "utf8")) as Manifest.Manifest
      let bytes = 0
      for (const file of others) {
        const content = fs.readFileSync(path.join(folder, id, file))
        const sha256 = createHash("sha256").update(content).digest("hex")
        assert.deepStrictEqual(manifest.files[file], { bytes: content.length, sha256 })
        bytes += content.length
      }
      const position = { epoch: 3, batch: 2, step: 2580, attempt: 1 }
      const values = { "validation/loss": 0.5 }
      assert.deepStrictEqual(saved, { id, path: `${folder}/${id}`, ...position, values, bytes })
      const { task, configHash, executor, backend } = description
      assert.deepInclude(manifest, { id, savedAt: "1970-01-01T00:00:00.000Z", task, configHash, executor, backend })
      assert.deepInclude(manifest.libraries, { "@tensorflow/tfjs-core": "4.22.0", node: process.versions.node })
    })
  )

  it.effect("has no files for best weights and rollback when the state has none", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const store = yield* onDisk(folder)
      const state = yield* stateAt({ epoch: 1 })
      const { path: at } = yield* store.save({ ...state, best: {}, rollback: {}, last: {}, callbacks: {} }, description)
      const files = fs.readdirSync(at).filter((file) => file.endsWith(".safetensors"))
      assert.deepStrictEqual(
        files.sort(),
        ["callbacks", "model", "optimizer"].map((name) => `${name}.safetensors`)
      )
    })
  )

  it.effect("takes tensors of several chunks, hashed on a thread of its own", () =>
    Effect.gen(function* () {
      const store = yield* onDisk(newFolder())
      const parameters = {
        large: tf.range(0, 1_500_001),
        small: tf.scalar(1),
        mask: tf.ones([700_001], "bool"),
        medium: tf.range(0, 262_144)
      }
      const state: TrainState = {
        plain: initialPlain(1),
        parameters,
        statistics: {},
        slots: {},
        callbacks: {},
        best: {},
        rollback: {},
        last: {}
      }
      const { id } = yield* store.save(state, description)
      const { data } = yield* store.load(id)
      assert.strictEqual(States.difference(data, toData(state)), undefined)
      dispose(state)
    })
  )

  it.effect("refuses tensors that can't be stored, all by name, and leaves nothing", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const store = yield* onDisk(folder)
      const [text, complex] = [tf.tensor(["a"]), tf.complex([1], [2])]
      const state = yield* stateAt({ epoch: 1 })
      const error = yield* Effect.flip(store.save({ ...state, parameters: { text, complex } }, description))
      assert.strictEqual(
        error.message,
        `The checkpoint ${folder} could not be written: parameters/text is string, parameters/complex is complex64, and ` +
          "only float32, int32, bool can be stored. Earlier checkpoints are untouched."
      )
      assert.deepStrictEqual(fs.readdirSync(folder), [])
    })
  )

  it.effect("says of a disposed tensor that it cannot be read, and leaves nothing", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const store = yield* onDisk(folder)
      const state = States.stateAt({ epoch: 1 })
      dispose(state)
      const error = yield* Effect.flip(store.save(state, description))
      assert.match(error.message, /could not be written: parameters\/dense\/bias cannot be read: Tensor is disposed\./)
      assert.deepStrictEqual(fs.readdirSync(folder), [])
    })
  )
})

/** A storage in memory that fails at the first operations of a kind; writes are torn. */
const failingAt = (kind: CrashStorage.Operation["kind"], times = 1): StorageService => {
  let failures = 0
  return CrashStorage.make({
    disk: CrashStorage.emptyDisk(),
    process: "one",
    outcome: (operation) =>
      operation.kind === kind && failures++ < times ? { _tag: "Fails", reason: "full", torn: true } : CrashStorage.done
  })
}

describe("a failing disk", () => {
  for (const kind of ["create", "write", "syncFile", "rename"] as const) {
    it.effect(`at ${kind} is the save's error, leaves no temporary folder, and the next save is whole`, () =>
      Effect.gen(function* () {
        const storage = failingAt(kind)
        const store = yield* open(storage, { folder: "runs" })
        const state = yield* stateAt({ epoch: 1 })
        const error = yield* Effect.flip(store.save(state, description))
        assert.instanceOf(error, CheckpointError)
        assert.match(error.message, /^The checkpoint runs\/epoch-0001-.* could not be written: .*injected \(full\)/)
        assert.deepStrictEqual(yield* storage.list("runs"), [])
        const { id } = yield* store.save(state, description)
        assert.deepStrictEqual(yield* storage.list("runs"), [id])
        assert.strictEqual(States.difference((yield* store.load(id)).data, toData(state)), undefined)
      })
    )
  }

  it.effect("is tried again when the store is told so", () =>
    Effect.gen(function* () {
      const storage = failingAt("write", 2)
      const store = yield* open(storage, { folder: "runs", retries: Schedule.spaced("1 minute") })
      const saving = yield* Effect.forkChild(store.save(yield* stateAt({ epoch: 1 }), description))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* storage.list("runs"), [])
      yield* TestClock.adjust("1 minute")
      const { id } = yield* Fiber.join(saving)
      assert.deepStrictEqual(yield* storage.list("runs"), [id])
    })
  )

  it.effect("whose sector cannot be read is damage, and the checkpoint before it is the latest", () =>
    Effect.gen(function* () {
      const storage = CrashStorage.make({ disk: CrashStorage.emptyDisk(), process: "one" })
      const store = yield* open(storage, { folder: "runs" })
      const [first, second] = yield* Effect.forEach([1, 2], (epoch) =>
        Effect.flatMap(stateAt({ epoch }), (state) => store.save(state, description))
      )
      const bad = `${second!.path}/model.safetensors`
      const eio = { path: bad, operation: "read", reason: "damaged", detail: "EIO: i/o error" } as const
      const read = (path: string) => (path === bad ? Effect.fail(new StorageError(eio)) : storage.read(path))
      const again = yield* open({ ...storage, read }, { folder: "runs" })
      const { saved, passedOver } = Option.getOrThrow(yield* again.latest)
      assert.strictEqual(saved.id, first!.id)
      assert.deepStrictEqual(
        passedOver.map(({ id, file, reason }) => ({ id, file, reason })),
        [{ id: second!.id, file: "model.safetensors", reason: "cannot be read: EIO: i/o error" }]
      )
    })
  )
})

describe("two processes in one folder", () => {
  it.effect("that save at one position at the same time both keep their checkpoint", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const stores = yield* Effect.all([onDisk(folder), onDisk(folder), onDisk(folder)])
      const states = yield* Effect.forEach([1, 2, 3], (mark) => stateAt({ epoch: 1, mark }))
      const saved = yield* Effect.forEach(stores, (store, at) => store.save(states[at]!, description), {
        concurrency: 3
      })
      const ids = (yield* stores[0].list).map(({ id }) => id)
      assert.strictEqual(ids.length, 3)
      assert.deepStrictEqual(saved.map(({ id }) => id).sort(), ids.toSorted())
      for (const [at, { id }] of saved.entries()) {
        assert.strictEqual(States.difference((yield* stores[2].load(id)).data, toData(states[at]!)), undefined)
      }
    })
  )

  it.effect("leave what the other is writing, and clear away what an ended one left", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const uuid = "00000000-0000-4000-8000-000000000000"
      const living = `.saving-${uuid}-${NodeStorage.make.process}`
      // No process has a number this high.
      const ended = NodeStorage.make.process.replace(/\.\d+\./, ".2147483646.")
      const others = [`.saving-${uuid}-${ended}`, `.deleting-${uuid}-${ended}`]
      const elsewhere = `.saving-${uuid}-another-machine.17.0123abcd`
      const old = `.saving-${uuid}-another-machine.18.0123abcd`
      for (const name of [living, ...others, elsewhere, old, "notes"]) {
        fs.mkdirSync(path.join(folder, name), { recursive: true })
        fs.writeFileSync(path.join(folder, name, "model.safetensors"), "half")
      }
      const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600
      fs.utimesSync(path.join(folder, old), twoDaysAgo, twoDaysAgo)
      const store = yield* onDisk(folder)
      assert.deepStrictEqual(fs.readdirSync(folder).sort(), [living, elsewhere, "notes"].sort())
      assert.deepStrictEqual(yield* store.list, [])
    })
  )

  it.effect("a checkpoint that another process deletes while it is looked for is not damage", () =>
    Effect.gen(function* () {
      const storage = CrashStorage.make({ disk: CrashStorage.emptyDisk(), process: "one" })
      const store = yield* open(storage, { folder: "runs" })
      const [first, second] = yield* Effect.forEach([1, 2], (epoch) =>
        Effect.flatMap(stateAt({ epoch }), (state) => store.save(state, description))
      )
      const read = (path: string) =>
        Effect.andThen(
          path.includes(second!.id) ? Effect.orDie(store.delete(second!.id)) : Effect.void,
          storage.read(path)
        )
      const other = yield* open({ ...storage, read }, { folder: "runs" })
      const { saved, passedOver } = Option.getOrThrow(yield* other.latest)
      assert.deepStrictEqual([saved.id, passedOver], [first!.id, []])
    })
  )
})

describe("every byte of a checkpoint", () => {
  it.effect("is guarded: a flipped bit anywhere is told by its file", () =>
    Effect.gen(function* () {
      const storage = CrashStorage.make({ disk: CrashStorage.emptyDisk(), process: "one" })
      const store = yield* open(storage, { folder: "runs" })
      const state = yield* stateAt({ epoch: 1, history: [{ loss: -0 }] })
      const { id, path: at } = yield* store.save(state, description)
      let [bad, byte, bit] = ["", 0, 0]
      const read = (path: string) =>
        Effect.map(storage.read(path), (bytes) => {
          if (path === bad) bytes[byte]! ^= 1 << bit
          return bytes
        })
      const other = yield* open({ ...storage, read }, { folder: "runs" })
      const missed: Array<string> = []
      for (const file of yield* storage.list(at)) {
        bad = `${at}/${file}`
        const { length } = yield* storage.read(bad)
        for (byte = 0; byte < length; byte++) {
          bit = byte % 8
          const error = yield* Effect.result(other.load(id))
          if (error._tag === "Success" || (error.failure as { file?: string }).file !== file)
            missed.push(`${file} ${byte}`)
        }
      }
      assert.deepStrictEqual(missed, [])
    })
  )
})
