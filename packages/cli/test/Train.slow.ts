/** `etude train` and what can be done with its run folder, through the command itself. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import * as Config from "@etude/core/Config"
import * as Event from "@etude/core/Event"
import * as Report from "@etude/reports/Report"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { RunConfig } from "../src/RunConfig.ts"
import { etude, line, temporary } from "./support/etude.ts"

const eventsOf = (folder: string): ReadonlyArray<Event.Event> =>
  readFileSync(path.join(folder, "events.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((text) => Event.decode(JSON.parse(text) as Schema.Json))

const tagsOf = (folder: string) => eventsOf(folder).map(({ _tag }) => _tag)
const reportOf = (folder: string) => Report.decode(readFileSync(path.join(folder, "report.json"), "utf8"))
const only = (runs: string): string => {
  const [name, ...more] = readdirSync(runs)
  assert.deepStrictEqual(more, [])
  return path.join(runs, name!)
}
const train = (folder: string, ...more: ReadonlyArray<string>) =>
  etude(["train", line, "--runs", path.join(folder, "runs"), ...more])

describe.concurrent("etude train", () => {
  it.live("leaves a run folder whose files fit their schemas, and prints a table of results", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const ended = yield* train(folder)
      assert.strictEqual(ended.code, 0, ended.stderr)
      const run = only(path.join(folder, "runs"))
      assert.match(path.basename(run), /^line-\d{8}T\d{6}Z-[0-9a-f]{7}$/)
      assert.deepStrictEqual(readdirSync(run), [
        "checkpoints",
        "config.json",
        "config.schema.json",
        "events.jsonl",
        "figures",
        "model.safetensors",
        "report.json"
      ])
      const config = JSON.parse(readFileSync(path.join(run, "config.json"), "utf8")) as unknown
      const decoded = yield* Config.decode(RunConfig, config, "config.json")
      const schema = JSON.parse(readFileSync(path.join(run, decoded.$schema!), "utf8"))
      assert.property(schema.properties.options.properties, "slope")
      assert.strictEqual(decoded.train.batchSize, 8)
      assert.isTrue(decoded.train.shuffle)
      const events = eventsOf(run)
      assert.notInclude(tagsOf(run), "Unknown")
      assert.strictEqual(events[0]?._tag, "RunStarted")
      assert.deepStrictEqual(tagsOf(run).slice(-2), ["RunEnded", "Tested"])
      const report = yield* reportOf(run)
      assert.strictEqual(report.status, "ended")
      assert.strictEqual(report.reason, "until epochs")
      assert.strictEqual(report.counts.steps, 160)
      assert.isBelow(report.test!.values["loss"]!, 1e-3)
      const { error } = report.test!.results!["error/worst"] as { readonly error: number }
      assert.isBelow(error, 0.1)
      assert.deepStrictEqual(readdirSync(path.join(run, "figures")), ["test-error-worst.svg"])
      const svg = readFileSync(path.join(run, "figures", "test-error-worst.svg"), "utf8")
      assert.strictEqual(svg, `<svg xmlns="http://www.w3.org/2000/svg"><text>${error}</text></svg>\n`)
      assert.include(ended.stdout, "Files    figures")
      assert.include(ended.stdout, `\n\nerror/worst on the test set\n${"-".repeat(80)}!\n\n`)
      const model = Safetensors.decode(readFileSync(path.join(run, "model.safetensors")), "model.safetensors")
      assert.isTrue(Result.isSuccess(model))
      if (Result.isFailure(model)) return
      const { tensors, metadata } = model.success
      assert.deepStrictEqual(Object.keys(tensors).sort(), ["parameters/bias", "parameters/weight"])
      assert.closeTo(tensors["parameters/weight"]!.values[0]!, 2, 0.05)
      assert.strictEqual(metadata["experiment"], "line")
      assert.strictEqual(metadata["configHash"]!.slice(0, 7), run.slice(-7))
      for (const text of ["validation", "test", "loss", "20 epochs, 160 steps", "cpu", path.basename(run)]) {
        assert.include(ended.stdout, text)
      }
    })
  )

  it.live("prints one JSON document with --json, and the same numbers for the same seed", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const [a, b, c] = yield* Effect.all([
        train(folder, "--json"),
        train(folder, "--json"),
        train(folder, "--json", "--seed", "2")
      ])
      const [first, second, third] = [a, b, c].map(({ stdout }) => JSON.parse(stdout) as Record<string, any>) // any: JSON
      assert.deepStrictEqual(first!["test"].values, second!["test"].values)
      assert.notDeepEqual(first!["test"].values, third!["test"].values)
      assert.notStrictEqual(first!["run"], second!["run"])
      assert.strictEqual(third!["seed"], 2)
      assert.isTrue(existsSync(path.join(first!["run"], "model.safetensors")))
    })
  )

  it.live("a run folder's config trains the same run again", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const first = JSON.parse((yield* train(folder, "--json")).stdout) as Record<string, any> // any: JSON
      const again = yield* etude(["train", path.join(first["run"], "config.json"), "--json"])
      assert.strictEqual(again.code, 0, again.stderr)
      const second = JSON.parse(again.stdout) as Record<string, any> // any: JSON
      assert.deepStrictEqual(second["test"].values, first["test"].values)
      assert.strictEqual(path.basename(second["run"]).slice(-7), path.basename(first["run"]).slice(-7))
    })
  )

  it.live("--fast-dev-run takes one step", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const ended = yield* train(folder, "--json", "--fast-dev-run")
      assert.strictEqual(JSON.parse(ended.stdout).counts.steps, 1)
    })
  )

  it.live("a run that fails after steps keeps its folder, and the report says why", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const ended = yield* train(folder, "--set", "train.learningRate=1e20")
      assert.strictEqual(ended.code, 1)
      assert.include(ended.stderr, "Lower the learning rate")
      const run = only(path.join(folder, "runs"))
      const report = yield* reportOf(run)
      assert.strictEqual(report.status, "failed")
      assert.strictEqual(report.error, "NonFiniteFound")
      assert.isAbove(report.counts.steps, 0)
      assert.deepStrictEqual(readdirSync(run), [
        "checkpoints",
        "config.json",
        "config.schema.json",
        "events.jsonl",
        "model.safetensors",
        "report.json"
      ])
      assert.include(ended.stderr, path.basename(run))
    })
  )

  it.live("a run that fails at its first step leaves no folder", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const ended = yield* train(folder, "--set", "options.broken=explodes")
      assert.strictEqual(ended.code, 1)
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.live("Ctrl-C stops after the current step: exit code 130, and everything that was reached is kept", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      let sent = false
      const ended = yield* etude(
        ["train", line, "--runs", path.join(folder, "runs"), "--set", "options.slow=5"].concat([
          "--set",
          "train.until.epochs=100000",
          "--set",
          "console={ verbosity: verbose, everySteps: 1 }"
        ]),
        {
          watch: (send, printed) => {
            if (sent || !/epoch +2\//.test(printed)) return
            sent = true
            send("SIGINT")
          }
        }
      )
      assert.strictEqual(ended.code, 130, ended.stderr)
      const run = only(path.join(folder, "runs"))
      assert.include(ended.stderr, "Interrupted after")
      assert.include(ended.stderr, path.basename(run))
      const report = yield* reportOf(run)
      assert.strictEqual(report.status, "interrupted")
      assert.isAbove(report.counts.steps, 7)
      assert.strictEqual(tagsOf(run).at(-1), "Interrupted")
      const tested = yield* etude(["test", run, "--json"])
      assert.strictEqual(tested.code, 0, tested.stderr)
    })
  )

  it.live(
    "a terminal that is closed ends a run as Ctrl-C does, with its state saved, and it is resumed from there",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        let sent = false
        const slow = ["--set", "options.slow=5", "--set", "train.until.epochs=100000", "--set", "train.logEverySteps=1"]
        const ended = yield* etude(["train", line, "--runs", path.join(folder, "runs"), ...slow], {
          watch: (send, printed) => {
            if (sent || !/epoch +2\//.test(printed)) return
            sent = true
            send("SIGHUP")
          }
        })
        assert.strictEqual(ended.code, 130, ended.stderr)
        const run = only(path.join(folder, "runs"))
        assert.strictEqual(tagsOf(run).at(-1), "Interrupted")
        const resumed = yield* etude(["resume", run, "--set", "train.until={ epochs: 1 }"])
        assert.strictEqual(resumed.code, 0, resumed.stderr)
      })
  )

  it.live(
    "a run folder that was moved away from its experiment says what helps, and is measured and resumed with it",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        yield* train(folder, "--set", "train.until.epochs=1")
        const moved = path.join(folder, "elsewhere", "deep", "run")
        mkdirSync(path.dirname(moved), { recursive: true })
        renameSync(only(path.join(folder, "runs")), moved)
        const commands = [["resume"], ["test"], ["predict"]] as const
        for (const { code, stderr } of yield* Effect.forEach(commands, ([command]) => etude([command, moved]))) {
          assert.strictEqual(code, 2)
          assert.include(stderr, "set the new place with --set from=<folder>")
        }
        for (const command of ["test", "predict"]) {
          const measured = yield* etude([command, moved, "--set", `from=${path.dirname(line)}`])
          assert.strictEqual(measured.code, 0, measured.stderr)
        }
        const more = ["--set", `from=${path.dirname(line)}`, "--set", "train.until.epochs=2"]
        const resumed = yield* etude(["resume", moved, ...more])
        assert.strictEqual(resumed.code, 0, resumed.stderr)
      })
  )

  it.live("runs in a folder that can't be made are refused at once", () =>
    Effect.gen(function* () {
      const ended = yield* etude(["train", line, "--runs", "/proc/x/y"])
      assert.isAbove(ended.code ?? 0, 0)
      assert.match(ended.stderr, /\/proc\/x.* could not be written: /)
    })
  )

  it.live("Ctrl-C before the first step leaves nothing", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      let sent = false
      const ended = yield* etude(["train", line, "--runs", path.join(folder, "runs"), "--set", "options.slow=600000"], {
        watch: (send, printed) => {
          if (sent || !printed.includes("64 samples")) return
          sent = true
          send("SIGINT")
        }
      })
      assert.strictEqual(ended.code, 130, ended.stderr)
      assert.include(ended.stderr, "Interrupted before the first step; nothing was saved.")
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )
})

describe.concurrent("a finished run", () => {
  it.live("is measured, and predicts, as it did when it ended", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const trained = JSON.parse((yield* train(folder, "--json")).stdout) as Record<string, any> // any: JSON
      const run = trained["run"] as string
      const [tested, validated, predicted] = yield* Effect.all(
        [
          etude(["test", run, "--json"]),
          etude(["validate", run, "--json", "--batch-size", "3"]),
          etude(["predict", run, "--json"])
        ],
        { concurrency: 3 }
      )
      const test = JSON.parse(tested.stdout).results[0]
      assert.closeTo(test.values.loss, trained["test"].values.loss, 1e-9)
      assert.strictEqual(test.samples, 32)
      assert.closeTo(test.results["error/worst"].error, trained["test"].results["error/worst"].error, 1e-6)
      const told = yield* etude(["validate", run])
      assert.include(told.stdout, `error/worst on the validation set\n${"-".repeat(80)}!\n`)
      const validation = JSON.parse(validated.stdout).results[0]
      assert.closeTo(validation.values.loss, trained["history"].at(-1).values["validation/loss"], 1e-9)
      const { predictions } = JSON.parse(predicted.stdout)
      assert.strictEqual(predictions, path.join(run, "predictions.jsonl"))
      const lines = readFileSync(predictions, "utf8").trim().split("\n")
      assert.lengthOf(lines, 32)
      const last = JSON.parse(lines.at(-1)!)
      assert.strictEqual(last.sample, 31)
      assert.closeTo(last.output[0], 2 * (31 / 64) + 1, 0.05)
    })
  )

  it.live("whose model was cut off, or is of another shape, is refused with what is wrong", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const { run } = JSON.parse((yield* train(folder, "--json")).stdout) as { readonly run: string }
      const file = path.join(run, "model.safetensors")
      const bytes = readFileSync(file)
      writeFileSync(file, bytes.subarray(0, bytes.length - 4))
      const torn = yield* etude(["test", run])
      assert.strictEqual(torn.code, 2)
      assert.include(torn.stderr, "the file is truncated")
      writeFileSync(
        file,
        Safetensors.encode({ "parameters/bias": { dtype: "float32", shape: [3], values: new Float32Array(3) } })
      )
      const other = yield* etude(["test", run])
      assert.strictEqual(other.code, 2)
      assert.include(other.stderr, "parameters/weight is missing, expected [1, 1] float32")
      assert.include(other.stderr, "parameters/bias is [3] float32, expected [1] float32")
    })
  )

  it.live("whose data set is asked for by a name that it does not have is told the names", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const { run } = JSON.parse((yield* train(folder, "--json", "--fast-dev-run")).stdout) as { readonly run: string }
      const ended = yield* etude(["predict", run, "--on", "tests"])
      assert.strictEqual(ended.code, 2)
      assert.include(ended.stderr, "has no tests data; it has test, validation, train")
    })
  )

  it.live("cannot write its predictions to a full disk, and says so", ({ skip }) =>
    Effect.gen(function* () {
      if (!existsSync("/dev/full")) return skip("there is no /dev/full here")
      const folder = yield* temporary
      const { run } = JSON.parse((yield* train(folder, "--json", "--fast-dev-run")).stdout) as { readonly run: string }
      const ended = yield* etude(["predict", run, "--output", "/dev/full"])
      assert.strictEqual(ended.code, 1)
      assert.include(ended.stderr, "/dev/full could not be written: the disk is full")
    })
  )
})
