/** The meaning of the operating system's errors in words, by their codes, anywhere in a chain of causes. */

const reasons: { readonly [code: string]: string } = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "its file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file has reached the system's size limit",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder, not a file",
  EEXIST: "a file of that name already exists",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
  EIO: "the disk gives an error",
  ELOOP: "its path has a cycle of links"
}

/** How many nested causes to examine. */
const deepest = 8

/** The words for a failed call of the system; `undefined` where it has no code that is known. */
export const systemReason = (error: unknown): string | undefined => {
  let current = error
  for (let depth = 0; depth < deepest && typeof current === "object" && current !== null; depth++) {
    const { code, cause, reason } = current as {
      readonly code?: unknown
      readonly cause?: unknown
      readonly reason?: unknown
    }
    if (typeof code === "string" && Object.hasOwn(reasons, code)) return reasons[code]
    current = cause ?? reason
  }
  return undefined
}
