/** The order of callbacks: what `after` declares, ties by id. Independent of the order in which layers were built. */

import type { Problem } from "../../Errors.ts"
import type { Definition } from "./Definition.ts"

/** Sorts callbacks, or says which ids stand twice and which of them form a cycle. */
export const sort = (
  definitions: ReadonlyArray<Definition>
): { readonly sorted: ReadonlyArray<Definition>; readonly problems: ReadonlyArray<Problem> } => {
  const problems: Array<Problem> = []
  const byId = new Map<string, Definition>()
  for (const definition of definitions) {
    if (byId.has(definition.id)) {
      problems.push({
        path: `callbacks.${definition.id}`,
        message: `two callbacks have the id "${definition.id}"; give one of them another id`
      })
    }
    byId.set(definition.id, definition)
  }
  const waiting = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const sorted: Array<Definition> = []
  const placed = new Set<string>()
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ after = [] }) => after.every((id) => placed.has(id) || !byId.has(id)))
    if (next === -1) {
      const cycle = waiting.map(({ id, after = [] }) => `${id} after ${after.filter((a) => !placed.has(a)).join(", ")}`)
      problems.push({ path: "callbacks", message: `the declared order has a cycle: ${cycle.join("; ")}` })
      break
    }
    for (const definition of waiting.splice(next, 1)) {
      sorted.push(definition)
      placed.add(definition.id)
    }
  }
  return { sorted, problems }
}
