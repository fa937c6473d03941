import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type * as LockFile from "../src/LockFile.ts"
import { machine } from "../src/Machine.ts"
import * as RunFolder from "../src/RunFolder.ts"
import * as RunLock from "../src/RunLock.ts"
import { fixtures, temporary } from "./support/etude.ts"

const node = ["--conditions=@etude/source", path.join(fixtures, "holder.ts")]

/** A process that takes the lock of a folder: what it says first, and the process. */
const holder = (folder: string, ...fence: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(process.execPath, [...node, folder, ...fence], { stdio: ["pipe", "pipe", "inherit"] })),
    (child) => Effect.sync(() => void child.kill("SIGKILL"))
  )
const saidBy = (child: ChildProcess) =>
  Effect.callback<string>((resume) => {
    child.stdout!.setEncoding("utf8").once("data", (text) => resume(Effect.succeed(String(text).trim())))
  })
const exitOf = (child: ChildProcess) =>
  Effect.promise(() => new Promise<void>((resolve) => void child.once("close", () => resolve())))

const lockIn = (folder: string) => path.join(folder, RunLock.fileName)
const write = (folder: string, change: Partial<LockFile.Holder>) => {
  const own = {
    version: 1,
    token: "another",
    process: process.pid,
    host: machine.host,
    started: machine.startOf(process.pid),
    boot: machine.boot,
    since: "2026-01-31T12:00:00.000Z"
  }
  fs.writeFileSync(lockIn(folder), JSON.stringify({ ...own, ...change }))
}

describe("a run folder has one writer", () => {
  it.live("refused while another process holds it, and free again after that was killed", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const first = yield* holder(folder)
      assert.strictEqual(yield* saidBy(first), "held")
      const refused = yield* Effect.flip(RunLock.acquire(folder))
      assert.strictEqual(refused._tag, "RunInUse")
      assert.match(refused.message, new RegExp(`in use by process ${first.pid} on .* nothing was started\\. Wait`))
      const closed = exitOf(first)
      first.kill("SIGKILL")
      yield* closed
      assert.isTrue(fs.existsSync(lockIn(folder)))
      yield* RunLock.acquire(folder)
      const second = yield* holder(folder)
      assert.match(yield* saidBy(second), new RegExp(`^RunInUse .*process ${process.pid} `))
    }).pipe(Effect.scoped)
  )

  it.live("of several processes that find a stale lock at once, one gets it", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      write(folder, { started: "the start of a process whose number was used again" })
      const said = yield* Effect.forEach([1, 2, 3], () => Effect.flatMap(holder(folder), saidBy), {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(said.map((text) => text.split(" ")[0]).sort(), ["RunInUse", "RunInUse", "held"])
      assert.deepStrictEqual(fs.readdirSync(folder), [RunLock.fileName])
    }).pipe(Effect.scoped)
  )

  for (const [name, change] of [
    ["whose number another process has now", { started: "1" }],
    ["of an earlier start of the machine", { boot: "another" }],
    ["that is gone", { process: 2 ** 22 + 1 }]
  ] as const) {
    it.effect(`the lock of a process ${name} is stale`, () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        write(folder, change)
        yield* RunLock.acquire(folder)
        assert.deepStrictEqual(fs.readdirSync(folder), [RunLock.fileName])
      }).pipe(Effect.scoped)
    )
  }

  it.effect("a lock that is no lock is stale", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      fs.writeFileSync(lockIn(folder), "\0\0\0\n")
      yield* RunLock.acquire(folder)
    }).pipe(Effect.scoped)
  )

  it.effect("a lock of another machine is refused, with what to do", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      write(folder, { host: "elsewhere", process: 1 })
      const refused = yield* Effect.flip(RunLock.acquire(folder))
      assert.include(refused.message, `is unknown on this machine; nothing was started.`)
      assert.include(refused.message, `delete ${lockIn(folder)} and resume again`)
    }).pipe(Effect.scoped)
  )

  it.effect("goes away with its holder, and stays where it is another's by then", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      yield* Effect.scoped(RunLock.acquire(folder))
      assert.deepStrictEqual(fs.readdirSync(folder), [])
      yield* Effect.scoped(
        Effect.andThen(
          RunLock.acquire(folder),
          Effect.sync(() => write(folder, {}))
        )
      )
      assert.deepStrictEqual(fs.readdirSync(folder), [RunLock.fileName])
    }).pipe(Effect.scoped)
  )
})

describe("a holder", () => {
  it.effect("knows when another process has taken the run over", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const { check } = yield* RunLock.acquire(folder)
      yield* check
      write(folder, { process: 4711, host: "elsewhere" })
      const lost = yield* Effect.flip(check)
      assert.include(lost.message, "was taken over by process 4711 on elsewhere")
      assert.include(lost.message, "has stopped writing there")
    }).pipe(Effect.scoped)
  )

  it.effect("holds its run again where the lock was deleted and nobody took it", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const { check } = yield* RunLock.acquire(folder)
      fs.rmSync(lockIn(folder))
      yield* check
      assert.strictEqual((yield* Effect.flip(RunLock.acquire(folder)))._tag, "RunInUse")
    }).pipe(Effect.scoped)
  )
})

describe("a higher fence", () => {
  it.live("takes the run over from a process that runs or is stopped, which then has lost it", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const first = yield* holder(folder, "3")
      assert.strictEqual(yield* saidBy(first), "held")
      first.kill("SIGSTOP")
      const { check } = yield* RunLock.acquire(folder, { fence: 4 })
      yield* check
      const said = saidBy(first)
      first.kill("SIGCONT")
      first.stdin!.write("look\n")
      assert.match(yield* said, /^RunSuperseded .* given to a process with the fence 4, and this process has 3/)
      yield* check
    }).pipe(Effect.scoped)
  )

  it.effect("takes it over from a process of another machine, and from one without a fence", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      write(folder, { host: "elsewhere", process: 1 })
      yield* Effect.scoped(RunLock.acquire(folder, { fence: 0 }))
      write(folder, { host: "elsewhere", process: 1, fence: 0 })
      yield* RunLock.acquire(folder, { fence: 1 })
    }).pipe(Effect.scoped)
  )

  it.effect("stays when its holder goes: a lower one is refused, an equal or no one may go on there", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      yield* Effect.scoped(RunLock.acquire(folder, { fence: 7 }))
      const refused = yield* Effect.flip(RunLock.acquire(folder, { fence: 6 }))
      assert.strictEqual(refused._tag, "RunSuperseded")
      yield* Effect.scoped(RunLock.acquire(folder, { fence: 7 }))
      yield* Effect.scoped(RunLock.acquire(folder))
    }).pipe(Effect.scoped)
  )

  it.effect("is equal to nobody's: one that another process has is refused", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      write(folder, { fence: 7 })
      assert.strictEqual((yield* Effect.flip(RunLock.acquire(folder, { fence: 7 })))._tag, "RunInUse")
      write(folder, { fence: 7, host: "elsewhere" })
      assert.strictEqual((yield* Effect.flip(RunLock.acquire(folder, { fence: 7 })))._tag, "RunInUse")
    }).pipe(Effect.scoped)
  )

  it.effect("a process without a fence loses a run to whoever has one", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const { check } = yield* RunLock.acquire(folder)
      yield* RunLock.acquire(folder, { fence: 0 })
      const lost = yield* Effect.flip(check)
      assert.include(lost.message, "given to a process with the fence 0, and this process has none")
    }).pipe(Effect.scoped)
  )

  it.live("of several processes at once, the highest has the run in the end, and it alone", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const all = yield* Effect.forEach(["4", "1", "3", "2"], (fence) => holder(folder, fence))
      const said = yield* Effect.forEach(all, saidBy, { concurrency: "unbounded" })
      assert.strictEqual(said[0], "held")
      const held = all.filter((_, at) => said[at] === "held")
      const later = yield* Effect.forEach(
        held,
        (child) =>
          Effect.suspend(() => {
            const answer = saidBy(child)
            return Effect.andThen(
              Effect.sync(() => child.stdin!.write("look\n")),
              answer
            )
          }),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(
        later.map((text) => text.split(" ")[0]),
        held.map((_, at) => (at === 0 ? "held" : "RunSuperseded"))
      )
    }).pipe(Effect.scoped)
  )

  it.effect("leaves nothing to rename of a process that was stopped after its last look at the lock", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const first = yield* RunLock.acquire(folder, { fence: 1 })
      const file = path.join(folder, "report.json")
      let second: RunLock.Lock | undefined
      let looks = 0
      // Taken over in the very moment between the last look and the renaming.
      const check = Effect.gen(function* () {
        yield* first.check
        if (++looks === 2) second = yield* RunLock.acquire(folder, { fence: 2 })
      })
      const scope = yield* Effect.scope
      const writer = { token: first.token, check: Effect.provideService(check, Scope.Scope, scope) }
      const refused = yield* Effect.flip(
        Effect.provideService(RunFolder.write(file, "first"), RunFolder.Writer, writer)
      )
      assert.strictEqual(refused._tag, "RunNotWritten")
      assert.isDefined(second)
      assert.isFalse(fs.existsSync(file))
      yield* Effect.provideService(RunFolder.write(file, "second"), RunFolder.Writer, second!)
      assert.strictEqual(fs.readFileSync(file, "utf8"), "second")
    }).pipe(Effect.scoped)
  )
})
