/** HTML as text, escaped where it is put together. */
import { entry } from "@etude/core/Lookup"

/** Text that is HTML already. */
export interface Html {
  readonly html: string
}

const entities: { readonly [symbol: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
}

export const escape = (text: string): string => text.replace(/[&<>"']/g, (symbol) => entry(entities, symbol))
export const raw = (html: string): Html => ({ html })

type Part = string | number | Html | ReadonlyArray<Html> | undefined

const textOf = (part: Part): string => {
  if (part === undefined) return ""
  if (typeof part === "string" || typeof part === "number") return escape(String(part))
  return "html" in part ? part.html : part.map(({ html }) => html).join("")
}

/** A template whose values are escaped, unless they are HTML. */
export const html = (strings: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html =>
  raw(strings.map((string, index) => string + textOf(parts[index])).join(""))

/** JSON that may stand inside a script element; NaN and infinities become null. */
export const json = (value: unknown): Html => raw(JSON.stringify(value).replaceAll("<", "\\u003c"))
