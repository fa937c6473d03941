/** Makes a folder and those above it. */
import * as fs from "node:fs"
import * as path from "node:path"

/**
 * The first folder that was made; `undefined` where all were there. One at a time: Node's own `recursive` never ends where a
 * file system says of a folder that it does not exist although it does, as in /proc.
 */
export const makeFolders = (folder: string): string | undefined => {
  const missing: Array<string> = []
  for (let one = path.resolve(folder); !fs.existsSync(one) && path.dirname(one) !== one; one = path.dirname(one)) {
    missing.push(one)
  }
  for (const one of missing.toReversed()) {
    try {
      fs.mkdirSync(one)
    } catch (cause) {
      // Another process may have been faster.
      if ((cause as { code?: unknown }).code !== "EEXIST") throw cause
    }
  }
  return missing.at(-1)
}
