/**
 * Names of folders that are not checkpoints: those being written and those being deleted. Each names its process, so
 * that others don't touch it while that process lives.
 */

const kinds = ["saving", "deleting"] as const

export const make = (kind: (typeof kinds)[number], process: string): string =>
  `.${kind}-${crypto.randomUUID()}-${process}`

const pattern = new RegExp(`^\\.(?:${kinds.join("|")})-[0-9a-f-]{36}-(.+)$`)

/** The process that a temporary folder belongs to; undefined for other names. */
export const processOf = (name: string): string | undefined => pattern.exec(name)?.[1]
