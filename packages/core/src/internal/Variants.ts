/**
 * Tagged unions as people write them in configs. `optimizer: adam` means `{ _tag: Adam }`: the bare name of a variant, in any
 * case, stands for that variant with its defaults, in every tagged union of every config.
 */
import type * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type { Problem } from "../Errors.ts"

/** A value with every variant under its proper name, and where another word stood for `_tag`. */
export interface Understood {
  readonly value: unknown
  readonly problems: ReadonlyArray<Problem>
}

type Fields = { readonly [key: string]: unknown }
type Variants = ReadonlyMap<string, SchemaAST.AST>

/** Nothing that a person writes is deeper; a schedule of schedules could be. */
const deepest = 100

/** Words of other libraries for `_tag`. */
const forTag: ReadonlyArray<string> = ["type", "name", "kind", "class_name", "tag"]

/** `rms_prop`, `RMSprop` and `RmsProp` are one name. */
export const folded = (name: string): string => name.replace(/[-_ ]/g, "").toLowerCase()

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const resolved = (ast: SchemaAST.AST): SchemaAST.AST => (SchemaAST.isSuspend(ast) ? resolved(ast.thunk()) : ast)

const membersOf = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> => {
  const node = resolved(ast)
  return SchemaAST.isUnion(node) ? node.types.flatMap(membersOf) : [node]
}

const fieldOf = (ast: SchemaAST.AST, key: string): SchemaAST.AST | undefined =>
  SchemaAST.isObjects(ast) ? ast.propertySignatures.find(({ name }) => name === key)?.type : undefined

const tagOf = (ast: SchemaAST.AST): string | undefined => {
  const tag = fieldOf(ast, "_tag")
  return tag !== undefined && SchemaAST.isLiteral(tag) && typeof tag.literal === "string" ? tag.literal : undefined
}

/** The variants by tag; none where a plain text would be another member of the union. */
const variantsOf = (members: ReadonlyArray<SchemaAST.AST>): Variants =>
  members.some((member) => SchemaAST.isString(member))
    ? new Map()
    : new Map(members.flatMap((member) => [tagOf(member)].flatMap((tag) => (tag === undefined ? [] : [[tag, member]]))))

const properName = (variants: Variants, name: unknown): string | undefined =>
  typeof name === "string" ? [...variants.keys()].find((tag) => folded(tag) === folded(name)) : undefined

/** The value as one of the variants, if it names one. */
const asVariant = (variants: Variants, value: unknown, path: ReadonlyArray<string>): Understood => {
  const bare = properName(variants, value)
  if (bare !== undefined) return { value: { _tag: bare }, problems: [] }
  if (!isFields(value) || variants.size === 0) return { value, problems: [] }
  const tag = properName(variants, value["_tag"])
  if (tag !== undefined) return { value: { ...value, _tag: tag }, problems: [] }
  const word = Object.hasOwn(value, "_tag")
    ? undefined
    : forTag.find((key) => properName(variants, value[key]) !== undefined)
  const named = word && properName(variants, value[word])
  if (word === undefined || named === undefined) return { value, problems: [] }
  const { [word]: _, ...rest } = value
  const message = `write _tag instead, as in { _tag: ${named} }, or the bare name ${named} where it has no options`
  return { value: { ...rest, _tag: named }, problems: [{ path: [...path, word].join("."), message }] }
}

const understandFields = (
  members: ReadonlyArray<SchemaAST.AST>,
  value: Fields,
  path: ReadonlyArray<string>
): Understood => {
  const problems: Array<Problem> = []
  const entries = Object.entries(value).map(([key, part]): [string, unknown] => {
    const schemas = members.flatMap((member) => fieldOf(member, key) ?? [])
    if (schemas.length === 0) return [key, part]
    const understood = understandIn(schemas, part, [...path, key])
    problems.push(...understood.problems)
    return [key, understood.value]
  })
  return { value: Object.fromEntries(entries), problems }
}

const understandIn = (
  schemas: ReadonlyArray<SchemaAST.AST>,
  written: unknown,
  path: ReadonlyArray<string>
): Understood => {
  const members = schemas.flatMap(membersOf)
  const variants = variantsOf(members)
  const { value, problems } = asVariant(variants, written, path)
  if (path.length > deepest || typeof value !== "object" || value === null) return { value, problems }
  if (Array.isArray(value)) {
    const parts = value.map((part, index) => {
      const items = members.flatMap((member) =>
        SchemaAST.isArrays(member) ? [member.elements[index] ?? member.rest[0]].filter((one) => one !== undefined) : []
      )
      return items.length === 0 ? { value: part, problems: [] } : understandIn(items, part, [...path, String(index)])
    })
    return { value: parts.map((part) => part.value), problems: parts.flatMap((part) => part.problems) }
  }
  const variant = variants.get(String((value as Fields)["_tag"]))
  const below = understandFields(variant === undefined ? members : [variant], value as Fields, path)
  return { value: below.value, problems: [...problems, ...below.problems] }
}

/** The meaning of a config, by the encoded side of its schema. Unknown parts don't change: the decoder refuses them. */
export const understand = (schema: Schema.Top, written: unknown): Understood =>
  understandIn([SchemaAST.toEncoded(schema.ast)], written, [])

/** The tags of a JSON Schema's alternatives: of all, and of those that need nothing but their name. */
const tagsOf = (node: any): { readonly all: ReadonlyArray<string>; readonly bare: ReadonlyArray<string> } => {
  // any: JSON Schema documents have no type here
  const alternatives: ReadonlyArray<any> = [...(node?.anyOf ?? []), ...(node?.oneOf ?? [])]
  const tagged = alternatives.flatMap((one) => {
    const tag = one?.properties?._tag?.const ?? one?.properties?._tag?.enum?.[0]
    return typeof tag === "string" ? [{ tag, required: one.required ?? [] }] : []
  })
  return {
    all: tagged.map(({ tag }) => tag),
    bare: tagged.filter(({ required }) => required.every((key: string) => key === "_tag")).map(({ tag }) => tag)
  }
}

/** A JSON Schema in which the bare name of a variant may stand for one that needs no options. */
export const withBareNames = (node: unknown): unknown => {
  if (Array.isArray(node)) return node.map(withBareNames)
  if (typeof node !== "object" || node === null) return node
  const mapped = Object.fromEntries(Object.entries(node).map(([key, part]) => [key, withBareNames(part)]))
  const { bare } = tagsOf(node)
  if (bare.length === 0) return mapped
  const key = "anyOf" in mapped ? "anyOf" : "oneOf"
  const names = { type: "string", enum: [...new Set(bare.flatMap((tag) => [tag, tag.toLowerCase()]))] }
  return { ...mapped, [key]: [...(mapped[key] as ReadonlyArray<unknown>), names] }
}

/** The tags that a JSON Schema's node knows. */
export const tagsOfNode = (node: unknown): ReadonlyArray<string> => tagsOf(node).all
