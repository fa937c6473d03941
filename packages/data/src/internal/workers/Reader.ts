/** One thread as the main thread sees it: it is ready once, answers requests, and ends. */
import { Worker } from "node:worker_threads"
import type { HostBatch } from "@etude/core/Dataset"
import type { Draw } from "@etude/core/Draw"
import * as Effect from "effect/Effect"
import type { Answer, Problem, Request, Start } from "./protocol.ts"

/** What became of a request. */
export type Outcome =
  | { readonly _tag: "Batch"; readonly batch: HostBatch }
  | { readonly _tag: "Failed"; readonly problem: Problem }
  /** The thread ended before it answered. */
  | { readonly _tag: "Ended"; readonly reason: string }

type Beginning = Extract<Answer, { readonly _tag: "Ready" | "Invalid" }>

export interface Reader {
  /** Requests without an answer. */
  readonly pending: () => number
  readonly request: (indices: Int32Array, draw: Draw, settle: (outcome: Outcome) => void) => void
  readonly terminate: Effect.Effect<void>
}

export interface ReaderOptions {
  readonly start: Start
  /** Called once, with what the thread made of its source, unless it ends before. */
  readonly onBegin: (beginning: Beginning) => void
  /** Called once when it ends by itself, before its requests are settled. */
  readonly onEnd: (reason: string) => void
}

const isSource = import.meta.url.endsWith(".ts")
const program = new URL(isSource ? "./thread.ts" : "./thread.js", import.meta.url)
const condition = "--conditions=@etude/source"

/** Flags of the process are the thread's too; from sources it resolves packages to sources. */
const flags = () => (isSource && !process.execArgv.includes(condition) ? { execArgv: [condition] } : {})

/** Characters of a thread's last words that an error tells. */
const lastWords = 2000

/** The end of what a worker writes to stderr. It is passed on, too: taken from it (`stderr: true`), it would keep the process alive. */
const listening = (worker: Worker): (() => string) => {
  let tail = ""
  worker.stderr.on("data", (chunk: Buffer) => {
    tail = (tail + chunk.toString()).slice(-lastWords)
  })
  return () => tail.trim()
}

/** Starts a thread. Throws where what it is started with can't be cloned. */
export const spawn = ({ start, onBegin, onEnd }: ReaderOptions): Reader => {
  const worker = new Worker(program, { workerData: start, name: "etude data", ...flags() })
  const stderr = listening(worker)
  const waiting = new Map<number, (outcome: Outcome) => void>()
  let [last, error, isTerminated]: [number, string, boolean] = [0, "", false]
  const settle = (id: number, outcome: Outcome): void => {
    const settled = waiting.get(id)
    waiting.delete(id)
    // The process may end while nothing is wanted of the thread.
    if (waiting.size === 0) worker.unref()
    settled?.(outcome)
  }
  worker.on("message", (answer: Answer) => {
    if (answer._tag === "Batch" || answer._tag === "Failed") return settle(answer.id, answer)
    if (waiting.size === 0) worker.unref()
    onBegin(answer)
  })
  worker.on("error", (cause) => {
    error = String(cause)
  })
  worker.on("exit", (code) => {
    const words = [error, stderr()].filter((text) => text !== "").join("; ")
    const reason = `the end of its thread with exit code ${code}${words === "" ? "" : ` (${words})`}`
    if (!isTerminated) onEnd(reason)
    for (const id of [...waiting.keys()]) settle(id, { _tag: "Ended", reason })
  })
  return {
    pending: () => waiting.size,
    request: (indices, draw, settled) => {
      const id = ++last
      if (waiting.size === 0) worker.ref()
      waiting.set(id, settled)
      worker.postMessage({ id, indices, draw } satisfies Request)
    },
    terminate: Effect.promise(() => {
      isTerminated = true
      return worker.terminate()
    })
  }
}
