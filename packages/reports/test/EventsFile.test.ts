import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Event from "@etude/core/Event"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { TestClock } from "effect/testing"
import * as EventSinks from "../src/EventSinks.ts"
import * as EventsFile from "../src/EventsFile.ts"
import * as Disk from "./support/disk.ts"
import { eventsOf } from "./support/run.ts"

const events = eventsOf({ epochs: 2, batches: 3 })
const publishAll = (all: ReadonlyArray<Event.Known>) =>
  Effect.gen(function* () {
    const sink = yield* Event.Events
    for (const event of all) yield* sink.publish(event)
  })
const layerOn = (disk: Disk.Disk, capacity?: number) =>
  Layer.provide(EventsFile.layer({ path: "events.jsonl", ...(capacity === undefined ? {} : { capacity }) }), disk.layer)
const readFrom = (disk: Disk.Disk) => Effect.provide(EventsFile.read("events.jsonl"), disk.layer)
const linesOf = (all: ReadonlyArray<Event.Known>) =>
  all.map((event) => `${JSON.stringify(Event.encode(event))}\n`).join("")

describe("the layer", () => {
  it.effect("writes each event as one line, in order, and they are read back", () =>
    Effect.gen(function* () {
      const disk = Disk.make()
      yield* Effect.provide(publishAll(events), layerOn(disk))
      assert.strictEqual(disk.text(), linesOf(events))
      assert.deepStrictEqual(yield* readFrom(disk), { events, torn: undefined })
      assert.deepStrictEqual(disk.log.slice(-2), ["sync", "close"])
    })
  )

  for (const [exit, body] of [
    ["a success", Effect.void],
    ["a failure", Effect.fail("no")],
    ["a defect", Effect.die("bug")],
    ["an interruption", Effect.interrupt]
  ] as const) {
    it.effect(`has written everything after ${exit}`, () =>
      Effect.gen(function* () {
        const disk = Disk.make()
        yield* Effect.exit(Effect.provide(Effect.andThen(publishAll(events), body), layerOn(disk)))
        assert.strictEqual(disk.text(), linesOf(events))
        assert.deepStrictEqual(disk.log.slice(-2), ["sync", "close"])
      })
    )
  }

  it.effect("a full queue makes the run wait until the writer has room, and loses nothing", () =>
    Effect.gen(function* () {
      const disk = Disk.make()
      const latch = yield* Latch.make()
      disk.before = latch.await
      let published = 0
      const body = Effect.gen(function* () {
        const sink = yield* Event.Events
        for (const event of events) {
          yield* sink.publish(event)
          published += 1
        }
      })
      const fiber = yield* Effect.forkChild(Effect.provide(body, layerOn(disk, 2)))
      for (let turn = 0; turn < 100; turn++) yield* Effect.yieldNow
      // What the writer holds, and what the queue has room for.
      assert.isBelow(published, 6)
      yield* latch.open
      yield* Fiber.join(fiber)
      assert.strictEqual(disk.text(), linesOf(events))
    })
  )

  it.effect("an interrupted run still has what it published before, with the writer behind", () =>
    Effect.gen(function* () {
      const disk = Disk.make()
      const [latch, published] = [yield* Latch.make(), yield* Deferred.make<void>()]
      disk.before = latch.await
      const body = publishAll(events).pipe(
        Effect.andThen(Deferred.succeed(published, undefined)),
        Effect.andThen(Effect.never)
      )
      const fiber = yield* Effect.forkChild(Effect.provide(body, layerOn(disk)))
      yield* Deferred.await(published)
      const stopping = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* Effect.yieldNow
      yield* latch.open
      yield* Fiber.join(stopping)
      assert.strictEqual(disk.text(), linesOf(events))
    })
  )

  it.effect("appends to a file that is there, after removing a torn last line", () =>
    Effect.gen(function* () {
      const disk = Disk.make(`${linesOf(events.slice(0, 2))}{"version":1,"_tag":"Epoch`)
      yield* Effect.provide(publishAll(events.slice(2)), layerOn(disk))
      assert.strictEqual(disk.text(), linesOf(events))
    })
  )

  it.effect("ends a whole last line that only lacks its end", () =>
    Effect.gen(function* () {
      const disk = Disk.make(linesOf(events.slice(0, 2)).trimEnd())
      yield* Effect.provide(publishAll(events.slice(2)), layerOn(disk))
      assert.strictEqual(disk.text(), linesOf(events))
    })
  )

  it.effect("tries a failed write again, without leaving half of it behind", () =>
    Effect.gen(function* () {
      const disk = Disk.make()
      disk.failing = 5
      const fiber = yield* Effect.forkChild(Effect.provide(publishAll(events), layerOn(disk)))
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(fiber)
      assert.strictEqual(disk.text(), linesOf(events))
      assert.strictEqual(disk.log.filter((entry) => entry === "failed").length, 5)
    })
  )

  it.effect("says so and lets the run go on when the disk stays full", () => {
    const messages: Array<unknown> = []
    const logger = Logger.layer([Logger.make(({ message }) => void messages.push(message))])
    return Effect.gen(function* () {
      const disk = Disk.make()
      disk.failing = Number.POSITIVE_INFINITY
      const fiber = yield* Effect.forkChild(Effect.provide(publishAll(events), layerOn(disk, 2)))
      yield* TestClock.adjust("1 minute")
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(fiber)))
      assert.strictEqual(disk.text(), "")
      assert.match(String(messages.flat()[0]), /^Events are no longer written to events\.jsonl: .*no space left/)
    }).pipe(Effect.provide(logger))
  })
})

describe("read", () => {
  it.effect("drops a torn last line and says so, wherever it was cut", () =>
    Effect.gen(function* () {
      const [kept, last] = [linesOf(events.slice(0, 2)), linesOf(events.slice(2, 3))]
      for (let length = 1; length < last.length - 1; length++) {
        const read = yield* EventsFile.parse(kept + last.slice(0, length), "events.jsonl")
        assert.deepStrictEqual(read, { events: events.slice(0, 2), torn: last.slice(0, length) })
      }
    })
  )

  it.effect("keeps what it does not know as Unknown", () =>
    Effect.gen(function* () {
      const newer = { version: 2, _tag: "EpochEnded", progress: "elsewhere" }
      const read = yield* EventsFile.parse(`${JSON.stringify(newer)}\n`, "events.jsonl")
      assert.deepStrictEqual(read.events, [{ _tag: "Unknown", event: newer }])
    })
  )

  it.effect("keeps NaN and infinities", () =>
    Effect.gen(function* () {
      const values = { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY, d: 1e-300 }
      const event = { ...events.at(-1)!, _tag: "RunEnded", values } as Event.Known
      const { events: back } = yield* EventsFile.parse(linesOf([event]), "events.jsonl")
      assert.deepStrictEqual(back, [event])
    })
  )

  it.effect("a damaged line before the last is an error that names every such line", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(EventsFile.parse(`${linesOf([events[0]!])}{"a\n\n!\n`, "runs/1/events.jsonl"))
      assert.strictEqual(
        error.message,
        'The events file runs/1/events.jsonl is corrupt: line 2 is not JSON: {"a; line 4 is not JSON: !.'
      )
    })
  )

  it.effect("a missing file is an error that says so", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readFrom(Disk.make()))
      assert.deepInclude(error, { path: "events.jsonl", reason: "missing" })
    })
  )
})

describe("on disk", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "etude-events-"))
  afterAll(() => fs.rmSync(folder, { recursive: true }))
  const file = path.join(folder, "events.jsonl")
  it.effect("two attempts write one log", () =>
    Effect.gen(function* () {
      yield* Effect.provide(publishAll(events.slice(0, 4)), EventsFile.layer({ path: file }))
      fs.appendFileSync(file, '{"version"')
      yield* Effect.provide(publishAll(events.slice(4)), EventsFile.layer({ path: file }))
      assert.strictEqual(fs.readFileSync(file, "utf8"), linesOf(events))
      assert.deepStrictEqual((yield* EventsFile.read(file)).events, events)
    }).pipe(Effect.provide(NodeServices.layer))
  )
  it.effect("a folder that is not there is an error before the run", () =>
    Effect.gen(function* () {
      const missing = EventsFile.layer({ path: path.join(folder, "no", "events.jsonl") })
      const error = yield* Effect.flip(Effect.provide(Effect.void, missing))
      assert.strictEqual(error.reason, "unwritable")
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

describe("several sinks", () => {
  it.effect("each get every event, in order", () =>
    Effect.gen(function* () {
      const [one, two, disk] = [[] as Array<Event.Known>, [] as Array<Event.Known>, Disk.make()]
      const all = EventSinks.combine(EventSinks.memory(one), layerOn(disk), EventSinks.memory(two))
      yield* Effect.provide(publishAll(events), all)
      assert.deepStrictEqual([one, two], [events, events])
      assert.strictEqual(disk.text(), linesOf(events))
    })
  )
})
