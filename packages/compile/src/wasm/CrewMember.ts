/**
 * What a worker of a crew does, as source text: it becomes a worker of its own in Node and in browsers, however this package
 * was bundled. It receives modules while it has nothing to run, sleeps on the word `start`, and runs its part of the program
 * that was begun. A program it doesn't know is on its way, so it goes back to its messages.
 */

import type * as WebAssembly from "../runtime/WebAssembly.ts"
import { control, longestReason, spins } from "./Control.ts"

/** The messages to a worker. */
export type Order =
  | { readonly _tag: "Begin"; readonly memory: WebAssembly.Memory; readonly at: number; readonly thread: number }
  | { readonly _tag: "Add"; readonly program: number; readonly module: WebAssembly.Module }
  | { readonly _tag: "Drop"; readonly program: number }

/** A worker's only message, sent after it was started. Failures are written to the control words, where they are seen at once. */
export const ready = "ready"

export const source = `"use strict"
const node = typeof process === "object" && typeof process.getBuiltinModule === "function"
const port = node ? process.getBuiltinModule("node:worker_threads").parentPort : self
const control = ${JSON.stringify(control)}
const programs = new Map()
let memory, words, thread, base
let seen = 0
const word = (offset) => (base + offset) >>> 2
const load = (offset) => Atomics.load(words, word(offset))

const wait = (generation) => {
  Atomics.add(words, word(control.asleep), 1)
  while (load(control.generation) === generation) {
    if (load(control.stop) !== 0) throw new Error("stopped")
    Atomics.wait(words, word(control.generation), generation, 1000)
  }
  Atomics.sub(words, word(control.asleep), 1)
}

const idle = () => {
  for (let left = ${spins}; left > 0; left--) if (load(control.start) !== seen) return
  Atomics.wait(words, word(control.start), seen)
}

const fail = (error) => {
  if (load(control.stop) !== 0) return
  const reason = String(error).slice(0, ${longestReason})
  const bytes = new Uint8Array(memory.buffer, base + control.reason + 4, reason.length)
  for (let at = 0; at < reason.length; at++) bytes[at] = reason.charCodeAt(at)
  Atomics.store(words, word(control.reason), reason.length)
  Atomics.store(words, word(control.stop), 1)
  Atomics.notify(words, word(control.generation))
}

const work = () => {
  for (;;) {
    while (load(control.start) === seen) idle()
    if (load(control.stop) !== 0) return node ? port.close() : self.close()
    const run = programs.get(load(control.program))
    if (run === undefined) return
    seen = load(control.start)
    run(thread)
  }
}

const obey = (order) => {
  if (order._tag === "Begin") {
    memory = order.memory
    words = new Int32Array(memory.buffer)
    base = order.at
    thread = order.thread
    port.postMessage("${ready}")
  } else if (order._tag === "Drop") programs.delete(order.program)
  else programs.set(order.program, new WebAssembly.Instance(order.module, { etude: { memory, wait } }).exports.run)
}

const receive = (order) => {
  try {
    obey(order)
    work()
  } catch (error) {
    fail(error)
  }
}

if (node) port.on("message", receive)
else port.addEventListener("message", (event) => receive(event.data))
`
