/** A run as one number: everything that happened, and every bit of the state that it ends with. */
import type * as Trajectory from "@etude/testing/subjects/Trajectory"

/** What is hashed: text of what is plain, and the bytes of the tensors by their names. */
const bytesOf = ({ batches, decisions, state }: Trajectory.Trajectory): Uint8Array<ArrayBuffer> => {
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  const parts = [text({ batches, decisions })]
  for (const path of Object.keys(state.tensors).sort()) {
    const { values, shape, dtype } = state.tensors[path]!
    parts.push(text({ path, shape, dtype }), new Uint8Array(values.slice().buffer))
  }
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** SHA-256 in hexadecimal, in Node and in pages alike. */
export const of = async (trajectory: Trajectory.Trajectory): Promise<string> => {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(trajectory)))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")
}
