/** Where a step of Etude's goes: time inside the functions of the native library, by operation; the rest is JavaScript. */
import { Native } from "@etude/backend"
import * as Effect from "effect/Effect"
import type { ProfileCounts } from "./Protocol.ts"

type Counts = { [what: string]: { calls: number; milliseconds: number } }
type Binding = Native.NativeBackend["binding"]

const timed = ["executeOp", "runSavedModel", "createTensor", "deleteTensor", "tensorDataSync"] as const

/** What has been counted since the last time it was taken. */
export interface Profile {
  readonly take: () => ProfileCounts
}

/** Counts from now on, in a process whose backend is native; `undefined` in others. */
export const begin: Effect.Effect<Profile | undefined> = Effect.sync(() => {
  const backend = Native.current()
  if (backend === undefined) return undefined
  const { binding } = backend
  let counts: Counts = {}
  const note = (what: string, milliseconds: number) => {
    counts[what] ??= { calls: 0, milliseconds: 0 }
    const count = counts[what]
    count.calls++
    count.milliseconds += milliseconds
  }
  // Its functions are read-only: they are covered by others of the same names.
  const counting: Binding = Object.create(binding)
  for (const name of timed) {
    const original = (binding[name] as (...args: Array<unknown>) => unknown).bind(binding)
    const value = (...args: Array<unknown>) => {
      const before = performance.now()
      try {
        return original(...args)
      } finally {
        note(name === "executeOp" ? `op ${args[0]}` : name, performance.now() - before)
      }
    }
    Object.defineProperty(counting, name, { value, writable: true })
  }
  // Everybody who uses the library reaches it through the backend.
  Object.assign(backend, { binding: counting })
  return {
    take: () => {
      const taken = counts
      counts = {}
      return taken
    }
  }
})
