/**
 * Names of stored tensors, rewritten by an ordered list of rules. In a pattern `*` stands for any part of one segment of a
 * path and `**` for any number of segments, as in {@link PathPattern}; in the replacement `$1`, `$2`, … are what they stood
 * for, in order.
 *
 * ```ts
 * Renaming.renamer([
 *   { from: "encoder/**", to: "body/$1" },
 *   { from: "**\/weight", to: "$1/kernel" }
 * ])("encoder/layer1/weight") // => "body/layer1/kernel"
 * ```
 */
import * as Schema from "effect/Schema"

/** Every name that matches `from` becomes `to`. Each rule goes over what those before it have made. */
export interface Rule {
  readonly from: string
  readonly to: string
}

const wildcards = /\*+/g

/** Any number of segments twice is any number of segments. */
const segmentsOf = (pattern: string): ReadonlyArray<string> =>
  pattern.split("/").filter((segment, index, all) => segment !== "**" || all[index - 1] !== "**")
const wildcardsOf = (pattern: string): number => (segmentsOf(pattern).join("/").match(wildcards) ?? []).length
const referencesOf = (replacement: string): ReadonlyArray<number> =>
  [...replacement.matchAll(/\$(\d+)/g)].map(([, digits]) => Number(digits))

const captures = Schema.makeFilter(({ from, to }: Rule) => {
  const count = wildcardsOf(from)
  const beyond = referencesOf(to).find((reference) => reference < 1 || reference > count)
  if (beyond === undefined) return undefined
  const held = count === 0 ? "no wildcard" : count === 1 ? "one wildcard, $1" : `${count} wildcards, $1 to $${count}`
  return `"${to}" has $${beyond}, but "${from}" has ${held}`
})

const text = Schema.String.check(Schema.isMinLength(1, { message: "expected a name" }))

export const Rule: Schema.Codec<Rule> = Schema.Struct({
  from: text.annotate({ description: "A pattern over names, such as encoder/**/weight" }),
  to: text.annotate({ description: "The name instead, where $1, $2, … are what the wildcards stood for" })
}).check(captures)

const escaped = (literal: string): string => literal.replace(/[.+?^${}()|[\]\\]/g, "\\$&")

const expressionOf = (pattern: string): RegExp => {
  const source = segmentsOf(pattern)
    .map((segment) => (segment === "**" ? segment : segment.split(wildcards).map(escaped).join("([^/]*)")))
    .join("/")
    .replace(/^\*\*$/, "(.*)")
    .replace(/^\*\*\//, "(?:(.*)/)?")
    .replace(/\/\*\*$/, "(?:/(.*))?")
    .replaceAll("/**/", "/(?:(.*)/)?")
  return new RegExp(`^${source}$`, "s")
}

/** A wildcard that stood for nothing leaves no empty segment behind. */
const joined = (path: string): string =>
  path
    .split("/")
    .filter((segment) => segment !== "")
    .join("/")

/** A rule as a function: the new name, or `undefined` for a name that doesn't match. */
const rewriter = ({ from, to }: Rule): ((name: string) => string | undefined) => {
  const expression = expressionOf(from)
  return (name) => {
    const match = expression.exec(name)
    return match === null ? undefined : joined(to.replace(/\$(\d+)/g, (_, digits) => match[Number(digits)] ?? ""))
  }
}

export interface Renamed {
  readonly name: string
  /** The indices of the rules that it went through. */
  readonly by: ReadonlyArray<number>
}

/** What the rules make of a name, all in order. */
export const renamer = (rules: ReadonlyArray<Rule>): ((name: string) => Renamed) => {
  const rewriters = rules.map(rewriter)
  return (name) => {
    const by: Array<number> = []
    let current = name
    for (const [index, rewrite] of rewriters.entries()) {
      const next = rewrite(current)
      if (next === undefined) continue
      by.push(index)
      current = next
    }
    return { name: current, by }
  }
}
