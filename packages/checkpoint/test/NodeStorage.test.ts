/** Files of this machine, and of Windows as far as its answers are known. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { storagePath } from "../src/FileStore.ts"
import { renameBy } from "../src/NodeStorage.ts"

const refused = (code: string) => Promise.reject(Object.assign(new Error(`${code}: rename`), { code }))

/** A system whose first renames fail with these codes. */
const system = (platform: string, codes: ReadonlyArray<string>, taken = false) => {
  const tries: Array<string> = []
  const rename = renameBy({
    platform,
    rename: (from, to) => {
      tries.push(`${from} → ${to}`)
      const code = codes[tries.length - 1]
      return code === undefined ? Promise.resolve() : refused(code)
    },
    exists: () => Promise.resolve(taken)
  })
  return { rename: rename("a", "b"), tries }
}

/** Runs an effect while the clock goes on by ten seconds. */
const waited = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    // Each wait is asked for only when the attempt before it has ended.
    for (let times = 0; times < 20; times++) {
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* TestClock.adjust("5 seconds")
    }
    return yield* Fiber.join(fiber)
  })

describe("a rename", () => {
  for (const code of ["EPERM", "EACCES", "EBUSY"]) {
    it.effect(`on Windows to a name that is taken, which it calls ${code}, fails with \`exists\` at once`, () =>
      Effect.gen(function* () {
        const { rename, tries } = system("win32", [code], true)
        assert.strictEqual((yield* Effect.flip(rename)).reason, "exists")
        assert.lengthOf(tries, 1)
      })
    )
    it.effect(`on Windows is tried again while somebody has a file open, which it calls ${code}`, () =>
      Effect.gen(function* () {
        const { rename, tries } = system("win32", [code, code, code])
        yield* waited(rename)
        assert.lengthOf(tries, 4)
      })
    )
  }
  it.effect("on Windows that stays impossible fails in the end", () =>
    Effect.gen(function* () {
      const { rename, tries } = system("win32", Array<string>(100).fill("EPERM"))
      assert.strictEqual((yield* waited(Effect.flip(rename))).reason, "denied")
      assert.lengthOf(tries, 8)
    })
  )
  it.effect("elsewhere fails at once", () =>
    Effect.gen(function* () {
      const { rename, tries } = system("linux", ["EPERM"], true)
      assert.strictEqual((yield* Effect.flip(rename)).reason, "denied")
      assert.lengthOf(tries, 1)
    })
  )
})

describe("a folder's path", () => {
  it("has slashes where the system has backslashes, and keeps them where they are part of a name", () => {
    assert.strictEqual(storagePath("C:\\runs\\a", "\\"), "C:/runs/a")
    assert.strictEqual(storagePath("runs/odd\\name", "/"), "runs/odd\\name")
  })
})
