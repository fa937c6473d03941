/** Plugins of installed packages that a config names, through the command itself. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Report from "@etude/reports/Report"
import * as Effect from "effect/Effect"
import { etude, fixtures, temporary } from "./support/etude.ts"
import { additions, counting, type Declared, imports, install, named, stopAfter } from "./support/plugins.ts"

/** A folder with packages and a config that asks for plugins. */
const project = (
  packages: { readonly [name: string]: Declared },
  plugins: ReadonlyArray<string>,
  more = "",
  update = "optimizer: { _tag: Sgd }, learningRate: 0.3"
) =>
  Effect.gen(function* () {
    const folder = yield* temporary
    install(folder, packages)
    const config = path.join(folder, "config.yaml")
    const document = [
      `use: ${JSON.stringify(path.join(fixtures, "line.ts"))}`,
      `train: { until: { epochs: 2 }, batchSize: 8, ${update} }`,
      "backend: cpu",
      "plugins:",
      ...plugins.map((plugin) => `  - ${plugin}`),
      more
    ]
    writeFileSync(config, document.join("\n"))
    const runs = path.join(folder, "runs")
    return { folder, config, runs, run: () => path.join(runs, readdirSync(runs)[0]!) }
  })

const versionOf = (name: string): string =>
  createRequire(import.meta.url)(path.join("..", "node_modules", name, "package.json")).version

const reportOf = (run: string) => Report.decode(readFileSync(path.join(run, "report.json"), "utf8"))

describe.concurrent("plugins of a config", () => {
  it.live("run with the options that the config gives them, and no other package is loaded", () =>
    Effect.gen(function* () {
      const loud = "throw new Error('loaded without being named')"
      const { config, runs, run } = yield* project(
        {
          "@test/stop-after": { module: stopAfter },
          "@test/counting": { module: counting },
          "@test/unnamed": { module: loud }
        },
        ['{ use: "@test/stop-after", steps: 5 }', '{ use: "@test/counting", file: steps.txt }']
      )
      const ended = yield* etude(["train", config, "--runs", runs])
      assert.strictEqual(ended.code, 0, ended.stderr)
      assert.include(ended.stdout, "Files    steps.txt")
      const { reason, counts } = yield* reportOf(run())
      assert.strictEqual(reason, "stopped by the plugin")
      assert.strictEqual(counts.steps, 5)
      assert.strictEqual(readFileSync(path.join(run(), "steps.txt"), "utf8"), "5")
    })
  )

  it.live("are kept with every default, and what decides is compared when the run is resumed", () =>
    Effect.gen(function* () {
      const { config, runs, run } = yield* project(
        { "@test/stop-after": { module: stopAfter }, "@test/counting": { module: counting } },
        ['{ use: "@test/stop-after" }', '{ use: "@test/counting", file: steps.txt }'],
        "checkpoints: { every: { steps: 1 } }"
      )
      assert.strictEqual((yield* etude(["train", config, "--runs", runs])).code, 0)
      const { plugins } = JSON.parse(readFileSync(path.join(run(), "config.json"), "utf8"))
      assert.deepStrictEqual(plugins, [
        { use: "@test/stop-after", onFailure: "fail", steps: 3 },
        { use: "@test/counting", onFailure: "fail", file: "steps.txt" }
      ])
      const set = ["--set", "plugins.0.steps=7", "--set", "plugins.1.file=other.txt"]
      const refused = yield* etude(["resume", run(), ...set])
      assert.strictEqual(refused.code, 2)
      assert.include(
        refused.stderr,
        "plugins.@test/stop-after.steps: 3 in the checkpoint, 7 now (alters the trajectory)"
      )
      assert.notInclude(refused.stderr, "other.txt")
      const resumed = yield* etude(["resume", run(), ...set, "--allow-alterations", "--beyond-end"])
      assert.strictEqual(resumed.code, 0, resumed.stderr)
      assert.strictEqual((yield* reportOf(run())).counts.steps, 7)
      assert.isTrue(existsSync(path.join(run(), "other.txt")))
    })
  )

  it.live("add losses and links, which the config names as it names ours", () =>
    Effect.gen(function* () {
      const { config, runs, run } = yield* project(
        { "@test/additions": { module: additions() } },
        ['{ use: "@test/additions" }'],
        "loss: { _tag: SignDescentQuartic }",
        "learningRate: 0.01, optimizer: { _tag: Sgd }, gradients: [{ _tag: SignDescentHalved }]"
      )
      const ended = yield* etude(["train", config, "--runs", runs])
      assert.strictEqual(ended.code, 0, ended.stderr)
      const { train, loss } = JSON.parse(readFileSync(path.join(run(), "config.json"), "utf8"))
      assert.deepStrictEqual(
        [loss, train.gradients],
        [{ _tag: "SignDescentQuartic", power: 4 }, [{ _tag: "SignDescentHalved" }]]
      )
      const tested = yield* etude(["test", run()])
      assert.strictEqual(tested.code, 0, tested.stderr)
      const refused = yield* etude(["resume", run(), "--more-epochs", "1", "--set", "loss.power=2"])
      assert.strictEqual(refused.code, 2)
      assert.include(refused.stderr, "loss.power: 4 in the checkpoint, 2 now (alters the trajectory)")
      const missing = yield* etude(["train", config, "--runs", runs, "--set", 'loss={"other":{"_tag":"Hinge"}}'])
      assert.strictEqual(missing.code, 2)
      assert.include(missing.stderr, "loss.other: expected a loss of the task that can be replaced; it has loss")
    })
  )

  it.live("add optimizers and schedules, which the config names as it names ours", () =>
    Effect.gen(function* () {
      const { config, runs, run } = yield* project(
        { "@test/additions": { module: additions() } },
        ['{ use: "@test/additions" }'],
        "checkpoints: { every: { steps: 1 } }",
        "optimizer: sign_descent, learningRate: { _tag: InverseSqrt, rate: 0.3, warmup: { steps: 2 } }"
      )
      const ended = yield* etude(["train", config, "--runs", runs])
      assert.strictEqual(ended.code, 0, ended.stderr)
      const { train, plugins } = JSON.parse(readFileSync(path.join(run(), "config.json"), "utf8"))
      assert.deepStrictEqual(train.optimizer, { _tag: "SignDescent", scale: 1 })
      assert.deepStrictEqual(plugins, [{ use: "@test/additions", onFailure: "fail" }])
      assert.include(readFileSync(path.join(run(), "config.schema.json"), "utf8"), "InverseSqrt")
      const refused = yield* etude(["resume", run(), "--more-epochs", "1", "--set", "train.optimizer.scale=2"])
      assert.strictEqual(refused.code, 2)
      assert.include(refused.stderr, "config.optimizer.scale: 1 in the checkpoint, 2 now (alters the trajectory)")
      const resumed = yield* etude(["resume", run(), "--more-epochs", "1"])
      assert.strictEqual(resumed.code, 0, resumed.stderr)
      assert.strictEqual((yield* reportOf(run())).counts.epochs, 3)
    })
  )

  it.live("add callbacks, which the config names as it names ours", () =>
    Effect.gen(function* () {
      const { config, runs, run } = yield* project(
        { "@test/named": { module: named() } },
        ['{ use: "@test/named" }'],
        "callbacks: { csv: {}, stopAt: { when: { after: { steps: 4 } } } }"
      )
      const ended = yield* etude(["train", config, "--runs", runs])
      assert.strictEqual(ended.code, 0, ended.stderr)
      const { reason, counts } = yield* reportOf(run())
      assert.deepStrictEqual([reason, counts.steps], ["stopped by name", 5])
      const { callbacks } = JSON.parse(readFileSync(path.join(run(), "config.json"), "utf8"))
      assert.deepStrictEqual(callbacks.stopAt, { onFailure: "fail", steps: 3, when: { after: { steps: 4 } } })
      assert.include(readFileSync(path.join(run(), "config.schema.json"), "utf8"), "Ends the run after some steps")
      const refused = yield* etude(["resume", run(), "--set", "callbacks.stopAt.steps=9"])
      assert.strictEqual(refused.code, 2)
      assert.include(refused.stderr, "callbacks.stopAt.steps: 3 in the checkpoint, 9 now (alters the trajectory)")
      const wrong = yield* etude(["config", "check", config, "--set", "callbacks.stopAt.step=1"])
      assert.include(wrong.stderr, 'callbacks.stopAt.step: unknown key; did you mean "steps"?')
      const missing = yield* etude(["config", "check", config, "--set", "callbacks.stopat={}"])
      assert.include(missing.stderr, 'callbacks.stopat: unknown key; did you mean "stopAt"?')
    })
  )

  it.live("that add a name which another has, or options that are wrong, are reported with the rest", () =>
    Effect.gen(function* () {
      const { config } = yield* project(
        {
          "@test/additions": { module: additions() },
          "@test/taken": { module: additions("ADAM", "inverse_sqrt").replaceAll("@test/additions", "@test/taken") },
          "@test/named": { module: named("csv") }
        },
        ['{ use: "@test/additions", scale: 1 }', '{ use: "@test/taken" }', '{ use: "@test/named" }'],
        "",
        "optimizer: { _tag: SignDescend }, learningRate: { _tag: InverseSqrt, rate: 0.3, warmup: { step: 2 } }"
      )
      const checked = yield* etude(["config", "check", config])
      assert.strictEqual(checked.code, 2)
      for (const line of [
        "train.optimizer: expected an optimizer: { _tag: Sgd | Adam | AdamW | RmsProp | Adagrad | Adadelta | Adamax | NAdam | RAdam | Lion | " +
          "Lamb | Lars | Adafactor | Muon | ScheduleFreeAdamW | Lookahead | SignDescent, … }; did you mean SignDescent?",
        'train.learningRate.warmup.step: unknown key; did you mean "steps"?',
        "plugins.0: expected no options: this plugin only adds what configs may name",
        "plugins.1.use: @test/taken: there is another optimizer with the name ADAM; give one of them another name",
        "plugins.2.use: csv: there is another callback with the name csv; give one of them another name",
        "plugins.1.use: @test/taken: there is another schedule with the name inverse_sqrt; give one of them another name"
      ]) {
        assert.include(checked.stderr, line)
      }
    })
  )

  it.live("may be those that come with the command, found in the same way", () =>
    Effect.gen(function* () {
      const { config, runs, run } = yield* project({}, ['{ use: "@etude/reports", csv: { path: table.csv } }'])
      const ended = yield* etude(["train", config, "--runs", runs])
      assert.strictEqual(ended.code, 0, ended.stderr)
      assert.isTrue(existsSync(path.join(run(), "table.csv")))
    })
  )

  it.live("that cannot be loaded or used are told all at once, together with the rest of the config", () =>
    Effect.gen(function* () {
      const { folder, config } = yield* project(
        {
          "@test/stop-after": { module: stopAfter },
          "@test/no-plugin": { plugin: null, module: "" },
          "@test/odd": { plugin: "index.js", module: "" },
          "@test/no-peer": { peers: {}, module: "" },
          "@test/too-new": { peers: { "@etude/core": "^99.0.0" }, module: "throw new Error('it was run')" },
          "@test/other-effect": { peers: { "@etude/core": "*", effect: "^3.0.0" }, module: "" },
          "@test/no-range": { peers: { "@etude/core": "newest" }, module: "" },
          "@test/throws": { module: "throw new Error('the sky fell')" },
          "@test/nothing": { module: "export const something = 1" },
          "@test/half": { module: "export const plugin = { name: 'half' }" },
          "@test/elsewhere": { plugin: "./there", module: "" }
        },
        [
          "{ use: yaml-ish }",
          ...["no-plugin", "odd", "no-peer", "too-new", "other-effect", "no-range"].map(
            (name) => `{ use: "@test/${name}" }`
          ),
          ...["throws", "nothing", "half", "elsewhere"].map((name) => `{ use: "@test/${name}" }`),
          '{ use: "@test/stop-after", steps: 0, step: 1 }',
          "{ use: ./nowhere.ts }",
          '{ use: "" }'
        ],
        "options: { points: 0 }"
      )
      const checked = yield* etude(["config", "check", config])
      assert.strictEqual(checked.code, 2)
      const [core, effect] = [versionOf("@etude/core"), versionOf("effect")]
      const problems = [
        "options.points: expected a whole number of points above 0",
        "plugins.13.use: expected a package name, or a path that starts with ./",
        "plugins.0.use: The plugin yaml-ish cannot be loaded from FOLDER: it is not installed there. " +
          "Install it: npm install yaml-ish",
        "plugins.1.use: The plugin @test/no-plugin cannot be loaded from FOLDER: its package.json declares no plugin. " +
          'Is it the right package? A package with a plugin declares it: "etude": { "plugin": "." }.',
        'plugins.2.use: The plugin @test/odd cannot be loaded from FOLDER: its package.json has the etude.plugin "index.js". ' +
          "Its author must give a path of its exports, . or ./name, or a list of them.",
        "plugins.3.use: The plugin @test/no-peer cannot be loaded from FOLDER: its package.json does not declare which versions of " +
          `@etude/core it supports. Its author must add "peerDependencies": { "@etude/core": "^${core}" }.`,
        `plugins.4.use: The plugin @test/too-new cannot be loaded from FOLDER: it is for @etude/core ^99.0.0, and this is ${core}. ` +
          `Install a version of the plugin that is for @etude/core ${core}, or @etude/core ^99.0.0.`,
        `plugins.5.use: The plugin @test/other-effect cannot be loaded from FOLDER: it is for effect ^3.0.0, and this is ${effect}. ` +
          `Install a version of the plugin that is for effect ${effect}, or effect ^3.0.0.`,
        'plugins.6.use: The plugin @test/no-range cannot be loaded from FOLDER: its package.json requires @etude/core "newest", ' +
          "which is not a version range. Its author must fix it.",
        "plugins.7.use: The plugin @test/throws cannot be loaded from FOLDER: its module throws when loaded. the sky fell",
        "plugins.8.use: The plugin @test/nothing cannot be loaded from FOLDER: it exports something, but no `plugin`. " +
          "Export one: `export const plugin = Plugin.make({ name, config, layer })`.",
        "plugins.9.use: The plugin @test/half cannot be loaded from FOLDER: its `plugin` has no name, config schema and layer. " +
          "Make it with `Plugin.make` of @etude/core.",
        "plugins.10.use: The plugin @test/elsewhere cannot be loaded from FOLDER: it declares @test/elsewhere/there as its plugin, " +
          "which does not exist. Its author must fix it (Package subpath './there' is not defined by \"exports\" in " +
          "FOLDER/node_modules/@test/elsewhere/package.json imported from FOLDER/_).",
        'plugins.11.step: unknown key; did you mean "steps"?',
        "plugins.11.steps: expected a whole number of steps above 0",
        "plugins.12.use: The plugin ./nowhere.ts cannot be loaded from FOLDER: there is no such module. " +
          "A path is relative to the config file and includes the extension, as in ./plugin.ts."
      ]
      assert.strictEqual(
        checked.stderr.replaceAll(folder, "FOLDER"),
        `FOLDER/config.yaml has 16 problems; nothing was started.\n${problems.map((problem) => `  ${problem}\n`).join("")}`
      )
    })
  )

  it.live("may be several of one package, each by its path, and others of it are refused with those there are", () =>
    Effect.gen(function* () {
      const several = {
        "@test/several": {
          plugin: [".", "./counting"],
          exports: { ".": "./index.js", "./counting": "./counting.js", "./hidden": "./counting.js" },
          module: stopAfter,
          files: { "counting.js": counting }
        },
        "@test/two": {
          plugin: ["./a", "./b"],
          exports: { "./a": "./index.js", "./b": "./index.js" },
          module: stopAfter
        }
      }
      const both = yield* project(several, [
        '{ use: "@test/several", steps: 5 }',
        '{ use: "@test/several/counting", file: steps.txt }'
      ])
      const ended = yield* etude(["train", both.config, "--runs", both.runs])
      assert.strictEqual(ended.code, 0, ended.stderr)
      assert.strictEqual(readFileSync(path.join(both.run(), "steps.txt"), "utf8"), "5")
      const wrong = yield* project(several, ['{ use: "@test/several/hidden" }', '{ use: "@test/two" }'])
      const { stderr } = yield* etude(["config", "check", wrong.config])
      assert.include(stderr, "declares no plugin there. Use one of @test/several, @test/several/counting.")
      assert.include(stderr, "it has several plugins. Use one of @test/two/a, @test/two/b.")
    })
  )

  it.live("that cannot be set up are told before the first step, with what else is wrong", () =>
    Effect.gen(function* () {
      const unbuilt = `${imports}
import * as Layer from "effect/Layer"
export const plugin = Plugin.make({
  name: "@test/unbuilt",
  config: Schema.Struct({ how: Schema.Literals(["throws", "fails"]) }),
  layer: ({ how }) => {
    if (how === "throws") throw new Error("it threw")
    return Layer.effectDiscard(Effect.fail(new Error("it failed")))
  }
})`
      const { config, runs } = yield* project(
        { "@test/unbuilt": { module: unbuilt } },
        ['{ use: "@test/unbuilt", how: throws }', '{ use: "@test/unbuilt", how: fails }'],
        "options: { broken: loss }"
      )
      const ended = yield* etude(["train", config, "--runs", runs])
      assert.strictEqual(ended.code, 2)
      assert.include(ended.stderr, "plugins.0: @test/unbuilt could not be set up: it threw")
      assert.include(ended.stderr, "plugins.1: @test/unbuilt could not be set up: it failed")
      assert.include(ended.stderr, "loss: ")
      assert.isFalse(existsSync(runs) && readdirSync(runs).length > 0)
    })
  )

  it.live("end the run when they fail, or are left out from then on, as the config says", () =>
    Effect.gen(function* () {
      const failing = yield* project({ "@test/counting": { module: counting } }, [
        '{ use: "@test/counting", file: steps.txt, fails: true }'
      ])
      const ended = yield* etude(["train", failing.config, "--runs", failing.runs])
      assert.strictEqual(ended.code, 1)
      assert.include(ended.stderr, "no more")
      const warned = yield* etude([
        "train",
        failing.config,
        "--runs",
        failing.runs,
        "--set",
        "plugins.0.onFailure=warn"
      ])
      assert.strictEqual(warned.code, 0, warned.stderr)
    })
  )
})
