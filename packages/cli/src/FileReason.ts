/** Why the file system refused, in words. */
import { reasonOf } from "@etude/core/Errors"
import { systemReason } from "@etude/core/SystemReason"

/** The reason of a failed call of `node:fs`, in words instead of codes where they are known. */
export const fileReason = (cause: unknown): string => systemReason(cause) ?? reasonOf(cause)

/** What to do about a file that could not be written. */
export const makeRoom = "Free some space there, or choose another place."

/** The advice for a failed write: room where there is none, permission where it was denied. */
export const writeAdvice = (cause: unknown, denied: string): string =>
  ["the disk is full", "the disk quota is used up"].includes(systemReason(cause) ?? "") ? makeRoom : denied
