import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as CrashStorage from "../src/doubles/CrashStorage.ts"

const write = (
  storage: ReturnType<typeof CrashStorage.make>,
  path: string,
  bytes: ReadonlyArray<number>,
  sync: boolean
) =>
  Effect.gen(function* () {
    const file = yield* storage.create(path)
    yield* file.write(Uint8Array.from(bytes))
    if (sync) yield* file.sync
  }).pipe(Effect.scoped)

/** What every possible crash leaves, as text, in order. */
const outcomes = (disk: CrashStorage.Disk) =>
  Effect.gen(function* () {
    const found = new Set<string>()
    for (const { disk: left } of CrashStorage.crashes(disk, 1000, () => 0)) {
      const storage = CrashStorage.make({ disk: left, process: "later" })
      const names = (yield* storage.list(".")).toSorted()
      const contents = yield* Effect.forEach(names, (name) => storage.read(name))
      found.add(names.map((name, at) => `${name}: ${contents[at]!.join(" ")}`).join(", ") || "nothing")
    }
    return [...found].sort()
  })

const fresh = () => {
  const disk = CrashStorage.emptyDisk()
  return { disk, storage: CrashStorage.make({ disk, process: "first" }) }
}

describe("a crash", () => {
  it.effect("may take a file's name, and any of the data, when neither was synced", () =>
    Effect.gen(function* () {
      const { disk, storage } = fresh()
      yield* write(storage, "a", [1, 2], false)
      assert.deepStrictEqual(yield* outcomes(disk), ["a: ", "a: 0 0", "a: 1", "a: 1 2", "nothing"])
    })
  )

  it.effect("keeps what was synced, the data by the file's sync and the name by the folder's", () =>
    Effect.gen(function* () {
      const { disk, storage } = fresh()
      yield* write(storage, "a", [1, 2], true)
      assert.deepStrictEqual(yield* outcomes(disk), ["a: 1 2", "nothing"])
      yield* storage.syncFolder(".")
      assert.deepStrictEqual(yield* outcomes(disk), ["a: 1 2"])
    })
  )

  it.effect("undoes a rename wholly or not at all, and changes of names in any order", () =>
    Effect.gen(function* () {
      const { disk, storage } = fresh()
      yield* write(storage, "a", [1], true)
      yield* write(storage, "b", [2], true)
      yield* storage.syncFolder(".")
      yield* storage.rename("a", "c")
      yield* storage.remove("b")
      assert.deepStrictEqual(yield* outcomes(disk), ["a: 1", "a: 1, b: 2", "b: 2, c: 1", "c: 1"])
    })
  )

  it.effect("ends its process: nothing more is done, not even cleaning up", () =>
    Effect.gen(function* () {
      const disk = CrashStorage.emptyDisk()
      const outcome = ({ kind }: CrashStorage.Operation): CrashStorage.Outcome =>
        kind === "write" ? { _tag: "Ends", torn: true } : CrashStorage.done
      const storage = CrashStorage.make({ disk, process: "first", outcome })
      const writing = Effect.onError(write(storage, "a", [1, 2], true), () => Effect.ignore(storage.remove("a")))
      const exit = yield* Effect.exit(writing)
      assert.strictEqual(exit._tag, "Failure")
      const later = CrashStorage.make({ disk, process: "later" })
      assert.deepStrictEqual([...(yield* later.read("a"))], [1])
    })
  )
})
