import "@tensorflow/tfjs-backend-cpu"
import { assert, describe, it } from "@effect/vitest"
import type { RunDescription } from "@etude/core/Checkpoints"
import { CheckpointError } from "@etude/core/Errors"
import * as Event from "@etude/core/Event"
import { dispose, type TrainState, toData } from "@etude/core/TrainState"
import * as States from "@etude/testing/subjects/CheckpointStates"
import * as tf from "@tensorflow/tfjs-core"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as AsyncSaving from "../src/AsyncSaving.ts"
import * as MemoryStore from "../src/MemoryStore.ts"
import { type Prepared, Store } from "../src/Store.ts"

const { description } = States

/** A store in memory, each of whose writes does `before` first. */
const storeWith = (before: (write: number) => Effect.Effect<void, CheckpointError>) =>
  Effect.map(MemoryStore.make, (store) => {
    let writes = 0
    const prepare = (state: TrainState, description: RunDescription) =>
      Effect.map(
        store.prepare(state, description),
        ({ saved, write }): Prepared => ({
          saved,
          write: Effect.suspend(() => Effect.andThen(before(++writes), write))
        })
      )
    return { ...store, prepare }
  })

const full = new CheckpointError({ path: "run/1", reason: "the disk is full" })

const saving = (
  before: (write: number) => Effect.Effect<void, CheckpointError>,
  options?: AsyncSaving.AsyncSavingOptions
) => Effect.flatMap(storeWith(before), (store) => Effect.provideService(AsyncSaving.make(options), Store, store))

/** A store whose first write waits until `open`, at the latest until the test has ended, however it did. */
const gated = Effect.fnUntraced(function* (options?: AsyncSaving.AsyncSavingOptions, scope?: Scope.Scope) {
  const gate = yield* Deferred.make<void>()
  const begun: Array<number> = []
  const wait = (write: number) => (write === 1 ? Deferred.await(gate) : Effect.void)
  const made = saving(
    (write) =>
      Effect.andThen(
        Effect.sync(() => begun.push(write)),
        wait(write)
      ),
    options
  )
  const store = yield* Scope.provide(made, scope ?? (yield* Scope.Scope))
  const open = Deferred.succeed(gate, undefined)
  yield* Effect.addFinalizer(() => open)
  return { store, open, begun }
})

const stateAt = (epoch: number) =>
  Effect.acquireRelease(
    Effect.sync(() => States.stateAt({ epoch, mark: epoch })),
    (state) => Effect.sync(() => dispose(state))
  )

/** Lets other fibers do all they can. */
const turns = Effect.forEach(Array.from({ length: 20 }), () => Effect.yieldNow, { discard: true })

describe("saving beside training", () => {
  it.effect("ends before anything is written, and holds the state of that moment", () =>
    Effect.gen(function* () {
      const { store, open } = yield* gated()
      const state = States.stateAt({ epoch: 1 })
      const data = toData(state)
      const { id } = yield* store.save(state, description)
      assert.deepStrictEqual(yield* store.list, [])
      dispose(state)
      yield* open
      assert.strictEqual(States.difference((yield* store.load(id)).data, data), undefined)
    })
  )

  it.effect("copies no values: a captured tensor shares its data until it is written", () =>
    Effect.gen(function* () {
      const { store, open } = yield* gated()
      const state = yield* stateAt(1)
      const before = tf.memory()
      yield* store.save(state, description)
      assert.strictEqual(tf.memory().numDataBuffers, before.numDataBuffers)
      assert.isAbove(tf.memory().numTensors, before.numTensors)
      yield* open
      yield* store.settled
      assert.strictEqual(tf.memory().numTensors, before.numTensors)
    })
  )

  it.effect("makes a second save wait for the first", () =>
    Effect.gen(function* () {
      const { store, open } = yield* gated()
      yield* store.save(yield* stateAt(1), description)
      const second = yield* Effect.forkChild(store.save(yield* stateAt(2), description), { startImmediately: true })
      yield* turns
      assert.isUndefined(second.pollUnsafe())
      yield* open
      yield* Fiber.join(second)
      yield* store.settled
      assert.deepStrictEqual(
        (yield* store.list).map(({ epoch }) => epoch),
        [1, 2]
      )
    })
  )

  it.effect("with a capacity of two lets the second in and writes them one after the other", () =>
    Effect.gen(function* () {
      const { store, open, begun } = yield* gated({ capacity: 2 })
      yield* store.save(yield* stateAt(1), description)
      yield* store.save(yield* stateAt(2), description)
      yield* turns
      assert.deepStrictEqual(begun, [1])
      yield* open
      yield* store.settled
      assert.deepStrictEqual(begun, [1, 2])
    })
  )

  it.effect("gives up its place when the waiting save is interrupted", () =>
    Effect.gen(function* () {
      const { store, open } = yield* gated()
      const [first, second, third] = [yield* stateAt(1), yield* stateAt(2), yield* stateAt(3)]
      const before = tf.memory().numTensors
      yield* store.save(first, description)
      const waiting = yield* Effect.forkChild(store.save(second, description), { startImmediately: true })
      yield* Fiber.interrupt(waiting)
      yield* open
      yield* store.save(third, description)
      yield* store.settled
      assert.deepStrictEqual(
        (yield* store.list).map(({ epoch }) => epoch),
        [1, 3]
      )
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )

  it.effect("writes again after 1, 2 and 4 seconds, and then nobody hears of the failures", () =>
    Effect.gen(function* () {
      let writes = 0
      const store = yield* saving((write) => {
        writes = write
        return write <= 3 ? Effect.fail(full) : Effect.void
      })
      yield* store.save(yield* stateAt(1), description)
      const seen: Array<number> = []
      for (const time of ["0 seconds", "1 seconds", "2 seconds", "4 seconds"] as const) {
        yield* TestClock.adjust(time)
        seen.push(writes)
      }
      assert.deepStrictEqual(seen, [1, 2, 3, 4])
      yield* store.settled
      assert.strictEqual((yield* store.list).length, 1)
    })
  )

  const once = { retries: Schedule.recurs(0) }

  it.effect("a write that failed for good is the error of the next save, once", () =>
    Effect.gen(function* () {
      const store = yield* saving((write) => (write === 1 ? Effect.fail(full) : Effect.void), once)
      const [first, second] = [yield* stateAt(1), yield* stateAt(2)]
      const before = tf.memory().numTensors
      yield* store.save(first, description)
      yield* turns
      const error = yield* Effect.flip(store.save(second, description))
      assert.strictEqual(
        error.message,
        "The checkpoint run/1 could not be written: the disk is full. Earlier checkpoints are untouched."
      )
      yield* store.save(second, description)
      yield* store.settled
      assert.deepStrictEqual(
        (yield* store.list).map(({ epoch }) => epoch),
        [2]
      )
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )

  it.effect("a write that failed for good is the error of `settled`, once", () =>
    Effect.gen(function* () {
      const store = yield* saving(() => Effect.fail(full), once)
      yield* store.save(yield* stateAt(1), description)
      assert.deepStrictEqual(yield* Effect.flip(store.settled), full)
      yield* store.settled
    })
  )

  it.effect("with `warn` a write that failed is an event at the next save, which goes on", () => {
    const events: Array<Event.Known> = []
    return Effect.gen(function* () {
      const store = yield* saving((write) => (write === 1 ? Effect.fail(full) : Effect.void), {
        ...once,
        onFailure: "warn"
      })
      const first = yield* stateAt(1)
      yield* store.save(first, description)
      yield* turns
      yield* store.save(yield* stateAt(2), description)
      yield* store.settled
      const { progress } = first.plain
      assert.deepStrictEqual(events, [{ version: 1, _tag: "Warned", progress, message: full.message }])
      assert.strictEqual((yield* store.list).length, 1)
    }).pipe(Effect.provideService(Event.Events, { publish: (event) => Effect.sync(() => void events.push(event)) }))
  })

  it.effect("a defect while writing is told as well, and gives everything back", () =>
    Effect.gen(function* () {
      const store = yield* saving(() => Effect.die(new Error("a bug")), once)
      const state = yield* stateAt(1)
      const before = tf.memory().numTensors
      yield* store.save(state, description)
      assert.match((yield* Effect.flip(store.settled)).message, /could not be written: a bug\./)
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )

  it.effect("its scope does not close before the last write has ended", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { store, open } = yield* gated({}, scope)
      const state = yield* stateAt(1)
      const before = tf.memory().numTensors
      yield* store.save(state, description)
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      yield* turns
      assert.isUndefined(closing.pollUnsafe())
      yield* open
      yield* Fiber.join(closing)
      assert.strictEqual((yield* store.list).length, 1)
      assert.strictEqual(tf.memory().numTensors, before)
    })
  )
})
