/** JSON text that gives numbers back bit for bit: −0 is written as `-0`, which every JSON reader takes. */
import type * as Schema from "effect/Schema"

declare global {
  /** In Node since version 21, and not yet in TypeScript's own library. */
  interface JSON {
    rawJSON(text: string): unknown
  }
}

const exact = (_key: string, value: unknown): unknown => (Object.is(value, -0) ? JSON.rawJSON("-0") : value)

/** The text of a document, indented, with a line's end. */
export const text = (value: Schema.Json): string => `${JSON.stringify(value, exact, 2)}\n`

/** The bytes of {@link text}. */
export const bytes = (value: Schema.Json): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text(value))

/** The document in a file's bytes. Throws a SyntaxError or TypeError where there is none. */
export const parse = (bytes: Uint8Array): Schema.Json =>
  JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Schema.Json

/** More levels than anything that is written here has. */
const deepest = 200

/** Whether lists and objects are nested more deeply than any code could follow. */
export const isTooDeep = (document: unknown): boolean => {
  const waiting: Array<readonly [value: unknown, depth: number]> = [[document, 0]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, depth] = next
    if (typeof value !== "object" || value === null) continue
    if (depth >= deepest) return true
    for (const part of Object.values(value)) if (typeof part === "object") waiting.push([part, depth + 1])
  }
  return false
}

/** A value for a message: its JSON, or the start of it. */
export const shown = (value: unknown): string => {
  const whole = JSON.stringify(value) ?? String(value)
  return whole.length <= 100 ? whole : `${whole.slice(0, 100)}…`
}
