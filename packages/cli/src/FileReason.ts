/** Why the file system refused, in words. */
import { reasonOf } from "@etude/core/Errors"
import { systemReason } from "@etude/core/SystemReason"

/** What a failed call of `node:fs` says, without codes and names of system calls where they are known. */
export const fileReason = (cause: unknown): string => systemReason(cause) ?? reasonOf(cause)
