import { createHash } from "node:crypto"

/** A folder name: readable parts, then twelve hexadecimal digits of a hash over everything else that decides the content. */
export const keyOf = (parts: ReadonlyArray<string>, inputs: ReadonlyArray<string>): string => {
  const hash = createHash("sha256").update(JSON.stringify(inputs)).digest("hex")
  return [...parts, hash.slice(0, 12)].join("-")
}
