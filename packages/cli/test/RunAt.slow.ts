/** `etude train --run DIR` with everything that happens to its process: killed, asked to stop, orphaned, stopped and superseded. */
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import { etude, fixtures, line, start, startNode, temporary } from "./support/etude.ts"

/** Steps that are read slowly, saved often; with files of callbacks. */
const config = [
  ...["train", line],
  ...["--set", "options.slow=5", "--set", "checkpoints.every={ steps: 7 }", "--set", "checkpoints.keepLast=2"],
  ...["--set", "callbacks={ csv: {}, valuesFile: {} }"]
]
const at = (folder: string, ...more: ReadonlyArray<string>) => [...config, "--run", folder, ...more]

/** For tests that start dozens of processes, on a machine that has other work. */
const patience = 900_000

const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex")
const modelOf = (folder: string): string => sha256(path.join(folder, "model.safetensors"))
const checkpointsOf = (folder: string): ReadonlyArray<string> => readdirSync(path.join(folder, "checkpoints")).sort()
const eventsOf = (folder: string) =>
  readFileSync(path.join(folder, "events.jsonl"), "utf8")
    .split("\n")
    .filter((text) => text !== "")
    .map((text) => JSON.parse(text) as { readonly _tag: string })

/** Every file below a folder, with its SHA-256. */
const filesOf = (folder: string): { readonly [file: string]: string } =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(path.join(folder, name)).isFile())
      .sort()
      .map((name) => [name, sha256(path.join(folder, name))])
  )

/** The model of a run to which nothing happened. */
const undisturbed = Effect.runSync(
  Effect.cached(
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "whole")
      const { code, stderr } = yield* etude(at(folder))
      assert.strictEqual(code, 0, stderr)
      return modelOf(folder)
    }).pipe(Effect.scoped)
  )
)

/** Gives the command until the run has ended, as a scheduler would. */
const toEnd = (folder: string, ...more: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const ended = yield* etude(at(folder, ...more))
    assert.strictEqual(ended.code, 0, ended.stderr)
    assert.strictEqual(modelOf(folder), yield* undisturbed)
    return ended
  })

/** Waits until a run has saved something. */
const saving = (folder: string) =>
  Effect.callback<void>((resume) => {
    const timer = setInterval(() => {
      if (!existsSync(path.join(folder, "checkpoints"))) return
      if (checkpointsOf(folder).some((name) => name.startsWith("epoch"))) resume(Effect.void)
    }, 10)
    return Effect.sync(() => clearInterval(timer))
  })

const after = (milliseconds: number) =>
  Effect.promise(() => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds)))

describe("one command that begins, resumes, and knows the end", () => {
  it.live(
    "20 kills at random moments leave the bits of a run to which nothing happened",
    () =>
      Effect.gen(function* () {
        const folder = path.join(yield* temporary, "run")
        const moments = Rng.uniforms(Rng.named(Rng.key(1), "kills"), 20, 300, 4000)
        let [kills, runs] = [0, 0]
        for (const moment of moments) {
          const run = path.join(folder, String(runs))
          const { child, ended, printed } = yield* start(at(run))
          yield* Effect.raceFirst(after(moment), ended)
          child.kill("SIGKILL")
          const { code } = yield* ended
          if (code === null) kills++
          else {
            // It was faster: another one is killed.
            assert.strictEqual(code, 0, printed())
            assert.strictEqual(modelOf(run), yield* undisturbed)
            runs++
          }
        }
        yield* toEnd(path.join(folder, String(runs)))
        console.log(`${kills} kills in ${runs + 1} runs`)
        assert.isAbove(kills, 10)
      }).pipe(Effect.scoped),
    patience
  )

  it.live("a run that has ended prints its results again, and changes nothing", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      const first = yield* toEnd(folder, "--json")
      const before = filesOf(folder)
      const again = yield* toEnd(folder, "--json")
      assert.deepStrictEqual(JSON.parse(again.stdout), JSON.parse(first.stdout))
      assert.include(again.stderr, "This run has ended; nothing is left to train.")
      assert.deepStrictEqual(filesOf(folder), before)
    }).pipe(Effect.scoped)
  )

  it.live("trains on where its config goes further by now", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      const short = yield* etude(at(folder, "--set", "train.until={ epochs: 4 }"))
      assert.strictEqual(short.code, 0, short.stderr)
      yield* toEnd(folder)
    }).pipe(Effect.scoped)
  )

  it.live("refuses the folder of another run with every difference, saved or not, and leaves it as it was", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const [saved, begun] = [path.join(root, "saved"), path.join(root, "begun")]
      assert.strictEqual((yield* etude(at(saved, "--set", "train.until={ epochs: 1 }"))).code, 0)
      const { child, ended, until } = yield* start(at(begun, "--set", "options.slow=600000"))
      yield* until(/64 samples/)
      child.kill("SIGKILL")
      yield* ended
      for (const folder of [saved, begun]) {
        const before = filesOf(folder)
        const other = ["--set", "train.batchSize=4", "--set", "options.slope=3"]
        const { code, stderr } = yield* etude(at(folder, ...other))
        assert.strictEqual(code, 2, stderr)
        assert.include(stderr, "config.batchSize: 8 in the checkpoint, 4 now")
        assert.include(stderr, "options.slope: 2 in the checkpoint, 3 now")
        assert.deepStrictEqual({ ...filesOf(folder), "lock.json": "" }, { ...before, "lock.json": "" })
      }
      // What had saved nothing begins anew.
      yield* toEnd(begun)
    }).pipe(Effect.scoped)
  )

  it.live("leaves a folder alone that holds something else, and says of one that can't be what is wrong with it", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      writeFileSync(path.join(root, "thesis.tex"), "")
      const foreign = yield* etude(at(root))
      assert.strictEqual(foreign.code, 2)
      assert.include(foreign.stderr, "it holds thesis.tex, and no run")
      assert.deepStrictEqual(readdirSync(root), ["thesis.tex"])
      for (const impossible of [path.join(root, "thesis.tex"), "/proc/runs/x"]) {
        const { code, stderr } = yield* etude(at(impossible))
        assert.strictEqual(code, 2, stderr)
        assert.match(stderr, /The run .* cannot be used\.\n {2}.* could not be written: .*Choose a folder with --run/)
      }
    }).pipe(Effect.scoped)
  )

  it.live("a run that is refused before its first step leaves no folder", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "a", "run")
      const { code } = yield* etude(at(folder, "--set", "options.broken=empty"))
      assert.strictEqual(code, 3)
      assert.isFalse(existsSync(path.dirname(folder)))
    }).pipe(Effect.scoped)
  )
})

describe("a run that is asked to stop", () => {
  for (const signal of ["SIGTERM", "SIGUSR1", "SIGUSR2", "SIGHUP"] as const) {
    it.live(`by ${signal} saves the step that it has reached, exits with 75, and is resumed to the same bits`, () =>
      Effect.gen(function* () {
        const folder = path.join(yield* temporary, "run")
        const { child, ended, printed } = yield* start(at(folder))
        yield* saving(folder)
        child.kill(signal)
        assert.deepStrictEqual(yield* ended, { code: 75, signal: null }, printed())
        assert.strictEqual(eventsOf(folder).at(-1)?._tag, "Interrupted")
        const { stderr } = yield* toEnd(folder)
        assert.include(stderr, `Continuing from ${checkpointsOf(folder)[0]!.slice(0, 5)}`)
      }).pipe(Effect.scoped)
    )
  }

  it.live("by Ctrl-C is a person's: 130", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      const { child, ended } = yield* start(at(folder))
      yield* saving(folder)
      child.kill("SIGINT")
      assert.strictEqual((yield* ended).code, 130)
      const resumed = yield* start(["resume", folder])
      yield* resumed.until(/Continuing from/)
      resumed.child.kill("SIGTERM")
      assert.strictEqual((yield* resumed.ended).code, 75, resumed.printed())
      yield* toEnd(folder)
    }).pipe(Effect.scoped)
  )

  it.live("by the end of its channel, also while a batch holds the event loop, saves and exits with 75", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      const { child, ended, until, printed } = yield* start(at(folder, "--set", "options.blocks=1500"), true)
      yield* until(/64 samples/)
      yield* after(2000)
      child.disconnect()
      assert.deepStrictEqual(yield* ended, { code: 75, signal: null }, printed())
      const resumed = yield* etude(at(folder, "--set", "options.blocks=0"))
      assert.strictEqual(resumed.code, 0, resumed.stderr)
    }).pipe(Effect.scoped)
  )

  it.live("a run whose parent was killed saves and ends, and another resumes it", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      const parent = ["--conditions=@etude/source", path.join(fixtures, "parent.ts")]
      const { child, ended } = yield* startNode([...parent, ...at(folder)])
      yield* saving(folder)
      child.kill("SIGKILL")
      yield* ended
      yield* Effect.repeat(after(50), { until: () => !existsSync(path.join(folder, "lock.json")) })
      assert.strictEqual(eventsOf(folder).at(-1)?._tag, "Interrupted")
      yield* toEnd(folder)
    }).pipe(Effect.scoped)
  )
})

/** The first column of a CSV file, without its head. */
const firstColumn = (file: string): ReadonlyArray<string> =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.split(",")[0]!)

const superseded = /was given to a process with the fence 2, and this process has 1: this process writes nothing there/

describe("a process that was stopped while its run was given to another", () => {
  const moments = Rng.uniforms(Rng.named(Rng.key(1), "stops"), 3, 0, 600)

  it.live(
    "writes nothing into the folder of the run that has ended meanwhile, and exits with 5",
    () =>
      Effect.gen(function* () {
        for (const moment of moments) {
          const folder = path.join(yield* temporary, "run")
          const orphan = yield* start(at(folder, "--fence", "1"))
          yield* saving(folder)
          yield* after(moment)
          orphan.child.kill("SIGSTOP")
          yield* toEnd(folder, "--fence", "2")
          const before = filesOf(folder)
          orphan.child.kill("SIGCONT")
          assert.deepStrictEqual(yield* orphan.ended, { code: 5, signal: null }, orphan.printed())
          assert.match(orphan.printed(), superseded)
          assert.deepStrictEqual(filesOf(folder), before)
        }
      }).pipe(Effect.scoped),
    patience
  )

  it.live(
    "changes nothing of the run that goes on beside it",
    () =>
      Effect.gen(function* () {
        for (const moment of moments.slice(0, 2)) {
          const folder = path.join(yield* temporary, "run")
          const orphan = yield* start(at(folder, "--fence", "1"))
          yield* saving(folder)
          yield* after(moment)
          orphan.child.kill("SIGSTOP")
          const second = yield* start(at(folder, "--fence", "2"))
          yield* second.until(/Continuing from/)
          yield* after(moment)
          orphan.child.kill("SIGCONT")
          assert.deepStrictEqual(yield* orphan.ended, { code: 5, signal: null }, orphan.printed())
          assert.strictEqual((yield* second.ended).code, 0, second.printed())
          assert.strictEqual(modelOf(folder), yield* undisturbed)
          const epochs = Array.from({ length: 20 }, (_, index) => String(index + 1))
          assert.deepStrictEqual(firstColumn(path.join(folder, "metrics.csv")).slice(0, 20), epochs)
          assert.lengthOf(
            eventsOf(folder).filter(({ _tag }) => _tag === "Resumed"),
            1
          )
        }
      }).pipe(Effect.scoped),
    patience
  )

  it.live("is refused when it comes back later, and the folder remembers", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      yield* toEnd(folder, "--fence", "2")
      const late = yield* etude(at(folder, "--fence", "1"))
      assert.strictEqual(late.code, 5)
      assert.match(late.stderr, superseded)
    }).pipe(Effect.scoped)
  )
})
