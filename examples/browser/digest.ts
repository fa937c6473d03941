/** SHA-256 of weights: of their names and bits, in the order of the names. */
import type * as tf from "@tensorflow/tfjs-core"

const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

/** `undefined` in pages that came neither by HTTPS nor from this machine: browsers don't hash there. */
export const digestOf = async (parameters: { readonly [path: string]: tf.Tensor }): Promise<string | undefined> => {
  const paths = Object.keys(parameters).sort()
  const parts = paths.map((path) => new Blob([path, new Uint8Array(parameters[path]!.dataSync().slice().buffer)]))
  const bytes = await new Blob(parts).arrayBuffer()
  const digest = await globalThis.crypto.subtle?.digest("SHA-256", bytes)
  return digest && hexadecimal(new Uint8Array(digest))
}
