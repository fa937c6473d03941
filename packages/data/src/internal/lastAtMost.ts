/** The last index below `count` whose value is at most `limit`, by bisection: values ascend with the index. 0 where all are above. */
export const lastAtMost = (count: number, valueOf: (index: number) => number, limit: number): number => {
  let [low, high] = [0, count - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (valueOf(middle) <= limit) low = middle
    else high = middle - 1
  }
  return low
}
