/** Workers of Node and of browsers alike, from source text. */

/** Calls the listener as soon as it happens. Both kinds of workers end with the process or the page. */
export interface Listener {
  readonly onMessage: (message: unknown) => void
  /** The worker ended, or threw an error that was not caught. */
  readonly onEnd: (reason: string) => void
}

export interface WorkerHandle {
  readonly post: (message: unknown) => void
  /** Lets the process end while the worker runs. */
  readonly unref: () => void
  readonly terminate: () => Promise<void>
}

type Threads = typeof import("node:worker_threads")

const threads = (): Threads | undefined => {
  if (typeof process !== "object" || typeof process.getBuiltinModule !== "function") return undefined
  return process.getBuiltinModule("node:worker_threads")
}

const spawnInNode = ({ Worker }: Threads, source: string, { onMessage, onEnd }: Listener): WorkerHandle => {
  // Flags of the process (loaders, inspectors) are none of its business, and would make it start late.
  const worker = new Worker(source, { eval: true, execArgv: [], name: "etude" })
  worker.on("message", onMessage)
  worker.on("error", (error) => onEnd(String(error)))
  worker.on("exit", (code) => onEnd(`it ended with code ${code}`))
  return {
    post: (message) => worker.postMessage(message),
    unref: () => worker.unref(),
    terminate: () => worker.terminate().then(() => undefined)
  }
}

/** The part of a browser's worker that is used here. */
interface PageWorker {
  postMessage(message: unknown): void
  terminate(): void
  onmessage: ((event: { readonly data: unknown }) => void) | null
  onerror: ((event: { readonly message?: string }) => void) | null
}

// Not typed as a page's globals, where those are declared.
const globals: object = globalThis
const pageWorker = (): (new (url: string) => PageWorker) | undefined => Reflect.get(globals, "Worker")

const spawnInPage = (source: string, { onMessage, onEnd }: Listener): WorkerHandle => {
  const Worker = pageWorker()
  if (Worker === undefined) throw new Error("there are no workers here")
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }))
  const worker = new Worker(url)
  worker.onmessage = ({ data }) => {
    URL.revokeObjectURL(url)
    onMessage(data)
  }
  worker.onerror = ({ message }) => onEnd(message ?? "it could not be started")
  return {
    post: (message) => worker.postMessage(message),
    unref: () => undefined,
    terminate: async () => worker.terminate()
  }
}

export const spawn = (source: string, listener: Listener): WorkerHandle => {
  const node = threads()
  return node === undefined ? spawnInPage(source, listener) : spawnInNode(node, source, listener)
}
