/** Whether a file is the one that was published. */
import { createHash } from "node:crypto"
import { DataError } from "@etude/core/Errors"
import { isGzip } from "../readFile.ts"

/** SHA-256 of a file, in hexadecimal, as it was published with gzip and without; absent where it isn't known. */
export interface Checksum {
  readonly gzip?: string
  readonly plain?: string
}

/** The error about a file whose bytes are others than published; `undefined` where they are those, or nothing is known. */
export const mismatch = (file: string, stored: Uint8Array, checksum: Checksum): DataError | undefined => {
  const kind = isGzip(stored) ? "gzip" : "plain"
  const expected = checksum[kind]
  if (expected === undefined) return undefined
  const sum = createHash("sha256").update(stored).digest("hex")
  if (sum === expected) return undefined
  return new DataError({
    source: file,
    found: `SHA-256 ${sum}`,
    expected: `${expected}, of the published file`,
    advice: "Download it again; to use another edition, or one that was compressed anew, pass `verify: false`."
  })
}
