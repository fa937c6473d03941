/** JSON Schemas for people: each key with its type, its default and what it is for. */

interface JsonSchema {
  readonly type?: string | ReadonlyArray<string>
  readonly enum?: ReadonlyArray<unknown>
  readonly const?: unknown
  readonly description?: string
  readonly default?: unknown
  readonly properties?: { readonly [key: string]: JsonSchema }
  readonly required?: ReadonlyArray<string>
  readonly items?: JsonSchema | false
  readonly prefixItems?: ReadonlyArray<JsonSchema>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly additionalProperties?: JsonSchema | boolean
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly exclusiveMaximum?: number
  readonly $ref?: string
  readonly $defs?: { readonly [name: string]: JsonSchema }
}

type Resolve = (schema: JsonSchema) => JsonSchema

/** Follows references to the document's own definitions. */
const resolver =
  ({ $defs = {} }: JsonSchema): Resolve =>
  (schema) => {
    const name = schema.$ref?.split("/").at(-1)?.replaceAll("~1", "/")
    const { $ref: _, ...rest } = schema
    return name === undefined ? schema : { ...$defs[name], ...rest }
  }

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``.replaceAll("|", "\\|")

/** Limits that a person sets; those of whole numbers in JavaScript are none. */
const limits = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string =>
  [
    minimum !== undefined && Math.abs(minimum) < 2 ** 53 - 1 ? ` ≥ ${minimum}` : "",
    exclusiveMinimum !== undefined ? ` > ${exclusiveMinimum}` : "",
    maximum !== undefined && Math.abs(maximum) < 2 ** 53 - 1 ? ` ≤ ${maximum}` : "",
    exclusiveMaximum !== undefined ? ` < ${exclusiveMaximum}` : ""
  ].join("")

const alternatives = ({ anyOf, oneOf }: JsonSchema): ReadonlyArray<JsonSchema> => anyOf ?? oneOf ?? []

/** The tag by which an alternative is told from the others, where there is one. */
const tagOf = ({ properties }: JsonSchema): string | undefined => {
  const tag = properties?.["_tag"] ?? properties?.["type"]
  const [value] = tag?.enum ?? (tag?.const === undefined ? [] : [tag.const])
  return typeof value === "string" ? value : undefined
}

const typeOf = (given: JsonSchema, resolve: Resolve): string => {
  const schema = resolve(given)
  if (schema.enum !== undefined) return schema.enum.map(code).join(" or ")
  if (schema.const !== undefined) return code(schema.const)
  const parts = alternatives(schema).map(resolve)
  if (parts.length > 0) {
    const names = parts.map((part) => tagOf(part) ?? typeOf(part, resolve))
    return [...new Set(names)].join(" or ")
  }
  if (schema.type === "array") return `list of ${schema.items ? typeOf(schema.items, resolve) : "values"}`
  if (schema.type === "integer") return `whole number${limits(schema)}`
  if (schema.type === "number") return `number${limits(schema)}`
  return [schema.type ?? "any"].flat().join(" or ") + limits(schema)
}

/** The rows of an object's keys, and of what is below them, a few levels down. */
const rows = (given: JsonSchema, resolve: Resolve, path: string, depth: number): ReadonlyArray<string> => {
  const schema = resolve(given)
  if (depth > 6) return []
  if (schema.items) return rows(schema.items, resolve, `${path}[]`, depth + 1)
  const below = alternatives(schema)
    .map(resolve)
    .flatMap((part) => rows(part, resolve, tagOf(part) === undefined ? path : `${path}(${tagOf(part)})`, depth + 1))
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    if (key === "_tag") return []
    const property = resolve(value)
    const name = path === "" ? key : `${path}.${key}`
    const optional = property.default !== undefined ? code(property.default) : ""
    const needed = schema.required?.includes(key) === true && property.default === undefined ? "needed" : optional
    const description = (property.description ?? "").replaceAll("|", "\\|").replaceAll("\n", " ")
    return [
      `| \`${name}\` | ${typeOf(property, resolve)} | ${needed} | ${description} |`,
      ...rows(property, resolve, name, depth + 1)
    ]
  })
  return [...below, ...own]
}

/** One section of the page. */
export const section = (title: string, about: string, document: unknown): string => {
  const schema = document as JsonSchema
  const table = [...new Set(rows(schema, resolver(schema), "", 0))]
  return `## ${title}\n\n${about}\n\n| Key | What it is | Default | What for |\n| --- | --- | --- | --- |\n${table.join("\n")}\n`
}
