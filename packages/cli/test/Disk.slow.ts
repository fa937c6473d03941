/** Runs on file systems that are read-only or full. They are mounted for the test, which needs the right to mount. */
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { assert, it } from "@effect/vitest"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import * as EventsFile from "@etude/reports/EventsFile"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { etude, line, temporary } from "./support/etude.ts"

const call = (program: string, ...args: ReadonlyArray<string>): boolean => {
  try {
    execFileSync(program, args, { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** A file system of so many kibibytes in memory; `undefined` where none can be mounted. */
const mounted = (kibibytes: number) =>
  Effect.gen(function* () {
    const folder = yield* temporary
    const done = call("mount", "-t", "tmpfs", "-o", `size=${kibibytes}k`, "tmpfs", folder)
    if (done) yield* Effect.addFinalizer(() => Effect.sync(() => void call("umount", folder)))
    return done ? folder : undefined
  })

it.live("a read-only place for runs is refused before anything is trained", ({ skip }) =>
  Effect.gen(function* () {
    const folder = yield* mounted(64)
    if (folder === undefined || !call("mount", "-o", "remount,ro", folder)) return skip("nothing can be mounted here")
    const ended = yield* etude(["train", line, "--runs", folder])
    assert.strictEqual(ended.code, 2, ended.stderr)
    assert.include(ended.stderr, "its file system is read-only. Choose a folder with --runs")
    assert.deepStrictEqual(readdirSync(folder), [])
  })
)

it.live("a place for runs without any room is refused before anything is trained", ({ skip }) =>
  Effect.gen(function* () {
    const folder = yield* mounted(4)
    if (folder === undefined) return skip("nothing can be mounted here")
    call("dd", "if=/dev/zero", `of=${path.join(folder, "filler")}`, "bs=1024", "count=64")
    const ended = yield* etude(["train", line, "--runs", path.join(folder, "runs")])
    assert.strictEqual(ended.code, 2, ended.stderr)
    assert.include(ended.stderr, "the disk is full. Free some space there")
    assert.deepStrictEqual(readdirSync(folder), ["filler"])
  })
)

it.live("a disk that fills up while a run goes on ends in an advice, with whole files only", ({ skip }) =>
  Effect.gen(function* () {
    const folder = yield* mounted(192)
    if (folder === undefined) return skip("nothing can be mounted here")
    const often = ["--set", "train.logEverySteps=1", "--set", "train.until.epochs=100"]
    const ended = yield* etude(["train", line, "--runs", folder, ...often])
    assert.strictEqual(ended.code, 1, ended.stderr)
    // Whichever file met the end of the room first.
    assert.match(
      ended.stderr,
      /could not be written: .*the disk is full\. (Free some space there|Earlier checkpoints are)/
    )
    const [run] = readdirSync(folder)
    assert.deepStrictEqual(
      readdirSync(path.join(folder, run!)).filter((name) => name.endsWith(".tmp")),
      []
    )
    const model = path.join(folder, run!, "model.safetensors")
    if (existsSync(model)) assert.isTrue(Result.isSuccess(Safetensors.decode(readFileSync(model), model)))
    const events = path.join(folder, run!, "events.jsonl")
    const read = yield* EventsFile.parse(readFileSync(events, "utf8"), events)
    assert.isUndefined(read.torn)
    assert.isAbove(read.events.length, 10)
  })
)
