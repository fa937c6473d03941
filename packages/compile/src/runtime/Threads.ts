/** How many threads there may be. */

/** Whether this is Node, and not a browser. */
export const isNode = (): boolean => typeof process === "object" && typeof process.getBuiltinModule === "function"

/** Whether threads can share memory: not in pages that aren't isolated from others. */
const canShare = (): boolean =>
  typeof SharedArrayBuffer !== "undefined" && (isNode() || Reflect.get(globalThis, "crossOriginIsolated") === true)

/** As many threads as the machine runs at once; 1 where threads can't share memory. */
export const available = (): number => {
  if (!canShare()) return 1
  if (isNode()) return process.getBuiltinModule("node:os").availableParallelism()
  return Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1)
}
