/** What the operating system's errors mean, in words: by their codes, wherever in a chain of causes they are. */

const reasons: { readonly [code: string]: string } = {
  ENOENT: "there is no such file or folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "it is on a file system that is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file may not grow any more: a limit of the system is reached",
  ENOTDIR: "a part of its path is a file, not a folder",
  EISDIR: "it is a folder, not a file",
  EEXIST: "there is already a file of that name",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many files are open",
  EIO: "the disk gives an error",
  ELOOP: "its path has links that lead in a circle"
}

/** How many causes of causes are looked at. */
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
