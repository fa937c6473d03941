import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Machine } from "../src/native/Machine.ts"
import { temporary } from "./native/FakeMachine.ts"

const node = (script: string, ...more: ReadonlyArray<string>) => ({
  program: process.execPath,
  arguments: ["-e", script, ...more]
})

/** Waits for what another process does. */
const until = (done: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (done() ? Effect.void : Effect.andThen(Effect.yieldNow, until(done))))

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"))
  } catch {
    return false
  }
}

describe("running a program", () => {
  it.live("gives its exit code and both of its outputs", () =>
    Effect.gen(function* () {
      const { run } = yield* Machine
      const { exitCode, output } = yield* run(node("console.log('a'); console.error('b'); process.exitCode = 3"))
      assert.strictEqual(exitCode, 3)
      assert.deepStrictEqual(output.trim().split("\n").sort(), ["a", "b"])
    })
  )

  it.live("adds variables to the machine's own", () =>
    Effect.gen(function* () {
      const { run } = yield* Machine
      const script = "console.log(process.env.ADDED, process.env.PATH === process.argv[1])"
      const { output } = yield* run({ ...node(script, process.env["PATH"]!), env: { ADDED: "yes" } })
      assert.strictEqual(output, "yes true\n")
    })
  )

  it.live("that does not exist is an error with its name", () =>
    Effect.gen(function* () {
      const { run } = yield* Machine
      const error = yield* Effect.flip(run({ program: "no-such-program", arguments: [] }))
      assert.strictEqual(error.message, "no-such-program cannot be run: there is no such program on the PATH.")
    })
  )

  // Asks /proc, so only there.
  it.live.skipIf(process.platform !== "linux")("interrupted kills it and the programs that it started", () =>
    Effect.gen(function* () {
      const { run } = yield* Machine
      const file = path.join(yield* temporary, "pids")
      const script =
        "const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);" +
        "require('node:fs').writeFileSync(process.argv[1] + '.tmp', process.pid + ' ' + child.pid);" +
        "require('node:fs').renameSync(process.argv[1] + '.tmp', process.argv[1]);" +
        "setInterval(() => {}, 1000)"
      yield* Effect.raceFirst(
        run(node(script, file)),
        until(() => fs.existsSync(file))
      )
      const pids = fs.readFileSync(file, "utf8").split(" ").map(Number)
      assert.strictEqual(pids.length, 2)
      yield* until(() => pids.every((pid) => !isRunning(pid)))
    }).pipe(Effect.scoped)
  )
})
