/** Why the file system refused, in words. */
import { reasonOf } from "@etude/core/Errors"

const reasons: { readonly [code: string]: string } = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "it is on a file system that is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder, not a file",
  EEXIST: "there is already a file of that name",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open"
}

/** What a failed call of `node:fs` says, without codes and names of system calls where they are known. */
export const fileReason = (cause: unknown): string => {
  const code = (cause as { code?: unknown } | null)?.code
  return typeof code === "string" && Object.hasOwn(reasons, code) ? reasons[code]! : reasonOf(cause)
}
