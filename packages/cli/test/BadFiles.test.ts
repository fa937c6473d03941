/** Files that were not written by Etude, or not by anyone: each is refused in words, soon, and without a stack. */
import { lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as CallbackEntry from "@etude/core/CallbackEntry"
import * as Config from "@etude/core/Config"
import type { ConfigInvalid } from "@etude/core/Errors"
import { printable } from "@etude/core/Printable"
import * as Rng from "@etude/core/Rng"
import * as EventsFile from "@etude/reports/EventsFile"
import * as OutputFile from "@etude/reports/OutputFile"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as BuiltIn from "../src/BuiltIn.ts"
import * as ConfigFile from "../src/ConfigFile.ts"
import * as ExitCode from "../src/ExitCode.ts"
import * as Load from "../src/Load.ts"
import * as Plugins from "../src/Plugins.ts"
import * as RunConfig from "../src/RunConfig.ts"
import * as RunFolder from "../src/RunFolder.ts"
import * as YamlText from "../src/YamlText.ts"
import { etude, fixtures, line, temporary } from "./support/etude.ts"

const parse = (text: string) => Effect.result(ConfigFile.parse(text, "bad.yaml"))
const decode = (value: unknown) => Effect.result(Config.decode(RunConfig.RunConfig, value, "bad.yaml"))
const problemsOf = (result: Result.Result<unknown, ConfigInvalid>): ReadonlyArray<string> =>
  Result.isFailure(result) ? result.failure.problems.map(({ message }) => message) : []

const deep = "it is nested more than 100 levels deep; no config is"
const indented = (mark: string, levels: number) =>
  Array.from({ length: levels }, (_, level) => `${" ".repeat(level)}${mark}\n`).join("")

const limits: ReadonlyArray<readonly [what: string, text: string, problem: RegExp]> = [
  ["brackets that are never closed", "[".repeat(200_000), new RegExp(deep)],
  ["brackets in brackets", `${"[".repeat(5_000)}${"]".repeat(5_000)}`, new RegExp(deep)],
  ["records in records", "{a: ".repeat(50_000), new RegExp(deep)],
  ["lists in lists on one line", "- ".repeat(100_000), new RegExp(deep)],
  ["keys of keys on one line", "? ".repeat(100_000), new RegExp(deep)],
  ["lines that go in", indented("a:", 700), new RegExp(deep)],
  ["lists that go in", indented("-", 700), new RegExp(deep)],
  ["a list that holds itself", "&a [*a]", new RegExp(deep)],
  [
    "anchors of anchors",
    `a: &a [1, 1, 1, 1, 1, 1]\n${[..."bcdefgh"].map((key, at) => `${key}: &${key} [${Array(6).fill(`*${"abcdefg"[at]}`).join(", ")}]`).join("\n")}`,
    /Excessive alias count|holds more than 100,000 values/
  ],
  ["a text longer than a config", `a: ${"x".repeat(300_000)}`, /it has more than 256 kB; is it the right file/]
]

describe("a config's text", () => {
  for (const [what, text, problem] of limits) {
    it.effect(`with ${what} is refused`, () =>
      Effect.map(parse(text), (result) => {
        assert.strictEqual(problemsOf(result).length, 1)
        assert.match(problemsOf(result)[0]!, problem)
      })
    )
  }

  it.effect("with very many mistakes shows the first of them, and says how many there are", () =>
    Effect.gen(function* () {
      const result = yield* parse("]".repeat(2_000))
      assert.strictEqual(problemsOf(result).length, 101)
      assert.match(Result.isFailure(result) ? result.failure.message : "", /and 51 more$/)
      const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`key${at}`, at]))
      const refused = yield* decode({ use: "x", ...keys })
      assert.isBelow(problemsOf(refused).length, 102)
      assert.match(problemsOf(refused).at(-1)!, /^and 19,900 more problems/)
    })
  )

  it.effect("with thousands of keys is read in no time, and a key that is twice is found among them", () =>
    Effect.gen(function* () {
      const keys = Array.from({ length: 12_000 }, (_, at) => `key${at}: 1`)
      assert.isTrue(Result.isSuccess(yield* parse(`{${keys.join(", ")}}`)))
      assert.deepStrictEqual(problemsOf(yield* parse([...keys, "key7: 2"].join("\n"))), ["Map keys must be unique"])
    })
  )

  it.effect("that is drawn is a value or a list of problems, and so is what is decoded of it", () =>
    Effect.gen(function* () {
      const pieces = [
        "{",
        "}",
        "[",
        "]",
        ": ",
        ", ",
        "\n",
        "\n  ",
        "- ",
        "? ",
        "&a ",
        "*a",
        "<<: ",
        "!!x ",
        "'",
        '"',
        "|"
      ]
      const words = [
        "use",
        "train",
        "options",
        "_tag",
        "Adam",
        "__proto__",
        "constructor",
        "toString",
        "1e999",
        ".nan",
        "~"
      ]
      for (let draw = 0; draw < 400; draw++) {
        const key = Rng.key(draw)
        const all = [
          ...pieces,
          ...words,
          "callbacks",
          "plugins",
          "checkpoints",
          "\u001b[2J",
          "\u0000",
          "#",
          "%",
          "---\n"
        ]
        const text = [...Rng.uniforms(key, 1 + (draw % 60), 0, all.length)].map((at) => all[Math.floor(at)]!).join("")
        const parsed = yield* parse(text)
        if (Result.isSuccess(parsed)) yield* decode(parsed.success)
        else assert.isAbove(problemsOf(parsed).length, 0, JSON.stringify(text))
      }
    })
  )
})

describe("names that every object has", () => {
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"]
  for (const name of names) {
    it.effect(`${name} is an unknown key like any other, wherever it stands`, () =>
      Effect.gen(function* () {
        for (const text of [
          `use: x\n${name}: 1`,
          `use: x\ntrain: { ${name}: { a: 1 } }`,
          `use: x\ntrain: { optimizer: { _tag: Adam, ${name}: 1 } }`,
          `use: x\ntrain: { optimizer: { _tag: ${name} } }`,
          `use: x\ntrain: { optimizer: ${name} }`,
          `use: x\nbackend: ${name}`,
          `use: x\ncallbacks: { ${name}: {} }`
        ]) {
          const value = yield* ConfigFile.parse(text, "x.yaml")
          assert.isAbove(problemsOf(yield* decode(value)).length, 0, text)
        }
        assert.isAbove(problemsOf(yield* decode(JSON.parse(`{ "use": "x", "train": { "${name}": 1 } }`))).length, 0)
      })
    )

    it(`${name} may be set, and is then a key and nothing else`, () => {
      const set = (...assignments: ReadonlyArray<string>) =>
        ConfigFile.override({ a: [1] }, ConfigFile.overridesOf(assignments)) as object
      const changed = set(`${name}.x=1`, `b.${name}=2`, `a.${name}=3`)
      assert.deepStrictEqual(Object.getOwnPropertyDescriptor(changed, name)?.value, { x: 1 })
      assert.strictEqual(Object.getPrototypeOf(changed), Object.prototype)
      assert.isUndefined(({} as { readonly x?: unknown }).x)
    })
  }

  it("are no errors' tags", () => {
    assert.strictEqual(ExitCode.of({ _tag: "constructor" }), 1)
  })

  it("a length or a place beyond a list's end is no place in it", () => {
    assert.deepStrictEqual(ConfigFile.override({ a: [1] }, ConfigFile.overridesOf(["a.length=4294967295"])), {
      a: { length: 4294967295 }
    })
    assert.deepStrictEqual(ConfigFile.override({ a: [1] }, ConfigFile.overridesOf(["a.1=2"])), { a: [1, 2] })
  })
})

describe("what a config imports", () => {
  const marker = "globalThis.ran = true"
  const uses: ReadonlyArray<readonly [use: string, reason: string]> = [
    [`data:text/javascript,${marker}`, "it is a URL (data:); only packages and paths are imported"],
    ["file:///tmp/experiment.js", "it is a URL (file:); only packages and paths are imported"],
    ["node:fs", "it is a URL (node:); only packages and paths are imported"],
    ["https://example.org/x.js", "it is a URL (https:); only packages and paths are imported"],
    ["DATA:text/javascript,1", "it is a URL (DATA:); only packages and paths are imported"],
    ["fs", "it is a built-in module of Node"]
  ]
  for (const [use, reason] of uses) {
    it.effect(`is no ${use.split(",")[0]}, as an experiment or as a plugin: nothing of it is run`, () =>
      Effect.gen(function* () {
        const experiment = yield* Effect.flip(Load.fromDocument({ use }, "x.yaml", fixtures))
        assert.include(experiment.message, reason)
        const document = { use: "./line.ts", plugins: [{ use }] }
        const plugin = yield* Effect.flip(Load.fromDocument(document, "x.yaml", fixtures))
        assert.include(plugin.message, reason)
        assert.isFalse("ran" in globalThis)
      })
    )
  }
})

describe("control characters of others", () => {
  it("are shown as escapes, but for line ends, tabs and colours", () => {
    assert.strictEqual(
      printable("a\u001b]0;x\u0007\r\u009b2J\u202e\tb\n\u001b[31mc\u001b[0m"),
      "a\\u001b]0;x\\u0007\\u000d\\u009b2J\\u202e\tb\n\u001b[31mc\u001b[0m"
    )
  })

  it.live("in the keys of a config do nothing to the terminal", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const file = path.join(folder, "bad.yaml")
      writeFileSync(file, `${readFileSync(line, "utf8")}\n"\\e]0;title\\a": 1\n`.replace("./", `${fixtures}/`))
      const { code, stdout, stderr } = yield* etude(["config", "check", file])
      assert.strictEqual(code, 2)
      assert.notInclude(stdout + stderr, "\u001b]")
      assert.notInclude(stdout + stderr, "\u0007")
      assert.include(stderr, "\\u001b]0;title\\u0007: unknown key")
    })
  )
})

describe("a log of events", () => {
  it.effect("that is drawn is read or refused in words", () =>
    Effect.gen(function* () {
      const pieces = [
        "{",
        "}",
        '{"version":1',
        '{"_tag":"constructor"}',
        '"__proto__":1',
        ",",
        "\n",
        "null\n",
        "[[[[",
        "\u0000"
      ]
      for (let draw = 0; draw < 200; draw++) {
        const draws = Rng.uniforms(Rng.key(draw), 1 + (draw % 30), 0, pieces.length)
        const text = [...draws].map((at) => pieces[Math.floor(at)]!).join("")
        const result = yield* Effect.result(EventsFile.parse(text, "events.jsonl"))
        if (Result.isFailure(result)) assert.include(result.failure.message, "events.jsonl")
      }
    })
  )
})

describe("files of callbacks", () => {
  const conflicts: ReadonlyArray<readonly [callbacks: object, problem: string]> = [
    [{ csv: { path: "../../escape.csv" } }, "../../escape.csv leads outside the run's folder"],
    [{ csv: { path: "a/../../escape.csv" } }, "a/../../escape.csv leads outside the run's folder"],
    [{ csv: { path: "..\\escape.csv" } }, "leads outside the run's folder"],
    [{ csv: { path: "." } }, ". leads outside the run's folder"],
    [{ tensorBoard: { directory: ".." } }, ".. leads outside the run's folder"],
    [{ csv: { path: "checkpoints/x.csv" } }, "checkpoints/x.csv is written by the run itself;"],
    [{ csv: { path: "./figures/../checkpoints/a/x" } }, "is written by the run itself;"],
    [{ htmlReport: { path: "config.json.tmp" } }, "config.json.tmp is written by the run itself;"],
    [{ htmlReport: { path: "Config.JSON" } }, "Config.JSON is written by the run itself;"],
    [{ tensorBoard: { directory: "figures" } }, "figures is written by the run itself;"],
    [{ csv: { path: "x" }, valuesFile: { path: "./x" } }, "./x is written by callbacks;"],
    [{ csv: { path: "x" }, valuesFile: { path: "x.tmp" } }, "x.tmp is written by callbacks;"]
  ]
  const problemsOf = (callbacks: object) =>
    Effect.map(Config.decode(CallbackEntry.schemaOf(BuiltIn.registry.callbacks), callbacks, "callbacks"), (options) =>
      Plugins.conflictsOf([Plugins.named(BuiltIn.registry, options, callbacks)], RunFolder.files).map(
        ({ message }) => message
      )
    )
  for (const [callbacks, problem] of conflicts) {
    it.effect(`${JSON.stringify(callbacks)} are refused before the first step`, () =>
      Effect.map(problemsOf(callbacks), (problems) => {
        assert.strictEqual(problems.length, 1)
        assert.include(problems[0]!, problem)
      })
    )
  }
  it.effect("go into folders of their own, or anywhere by an absolute path", () =>
    Effect.map(
      problemsOf({ csv: { path: "tables/metrics.csv" }, valuesFile: { path: "/tmp/values.jsonl" }, tensorBoard: {} }),
      (problems) => assert.deepStrictEqual(problems, [])
    )
  )
})

describe("a link in a run folder", () => {
  it.effect("in the place of a temporary file, or of the log, is not followed: what it points to stays as it is", () =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const victim = path.join(folder, "victim")
      const within = (name: string) => path.join(folder, name)
      writeFileSync(victim, "of the victim")
      for (const name of ["report.json.tmp", "metrics.csv.tmp", "events.jsonl"]) symlinkSync(victim, within(name))
      yield* RunFolder.write(within("report.json"), "{}")
      yield* Effect.gen(function* () {
        const file = yield* OutputFile.make("csv")
        file.begin(within("metrics.csv"))
        file.write("a,b\n")
        yield* file.flush
      }).pipe(Effect.scoped)
      yield* Effect.provide(Effect.void, EventsFile.layer({ path: within("events.jsonl") }))
      assert.strictEqual(readFileSync(victim, "utf8"), "of the victim")
      assert.deepStrictEqual(
        ["report.json", "metrics.csv"].map((name) => readFileSync(within(name), "utf8")),
        ["{}", "a,b\n"]
      )
      assert.isFalse(lstatSync(within("events.jsonl")).isSymbolicLink())
    }).pipe(Effect.provide(NodeServices.layer))
  )
})

describe("limits of configs", () => {
  it("leave every config of this repository alone", () => {
    assert.isTrue(Result.isSuccess(YamlText.parse(readFileSync(line, "utf8"))))
  })
})
