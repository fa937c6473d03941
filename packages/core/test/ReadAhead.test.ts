import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as DataLoader from "../src/DataLoader.ts"
import { type Dataset, derive, type HostBatch } from "../src/Dataset.ts"
import * as Draw from "../src/Draw.ts"
import { DataError } from "../src/Errors.ts"

const refusal = (index: number) =>
  new DataError({ source: "slow", found: `sample ${index}`, expected: "another", advice: "It always fails." })

/** Samples that are their index, each read as soon as its gate is opened. */
const gated = Effect.gen(function* () {
  const gates = yield* Effect.forEach([0, 1, 2, 3, 4, 5], () => Deferred.make<void, DataError>())
  const begun: Array<number> = []
  const interrupted: Array<number> = []
  const read = (index: number): Effect.Effect<HostBatch, DataError> => {
    begun.push(index)
    return Deferred.await(gates[index]!).pipe(
      Effect.as({ inputs: Int32Array.of(index) }),
      Effect.onInterrupt(() => Effect.sync(() => interrupted.push(index)))
    )
  }
  const dataset: Dataset = {
    name: "slow",
    length: 6,
    spec: { inputs: { shape: [], dtype: "int32" } },
    ahead: 2,
    read: (indices) => read(indices[0]!)
  }
  const open = (index: number, exit: Exit.Exit<void, DataError> = Exit.void) => Deferred.done(gates[index]!, exit)
  return { dataset, begun, interrupted, open }
})

const batches = Array.from({ length: 6 }, (_, index) => Int32Array.of(index))

const taken = (source: DataLoader.BatchSource) =>
  Effect.suspend(() => {
    const next = source.next()
    return Effect.isEffect(next) ? next : Effect.succeed(next)
  }).pipe(
    Effect.map((batch) => (batch === undefined ? "end" : (batch.inputs as Int32Array)[0])),
    Effect.catch(({ found }) => Effect.succeed(found))
  )

describe("a dataset that is read ahead", () => {
  it.effect("has so many reads under way beyond the batch that is taken, and no more", () =>
    Effect.gen(function* () {
      const { dataset, begun, open } = yield* gated
      const source = yield* DataLoader.direct.open(derive(dataset), batches, Draw.fixed)
      assert.deepStrictEqual(begun, [0, 1])
      yield* open(0)
      assert.deepStrictEqual((source.next() as HostBatch).inputs, Int32Array.of(0))
      assert.deepStrictEqual(begun, [0, 1, 2])
    }).pipe(Effect.scoped)
  )

  it.effect("gives batches and errors in their order, in whatever order reads end", () =>
    Effect.gen(function* () {
      const { dataset, open } = yield* gated
      const source = yield* DataLoader.direct.open(dataset, batches, Draw.fixed)
      yield* open(1)
      yield* open(2, Exit.fail(refusal(2)))
      yield* open(4)
      yield* Effect.forkScoped(Effect.andThen(Effect.yieldNow, Effect.all([open(0), open(5), open(3)])))
      const seen: Array<unknown> = []
      while (seen.at(-1) !== "end") seen.push(yield* taken(source))
      assert.deepStrictEqual(seen, [0, 1, "sample 2", 3, 4, 5, "end"])
      assert.strictEqual(yield* taken(source), "end")
    }).pipe(Effect.scoped)
  )

  it.effect("stops all reads under way when the scope closes", () =>
    Effect.gen(function* () {
      const { dataset, interrupted, begun } = yield* gated
      let isClosed = false
      const plan = (function* () {
        try {
          yield* batches
        } finally {
          isClosed = true
        }
      })()
      const scope = yield* Scope.make()
      yield* Scope.provide(DataLoader.direct.open(dataset, plan, Draw.fixed), scope)
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual([begun, interrupted, isClosed], [[0, 1], [0, 1], true])
    })
  )

  it.effect("gives what a read throws at its batch", () =>
    Effect.gen(function* () {
      const { dataset } = yield* gated
      const read = (): HostBatch => {
        throw new Error("a mistake")
      }
      const source = yield* DataLoader.direct.open({ ...dataset, read }, batches, Draw.fixed)
      const exit = yield* Effect.exit(taken(source))
      assert.include(Exit.isFailure(exit) ? String(Cause.squash(exit.cause)) : "", "a mistake")
    }).pipe(Effect.scoped)
  )
})
