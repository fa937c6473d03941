/**
 * Other code for a plan that runs is tried before it is trusted: it does a step again that was just done, and must give the same
 * bits. Compilers have mistakes, and a wrong step would not show.
 */
import type { Executable } from "./Executable.ts"
import type { Block, Handles } from "./Handles.ts"

/** Code on trial, in the order in which it runs. */
export interface Candidate {
  readonly executables: ReadonlyArray<Executable>
  /** Called when it fails or produces different bits, with the end of a sentence. */
  readonly onRefused: (reason: string) => void
}

type Values = Float32Array | Int32Array | Uint8Array

const heldBy = ({ views }: Handles, { address, dtype, size }: Block): Values => {
  const first = views.index(dtype, address)
  return views.of(dtype).subarray(first, first + size)
}

/** The first index at which two arrays differ in bits, apart from those of NaN; −1 if there is none. */
const differ = (one: Values, other: Values): number => {
  const [bits, others] = [one, other].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)
  )
  const at = bits!.findIndex((byte, place) => byte !== others![place])
  if (at < 0) return -1
  return one.findIndex((value, place) => !Object.is(value, other[place]))
}

/** What the blocks hold after `again` is compared with what they hold before, which they hold in the end where that differs. */
export const refusal = (handles: Handles, blocks: ReadonlyArray<Block>, again: () => void): string | undefined => {
  const before = blocks.map((block) => heldBy(handles, block).slice())
  const restore = () => {
    for (const [at, block] of blocks.entries()) heldBy(handles, block).set(before[at]!)
  }
  try {
    again()
  } catch (error) {
    restore()
    return `a step failed (${error instanceof Error ? error.message : String(error)})`
  }
  for (const [at, block] of blocks.entries()) {
    const now = heldBy(handles, block)
    const place = differ(now, before[at]!)
    if (place < 0) continue
    const found = `a step gives other results (element ${place} of output ${at} is ${now[place]} instead of ${before[at]![place]})`
    restore()
    return found
  }
  return undefined
}
