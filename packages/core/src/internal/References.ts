/** References in JSON Schemas: `{ $ref: "#/$defs/Name" }`, with what stands beside them. */

export type Fields = { readonly [key: string]: unknown }

export interface Document {
  readonly schema: Fields
  readonly definitions: { readonly [name: string]: Fields }
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

export const mapped = (value: unknown, change: (part: unknown, key: string) => unknown): unknown => {
  if (Array.isArray(value)) return value.map((part, index) => change(part, String(index)))
  if (!isFields(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part, key)]))
}

const prefix = "#/$defs/"
const nameIn = (value: unknown): string | undefined => {
  const reference = isFields(value) ? value["$ref"] : undefined
  return typeof reference === "string" && reference.startsWith(prefix)
    ? reference.slice(prefix.length).replaceAll("~1", "/").replaceAll("~0", "~")
    : undefined
}
/** The reference to a definition. */
export const to = (name: string): Fields => ({ $ref: prefix + name.replaceAll("~", "~0").replaceAll("/", "~1") })

/** A value with something else for its references, each with the annotations beside it. */
export const replaced = (value: unknown, instead: (name: string, beside: Fields) => unknown): unknown => {
  const name = nameIn(value)
  if (name === undefined) return mapped(value, (part) => replaced(part, instead))
  const { $ref: _, ...beside } = value as Fields
  return instead(name, beside)
}

const mentions = (value: unknown, name: string): boolean => {
  let found = false
  replaced(value, (mentioned) => {
    found ||= mentioned === name
  })
  return found
}

/** Names that were made for schemas without one end so. */
const isNameless = (name: string): boolean => name.endsWith("_")

/** The document with its recursive definitions only: each refers to itself, and the others stand where they are used. */
export const recursiveOnly = ({ schema, definitions }: Document): Document => {
  let root: unknown = schema
  const left = new Map<string, unknown>(Object.entries(definitions))
  const names = [...left.keys()]
  for (const name of [...names.filter(isNameless), ...names.filter((one) => !isNameless(one))]) {
    const body = left.get(name)
    if (mentions(body, name)) continue
    left.delete(name)
    const insert = (value: unknown) =>
      replaced(value, (mentioned, beside) =>
        mentioned === name && isFields(body) ? { ...body, ...beside } : { ...to(mentioned), ...beside }
      )
    root = insert(root)
    for (const [other, part] of left) left.set(other, insert(part))
  }
  return { schema: root as Fields, definitions: Object.fromEntries(left) as Document["definitions"] }
}

/** A schema without the annotations that may differ where it is used, and those. */
export const split = ({
  description,
  default: byDefault,
  ...bare
}: Fields): readonly [bare: Fields, annotations: Fields] => [
  bare,
  {
    ...(description === undefined ? {} : { description }),
    ...(byDefault === undefined ? {} : { default: byDefault })
  }
]

type Definitions = Document["definitions"]

/** Recursive definitions by the first that is equal to them, as far as following their references can tell. */
const representatives = (definitions: Definitions): ReadonlyMap<string, string> => {
  const names = Object.keys(definitions)
  let first = new Map(names.map((name) => [name, names[0] ?? name]))
  for (let count = 0; count !== new Set(first.values()).size; ) {
    count = new Set(first.values()).size
    const byText = new Map<string, string>()
    const next = names.map((name): [string, string] => {
      const like = replaced(split(definitions[name] ?? {})[0], (other) => to(first.get(other) ?? other))
      const text = JSON.stringify([first.get(name), like])
      if (!byText.has(text)) byText.set(text, name)
      return [name, byText.get(text) ?? name]
    })
    first = new Map(next)
  }
  return first
}

/** The document with one of several equal definitions, under the name that the schema had. */
export const merged = ({ schema, definitions }: Document): Document => {
  const first = representatives(definitions)
  const kept = [...new Set(first.values())]
  const names = new Map<string, string>()
  for (const name of kept) {
    const plain = name.replace(/_\d+$/, "")
    names.set(name, [...names.values()].includes(plain) ? name : plain)
  }
  const nameOf = (name: string) => names.get(first.get(name) ?? name) ?? name
  // A default is of the place where it holds, and equal definitions may be described otherwise.
  const renamed = (value: unknown): unknown =>
    replaced(value, (name, beside) => ({ ...to(nameOf(name)), ...split(definitions[name] ?? {})[1], ...beside }))
  const bodyOf = ({ default: _, ...body }: Fields): unknown => renamed(body)
  return {
    schema: renamed(schema) as Fields,
    definitions: Object.fromEntries(kept.map((name) => [nameOf(name), bodyOf(definitions[name] ?? {})])) as Definitions
  }
}
