/**
 * JSON Schemas in which what repeats stands once, under `$defs`. Equal parts may differ in their `description` and `default`:
 * those stay where the part is used, beside `$ref`.
 */
import * as References from "./References.ts"
import { type Document, type Fields, isFields, mapped, split } from "./References.ts"

/** Shorter parts are easier to read where they are used. */
const shortest = 120

/** A schema that stands in a document, at one place or several. Those inside of it stand in `bare` as {@link Use}. */
interface Part {
  readonly bare: Fields
  /** The schema as it was found first. */
  readonly whole: Fields
  /** The properties that it is of. */
  readonly properties: Set<string>
  uses: number
  name?: string
  /** The annotations of a recursive definition itself. */
  said?: Fields
}

const mark = "\u0000part"
/** A part where it is used: its number, and the annotations there. */
interface Use extends Fields {
  readonly [mark]: number
}
const isUse = (value: unknown): value is Use => isFields(value) && mark in value

const capitalized = (name: string): string => name.replace(/^\W*(\w)/, (_, letter: string) => letter.toUpperCase())

/**
 * What a part is called if it becomes a definition and no other has the name: the tag of a variant, `EpochsOrSteps` for one of
 * several amounts, the property that it is of, or, where there are several, what is in it.
 */
const nameFor = ({ whole, properties }: Part): string => {
  const inner = isFields(whole["properties"]) ? whole["properties"] : {}
  const tag = inner["_tag"]
  const [known] = (isFields(tag) ? [tag["const"], tag["enum"]].flat() : []).filter((one) => typeof one === "string")
  if (known !== undefined) return known
  const keys = Object.keys(inner).map(capitalized)
  if (whole["maxProperties"] === 1) return keys.join("Or")
  const [first = ""] = properties
  return properties.size > 1 && keys.length > 0 && keys.length < 4 ? keys.join("And") : capitalized(first)
}

const isSchema = (value: unknown): value is Fields =>
  isFields(value) &&
  (typeof value["type"] === "string" || Array.isArray(value["anyOf"]) || Array.isArray(value["oneOf"]))

/** Keys of schemas that hold values, not schemas. */
const ofValues: ReadonlySet<string> = new Set(["default", "const", "enum", "examples"])

/** Every part of some schemas, each once, however often it is found. */
const makeCollector = () => {
  const parts: Array<Part> = []
  const numbers = new Map<string, number>()
  const numberOf = (bare: Fields, whole: Fields, property: string): number => {
    const text = JSON.stringify(bare)
    const number = numbers.get(text) ?? parts.length
    numbers.set(text, number)
    parts[number] ??= { bare, whole, properties: new Set(), uses: 0 }
    parts[number].properties.add(property)
    return number
  }
  /** A value with uses for the schemas in it. `property` is the nearest one above; `isNaming`: its keys are properties. */
  const collect = (value: unknown, property: string, isNaming = false): unknown => {
    const inner = mapped(value, (part, key) => {
      if (!isNaming && ofValues.has(key)) return part
      return collect(part, isNaming ? key : property, !isNaming && key === "properties")
    })
    if (isNaming || !isSchema(value) || !isFields(inner)) return inner
    const [bare, annotations] = split(inner)
    return { [mark]: numberOf(bare, value, property), ...annotations }
  }
  return { parts, collect }
}

type Parts = ReadonlyArray<Part>

/** Does something with each use in a value, outside of other parts. */
const forEachUse = (value: unknown, visit: (use: Use) => void): void => {
  mapped(value, (part) => (isUse(part) ? visit(part) : forEachUse(part, visit)))
}

/** Counts the places of each part: what is inside of a part counts once, however often that is used. */
const count = (parts: Parts, value: unknown): void =>
  forEachUse([value], (use) => {
    const part = parts[use[mark]]
    if (part === undefined) return
    part.uses += 1
    if (part.uses === 1) count(parts, part.bare)
  })

/** A value with schemas for its uses: a reference where the part has a name, else the part itself. */
const written = (parts: Parts, value: unknown): unknown => {
  if (!isUse(value)) return mapped(value, (part) => written(parts, part))
  const { [mark]: number, ...annotations } = value
  const { name, bare, said = {} }: Partial<Part> = parts[number] ?? {}
  // A definition with annotations that are missing here would change this use.
  if (name === undefined || Object.keys(said).some((key) => !Object.hasOwn(annotations, key))) {
    return { ...(written(parts, bare) as Fields), ...annotations }
  }
  const others = Object.entries(annotations).filter(([key, text]) => said[key] !== text)
  return { ...References.to(name), ...Object.fromEntries(others) }
}

/** Names the parts that are long enough and are used more than once. */
const name = (parts: Parts): void => {
  const taken = new Set(parts.flatMap((part) => part.name ?? []))
  const long = parts.filter(
    (part) => part.name === undefined && part.uses > 1 && JSON.stringify(written(parts, part.bare)).length >= shortest
  )
  for (const part of long) {
    const wanted = nameFor(part)
    let [name, number] = [wanted, 1]
    while (taken.has(name)) name = `${wanted}${++number}`
    taken.add(name)
    part.name = name
  }
}

/** The same document, in which what repeats is a definition. */
export const share = (document: Document): Document => {
  const { schema, definitions } = References.merged(References.recursiveOnly(document))
  const { parts, collect } = makeCollector()
  const uses = Object.entries(definitions).map(([name, definition]) => {
    const use = collect(definition, name)
    if (!isUse(use)) return use
    const { [mark]: number, ...said } = use
    Object.assign(parts[number] ?? {}, { name, said })
    return use
  })
  const root = collect(schema, "")
  count(parts, [root, ...uses])
  const rootPart = isUse(root) ? parts[root[mark]] : undefined
  name(parts.filter((part) => part !== rootPart))
  const named = parts.flatMap(
    (part): ReadonlyArray<[string, Fields]> =>
      part.name === undefined ? [] : [[part.name, { ...(written(parts, part.bare) as Fields), ...part.said }]]
  )
  return { schema: written(parts, root) as Fields, definitions: Object.fromEntries(named) }
}
