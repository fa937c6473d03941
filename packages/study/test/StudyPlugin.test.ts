/** What plugins add to the names of studies. */
import { assert, it } from "@effect/vitest"
import * as Entry from "@etude/core/Entry"
import * as Schema from "effect/Schema"
import { proceed } from "../src/Pruner.ts"
import * as Searchers from "../src/Searchers.ts"
import * as StudyPlugin from "../src/StudyPlugin.ts"
import * as StudyRegistry from "../src/StudyRegistry.ts"

const searcher = (tag: string) => Entry.of({ tag, schema: Schema.TaggedStruct(tag, {}), make: () => Searchers.random })
const pruner = (tag: string) =>
  Entry.of({ tag, schema: Schema.TaggedStruct(tag, {}), make: () => ({ decide: () => proceed }) })

const named = (...plugins: ReadonlyArray<StudyPlugin.Named["plugin"]>) =>
  StudyPlugin.registryOf(plugins.map((plugin, index) => ({ path: `plugins.${index}`, plugin })))

it("names come after ours, in the order of the plugins", () => {
  const one = StudyPlugin.make({ name: "one", searchers: [searcher("Annealing")] })
  const other = StudyPlugin.make({ name: "other", searchers: [searcher("Genetic")], pruners: [pruner("Patience")] })
  const { registry, problems } = named(one, other)
  assert.deepStrictEqual(problems, [])
  const ours = StudyRegistry.own
  assert.deepStrictEqual(
    registry.searchers.slice(ours.searchers.length).map(({ tag }) => tag),
    ["Annealing", "Genetic"]
  )
  assert.deepStrictEqual(
    registry.pruners.slice(ours.pruners.length).map(({ tag }) => tag),
    ["Patience"]
  )
})

it("names that are taken, in any case, and plugins that add nothing are problems of the plugin", () => {
  const taken = StudyPlugin.make({
    name: "taken",
    searchers: [searcher("TPE"), searcher("New")],
    pruners: [pruner("asha")]
  })
  const { registry, problems } = named(taken, { name: "lion" })
  assert.deepStrictEqual(problems, [
    {
      path: "plugins.0.use",
      message: "taken: there is another searcher with the name TPE; give one of them another name"
    },
    {
      path: "plugins.0.use",
      message: "taken: there is another pruner with the name asha; give one of them another name"
    },
    { path: "plugins.1.use", message: "lion: adds no searcher and no pruner; plugins of runs are named in the config" }
  ])
  assert.deepStrictEqual(registry, StudyRegistry.own)
})

it("is an ordinary plugin, too", () => {
  const plugin = StudyPlugin.make({ name: "both", searchers: [searcher("Annealing")], losses: [] })
  assert.strictEqual(plugin.name, "both")
  assert.isTrue(Schema.isSchema(plugin.config))
  assert.isFunction(plugin.layer)
})
