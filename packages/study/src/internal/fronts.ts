/** Pareto fronts: what is best where there are several objectives. */

/** Whether the first is at least as good in everything, and better in something. Lower is better. */
const dominates = (first: ReadonlyArray<number>, second: ReadonlyArray<number>): boolean =>
  first.every((cost, index) => cost <= (second[index] ?? Number.POSITIVE_INFINITY)) &&
  first.some((cost, index) => cost < (second[index] ?? Number.POSITIVE_INFINITY))

/** Front after front: those that no other dominates, then those that no other of the rest does, and so on (Deb et al. 2002, §III). */
export const frontsOf = <A>(
  all: ReadonlyArray<A>,
  costsOf: (one: A) => ReadonlyArray<number>
): ReadonlyArray<ReadonlyArray<A>> => {
  const fronts: Array<ReadonlyArray<A>> = []
  for (let rest = all; rest.length > 0; ) {
    const front = rest.filter((one) => !rest.some((other) => dominates(costsOf(other), costsOf(one))))
    fronts.push(front)
    rest = rest.filter((one) => !front.includes(one))
  }
  return fronts
}
