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

interface Row {
  /** The key's parts from the document's top. */
  readonly path: ReadonlyArray<string>
  readonly cells: readonly [type: string, defaultValue: string, description: string]
}

/** The forms of a value, once each: a list of what may also stand alone adds nothing but `list`. */
const forms = (schema: JsonSchema, resolve: Resolve): ReadonlyArray<JsonSchema> => {
  const all = alternatives(schema).map(resolve)
  const alone = new Set(all.map((form) => JSON.stringify(form)))
  return all.filter(({ items }) => !items || !alone.has(JSON.stringify(resolve(items))))
}

const suffixed = (path: ReadonlyArray<string>, suffix: string): ReadonlyArray<string> =>
  path.length === 0 ? [suffix] : [...path.slice(0, -1), path.at(-1)! + suffix]

/** The rows of an object's keys, and of what is below them, a few levels down. */
const rows = (given: JsonSchema, resolve: Resolve, path: ReadonlyArray<string>, depth: number): ReadonlyArray<Row> => {
  const schema = resolve(given)
  if (depth > 6) return []
  if (schema.items) return rows(schema.items, resolve, suffixed(path, "[]"), depth + 1)
  const below = forms(schema, resolve).flatMap((form) => {
    const tag = tagOf(form)
    return rows(form, resolve, tag === undefined ? path : suffixed(path, `(${tag})`), depth + 1)
  })
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]): ReadonlyArray<Row> => {
    if (key === "_tag") return []
    const property = resolve(value)
    const optional = property.default !== undefined ? code(property.default) : ""
    const needed = schema.required?.includes(key) === true && property.default === undefined ? "needed" : optional
    const description = (property.description ?? "").replaceAll("|", "\\|").replaceAll("\n", " ")
    const name = [...path, key]
    return [
      { path: name, cells: [typeOf(property, resolve), needed, description] },
      ...rows(property, resolve, name, depth + 1)
    ]
  })
  return [...below, ...own]
}

const table = (lines: ReadonlyArray<Row>, above: number): string => {
  const written = lines.map(({ path, cells }) => `| \`${path.slice(above).join(".")}\` | ${cells.join(" | ")} |`)
  return `| Key | What it is | Default | What for |\n| --- | --- | --- | --- |\n${[...new Set(written)].join("\n")}\n`
}

/** Without what tells forms and items apart: `groups[]` and `optimizer(Adam)` are of `groups` and `optimizer`. */
const bare = (part: string): string => part.replace(/(?<=.)(\(.*\)|\[\])+$/, "")

/** More rows than fit on a screen are taken apart again. */
const screen = 40

/** A description inside of HTML, where no Markdown is read. */
const html = (text: string): string =>
  text
    .replaceAll("\\|", "|")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replace(/`([^`]*)`/g, "<code>$1</code>")

/** Tables of the keys at this level, and of those below each of them where they can be unfolded. */
const tables = (all: ReadonlyArray<Row>, above: number): string => {
  if (all.length <= 12 || (above > 0 && all.length <= screen)) return table(all, above)
  const groups = Map.groupBy(all, ({ path }) => bare(path[above]!))
  const isDeep = (group: ReadonlyArray<Row>) => group.some(({ path }) => path.length > above + 1)
  const small = [...groups.values()].filter((group) => !isDeep(group)).flat()
  const heads = [...groups.values()].filter(isDeep)
  const folded = heads.map((group) => {
    const own = group.filter(({ path }) => path.length === above + 1)
    const inside = group.filter(({ path }) => path.length > above + 1)
    const name = [...inside[0]!.path.slice(0, above), bare(inside[0]!.path[above]!)].join(".")
    const about = own[0]?.cells[2] ?? ""
    return `<details>\n<summary><code>${name}</code>${about === "" ? "" : ` ${html(about)}`}</summary>\n\n${tables(inside, above + 1)}\n</details>\n`
  })
  return [...(small.length === 0 ? [] : [table(small, above)]), ...folded].join("\n")
}

/** One section of the page. */
export const section = (title: string, about: string, document: unknown): string => {
  const schema = document as JsonSchema
  return `## ${title}\n\n${about}\n\n${tables(rows(schema, resolver(schema), [], 0), 0)}`
}
