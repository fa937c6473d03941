/**
 * Where a step of Etude's own code goes, by form of its plan's nodes, and what share of the processor's best product each
 * reaches: `packages/compile/scripts/profile.ts`, which looks inside, in a process of its own.
 */
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { ProblemName } from "../Problem.ts"
import type { Peer } from "./Protocol.ts"

/** The nodes of one form together, on one thread. */
export interface Form {
  readonly form: string
  readonly nodes: number
  readonly microseconds: number
  /** Multiplications and additions of products. */
  readonly operations: number
}

/** A whole step's program: the fastest of many runs. `emitted`: milliseconds to make its code. */
export interface Whole {
  readonly threads: number
  readonly microseconds: number
  readonly emitted: number
}

export interface Forms {
  readonly forms: ReadonlyArray<Form>
  readonly wholes: ReadonlyArray<Whole>
  /** Floating-point operations a second of one thread in a large product, by the same code. */
  readonly peak: number
}

export class FormsUnknown extends Data.TaggedError("FormsUnknown")<{ readonly message: string }> {}

const emitters: { readonly [peer in Peer]?: "native" | "wasm" } = { etudeNative: "native", etudeWasm: "wasm" }
const script = fileURLToPath(new URL("../../../packages/compile/scripts/profile.ts", import.meta.url))

/** Measures; `undefined` for peers that don't run code of Etude's own. */
export const measure = (
  peer: Peer,
  problem: ProblemName,
  batchSize: number
): Effect.Effect<Forms | undefined, FormsUnknown> => {
  const emitter = emitters[peer]
  if (emitter === undefined) return Effect.succeed(undefined)
  const args = ["--conditions=@etude/source", script, problem, String(batchSize), emitter, "--json"]
  return Effect.tryPromise({
    try: async (signal) => {
      const { stdout } = await promisify(execFile)(process.execPath, args, { signal })
      return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Forms // what the script prints
    },
    catch: (cause) => new FormsUnknown({ message: cause instanceof Error ? cause.message : String(cause) })
  })
}

const micro = (microseconds: number): string => microseconds.toFixed(microseconds < 10 ? 1 : 0)
const percent = (part: number): string => `${(100 * part).toFixed(0)} %`

/** A table, given the microseconds of a whole step as it was trained. */
export const text = (step: number, { forms, wholes, peak }: Forms): ReadonlyArray<string> => {
  const [alone, together] = [1, 2].map((threads) => wholes.find((one) => one.threads === threads)?.microseconds)
  const all = forms.reduce((sum, { microseconds }) => sum + microseconds, 0)
  const lines = forms
    .toSorted((a, b) => b.microseconds - a.microseconds)
    .map(({ form, nodes, microseconds, operations }) => {
      const share = operations === 0 ? "" : percent((1e6 * operations) / microseconds / peak)
      const cells = [String(nodes), micro(microseconds), percent(microseconds / all), share]
      return `    ${form.padEnd(12)}${cells.map((cell) => cell.padStart(10)).join("")}`
    })
  const rest = (what: string, microseconds: number) => `    ${what.padEnd(32)}${micro(microseconds).padStart(10)} µs`
  return [
    `    ${"on one thread".padEnd(12)}${["nodes", "µs", "of all", "of peak"].map((head, at) => head.padStart(at === 0 ? 9 : 10)).join("")}` +
      ` (${(peak / 1e9).toFixed(0)} GFLOP/s)`,
    ...lines.map((line) => line.trimEnd()),
    ...(alone === undefined ? [] : [rest("the program on one thread", alone)]),
    ...(together === undefined || alone === undefined
      ? []
      : [
          rest("on two", together),
          rest("of that, waiting and moving data", together - alone / 2),
          rest("the rest of a step", step - together)
        ])
  ]
}
