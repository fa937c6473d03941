/** The problems of a config, in words that say what to write instead. */
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import type { Problem } from "../Errors.ts"
import { element, entry } from "../Lookup.ts"
import { nearest } from "../nearest.ts"
import * as Variants from "./Variants.ts"

type Keys = ReadonlyArray<PropertyKey>
type Document = ReturnType<typeof Schema.toJsonSchemaDocument>

const excessProperty = "Expected no excess property"
/** The decoder's own words for a value that is no object, or none of the variants of a union. */
const isGeneric = (message: string): boolean =>
  /^Expected (object\b|\{ readonly "_tag")/.test(message) || message === "Expected object | array"

/** The words of other libraries. */
const words: { readonly [folded: string]: ReadonlyArray<string> } = {
  lr: ["learningRate"],
  lrscheduler: ["learningRate"],
  scheduler: ["learningRate"],
  schedule: ["learningRate"],
  eps: ["epsilon"],
  betas: ["beta1", "beta2"],
  wd: ["weightDecay"],
  bs: ["batchSize"],
  epochs: ["until"],
  maxepochs: ["until"],
  numepochs: ["until"],
  steps: ["until"],
  maxsteps: ["until"],
  gradientclipval: ["clip"],
  maxgradnorm: ["clip"],
  valfreq: ["validation"]
}

const childrenOf = (node: any): ReadonlyArray<unknown> => [
  ...(node?.anyOf ?? []),
  ...(node?.oneOf ?? []),
  ...(node?.allOf ?? [])
]

/** An own member: "constructor" and the like, which every object inherits, are none. */
const ownOf = (object: any, key: PropertyKey): any =>
  // any: JSON documents have no type here
  typeof object === "object" && object !== null && Object.hasOwn(object, key) ? object[key] : undefined

/** The nodes of a JSON Schema at a path, over all alternatives. */
const nodesAt = (node: any, document: Document, path: Keys): ReadonlyArray<any> => {
  // any: JSON Schema documents have no type here
  if (node === undefined) return []
  if (typeof node.$ref === "string") {
    const reference: string = node.$ref
    return nodesAt(document.definitions[element(reference.split("/"), -1)], document, path)
  }
  const nested = childrenOf(node).flatMap((alternative) => nodesAt(alternative, document, path))
  const [first, ...rest] = path
  if (first === undefined) return [node, ...nested]
  const child =
    typeof first === "number"
      ? (node.prefixItems?.[first] ?? node.items)
      : (ownOf(node.properties, first) ?? ownOf(node, "additionalProperties"))
  return [...nodesAt(child, document, rest), ...nested]
}

const unique = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]

const keysAt = (document: Document, path: Keys): ReadonlyArray<string> =>
  unique(nodesAt(document.schema, document, path).flatMap((node) => Object.keys(node.properties ?? {})))

/** The number of problems that are explained. */
const explained = 100

const deepest = 5

/** The shortest path of a document on which a key of one of these names stands. */
const placeOf = (document: Document, names: ReadonlyArray<string>): string | undefined => {
  let level: ReadonlyArray<Keys> = [[]]
  for (let depth = 0; depth < deepest; depth++) {
    const next = level.flatMap((path) => keysAt(document, path).map((key) => [...path, key]))
    const place = next.find((path) => names.includes(Variants.folded(String(path.at(-1)))))
    if (place !== undefined) return place.map(String).join(".")
    level = next
  }
  return undefined
}

/** Advice on a key that is not known at its place. */
const unknownKey = (document: Document, path: Keys): string => {
  const key = String(path.at(-1))
  const known = keysAt(document, path.slice(0, -1))
  const folded = Variants.folded(key)
  const others = Object.hasOwn(words, folded) ? entry(words, folded) : []
  const names = [folded, ...others.map(Variants.folded)]
  const here = known.filter((other) => names.includes(Variants.folded(other)))
  if (here.length > 0) return `unknown key; did you mean ${here.map((name) => `"${name}"`).join(" and ")}?`
  const meant = nearest(key, known)
  if (meant !== undefined) return `unknown key; did you mean "${meant}"?`
  const place = placeOf(document, names)
  if (place !== undefined) return `unknown key here; set ${place} instead`
  return `unknown key; known keys here: ${known.join(", ")}`
}

const valueAt = (input: unknown, path: Keys): unknown => path.reduce<unknown>((value, key) => ownOf(value, key), input)

/** Whether a JSON Schema's node is of the type of a value. */
const takes = (node: any, value: unknown): boolean =>
  typeof value === "number" ? node.type === "number" || node.type === "integer" : node.type === typeof value

/** The expectation for a value that is no object: a variant, or keys. */
const expected = (document: Document, path: Keys, value: unknown): string | undefined => {
  const nodes = nodesAt(document.schema, document, path)
  const tags = unique(nodes.flatMap(Variants.tagsOfNode))
  if (tags.length > 0) return `expected { _tag: ${tags.join(" | ")}, … }`
  const [first, ...others] = keysAt(document, path)
  if (first === undefined) return undefined
  const isOfFirst = nodesAt(document.schema, document, [...path, first]).some((node) => takes(node, value))
  const example = isOfFirst ? JSON.stringify(value) : "…"
  return `expected keys with values, as in { ${first}: ${example} }; the keys are ${[first, ...others].join(", ")}`
}

/** The variant or the choice that was probably meant by a text, or by the text of a `_tag`. */
const meantBy = (document: Document, path: Keys, input: unknown): string => {
  const value = typeof input === "string" ? input : ownOf(input, "_tag")
  if (typeof value !== "string") return ""
  const nodes = nodesAt(document.schema, document, path)
  const texts = nodes.flatMap((node) => [...Variants.tagsOfNode(node), ...(node.enum ?? [])])
  const meant = nearest(
    value,
    unique(texts).filter((text): text is string => typeof text === "string")
  )
  return meant === undefined || meant === value ? "" : `; did you mean ${meant}?`
}

/** Every problem of an input that could not be decoded, with its path. */
export const of = <T, E>(
  schema: Schema.Codec<T, E>,
  input: unknown,
  error: Schema.SchemaError
): ReadonlyArray<Problem> => {
  const document = Schema.toJsonSchemaDocument(schema)
  const { issues } = SchemaIssue.makeFormatterStandardSchemaV1()(error.issue)
  // Each looks for similar names: nobody reads ten thousand such messages.
  const rest = issues.length - explained
  const more = rest > 0 ? [{ path: "", message: `and ${rest.toLocaleString("en-US")} more problems like these` }] : []
  const problems = issues.slice(0, explained).map((issue) => {
    const keys = (issue.path ?? []).map((part) => (typeof part === "object" ? part.key : part))
    const path = keys.map(String).join(".")
    if (issue.message === excessProperty) return { path, message: unknownKey(document, keys) }
    const value = valueAt(input, keys)
    const message = (isGeneric(issue.message) ? expected(document, keys, value) : undefined) ?? issue.message
    return { path, message: `${message}${meantBy(document, keys, value)}` }
  })
  return [...problems, ...more]
}
