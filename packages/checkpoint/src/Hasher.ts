/**
 * SHA-256 of files while they are written. Small pieces are hashed immediately; large ones by a separate thread,
 * through shared memory, so that hashing does not delay training.
 */
import { createHash } from "node:crypto"
import { Worker } from "node:worker_threads"
import { mapEntry } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** The SHA-256 of bytes, hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

const sliceBytes = 4 * 1024 * 1024

/** The SHA-256 of bytes, hexadecimal; gives the thread back now and then. */
export const sha256InSlices = (bytes: Uint8Array): Effect.Effect<string> =>
  Effect.gen(function* () {
    const hash = createHash("sha256")
    for (let offset = 0; offset < bytes.length; offset += sliceBytes) {
      if (offset > 0) yield* Effect.yieldNow
      hash.update(bytes.subarray(offset, offset + sliceBytes))
    }
    return hash.digest("hex")
  })

/** The hash of one file. */
export interface Hash {
  /** Takes the next bytes of the file; they may be changed once the effect has ended. */
  readonly update: (bytes: Uint8Array) => Effect.Effect<void>
  /** Of all bytes so far; ends the hash. */
  readonly digest: Effect.Effect<string>
}

export interface Hasher {
  /** Begins a file of that many bytes. */
  readonly begin: (bytes: number) => Hash
}

/** Files below this size are not worth a message to a thread: 1 MiB takes a millisecond or less. */
const ownThreadFrom = 4 * 1024 * 1024

const program = `
const { parentPort } = require("node:worker_threads")
const { createHash } = require("node:crypto")
const open = new Map()
parentPort.on("message", ({ file, bytes }) => {
  if (!open.has(file)) open.set(file, createHash("sha256"))
  if (bytes !== undefined) {
    open.get(file).update(bytes)
    return parentPort.postMessage({ file })
  }
  parentPort.postMessage({ file, digest: open.get(file).digest("hex") })
  open.delete(file)
})`

const inline = (): Hash => {
  const hash = createHash("sha256")
  return {
    update: (bytes) => Effect.sync(() => void hash.update(bytes)),
    digest: Effect.sync(() => hash.digest("hex"))
  }
}

/** A hasher whose thread, once it is needed, lives as long as the scope. It does not keep the process alive. */
export const make: Effect.Effect<Hasher, never, Scope.Scope> = Effect.gen(function* () {
  let worker: Worker | undefined
  let files = 0
  const waiting = new Map<
    number,
    { readonly done: (digest: string) => void; readonly failed: (cause: Error) => void }
  >()
  const start = (): Worker => {
    const started = new Worker(program, { eval: true })
    started.on("message", ({ file, digest }: { readonly file: number; readonly digest?: string }) => {
      const { done } = mapEntry(waiting, file)
      waiting.delete(file)
      if (waiting.size === 0) started.unref()
      done(digest ?? "")
    })
    started.on("error", (cause) => {
      worker = undefined
      for (const { failed } of waiting.values()) failed(cause as Error)
      waiting.clear()
    })
    return started
  }
  yield* Effect.addFinalizer(() => Effect.promise(async () => void (await worker?.terminate())))
  const ask = (file: number, bytes?: Uint8Array) =>
    Effect.promise(
      () =>
        new Promise<string>((done, failed) => {
          worker ??= start()
          worker.ref()
          waiting.set(file, { done, failed })
          worker.postMessage({ file, bytes })
        })
    )
  return {
    begin: (bytes) => {
      if (bytes < ownThreadFrom) return inline()
      const file = files++
      return { update: (bytes) => Effect.asVoid(ask(file, bytes)), digest: ask(file) }
    }
  }
})
