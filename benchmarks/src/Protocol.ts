/** What the measuring process and its workers say to each other. */
import type { BackendName } from "./PlainBackend.ts"
import type { ProblemName } from "./Problem.ts"
import type { Time } from "./Runner.ts"

export const competitors = ["etude", "bareLoop", "bareLoopOnEtudesKernels", "fit", "fitDataset"] as const
export type Competitor = (typeof competitors)[number]

/** A worker's whole task, given as its first argument. */
export interface Job {
  readonly competitor: Competitor
  readonly problem: ProblemName
  readonly batchSize: number
  readonly backend: BackendName
  /** Steps of one round. */
  readonly steps: number
  /** Idle callbacks of each of the runs that the worker holds; one run without any when absent. For Etude only. */
  readonly callbacks?: ReadonlyArray<number>
}

/** What one round was like. */
export interface Round extends Time {
  /** Mean loss on the first batch with the parameters after this round. */
  readonly loss: number
  /** Live tensors after the round. */
  readonly tensors: number
  readonly residentBytes: number
}

/** Asks for one round of the worker's run number `run`. */
export interface Request {
  readonly run: number
}

export type Answer =
  | { readonly _tag: "Ready"; readonly backend: string }
  | { readonly _tag: "Measured"; readonly round: Round }
  | { readonly _tag: "Unavailable"; readonly message: string }
  | { readonly _tag: "Failed"; readonly message: string }
