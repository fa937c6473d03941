/** `etude resume`, `etude runs` and `etude checkpoint`, through the command itself. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Report from "@etude/callbacks/Report"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { etude, line, temporary } from "./support/etude.ts"

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
      assert.include(layers.stderr, "the run's model is of plain functions")
    }).pipe(Effect.scoped)
  )
})
