/** JSON text that gives numbers back bit for bit: −0 is written as `-0`, which every JSON reader takes. */
import type * as Schema from "effect/Schema"

// In Node since version 21, and not yet in TypeScript's own library.
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown }

const exact = (_key: string, value: unknown): unknown => (Object.is(value, -0) ? rawJSON("-0") : value)

/** The text of a document, indented, with a line's end. */
export const text = (value: Schema.Json): string => `${JSON.stringify(value, exact, 2)}\n`

/** The bytes of {@link text}. */
export const bytes = (value: Schema.Json): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text(value))

/** The document in a file's bytes. Throws a SyntaxError or TypeError where there is none. */
export const parse = (bytes: Uint8Array): Schema.Json =>
  JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Schema.Json
