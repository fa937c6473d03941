/** What the measuring process says to the peers, and they to it. Python's side is in `python/worker.py`. */
import type { BackendName } from "../PlainBackend.ts"
import type { Time } from "../Runner.ts"

export const peers = [
  "etudeNative",
  "etudeWasm",
  "etudeGraph",
  "etude",
  "bareLoop",
  "fit",
  "keras",
  "kerasJit",
  "pytorch",
  "torchCompile",
  "lightning"
] as const
export type Peer = (typeof peers)[number]

/** Those that are Etude. */
export const own: ReadonlyArray<Peer> = ["etudeNative", "etudeWasm", "etudeGraph", "etude"]

/** A peer's whole task, given as its first argument: to train the problem in a folder (see `Files.ts`). */
export interface Job {
  readonly peer: Peer
  readonly folder: string
  readonly threads: number
  /** Of TensorFlow.js's peers. */
  readonly backend: BackendName
  /** Of how many steps, from the first one, the losses are told. */
  readonly watched: number
  /** Whether a peer of Node's counts the time that is spent inside the native library (see `Profile.ts`). */
  readonly profiled: boolean
}

/** Another task: the speed of matrix multiplication. */
export interface MatmulJob {
  readonly peer: "matmul"
  readonly backend: BackendName
}

/** Asks for at least so many steps, going on from those before. Peers of Node train whole passes over the samples. */
export interface Request {
  readonly steps: number
}

export interface Round extends Time {
  readonly steps: number
  /** After the round, and the most until then. */
  readonly residentBytes: number
  readonly peakBytes: number
  /** Live tensors after the round, in TensorFlow.js's peers. */
  readonly tensors?: number
}

export interface Started {
  readonly _tag: "Started"
  /** What it runs on, in words. */
  readonly on: string
  readonly versions: { readonly [name: string]: string }
  /** In milliseconds since 1970: all libraries are loaded; the loss of the first step is there. */
  readonly importedAt: number
  readonly firstStepAt: number
  /** Of the first steps, each that of its own batch before the update. */
  readonly losses: ReadonlyArray<number>
}

export type Answer =
  | Started
  | { readonly _tag: "Measured"; readonly round: Round; readonly profile?: ProfileCounts }
  /** Floating-point operations a second, of each attempt. */
  | { readonly _tag: "Multiplied"; readonly flops: ReadonlyArray<number> }
  | { readonly _tag: "Unavailable"; readonly message: string }
  | { readonly _tag: "Failed"; readonly message: string }

/** Milliseconds and calls inside functions of the native library, by what they do. */
export interface ProfileCounts {
  readonly [what: string]: { readonly calls: number; readonly milliseconds: number }
}
