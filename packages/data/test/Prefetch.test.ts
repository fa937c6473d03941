import { assert, describe, it } from "@effect/vitest"
import { type BatchSource, DataLoader, type DataLoaderService, direct } from "@etude/core/DataLoader"
import type { Dataset, HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import { DataError } from "@etude/core/Errors"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Latch from "effect/Latch"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Prefetch from "../src/Prefetch.ts"

/** How a read answers: at once, by a finished Effect, by one that takes a while, by failing, or by throwing. */
const manners = ["sync", "finished", "slow", "failed", "slowly failed", "thrown"] as const
type Manner = (typeof manners)[number]

const refusal = (index: number) =>
  new DataError({ source: "toy", found: `sample ${index}`, expected: "another", advice: "This one always fails." })

/** A dataset whose samples are their index; the first index of a batch decides how it is read. */
const toy = (mannerOf: (index: number) => Manner, onRead: (indices: Int32Array) => void = () => {}): Dataset => ({
  name: "toy",
  length: 1000,
  spec: { inputs: { shape: [], dtype: "int32" } },
  read: (indices) => {
    onRead(indices)
    const first = indices[0] ?? 0
    const batch: HostBatch = { inputs: indices.slice() }
    switch (mannerOf(first)) {
      case "sync":
        return batch
      case "finished":
        return Effect.succeed(batch)
      case "slow":
        return Effect.as(Effect.repeat(Effect.yieldNow, { times: first % 4 }), batch)
      case "failed":
        return Effect.fail(refusal(first))
      case "slowly failed":
        return Effect.andThen(Effect.yieldNow, Effect.fail(refusal(first)))
      case "thrown":
        throw new Error(`thrown at ${first}`)
    }
  }
})

const take = (source: BatchSource): Effect.Effect<HostBatch | undefined, DataError> =>
  Effect.suspend(() => {
    const next = source.next()
    return Effect.isEffect(next) ? next : Effect.succeed(next)
  })

const told = (exit: Exit.Exit<HostBatch | undefined, DataError>): unknown =>
  Exit.isSuccess(exit)
    ? exit.value === undefined
      ? "end"
      : Array.from(exit.value.inputs as Int32Array)
    : `${Cause.squash(exit.cause)}`

/** What a consumer sees that goes on after failures; before each batch it gives way to other fibers `pauses` times. */
const sequence = (loader: DataLoaderService, dataset: Dataset, plan: Iterable<Int32Array>, pauses: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const source = yield* loader.open(dataset, plan, Draw.fixed)
      const seen: Array<unknown> = []
      while (seen.at(-1) !== "end") {
        for (let pause = 0; pause < pauses; pause++) yield* Effect.yieldNow
        seen.push(told(yield* Effect.exit(take(source))))
      }
      seen.push(told(yield* Effect.exit(take(source))))
      return seen
    })
  )

const natural = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum }))

describe("the loader", () => {
  it.effect.prop(
    "gives for any plan and any ahead what the direct loader gives, failures included",
    [
      Schema.Array(Schema.Array(natural(999)).check(Schema.isMaxLength(4))).check(Schema.isMaxLength(20)),
      natural(7),
      natural(3),
      natural(1000)
    ],
    ([plan, more, pauses, salt]) =>
      Effect.gen(function* () {
        const mannerOf = (index: number) => manners[((index + salt) * 7919) % manners.length]!
        const batches = plan.map((indices) => Int32Array.from(indices))
        const expected = yield* sequence(direct, toy(mannerOf), batches, pauses)
        assert.deepStrictEqual(yield* sequence(Prefetch.make(1 + more), toy(mannerOf), batches, pauses), expected)
      }),
    { arbitrary: { runs: 300, seed: 1 } }
  )

  for (const manner of ["sync", "finished", "slow"] as const) {
    it.effect(`${manner}: is never more than ahead batches further than the consumer, and gets that far`, () =>
      Effect.gen(function* () {
        let [read, taken, furthest] = [0, 0, 0]
        const dataset = toy(
          () => manner,
          () => {
            read++
            furthest = Math.max(furthest, read - taken)
          }
        )
        const plan = Array.from({ length: 30 }, (_, at) => Int32Array.of(at))
        const source = yield* Prefetch.make(3).open(dataset, plan, Draw.fixed)
        for (taken = 0; taken < 30; ) {
          for (let pause = 0; pause < 40; pause++) yield* Effect.yieldNow
          assert.strictEqual(read, Math.min(30, taken + 3))
          // Counted before it is asked for: the batch given and three more may have been read.
          taken++
          yield* take(source)
        }
        assert.strictEqual(furthest, 3)
      })
    )
  }

  it.effect("a batch at hand is given directly, a missing one as an Effect", () =>
    Effect.gen(function* () {
      const arrived = yield* Deferred.make<void>()
      const dataset: Dataset = {
        ...toy(() => "sync"),
        read: (indices) => Effect.as(indices[0] === 2 ? Deferred.await(arrived) : Effect.void, { inputs: indices })
      }
      const plan = [1, 2, 3].map((index) => Int32Array.of(index))
      const source = yield* Prefetch.make(2).open(dataset, plan, Draw.fixed)
      assert.deepStrictEqual(source.next(), { inputs: Int32Array.of(1) })
      yield* Effect.yieldNow
      const second = source.next()
      assert.isTrue(Effect.isEffect(second))
      const waiting = yield* Effect.forkChild(second as Effect.Effect<HostBatch>, { startImmediately: true })
      yield* Deferred.succeed(arrived, undefined)
      assert.deepStrictEqual((yield* Fiber.join(waiting)).inputs, Int32Array.of(2))
    })
  )

  it.effect("a consumer interrupted while it waits loses no batch", () =>
    Effect.gen(function* () {
      const arrived = yield* Deferred.make<void>()
      const dataset: Dataset = {
        ...toy(() => "sync"),
        read: (indices) => Effect.as(Deferred.await(arrived), { inputs: indices })
      }
      const source = yield* Prefetch.make(2).open(dataset, [Int32Array.of(1), Int32Array.of(2)], Draw.fixed)
      const waiting = yield* Effect.forkChild(take(source), { startImmediately: true })
      yield* Fiber.interrupt(waiting)
      yield* Deferred.succeed(arrived, undefined)
      assert.deepStrictEqual((yield* take(source))?.inputs, Int32Array.of(1))
      assert.deepStrictEqual((yield* take(source))?.inputs, Int32Array.of(2))
      assert.isUndefined(yield* take(source))
    })
  )

  it.effect("closing the scope interrupts the read in flight, closes the plan and reads no more", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      const begun = Latch.makeUnsafe()
      const dataset: Dataset = {
        ...toy(() => "sync"),
        read: (indices) => {
          log.push(`read ${indices[0]}`)
          if (indices[0] === 0) return { inputs: indices }
          return Effect.andThen(begun.open, Effect.never).pipe(
            Effect.onInterrupt(() => Effect.sync(() => log.push("read interrupted")))
          )
        }
      }
      const plan = function* () {
        try {
          for (let at = 0; ; at++) yield Int32Array.of(at)
        } finally {
          log.push("plan closed")
        }
      }
      const scope = yield* Scope.make()
      const source = yield* Scope.provide(Prefetch.make(4).open(dataset, plan(), Draw.fixed), scope)
      yield* begun.await
      assert.deepStrictEqual(log, ["read 0", "read 1"])
      yield* Scope.close(scope, Exit.void)
      assert.sameMembers(log.slice(2), ["plan closed", "read interrupted"])
      assert.isUndefined(yield* take(source))
      for (let pause = 0; pause < 10; pause++) yield* Effect.yieldNow
      assert.strictEqual(log.length, 4)
    })
  )

  it.effect("an endless plan is read as far as it is wanted, a thousand times opened and closed", () =>
    Effect.gen(function* () {
      let closed = 0
      const plan = function* () {
        try {
          for (let at = 0; ; at++) yield Int32Array.of(at % 1000)
        } finally {
          closed++
        }
      }
      const dataset = toy((index) => (index % 2 === 0 ? "slow" : "sync"))
      for (let run = 0; run < 1000; run++) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const source = yield* Prefetch.make(1 + (run % 5)).open(dataset, plan(), Draw.fixed)
            for (let at = 0; at < run % 4; at++) yield* take(source)
          })
        )
      }
      assert.strictEqual(closed, 1000)
    })
  )
})

describe("the layer", () => {
  it.effect("provides core's DataLoader", () =>
    Effect.gen(function* () {
      const seen = yield* Effect.gen(function* () {
        const loader = yield* DataLoader
        assert.notStrictEqual(loader, direct)
        return yield* sequence(
          loader,
          toy(() => "sync"),
          [Int32Array.of(4, 2)],
          0
        )
      }).pipe(Effect.provide(Prefetch.layer({ ahead: 2 })))
      assert.deepStrictEqual(seen, [[4, 2], "end", "end"])
    })
  )

  it.effect("ahead is a whole number from 1 on", () =>
    Effect.gen(function* () {
      for (const ahead of [0, -1, 1.5, Number.NaN]) {
        const error = yield* Effect.flip(Effect.provide(Effect.void, Prefetch.layer({ ahead })))
        assert.deepStrictEqual([error._tag, error.problems[0]?.path], ["ConfigInvalid", "ahead"])
      }
    })
  )
})
