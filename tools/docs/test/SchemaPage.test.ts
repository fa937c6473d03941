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
