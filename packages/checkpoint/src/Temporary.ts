/**
 * Names of folders that are no checkpoints: what is being written, and what is being deleted. Each says which process it
 * belongs to, so that others leave it alone while that one lives.
 */

const kinds = ["saving", "deleting"] as const

export const make = (kind: (typeof kinds)[number], process: string): string =>
  `.${kind}-${crypto.randomUUID()}-${process}`

const pattern = new RegExp(`^\\.(?:${kinds.join("|")})-[0-9a-f-]{36}-(.+)$`)

/** The process that a temporary folder belongs to; undefined for other names. */
export const processOf = (name: string): string | undefined => pattern.exec(name)?.[1]
