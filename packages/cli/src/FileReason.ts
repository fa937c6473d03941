/** Why the file system refused, in words. */
import { reasonOf } from "@etude/core/Errors"
import { systemReason } from "@etude/core/SystemReason"

/** The reason of a failed call of `node:fs`, in words instead of codes where they are known. */
export const fileReason = (cause: unknown): string => systemReason(cause) ?? reasonOf(cause)
