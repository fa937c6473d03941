/** `etude resume`, `etude runs` and `etude checkpoint`, through the command itself. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import * as Csv from "@etude/reports/Csv"
import * as EventsFile from "@etude/reports/EventsFile"
import * as Report from "@etude/reports/Report"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Ended, etude, line, temporary } from "./support/etude.ts"

const config = [
  "--set",
  "train.batchSize=8",
  "--set",
  "checkpoints.every={ steps: 5 }",
  "--set",
  "checkpoints.keepLast=3"
]
const train = (runs: string, epochs: number, ...more: ReadonlyArray<string>) =>
  etude(["train", line, "--runs", runs, "--set", `train.until={ epochs: ${epochs} }`, ...config, ...more])
const runIn = (runs: string) => path.join(runs, readdirSync(runs)[0]!)
const bytes = (run: string, file: string) => readFileSync(path.join(run, file)).toString("base64")
const historyOf = (run: string) =>
  Effect.map(Report.decode(readFileSync(path.join(run, "report.json"), "utf8")), ({ history }) =>
    history.map(({ seconds: _, ...entry }) => entry)
  )
/** The rows of the CSV file without the columns that say how long things took. */
const untimed = (run: string) =>
  Csv.parse(readFileSync(path.join(run, "epochs.csv"), "utf8")).map((row) =>
    row.filter((_, at) => at !== 3 && at !== 4)
  )

describe.concurrent("etude resume", () => {
  it.live("ends with the files of the run that was not interrupted", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const [whole, cut] = [path.join(folder, "whole"), path.join(folder, "cut")]
      assert.strictEqual((yield* train(whole, 12)).code, 0)
      const interrupted = yield* etude(
        ["train", line, "--runs", cut, "--set", "train.until={ epochs: 12 }", ...config, "--set", "options.slow=5"],
        {
          watch: (send, printed) => {
            if (/epoch +2\//.test(printed)) send("SIGINT")
          }
        }
      )
      assert.strictEqual(interrupted.code, 130, interrupted.stderr)
      const resumed = yield* etude(["resume", runIn(cut), "--set", "options.slow=0"])
      assert.strictEqual(resumed.code, 0, resumed.stderr)
      const [first, second] = [
        readFileSync(path.join(runIn(whole), "model.safetensors")),
        readFileSync(path.join(runIn(cut), "model.safetensors"))
      ]
      const tensors = (file: Buffer) => Result.getOrThrow(Safetensors.decode(file, "model.safetensors")).tensors
      assert.deepStrictEqual(tensors(second), tensors(first))
      assert.deepStrictEqual(yield* historyOf(runIn(cut)), yield* historyOf(runIn(whole)))
    }).pipe(Effect.scoped)
  )
  it.live("goes further than the run it goes on with", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const [whole, cut] = [path.join(folder, "whole"), path.join(folder, "cut")]
      assert.strictEqual((yield* train(whole, 4)).code, 0)
      assert.strictEqual((yield* train(cut, 2)).code, 0)
      const resumed = yield* etude(["resume", runIn(cut), "--set", "train.until={ epochs: 4 }"])
      assert.strictEqual(resumed.code, 0, resumed.stderr)
      assert.include(resumed.stderr, "differs in config.until.epochs")
      assert.deepStrictEqual(yield* historyOf(runIn(cut)), yield* historyOf(runIn(whole)))
    }).pipe(Effect.scoped)
  )
  it.live("refuses what would alter the trajectory, by the command or by hand, and leaves the run as it was", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const runs = path.join(folder, "runs")
      assert.strictEqual((yield* train(runs, 2)).code, 0)
      const run = runIn(runs)
      const file = path.join(run, "config.json")
      writeFileSync(file, readFileSync(file, "utf8").replace('"slope": 2', '"slope": 3'))
      const before = ["config.json", "events.jsonl", "report.json", "model.safetensors"].map((file) => bytes(run, file))
      const refused = yield* etude(["resume", run, "--set", "train.batchSize=4", "--set", "options.points=48"])
      assert.strictEqual(refused.code, 2)
      assert.include(refused.stderr, "config.batchSize: 8 in the checkpoint, 4 now (alters the trajectory)")
      assert.include(refused.stderr, "options.points: 64 in the checkpoint, 48 now (alters the trajectory)")
      assert.include(refused.stderr, "options.slope: 2 in the checkpoint, 3 now (alters the trajectory)")
      assert.include(refused.stderr, "data.train.length: 64 in the checkpoint, 48 now (alters the trajectory)")
      assert.include(refused.stderr, "data.validation.validation.rows")
      assert.include(refused.stderr, "--allow-alterations")
      const after = ["config.json", "events.jsonl", "report.json", "model.safetensors"].map((file) => bytes(run, file))
      assert.deepStrictEqual(after, before)
    }).pipe(Effect.scoped)
  )
  for (const [name, damage, says] of [
    ["missing", (file: string) => rmSync(file), "is damaged: it is missing."],
    [
      "damaged in a line and cut off",
      (file: string) => {
        const lines = readFileSync(file, "utf8").split("\n")
        writeFileSync(file, [lines[0], "\0\0\0", ...lines.slice(2, 12), lines[12]!.slice(0, 10)].join("\n"))
      },
      "is damaged: line 2 cannot be read."
    ]
  ] as const) {
    it.live(`continues with a log that is ${name}: says so, and loses nothing of the report`, () =>
      Effect.gen(function* () {
        const runs = path.join(yield* temporary, "runs")
        assert.strictEqual((yield* train(runs, 4, "--set", "callbacks.csv={ path: epochs.csv }")).code, 0)
        const run = runIn(runs)
        const [history, csv] = [yield* historyOf(run), untimed(run)]
        damage(path.join(run, "events.jsonl"))
        const resumed = yield* etude(["resume", run])
        assert.strictEqual(resumed.code, 0, resumed.stderr)
        assert.include(resumed.stderr, says)
        assert.include(resumed.stderr, "which it lacks, is taken from the checkpoint.")
        assert.deepStrictEqual(yield* historyOf(run), history)
        assert.deepStrictEqual(untimed(run), csv)
        // The log is whole again, and the run is free.
        yield* Effect.provide(EventsFile.read(path.join(run, "events.jsonl")), NodeServices.layer)
        assert.notInclude(readdirSync(run), "lock.json")
      }).pipe(Effect.scoped)
    )
  }
  it.live("leaves a run as it is that a callback ended, says what continues it, and trains so many epochs more", () =>
    Effect.gen(function* () {
      const runs = path.join(yield* temporary, "runs")
      const stopping = "callbacks={ earlyStopping: { monitor: train/loss, baseline: 0, patience: { evaluations: 1 } } }"
      assert.strictEqual((yield* train(runs, 9, "--set", stopping)).code, 0)
      const run = runIn(runs)
      const before = yield* historyOf(run)
      assert.isBelow(before.length, 9)
      const again = yield* etude(["resume", run])
      assert.strictEqual(again.code, 0, again.stderr)
      assert.include(again.stderr, "This run has ended: ")
      assert.include(again.stderr, `etude resume ${run} --more-epochs 10`)
      assert.include(again.stderr, `etude resume ${run} --beyond-end`)
      assert.include(again.stdout, `etude resume ${run} --more-epochs 10`)
      assert.deepStrictEqual(yield* historyOf(run), before)
      const more = yield* etude(["resume", run, "--more-epochs", "1"])
      assert.strictEqual(more.code, 0, more.stderr)
      assert.strictEqual((yield* historyOf(run)).length, before.length + 1)
      assert.include(readFileSync(path.join(run, "config.json"), "utf8"), `"epochs": ${before.length + 1}`)
    }).pipe(Effect.scoped)
  )
  it.live("refuses a run that is still running, which does not notice", () =>
    Effect.gen(function* () {
      const runs = path.join(yield* temporary, "runs")
      const refused = yield* Deferred.make<Ended>()
      let asked = false
      const running = yield* etude(
        ["train", line, "--runs", runs, "--set", "train.until={ epochs: 500 }", ...config, "--set", "options.slow=5"],
        {
          watch: (send, printed) => {
            if (asked || !/epoch +2\//.test(printed)) return
            asked = true
            Effect.runFork(
              Effect.andThen(
                Effect.flatMap(etude(["resume", runIn(runs)]), (ended) => Deferred.succeed(refused, ended)),
                Effect.sync(() => send("SIGINT"))
              )
            )
          }
        }
      )
      assert.strictEqual(running.code, 130, running.stderr)
      const { code, stderr } = yield* Deferred.await(refused)
      assert.strictEqual(code, 2)
      assert.match(stderr, /The run .* has been in use by process \d+ on .*; nothing was started\. Wait until it ends/)
      assert.include(running.stderr, `etude resume ${runIn(runs)}`)
    }).pipe(Effect.scoped)
  )
  it.live("passes a damaged checkpoint over and says so", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const runs = path.join(folder, "runs")
      assert.strictEqual((yield* train(runs, 2)).code, 0)
      const run = runIn(runs)
      const newest = readdirSync(path.join(run, "checkpoints")).sort().at(-1)!
      writeFileSync(path.join(run, "checkpoints", newest, "state.json"), "{")
      const verified = yield* etude(["checkpoint", "verify", run])
      assert.strictEqual(verified.code, 2)
      assert.include(verified.stdout, `${newest}  The checkpoint`)
      const resumed = yield* etude(["resume", run])
      assert.strictEqual(resumed.code, 0, resumed.stderr)
      assert.include(resumed.stderr, `${newest} is damaged: state.json`)
    }).pipe(Effect.scoped)
  )
})

describe.concurrent("looking at what was saved", () => {
  it.live("lists runs and checkpoints, compares two of them, and writes one for other tools", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const runs = path.join(folder, "runs")
      assert.strictEqual((yield* train(runs, 2)).code, 0)
      const run = runIn(runs)
      assert.include((yield* etude(["runs", "list", "--runs", runs])).stdout, "finished")
      const shown = yield* etude(["runs", "show", run])
      assert.strictEqual((JSON.parse(shown.stdout) as { status: string }).status, "ended")
      const listed = yield* etude(["checkpoint", "list", run, "--json"])
      const saved = JSON.parse(listed.stdout) as ReadonlyArray<{ id: string }>
      assert.isAtLeast(saved.length, 3)
      const [first, second] = [saved.at(-2)!.id, saved.at(-1)!.id]
      const differing = yield* etude(["checkpoint", "diff", run, first, second])
      assert.match(differing.stdout, /parameters\/weight +1 of 1 values differ, by at most/)
      const same = yield* etude(["checkpoint", "diff", run, first, first])
      assert.strictEqual(same.stdout, "All tensors are equal, bit for bit.\n")
      const file = path.join(folder, "model.safetensors")
      assert.strictEqual((yield* etude(["checkpoint", "export", run, file])).code, 0)
      const contents = Result.getOrThrow(Safetensors.decode(readFileSync(file), file))
      assert.deepStrictEqual(Object.keys(contents.tensors).sort(), ["bias", "weight"])
      const layers = yield* etude(["checkpoint", "export", run, path.join(folder, "layers"), "--format", "layers"])
      assert.strictEqual(layers.code, 1)
      assert.include(layers.stderr, "the run's model consists of plain functions")
    }).pipe(Effect.scoped)
  )
})
