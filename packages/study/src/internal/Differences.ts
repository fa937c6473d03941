/** Where two documents of JSON differ. */
import type * as Schema from "effect/Schema"
import type { Difference } from "../Errors.ts"

type Json = Schema.Json | undefined

const isObject = (value: Json): value is { readonly [key: string]: Schema.Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The paths at which they differ, as in `search._tag`; lists are compared whole. */
export const differences = (stored: Json, given: Json, path = ""): ReadonlyArray<Difference> => {
  if (isObject(stored) && isObject(given)) {
    const keys = [...new Set([...Object.keys(stored), ...Object.keys(given)])]
    return keys.flatMap((key) => differences(stored[key], given[key], path === "" ? key : `${path}.${key}`))
  }
  if (JSON.stringify(stored) === JSON.stringify(given)) return []
  return [{ path, ...(stored === undefined ? {} : { stored }), ...(given === undefined ? {} : { given }) }]
}
