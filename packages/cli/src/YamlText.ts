/**
 * The value that YAML text holds (or JSON, which is YAML too), with every mistake at its line. A text may come from anywhere:
 * how long and how deep it may be is limited, and so is the time that it takes.
 */
import type { Problem } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import * as Result from "effect/Result"
import * as YAML from "yaml"

/** In characters: longer than any config that a person writes. */
export const longest = 256 * 1024
/** Lists and records within each other. */
const deepest = 100
/** Values in all, each as often as anchors repeat it. */
const most = 100_000
/** Mistakes that are looked up, each in its line. */
const explained = 100

const refused = (message: string) => Result.fail<ReadonlyArray<Problem>>([{ path: "", message }])
const tooDeep = `it is nested more than ${deepest} levels deep; no config is`

/**
 * How deep a text looks, without reading it as YAML: brackets that are open, and marks of lists and keys before the content of
 * a line. Texts of thousands of such levels take a parser minutes, or its stack.
 */
const looksTooDeep = (text: string): boolean => {
  let open = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = Math.max(0, open + (bracket === "[" || bracket === "{" ? 1 : -1))
    // Texts may contain brackets too, but not so many unclosed ones.
    if (open > deepest) return true
  }
  for (const [marks] of text.matchAll(/^[ \t]*(?:[-?:][ \t]+)+/gm)) {
    if (marks.replace(/[ \t]/g, "").length > deepest) return true
  }
  return false
}

/** Keys that are twice in one record. The parser's own check compares each key with each. */
const repeatedKeys = (document: YAML.Document): ReadonlyArray<YAML.Node> => {
  const repeated: Array<YAML.Node> = []
  YAML.visit(document, {
    Map: (_key, map) => {
      const visited = new Set<unknown>()
      for (const { key } of map.items) {
        if (!YAML.isScalar(key)) continue
        if (visited.has(key.value)) repeated.push(key)
        visited.add(key.value)
      }
    }
  })
  return repeated
}

/** What of a value goes beyond the limits. A value that holds itself has no end, and so goes beyond them. */
const excess = (value: unknown): string | undefined => {
  const waiting: Array<readonly [value: unknown, depth: number]> = [[value, 0]]
  let count = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [current, depth] = next
    if (++count > most) return `it holds more than ${most.toLocaleString("en-US")} values; no config does`
    if (typeof current !== "object" || current === null) continue
    if (depth >= deepest) return tooDeep
    for (const part of Object.values(current)) waiting.push([part, depth + 1])
  }
  return undefined
}

export const parse = (text: string): Result.Result<unknown, ReadonlyArray<Problem>> => {
  if (text.length > longest) {
    return refused("it has more than 256 kB; is it the right file?")
  }
  if (looksTooDeep(text)) return refused(tooDeep)
  const lines = new YAML.LineCounter()
  const problemAt = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset)
    return { path: `line ${line}, column ${col}`, message }
  }
  try {
    const document = YAML.parseDocument(text, {
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: "error",
      lineCounter: lines
    })
    // The parser keeps the end of its stack as a mistake of the text.
    if (document.errors.some(({ message }) => message.startsWith("Maximum call stack"))) return refused(tooDeep)
    const problems = [
      ...document.errors.map(({ pos, message }) => ({ offset: pos[0], message: element(message.split("\n"), 0) })),
      ...repeatedKeys(document).map(({ range }) => ({ offset: range?.[0] ?? 0, message: "Map keys must be unique" }))
    ].sort((a, b) => a.offset - b.offset)
    if (problems.length > 0) {
      const rest = problems.length - explained
      return Result.fail([
        ...problems.slice(0, explained).map(({ offset, message }) => problemAt(offset, message)),
        ...(rest > 0 ? [{ path: "", message: `and ${rest.toLocaleString("en-US")} more mistakes` }] : [])
      ])
    }
    const value = document.toJS() as unknown
    const beyond = excess(value)
    return beyond === undefined ? Result.succeed(value) : refused(beyond)
  } catch (cause) {
    if (cause instanceof RangeError) return refused(tooDeep)
    return refused(cause instanceof Error ? cause.message : String(cause))
  }
}
