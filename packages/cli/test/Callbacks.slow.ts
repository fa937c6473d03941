/** Callbacks that a config asks for, through the command itself: their files, their say in the run, and resuming with them. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import * as path from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as CallbacksConfig from "@etude/callbacks/CallbacksConfig"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import * as Config from "@etude/core/Config"
import * as Csv from "@etude/reports/Csv"
import * as EventsFile from "@etude/reports/EventsFile"
import * as Replay from "@etude/reports/Replay"
import * as Report from "@etude/reports/Report"
import * as TestTerminal from "@etude/reports/TestTerminal"
import * as ValuesFile from "@etude/reports/ValuesFile"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { RunConfig } from "../src/RunConfig.ts"
import { etude, line, temporary } from "./support/etude.ts"

const set = (...values: ReadonlyArray<string>) => values.flatMap((value) => ["--set", value])
const files = set(
  "callbacks.csv={}",
  "callbacks.tensorBoard={}",
  "callbacks.htmlReport={}",
  "callbacks.valuesFile={}",
  "callbacks.weightNorms={}",
  "train.logEverySteps=3"
)
const everything = [
  ...files,
  ...set(
    "callbacks.earlyStopping=[{ monitor: validation/loss, patience: { epochs: 100 } }, { monitor: train/loss, patience: { epochs: 100 } }]",
    "callbacks.reduceOnPlateau={ monitor: validation/loss, patience: { evaluations: 2 }, minimumDelta: 0.2, factor: 0.5 }",
    "callbacks.exponentialMovingAverage={ decay: 0.9 }",
    "callbacks.gradientNoise={ eta: 0.001 }",
    "callbacks.gradientNorms={}",
    "checkpoints={ every: { steps: 5 }, keepLast: 3 }"
  )
]
const runIn = (runs: string) => path.join(runs, readdirSync(runs)[0]!)
const train = (runs: string, ...more: ReadonlyArray<string>) => etude(["train", line, "--runs", runs, ...more])
const text = (run: string, file: string) => readFileSync(path.join(run, file), "utf8")

/** The data that a report draws its curves of, without times. */
const chartsOf = (run: string) => {
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/.exec(text(run, "report.html"))!
  const { charts } = JSON.parse(json!) as { readonly charts: ReadonlyArray<{ readonly title: string }> }
  return charts.filter(({ title }) => title !== "samples per second")
}
/** The rows of a CSV file without the columns of time. */
const rowsOf = (run: string) =>
  Csv.parse(text(run, "metrics.csv")).map((row) => row.filter((_, at) => at !== 3 && at !== 4))
const valuesOf = (run: string) =>
  ValuesFile.parse(text(run, "values.jsonl")).map(({ elapsedSeconds: _, ...row }) => row)
const tensorsOf = (run: string) =>
  Result.getOrThrow(Safetensors.decode(readFileSync(path.join(run, "model.safetensors")), "model.safetensors")).tensors

/** A run over again from its log, by the callbacks of its config. */
const replayed = (run: string) =>
  Effect.gen(function* () {
    const { callbacks } = yield* Config.decode(RunConfig, JSON.parse(text(run, "config.json")), "config.json")
    const { events } = yield* EventsFile.read(path.join(run, "events.jsonl"))
    const deciding = CallbacksConfig.decisive(callbacks) as CallbacksConfig.CallbacksConfig // every default is in it
    return yield* Replay.run(
      events,
      Layer.provide(CallbacksConfig.layerOf(deciding, { folder: run }), TestTerminal.make().layer)
    )
  }).pipe(Effect.provide(NodeServices.layer))

describe.concurrent("callbacks of a config", () => {
  it.live("leave their files in the run's folder, with the test in them, and the summary names them", () =>
    Effect.gen(function* () {
      const runs = path.join(yield* temporary, "runs")
      const ended = yield* train(runs, ...files, ...set("train.until.epochs=3"))
      assert.strictEqual(ended.code, 0, ended.stderr)
      assert.include(ended.stdout, "Files    metrics.csv, values.jsonl, tensorboard, report.html, figures")
      const run = runIn(runs)
      assert.includeMembers(readdirSync(run), ["metrics.csv", "values.jsonl", "tensorboard", "report.html"])
      assert.deepStrictEqual(
        rowsOf(run).map(([epoch]) => epoch),
        ["epoch", "1", "2", "3"]
      )
      assert.lengthOf(readdirSync(path.join(run, "tensorboard")), 1)
      const { test } = yield* Report.decode(text(run, "report.json"))
      assert.deepStrictEqual(valuesOf(run).at(-1)?.values, test!.values)
      assert.match(text(run, "report.html"), /<section id="test">/)
    })
  )

  it.live("stop the run, and the reason is told", () =>
    Effect.gen(function* () {
      const runs = path.join(yield* temporary, "runs")
      const stopping =
        "callbacks.earlyStopping={ monitor: validation/loss, minimumDelta: 1000, patience: { evaluations: 2 } }"
      const ended = yield* train(runs, ...set(stopping))
      assert.strictEqual(ended.code, 0, ended.stderr)
      const { reason, counts } = yield* Report.decode(text(runIn(runs), "report.json"))
      assert.match(reason, /^validation\/loss has not been better than .* 2 times$/)
      assert.strictEqual(counts.epochs, 3)
    })
  )

  it.live("are refused together with the rest of the config, each problem with its path", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const wrong = set(
        "callbacks={ earlystopping: {}, csv: { file: x.csv }, earlyStopping: { monitor: validation/loss, patience: 3 } }",
        "train.batchSize=0"
      )
      const ended = yield* train(path.join(folder, "runs"), ...wrong)
      assert.strictEqual(ended.code, 2)
      for (const said of [
        'callbacks.earlystopping: unknown key; did you mean "earlyStopping"?',
        "callbacks.csv.file: unknown key",
        "callbacks.earlyStopping.patience: expected one of { evaluations: n }, { epochs: n }, { steps: n }",
        "train.batchSize: expected a whole number of samples above 0"
      ])
        assert.include(ended.stderr, said)
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.live("may not write where the run itself or another of them does", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const wrong = set("callbacks={ csv: { path: ./report.json }, valuesFile: { path: x }, htmlReport: { path: x } }")
      const ended = yield* train(path.join(folder, "runs"), ...wrong)
      assert.strictEqual(ended.code, 2)
      assert.include(ended.stderr, "callbacks: ./report.json is written by the run itself;")
      assert.include(ended.stderr, "callbacks: x is written by callbacks;")
      assert.deepStrictEqual(readdirSync(folder), [])
    })
  )

  it.live("that watch a value the run does not report are refused before the first step", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const ended = yield* train(
        path.join(folder, "runs"),
        ...set("callbacks.earlyStopping={ monitor: validation/los }")
      )
      assert.strictEqual(ended.code, 2)
      assert.include(ended.stderr, 'watches "validation/los"')
      assert.include(ended.stderr, 'did you mean "validation/loss"?')
      assert.isFalse(existsSync(path.join(folder, "runs")))
    })
  )

  it.live(
    "that fail end the run with their name, or it warns and goes on without them, as the config says",
    ({ skip }) =>
      Effect.gen(function* () {
        if (!existsSync("/dev/full")) return skip("there is no /dev/full here")
        const runs = path.join(yield* temporary, "runs")
        const full = (onFailure: string) =>
          train(
            path.join(runs, onFailure),
            ...set(`callbacks.csv={ path: /dev/full, onFailure: ${onFailure} }`, "train.until.epochs=2")
          )
        const failed = yield* full("fail")
        assert.strictEqual(failed.code, 1)
        assert.include(failed.stderr, "The callback csv could not write /dev/full")
        assert.isTrue(statSync("/dev/full").isCharacterDevice())
        const warned = yield* full("warn")
        assert.strictEqual(warned.code, 0, warned.stderr)
        const { warnings, counts } = yield* Report.decode(text(runIn(path.join(runs, "warn")), "report.json"))
        assert.strictEqual(counts.epochs, 2)
        assert.lengthOf(warnings, 1)
        assert.match(warnings[0]!, /^The run continues without the callback csv, which failed in trainBegin: /)
      })
  )

  it.live("an average that the run was tested with is what `etude test` measures", () =>
    Effect.gen(function* () {
      const runs = path.join(yield* temporary, "runs")
      const averaging = set("callbacks.exponentialMovingAverage={ decay: 0.99, warmup: false }", "train.until.epochs=2")
      assert.strictEqual((yield* train(runs, ...averaging)).code, 0)
      const run = runIn(runs)
      const { test, history } = yield* Report.decode(text(run, "report.json"))
      const again = yield* etude(["test", run, "--json"])
      assert.strictEqual(again.code, 0, again.stderr)
      const { results } = JSON.parse(again.stdout) as { readonly results: ReadonlyArray<{ values: { loss: number } }> }
      assert.closeTo(results[0]!.values.loss, test!.values["loss"]!, 1e-6)
      // The average has hardly moved, so that it is much worse than the parameters themselves.
      assert.isAbove(test!.values["loss"]!, 2 * history.at(-1)!.values["train/loss"]!)
    })
  )
})

describe("transforms of a config", () => {
  it.live("are recorded by the compiled executor, all of them, and come to what the eager one does", ({ skip }) =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const config = set(
        "callbacks={ mixup: { per: sample }, labelSmoothing: { classes: 3 }, gradientNoise: {}, adaptiveClipping: { clipping: 0.5 }," +
          ' weightConstraints: { constraints: [{ match: "**", constraint: { _tag: MaxNorm, maximum: 1.5 } }] },' +
          " exponentialMovingAverage: {}, gradientNorms: { each: true } }",
        // Smoothing is of labels.
        "options.classes=true",
        "train.until={ steps: 20 }",
        "backend=native"
      )
      const eager = yield* train(path.join(folder, "eager"), ...config, "--executor", "eager")
      if (eager.code === 4) return skip("there is no native backend here, which compiles")
      assert.strictEqual(eager.code, 0, eager.stderr)
      const compiled = yield* train(path.join(folder, "compiled"), ...config, "--executor", "graph")
      assert.strictEqual(compiled.code, 0, compiled.stderr)
      assert.match(compiled.stderr, /compiled-\d/)
      assert.notInclude(compiled.stderr, "runs eagerly")
      const [a, b] = [tensorsOf(runIn(path.join(folder, "eager"))), tensorsOf(runIn(path.join(folder, "compiled")))]
      assert.includeMembers(Object.keys(a), ["callbacks/exponentialMovingAverage/weight", "parameters/weight"])
      assert.deepStrictEqual(Object.keys(b), Object.keys(a))
      for (const name in a) {
        for (const [at, value] of a[name]!.values.entries()) assert.closeTo(b[name]!.values[at]!, value, 1e-4, name)
      }
    })
  )
})

describe.concurrent("a run with all of them that is interrupted and resumed", () => {
  for (const signal of ["SIGINT", "SIGKILL"] as const) {
    it.live(`ends, after ${signal}, with the tensors and files of the run that was not, and can be replayed`, () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const [whole, cut] = [path.join(folder, "whole"), path.join(folder, "cut")]
        const config = [...everything, ...set("train.until.epochs=8")]
        const unbroken = yield* train(whole, ...config)
        assert.strictEqual(unbroken.code, 0, unbroken.stderr)
        const interrupted = yield* etude(["train", line, "--runs", cut, ...config, ...set("options.slow=5")], {
          watch: (send, printed) => {
            if (/epoch +3\//.test(printed)) send(signal)
          }
        })
        assert.strictEqual(interrupted.code, signal === "SIGINT" ? 130 : null, interrupted.stderr)
        const resumed = yield* etude(["resume", runIn(cut), ...set("options.slow=0")])
        assert.strictEqual(resumed.code, 0, resumed.stderr)
        const [first, second] = [runIn(whole), runIn(cut)]
        assert.deepStrictEqual(tensorsOf(second), tensorsOf(first))
        assert.deepStrictEqual(rowsOf(second), rowsOf(first))
        assert.deepStrictEqual(valuesOf(second), valuesOf(first))
        assert.deepStrictEqual(chartsOf(second), chartsOf(first))
        // One file for each attempt; what TensorBoard makes of them is tested in packages/callbacks.
        assert.lengthOf(readdirSync(path.join(second, "tensorboard")), 2)

        const { decisions, recorded, report } = yield* replayed(second)
        // Saving is the command's own, and no callback of the config.
        assert.deepStrictEqual(
          decisions,
          recorded.filter(({ callback }) => callback !== "checkpoints")
        )
        assert.isTrue(decisions.some(({ callback }) => callback === "reduceOnPlateau(validation/loss)"))
        assert.deepStrictEqual(decisions, (yield* replayed(first)).decisions)
        assert.deepStrictEqual(Option.getOrThrow(report), yield* Report.decode(text(second, "report.json")))
      })
    )
  }

  it.live("refuses another early stopping, since it alters the trajectory, and takes it when that is allowed", () =>
    Effect.gen(function* () {
      const runs = path.join(yield* temporary, "runs")
      const stopping = "callbacks.earlyStopping={ monitor: validation/loss, patience: { evaluations: 50 } }"
      assert.strictEqual((yield* train(runs, ...set(stopping, "train.until.epochs=2"))).code, 0)
      const longer = set(
        "train.until.epochs=3",
        "callbacks.earlyStopping.patience={ evaluations: 40 }",
        "callbacks.csv={}"
      )
      const refused = yield* etude(["resume", runIn(runs), ...longer])
      assert.strictEqual(refused.code, 2)
      assert.include(
        refused.stderr,
        "callbacks.earlyStopping.patience.evaluations: 50 in the checkpoint, 40 now (alters the trajectory)"
      )
      assert.notInclude(refused.stderr, "csv")
      const allowed = yield* etude(["resume", runIn(runs), ...longer, "--allow-alterations"])
      assert.strictEqual(allowed.code, 0, allowed.stderr)
    })
  )
})
