/** Processes as they can be seen from here: who is alive, since when, and on which start of which machine. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { hostname } from "node:os"

export interface Machine {
  readonly host: string
  /** Of this start of the machine; null where it can't be known. */
  readonly boot: string | null
  readonly isAlive: (process: number) => boolean
  /** When a process started, as its system tells it; null where it can't be known. */
  readonly startOf: (process: number) => string | null
}

/** What a body gives; null where it throws. */
export const orNull = <A>(body: () => A): A | null => {
  try {
    return body()
  } catch {
    return null
  }
}

export const machine: Machine = {
  host: hostname(),
  boot: orNull(() => fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
  isAlive: (id) => {
    try {
      process.kill(id, 0)
      return true
    } catch (cause) {
      // A process of somebody else's is there all the same.
      return (cause as { code?: unknown }).code === "EPERM"
    }
  },
  startOf: (id) => {
    if (process.platform === "win32") return null
    if (process.platform !== "linux") {
      return orNull(() => execFileSync("ps", ["-o", "lstart=", "-p", String(id)], { encoding: "utf8" }).trim())
    }
    return orNull(() => {
      const stat = fs.readFileSync(`/proc/${id}/stat`, "utf8")
      // The name, in parentheses, may hold anything; the start is the 20th field after it.
      return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null
    })
  }
}
