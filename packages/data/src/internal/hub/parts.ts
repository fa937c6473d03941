/**
 * Parts of downloads: each download writes into a file of its own, whose name says which process writes it. One that was
 * left behind, by a killed process or an interruption, is taken over by renaming it, which only one process can do.
 */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs/promises"
import { hostname } from "node:os"
import * as path from "node:path"

/** Parts that this process is writing. */
const active = new Set<string>()

const host = hostname().replaceAll(/[^\w-]/g, "_")

const nameOf = (sum: string): string => `${sum}.${host}.${process.pid}.${randomUUID()}.part`

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // A process of somebody else's is there all the same.
    return (cause as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Whether nobody writes a part any more. Of another machine's it can't be known. */
const isAbandoned = (name: string): boolean => {
  const [, of, pid] = name.split(".")
  if (of !== host || active.has(name)) return false
  return Number(pid) === process.pid || !isAlive(Number(pid))
}

/** The path of a part to write: a part that was left behind, else a new one. */
export const claim = async (folder: string, sum: string): Promise<string> => {
  await fs.mkdir(folder, { recursive: true })
  const name = nameOf(sum)
  const part = path.join(folder, name)
  active.add(name)
  for (const one of await fs.readdir(folder)) {
    if (!(one.startsWith(`${sum}.`) && one.endsWith(".part") && isAbandoned(one))) continue
    try {
      await fs.rename(path.join(folder, one), part)
      return part
    } catch {
      // Another process was faster.
    }
  }
  return part
}

/** Leaves a part to whoever comes next. */
export const release = (part: string): void => {
  active.delete(path.basename(part))
}
