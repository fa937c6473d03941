/** Creates memory with the largest maximum that the engine grants. */

/** In pages: less than 256 MiB are no use. */
const least = 4096

/**
 * What `make` gives for the largest maximum that it doesn't refuse by `RangeError`: the wanted one, or half of it, and so on.
 * Engines reserve the addresses of shared memory when it is made, and not every machine has as many as WebAssembly knows.
 */
export const reserve = <Memory>(
  maximum: number,
  make: (maximum: number) => Memory
): { readonly memory: Memory; readonly maximum: number } => {
  try {
    return { memory: make(maximum), maximum }
  } catch (error) {
    const half = maximum >>> 1
    if (!(error instanceof RangeError) || half < least) throw error
    return reserve(half, make)
  }
}
