/** Plugins of installed packages that study.yaml names, through the command itself. */
import { writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { etude, line, temporary } from "./support/etude.ts"
import { counting, install } from "./support/plugins.ts"

/** What `StudyPlugin.make` makes, of what the folder has. */
const annealing = `
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
const searcher = { suggest: (_space, _tried, setting) => ({ "train.learningRate": 1 / (2 + setting) }), isSequential: false }
const pruner = { decide: () => ({ _tag: "Continue" }) }
export const plugin = {
  name: "@test/annealing",
  config: Schema.Struct({}),
  layer: () => Layer.empty,
  searchers: [{ tag: "Annealing", schema: Schema.TaggedStruct("Annealing", { keep: Schema.Finite }), make: () => searcher }],
  pruners: [{ tag: "Patience", schema: Schema.TaggedStruct("Patience", {}), make: () => pruner }]
}
`

const project = (plugins: ReadonlyArray<string>, search: string) =>
  Effect.gen(function* () {
    const folder = yield* temporary
    install(folder, { "@test/annealing": { module: annealing }, "@test/counting": { module: counting } })
    const file = path.join(folder, "study.yaml")
    const document = [
      `config: ${JSON.stringify(line)}`,
      "space: { train.learningRate: { log: [0.001, 1] } }",
      `search: ${search}`,
      "pruner: patience",
      "settings: 3",
      "objective: train/loss",
      "plugins:",
      ...plugins.map((use) => `  - use: ${JSON.stringify(use)}`)
    ]
    writeFileSync(file, document.join("\n"))
    return file
  })

it.live("a study names what they add, as it names ours", () =>
  Effect.gen(function* () {
    const file = yield* project(["@test/annealing"], "{ _tag: annealing, keep: 0.5 }")
    const ended = yield* etude(["study", "check", file, "--json"])
    assert.strictEqual(ended.code, 0, ended.stderr)
    const { search, pruner } = JSON.parse(ended.stdout)
    assert.deepStrictEqual([search, pruner], [{ _tag: "Annealing", keep: 0.5 }, { _tag: "Patience" }])
  })
)

it.live("all that can't be used is said at once, with the problems of the study", () =>
  Effect.gen(function* () {
    const plugins = ["@test/none", "@test/annealing", "@test/annealing", "@test/counting", "node:fs"]
    const file = yield* project(plugins, "{ _tag: Annealing, keep: much }")
    const { code, stderr } = yield* etude(["study", "check", file])
    assert.notStrictEqual(code, 0)
    assert.include(stderr, "plugins.0.use: The plugin @test/none cannot be loaded")
    assert.include(stderr, "plugins.2.use: @test/annealing: is there already; name each plugin once")
    assert.match(stderr, /plugins\.3\.use: .*: adds no searcher and no pruner/)
    assert.include(stderr, "plugins.4.use: The plugin node:fs cannot be loaded")
    assert.include(stderr, "search.keep: Expected")
  })
)
