/** Moves nodes without reads to just before their first use, so that their memory is occupied no longer than needed. */
import type { Node } from "../Plan.ts"
import type { Draft } from "./Draft.ts"
import { dependsOn, touched } from "./Regions.ts"

export const sink = (draft: Draft): Draft => {
  const result: Array<Node> = []
  let waiting: ReadonlyArray<Node> = []
  for (const node of draft.nodes) {
    if (touched(node).reads.length === 0) {
      waiting = [...waiting, node]
      continue
    }
    const due = waiting.filter((other) => dependsOn(node, other))
    result.push(...due, node)
    if (due.length > 0) waiting = waiting.filter((other) => !due.includes(other))
  }
  return { ...draft, nodes: [...result, ...waiting] }
}
