/**
 * The threads that run programs together with the one that calls. Programs are added to running workers; a call begins on all
 * of them at once and returns when all are done. When one fails, the call fails and the crew with it: nobody waits for ever.
 */
import { ThreadFailed } from "../Errors.ts"
import type { Arena } from "../runtime/Executable.ts"
import type * as WebAssembly from "../runtime/WebAssembly.ts"
import { controlSize } from "./Control.ts"
import { type Order, ready, source } from "./CrewMember.ts"
import { Words } from "./Words.ts"
import { spawn, type WorkerHandle } from "./Workers.ts"

export interface CrewOptions {
  /** The calling one is among them. */
  readonly threads: number
  /** Its memory must be shared. */
  readonly arena: Arena
  /** Milliseconds after which a thread that has not reached a barrier counts as dead. Default: five minutes. */
  readonly patience?: number
}

export interface Crew {
  /** Where the control words lie. */
  readonly control: number
  /** Sleeps at a barrier: what modules import. */
  readonly wait: (generation: number) => void
  readonly add: (module: WebAssembly.Module) => number
  readonly drop: (program: number) => void
  /** Runs a program on all threads; `own` is the calling thread's part. Throws `ThreadFailed`. */
  readonly run: (program: number, own: () => void) => void
  readonly end: () => Promise<void>
}

/** A browser's page may not sleep, only spin. */
const maySleep = (): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0)
    return true
  } catch {
    return false
  }
}

/** Makes the calling thread sleep until the generation has changed. */
const waiter = (words: Words, patience: number): ((generation: number) => void) => {
  const sleeps = maySleep()
  return (generation) => {
    const deadline = performance.now() + patience
    words.add("asleep", 1)
    while (words.get("generation") === generation) {
      if (words.get("stop") !== 0) throw new ThreadFailed({ reason: "it stopped in the middle of a step" })
      if (performance.now() > deadline) {
        throw new ThreadFailed({ reason: `nothing was heard of it for ${patience / 1000} s` })
      }
      if (sleeps) words.sleep("generation", generation, 100)
    }
    words.add("asleep", -1)
  }
}

/** Resolves when the worker has reported that it is ready. */
const member = (begin: Order, onEnd: (reason: string) => void) => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const worker = spawn(source, {
    onMessage: (message) => {
      if (message === ready) resolve()
    },
    onEnd: (reason) => {
      onEnd(reason)
      reject(new ThreadFailed({ reason }))
    }
  })
  worker.post(begin)
  return { worker, ready: promise }
}

const allReady = async (members: ReadonlyArray<ReturnType<typeof member>>): Promise<ReadonlyArray<WorkerHandle>> => {
  try {
    await Promise.all(members.map((each) => each.ready))
  } catch (error) {
    await Promise.all(members.map(({ worker }) => worker.terminate()))
    throw error
  }
  for (const { worker } of members) worker.unref()
  return members.map(({ worker }) => worker)
}

/** Starts the workers and waits until all are ready. */
export const start = async ({ threads, arena, patience = 300_000 }: CrewOptions): Promise<Crew> => {
  const at = arena.allocate(controlSize)
  const words = new Words(arena, at)
  let failure: string | undefined
  let ended = false
  let programs = 0
  const fail = (reason: string): void => {
    if (ended) return
    failure ??= words.reason() ?? reason
    words.dismiss()
  }
  const begin = (thread: number): Order => ({ _tag: "Begin", memory: arena.memory, at, thread })
  const members = Array.from({ length: threads - 1 }, (_, index) => member(begin(index + 1), fail))
  const workers = await allReady(members).catch((error: unknown) => {
    arena.free(at)
    throw error
  })
  const tell = (order: Order): void => {
    for (const worker of workers) worker.post(order)
  }
  const call = (program: number, own: () => void): void => {
    if (ended) throw new ThreadFailed({ reason: "its executor was closed" })
    if (words.get("stop") !== 0) fail("it ended")
    if (failure !== undefined) throw new ThreadFailed({ reason: failure })
    words.set("program", program)
    words.add("start", 1)
    words.wake("start")
    try {
      own()
    } catch (error) {
      fail(error instanceof ThreadFailed ? error.reason : String(error))
      throw new ThreadFailed({ reason: failure ?? String(error) })
    }
  }
  return {
    control: at,
    wait: waiter(words, patience),
    add: (module) => {
      tell({ _tag: "Add", program: ++programs, module })
      return programs
    },
    drop: (program) => tell({ _tag: "Drop", program }),
    run: call,
    end: async () => {
      if (ended) return
      ended = true
      words.dismiss()
      await Promise.all(workers.map((worker) => worker.terminate()))
      arena.free(at)
    }
  }
}
