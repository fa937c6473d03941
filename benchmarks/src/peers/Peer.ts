/** A peer's process from the outside. */
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Child from "../Child.ts"
import type { BackendName } from "../PlainBackend.ts"
import type { Answer, Job, MatmulJob, Peer, ProfileCounts, Request, Round, Started } from "./Protocol.ts"
import type { Collection, Interpreters } from "./Python.ts"
import * as Python from "./Python.ts"

/** Why a peer has no figures: it can't be used here, or it failed. */
export class PeerLost extends Data.TaggedError("PeerLost")<{ readonly message: string }> {}

export interface Running {
  readonly peer: Peer
  readonly started: Started
  /** Seconds from the start of the process to the first step's loss; and those of them that came after all imports. */
  readonly firstStep: FirstStep
  readonly round: (steps: number) => Effect.Effect<Round & { readonly profile?: ProfileCounts }, PeerLost>
}

export interface FirstStep {
  readonly seconds: number
  readonly withoutImports: number
}

/** Where peers run. */
export interface Place {
  readonly interpreters: Interpreters
  /** A folder for files; torch.compile keeps there what it compiled. */
  readonly scratch: string
  /** Threads of each peer. */
  readonly threads: number
}

/** As many threads for everybody, no GPU, no greetings. */
const environment = ({ scratch, threads }: Place) => ({
  TF_NUM_INTRAOP_THREADS: String(threads),
  TF_NUM_INTEROP_THREADS: String(threads),
  OMP_NUM_THREADS: String(threads),
  MKL_NUM_THREADS: String(threads),
  CUDA_VISIBLE_DEVICES: "",
  TF_CPP_MIN_LOG_LEVEL: "3",
  TORCHINDUCTOR_CACHE_DIR: scratch,
  PYTHONWARNINGS: "ignore",
  PYTHONDONTWRITEBYTECODE: "1"
})

const file = fileURLToPath(new URL("worker.ts", import.meta.url))

const open = (argument: Job | MatmulJob, needs: Collection | undefined, place: Place) =>
  Effect.gen(function* () {
    const env = environment(place)
    if (needs === undefined) {
      return yield* Child.open<Request, Answer>({ file, argument, flags: Child.flags, env })
    }
    const python = place.interpreters[needs]
    if (!("interpreter" in python)) return yield* new PeerLost({ message: python.message })
    const { interpreter } = python
    return yield* Child.open<Request, Answer>({ file: Python.worker, argument, interpreter, flags: [], env })
  })

const lost = ({ message }: { readonly message: string }) => new PeerLost({ message })
const unexpected = (answer: Answer) =>
  new PeerLost({ message: "message" in answer ? answer.message : `it answered ${answer._tag}` })

/** Starts a peer and waits until it has trained the watched steps. */
export const start = (job: Omit<Job, "threads">, place: Place): Effect.Effect<Running, PeerLost, Scope.Scope> =>
  Effect.gen(function* () {
    const child = yield* open({ ...job, threads: place.threads }, Python.needs(job.peer), place)
    const started = yield* Effect.mapError(child.first, lost)
    if (started._tag !== "Started") return yield* unexpected(started)
    const { firstStepAt, importedAt } = started
    return {
      peer: job.peer,
      started,
      firstStep: {
        seconds: (firstStepAt - child.startedAt) / 1000,
        withoutImports: (firstStepAt - importedAt) / 1000
      },
      round: (steps) =>
        Effect.gen(function* () {
          const answer = yield* Effect.mapError(child.ask({ steps }), lost)
          if (answer._tag !== "Measured") return yield* unexpected(answer)
          const { round, profile } = answer
          return profile === undefined ? round : { ...round, profile }
        })
    }
  })

/** The best speed of a matrix multiplication, in floating-point operations a second: of TensorFlow.js, or of PyTorch. */
export const multiply = (by: "torch" | "tensorflow", backend: BackendName, place: Place) =>
  Effect.gen(function* () {
    const child = yield* open({ peer: "matmul", backend }, by === "torch" ? "torch" : undefined, place)
    const answer = yield* Effect.mapError(child.first, lost)
    return answer._tag === "Multiplied" ? Math.max(...answer.flops) : yield* unexpected(answer)
  }).pipe(Effect.scoped)
