/** The command's flags. */
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import type { BackendName } from "../PlainBackend.ts"
import type { ProblemName } from "../Problem.ts"
import type { EnduranceOptions } from "./Endurance.ts"
import { type Peer, peers } from "./Protocol.ts"

/** A problem, and how many different batches of it there are: fewer where a step takes long. */
export interface ModelChoice {
  readonly problem: ProblemName
  readonly batches: number
  /** Its only batch size, whatever `--batches` says: larger ones would take minutes. */
  readonly batchSize?: number
  /** Who has no parts to write it with. */
  readonly without?: ReadonlyArray<Peer>
}

/** TensorFlow.js has neither attention among its layers nor dropout that a step can be given the bits of. */
const transformers = { batches: 4, batchSize: 8, without: ["etudeGraph", "etude", "bareLoop", "fit"] } as const

const models: { readonly [name: string]: ModelChoice } = {
  logistic: { problem: "logistic regression", batches: 64 },
  mlp: { problem: "MLP 784-300-100-10", batches: 32 },
  "lenet-5": { problem: "LeNet-5", batches: 16 },
  resnet: { problem: "ResNet", batches: 4 },
  transformer: { problem: "transformer", ...transformers },
  "transformer-dropout": { problem: "transformer with dropout", ...transformers }
}
/** The batch size at which everything is measured, and aims are judged. */
export const mainBatchSize = ({ batchSize = 64 }: ModelChoice): number => batchSize

/** The batch sizes at which a model is measured. */
export const batchesOf = ({ batchSize }: ModelChoice, { batches }: Pick<Flags, "batches">): ReadonlyArray<number> =>
  batchSize === undefined ? batches : [batchSize]

const backends: ReadonlyArray<BackendName> = ["native", "wasm", "cpu"]

export interface Flags {
  readonly models: ReadonlyArray<ModelChoice>
  readonly batches: ReadonlyArray<number>
  /** Who takes part. Without `--peers`, torch.compile does at one batch size only: it compiles for a minute and more. */
  readonly peersAt: (model: ModelChoice, batchSize: number) => ReadonlyArray<Peer>
  readonly backend: BackendName
  readonly rounds: number
  readonly seconds: number
  readonly starts: number
  readonly threads: number
  readonly long: Pick<EnduranceOptions, "warmUp" | "steps" | "every">
  readonly profiled: boolean
  readonly markdown: boolean
  readonly output?: string
  /** Whether everything is measured, so that the figures may become those of the repository. */
  readonly whole: boolean
}

const options = {
  models: { type: "string" },
  batches: { type: "string" },
  peers: { type: "string" },
  rounds: { type: "string" },
  seconds: { type: "string" },
  starts: { type: "string" },
  threads: { type: "string" },
  backend: { type: "string", default: "native" },
  output: { type: "string" },
  quick: { type: "boolean", default: false },
  profile: { type: "boolean", default: false },
  markdown: { type: "boolean", default: false }
} as const

/** Reads the flags; what is wrong with them, all at once, as a text. */
export const read = (args: ReadonlyArray<string>): Flags | { readonly problem: string } => {
  const problems: Array<string> = []
  const among = <A extends string>(
    name: string,
    value: string | undefined,
    known: ReadonlyArray<A>
  ): ReadonlyArray<A> => {
    if (value === undefined) return known
    const unknown = value.split(",").filter((one) => !known.some((other) => other === one))
    if (unknown.length > 0) problems.push(`--${name}: ${unknown.join(", ")}; expected ${known.join(", ")}`)
    return known.filter((one) => value.split(",").includes(one))
  }
  const positive = (name: string, value: string | undefined, whole: boolean, fallback: number): number => {
    const number = value === undefined ? fallback : Number(value)
    if (number > 0 && (!whole || Number.isInteger(number))) return number
    problems.push(`--${name}: ${value}; expected ${whole ? "a whole number from 1" : "a number above 0"}`)
    return fallback
  }
  try {
    const { values } = parseArgs({ args: [...args], options })
    const { quick, profile, markdown, output } = values
    const batches = values.batches?.split(",") ?? (quick ? ["64"] : ["32", "64", "256"])
    const chosen = among("peers", values.peers, peers)
    const flags: Flags = {
      models: among("models", values.models, Object.keys(models)).map((name) => models[name]!),
      batches: batches.map((size) => positive("batches", size, true, 64)),
      peersAt: (model, batchSize) =>
        chosen
          .filter((peer) => model.without?.includes(peer) !== true)
          .filter(
            (peer) => peer !== "torchCompile" || values.peers !== undefined || batchSize === mainBatchSize(model)
          ),
      backend: among("backend", values.backend, backends)[0] ?? "native",
      rounds: positive("rounds", values.rounds, true, quick ? 2 : 5),
      seconds: positive("seconds", values.seconds, false, quick ? 0.05 : 0.5),
      starts: positive("starts", values.starts, true, quick ? 1 : 3),
      threads: positive("threads", values.threads, true, availableParallelism()),
      long: quick ? { warmUp: 1, steps: 100, every: 25 } : { warmUp: 4000, steps: 12_000, every: 250 },
      profiled: profile,
      markdown,
      ...(output === undefined ? {} : { output }),
      whole:
        !quick && !profile && values.models === undefined && values.batches === undefined && values.peers === undefined
    }
    return problems.length === 0 ? flags : { problem: problems.join("\n") }
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) }
  }
}
