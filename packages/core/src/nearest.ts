/** The name that was probably meant. */
import { element } from "./Lookup.ts"

const distance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    let [before, diagonal] = [i, i - 1]
    previous = previous.map((above, j) => {
      if (j > 0) before = Math.min(above + 1, before + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1))
      diagonal = above
      return before
    })
  }
  return element(previous, -1)
}

/** Names that are longer are no slip of anything, and comparing them takes its time. */
const longest = 200

/** The closest of `known` by edit distance, if it is close enough (a third of its length) to be a slip. */
export const nearest = (name: string, known: ReadonlyArray<string>): string | undefined => {
  if (name.length > longest) return undefined
  const lower = name.toLowerCase()
  const [best] = known
    .map((candidate) => ({ candidate, away: distance(lower, candidate.toLowerCase()) }))
    .sort((a, b) => a.away - b.away)
  return best !== undefined && best.away <= Math.max(1, Math.ceil(best.candidate.length / 3))
    ? best.candidate
    : undefined
}
