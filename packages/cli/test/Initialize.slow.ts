/** `initialize` in a config: what a run begins with, and what is left of it. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import * as Report from "@etude/reports/Report"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { commit, serve } from "../../data/test/support/hubServer.ts"
import { etude, line, temporary } from "./support/etude.ts"

const config = (folder: string, initialize: unknown) => {
  const file = path.join(folder, "config.json")
  const train = { seed: 1, until: { epochs: 1 }, batchSize: 8, optimizer: { _tag: "Sgd" }, learningRate: 0.3 }
  const written = { use: line.replace("line.yaml", "line.ts"), train, backend: "cpu", initialize }
  writeFileSync(file, JSON.stringify(written))
  return file
}
const save = (folder: string, bias: ReadonlyArray<number>) =>
  writeFileSync(
    path.join(folder, "old.safetensors"),
    Safetensors.encode({
      "linear.weight": { dtype: "float32", shape: [1, 1], values: Float32Array.of(2) },
      "linear.bias": { dtype: "float32", shape: [bias.length], values: Float32Array.from(bias) }
    })
  )
const run = (folder: string, initialize: unknown, ...more: ReadonlyArray<string>) =>
  etude(["train", config(folder, initialize), "--runs", path.join(folder, "runs"), "--json", ...more])
const fields = (stdout: string): Record<string, any> => JSON.parse(stdout) // any: JSON
const modelOf = (folder: string) => {
  const { tensors } = Result.getOrThrow(
    Safetensors.decode(readFileSync(path.join(folder, "model.safetensors")), "model.safetensors")
  )
  return [tensors["parameters/weight"]?.values[0], tensors["parameters/bias"]?.values[0]]
}
const renamed = { from: "old.safetensors", rename: [{ from: "linear.*", to: "$1" }] }

/** A run that begins with weights of a hub, whose cache is in the folder. */
const runFromHub = (folder: string, from: string, endpoint: string, env: { readonly [name: string]: string } = {}) =>
  etude(["train", config(folder, { ...renamed, from }), "--runs", path.join(folder, "runs"), "--json"], {
    env: { HF_ENDPOINT: endpoint, ETUDE_CACHE: path.join(folder, "cache"), ...env }
  })

describe.concurrent("a config with initialize", () => {
  it.live("begins with a file of the hub, which is downloaded once, and with a run by its name", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      save(folder, [1])
      const hub = yield* serve({ "weights/line.safetensors": readFileSync(path.join(folder, "old.safetensors")) })
      const from = "hub:datasets/tiny/set/weights/line.safetensors@main"
      const ended = yield* runFromHub(folder, from, hub.endpoint)
      assert.strictEqual(ended.code, 0, ended.stderr)
      const { run: trained } = fields(ended.stdout)
      assert.deepStrictEqual(modelOf(trained), [2, 1])
      const report = yield* Report.decode(readFileSync(path.join(trained, "report.json"), "utf8"))
      assert.deepStrictEqual(
        report.initialized?.map(({ file }) => file),
        [`hub:datasets/tiny/set/weights/line.safetensors@${commit}`]
      )
      const downloads = () => hub.count(/resolve|cdn/)
      const before = downloads()
      assert.isAbove(before, 0)
      // What is in the cache needs no network.
      const offline = yield* runFromHub(folder, from, hub.endpoint, { HF_HUB_OFFLINE: "1" })
      assert.strictEqual(offline.code, 0, offline.stderr)
      assert.strictEqual(downloads(), before)
      const named = yield* run(folder, { from: `run:${path.basename(trained)}` })
      assert.strictEqual(named.code, 0, named.stderr)
      assert.deepStrictEqual(modelOf(fields(named.stdout)["run"]), [2, 1])
    }).pipe(Effect.scoped)
  )

  it.live("says why a source can't be had, all of them together, before anything is trained", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const hub = yield* serve({})
      const missing = yield* runFromHub(folder, "hub:datasets/tiny/set/none.safetensors@main", hub.endpoint)
      assert.notStrictEqual(missing.code, 0)
      assert.include(missing.stderr, "initialize from hub:datasets/tiny/set/none.safetensors@main: ")
      assert.notInclude(missing.stderr, "    at ")
      const cached = yield* runFromHub(folder, "hub:tiny/model/a.safetensors@v1", hub.endpoint, { HF_HUB_OFFLINE: "1" })
      assert.include(cached.stderr, "not in the cache, and the network is not to be used. Download it once without")
      const several = [{ from: "hub:tiny/model.safetensors" }, { from: "run:nothing" }, { from: "shelf:a" }]
      const wrong = yield* run(folder, several)
      assert.include(wrong.stderr, "it names no file of a revision. Write hub:OWNER/NAME/model.safetensors@REVISION")
      assert.match(wrong.stderr, /initialize from run:nothing: .*there is no such folder/)
      assert.include(wrong.stderr, "shelf: is none of the sources here, which are hub:, run:")
      const runs = path.join(folder, "runs")
      assert.deepStrictEqual(existsSync(runs) ? readdirSync(runs) : [], [])
    }).pipe(Effect.scoped)
  )

  it.live("begins with the weights, keeps an account of them, belongs to the hash and is not applied again", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      save(folder, [1])
      const ended = yield* run(folder, renamed)
      assert.strictEqual(ended.code, 0, ended.stderr)
      assert.include(ended.stderr, "2 of 2 tensors that match are taken over.")
      assert.include(ended.stderr, "  used     parameters/weight from linear.weight")
      const { run: trained } = fields(ended.stdout)
      // The line is y = 2x + 1: it ends with what it began with.
      assert.deepStrictEqual(modelOf(trained), [2, 1])
      const report = () => Report.decode(readFileSync(path.join(trained, "report.json"), "utf8"))
      const { initialized = [] } = yield* report()
      assert.deepStrictEqual(
        initialized.map(({ loaded }) => loaded),
        [["parameters/weight", "parameters/bias"]]
      )
      // A file that no longer fits: a resume takes the state, not the weights.
      save(folder, [7, 8])
      const resumed = yield* etude(["resume", trained, "--more-epochs", "1", "--json"])
      assert.strictEqual(resumed.code, 0, resumed.stderr)
      assert.deepStrictEqual(modelOf(trained), [2, 1])
      assert.deepStrictEqual((yield* report()).initialized, initialized)
      save(folder, [1])
      const fromRun = yield* run(folder, { from: trained })
      assert.strictEqual(fromRun.code, 0, fromRun.stderr)
      const other = fields(fromRun.stdout)["run"]
      assert.deepStrictEqual(modelOf(other), [2, 1])
      assert.notStrictEqual(other.slice(-7), trained.slice(-7))
    })
  )

  it.live("that does not fit trains nothing and leaves no folder, and says so in one message", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      save(folder, [1, 2])
      const ended = yield* run(folder, renamed)
      assert.notStrictEqual(ended.code, 0)
      assert.include(ended.stderr, "The run can't begin with the stored weights; nothing was trained.")
      assert.include(ended.stderr, "  parameters/bias is [2] in the weights and [1] in the model")
      assert.notInclude(ended.stderr, "    at ")
      const runs = path.join(folder, "runs")
      assert.deepStrictEqual(existsSync(runs) ? readdirSync(runs) : [], [])
      const wrong = yield* run(folder, { from: "old.safetensors", rename: [{ from: "a/*", to: "$2" }] })
      assert.include(wrong.stderr, '"$2" has $2, but "a/*" has one wildcard, $1')
    })
  )
})
