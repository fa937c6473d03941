import { assert, it } from "vitest"
import { section } from "../src/SchemaPage.ts"

it("a page of a schema has each key with its type, its limits, its default and what it is for", () => {
  const text = section("A thing", "About it.", {
    type: "object",
    required: ["rate", "kind"],
    properties: {
      rate: { type: "number", exclusiveMinimum: 0, description: "How fast | far" },
      count: { type: "integer", maximum: 9007199254740991, minimum: 1, default: 3 },
      kind: {
        anyOf: [
          { type: "object", properties: { _tag: { enum: ["Plain"] } } },
          { type: "object", properties: { _tag: { enum: ["Fine"] }, grain: { $ref: "#/$defs/Grain" } } }
        ]
      },
      list: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } }
    },
    $defs: { Grain: { enum: ["small", "large"] } }
  })
  assert.deepStrictEqual(text.split("\n").slice(6), [
    "| `rate` | number > 0 | needed | How fast \\| far |",
    "| `count` | whole number ≥ 1 | `3` |  |",
    "| `kind` | Plain or Fine | needed |  |",
    '| `kind(Fine).grain` | `"small"` or `"large"` |  |  |',
    "| `list` | list of object |  |  |",
    "| `list[].name` | string |  |  |",
    ""
  ])
})

it("keys with many below them are unfolded, by names below their own, and a list of a form adds no rows", () => {
  const form = { type: "object", properties: { one: { type: "number" }, two: { type: "string" } } }
  const properties = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`k${at}`, { type: "integer" }]))
  const text = section("A thing", "About it.", {
    type: "object",
    properties: {
      alone: { type: "boolean" },
      many: { type: "object", description: "What many is.", properties },
      either: { anyOf: [form, { type: "array", items: form }] }
    }
  })
  assert.include(text, "| `alone` | boolean |  |  |")
  assert.include(text, "<details>\n<summary><code>many</code> What many is.</summary>\n\n| Key |")
  assert.include(text, "| `k29` | whole number |  |  |")
  assert.include(text, "<summary><code>either</code></summary>")
  assert.strictEqual(text.split("`one`").length, 2)
})
