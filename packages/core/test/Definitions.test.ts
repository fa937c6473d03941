import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Config from "../src/Config.ts"
import * as Extent from "../src/Extent.ts"
import * as Definitions from "../src/internal/Definitions.ts"
import * as LearningRate from "../src/LearningRate.ts"
import * as TrainConfig from "../src/TrainConfig.ts"

type Fields = { readonly [key: string]: unknown }
interface Document {
  readonly schema: Fields
  readonly definitions: { readonly [name: string]: Fields }
}

/** A document without references, as deep as that. */
const unfolded = ({ schema, definitions }: Document, levels: number): unknown => {
  const unfold = (value: unknown, level: number): unknown => {
    if (level === 0) return "deeper"
    if (Array.isArray(value)) return value.map((part) => unfold(part, level - 1))
    if (typeof value !== "object" || value === null) return value
    const { $ref, ...beside } = value as Fields
    if (typeof $ref === "string") return unfold({ ...definitions[$ref.slice("#/$defs/".length)], ...beside }, level)
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unfold(part, level - 1)]))
  }
  return unfold(schema, levels)
}

const documentOf = (schema: Schema.Top): Document => Schema.toJsonSchemaDocument(schema, { onExcessProperty: "error" })
const namesIn = (schema: Schema.Codec<any, any>) => Object.keys((Config.jsonSchema(schema)["$defs"] as object) ?? {})

const range = Schema.Struct({
  lowest: Schema.Finite.annotate({ description: "The lowest value that is still taken as it is" }),
  highest: Schema.Finite.annotate({ description: "The highest value that is still taken as it is" })
})

describe("definitions of a JSON Schema", () => {
  for (const [name, schema] of [
    ["the training config", TrainConfig.TrainConfig],
    ["a schedule, which may hold schedules", LearningRate.Schedule],
    ["a schema without anything twice", range]
  ] as const) {
    it(`mean what stood in their places: ${name}`, () => {
      const document = documentOf(schema)
      assert.deepStrictEqual(unfolded(Definitions.share(document), 14), unfolded(document, 14))
    })
  }

  it("hold a schema that is used twice, without what the uses say about it", () => {
    const schema = Schema.Struct({
      inputs: range.annotate({ description: "Of the inputs" }),
      targets: Config.withDefault(range, { lowest: 0, highest: 1 }, "Of the targets")
    })
    const { $defs, properties } = Config.jsonSchema(schema) as any // any: JSON
    assert.deepStrictEqual(Object.keys($defs), ["LowestAndHighest"])
    assert.deepStrictEqual(properties.inputs, { $ref: "#/$defs/LowestAndHighest", description: "Of the inputs" })
    assert.deepStrictEqual(properties.targets, {
      $ref: "#/$defs/LowestAndHighest",
      description: "Of the targets",
      default: { lowest: 0, highest: 1 }
    })
  })

  it("don't hold what is inside of one of them only, nor what is short", () => {
    const outer = Schema.Struct({ range, name: Schema.String })
    assert.deepStrictEqual(namesIn(Schema.Struct({ a: outer, b: Schema.Array(outer) })), ["RangeAndName"])
  })

  it("are named by a variant's tag, by amounts, or by the property that they are of", () => {
    const variant = Schema.TaggedStruct("Linear", { range })
    const limits = Schema.Struct({ range, variant, until: Extent.Every, every: Extent.Every })
    const schema = Schema.Struct({ limits, others: Schema.Array(Schema.Struct({ limits })), variant })
    assert.deepStrictEqual(namesIn(schema), ["Range", "Linear", "EpochsOrStepsOrMinutes", "Limits"])
  })

  it("have a number where two have one name", () => {
    const other = Schema.Struct({
      ...range.fields,
      step: Schema.Finite.annotate({ description: "Between two values" })
    })
    const schema = Schema.Struct({
      first: Schema.Struct({ range }),
      second: Schema.Struct({ range }),
      third: Schema.Struct({ range: other, a: Schema.String }),
      fourth: Schema.Struct({ range: other, b: Schema.String })
    })
    const names = namesIn(schema)
    assert.include(names, "Range2")
    assert.strictEqual(new Set(names).size, names.length)
  })

  it("are one for a recursive schema that was made twice", () => {
    const schema = Schema.Struct({
      first: LearningRate.schemaOf(LearningRate.entries),
      second: Config.withDefault(LearningRate.schemaOf(LearningRate.entries), 0.1)
    })
    const names = namesIn(schema)
    assert.deepStrictEqual(
      names.filter((name) => name.startsWith("LearningRate")),
      ["LearningRateSchedule"]
    )
  })
})
