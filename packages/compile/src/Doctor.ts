/** Reports how steps would run on this machine as Etude's own code, and what would make them faster. Changes nothing. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as CodeCache from "./CodeCache.ts"
import * as Threads from "./runtime/Threads.ts"
import { detect } from "./wasm/Level.ts"

export class Report extends Schema.Class<Report>("@etude/compile/Doctor/Report")({
  /** The features of the engine's WebAssembly: fused multiply-add, vectors, or neither. */
  webAssembly: Schema.Literals(["fused", "split", "scalar"]),
  /** Threads that run a step together. */
  threads: Schema.Natural,
  /** The C compiler's version line; `null` if steps stay on WebAssembly. */
  compiler: Schema.NullOr(Schema.String),
  /** Numbers in a vector of native code; `null` where there is none. */
  lanes: Schema.NullOr(Schema.Natural),
  /** The folder in which native code is kept. */
  cache: Schema.String,
  /** Why there is no native code; `null` where there is. */
  reason: Schema.NullOr(Schema.String),
  /** Advice, one sentence each; empty when there is nothing to improve. */
  advice: Schema.Array(Schema.String)
}) {}

const getCompiler = "With a C compiler, such as the gcc or clang package, steps run several times faster."

const none = (reason: string, advice: ReadonlyArray<string>) => ({ compiler: null, lanes: null, reason, advice })

/** Runs the compiler to query the machine, which takes a moment. */
export const report: Effect.Effect<Report> = Effect.gen(function* () {
  const cache = CodeCache.folder()
  const webAssembly = detect()
  const { find } = yield* Effect.promise(() => import("#native"))
  const found =
    webAssembly === "fused"
      ? yield* find({ cache }).pipe(
          Effect.map(({ target, version }) => ({ compiler: version, lanes: target.lanes, reason: null, advice: [] })),
          Effect.catch(({ problem, reason }) =>
            Effect.succeed(none(reason, problem === "compilerMissing" ? [getCompiler] : []))
          )
        )
      : none("this Node's WebAssembly has no fused multiply-add, and native code would have other bits", [
          "Use Node 24 or later."
        ])
  return new Report({ webAssembly, threads: Threads.available(), cache, ...found })
})

/** The report as text for a terminal. */
export const render = ({ webAssembly, threads, compiler, lanes, cache, reason, advice }: Report): string => {
  const way = compiler === null ? "as WebAssembly" : "as native code, which begins as WebAssembly while it compiles"
  return [
    `code      WebAssembly with ${webAssembly === "scalar" ? "no vectors" : `vectors, multiply-add ${webAssembly}`}`,
    `          ${compiler === null ? `no native code: ${reason}` : `native code with vectors of ${lanes}, by ${compiler}`}`,
    `          kept in ${cache}`,
    "",
    `Steps run ${way}, on ${threads === 1 ? "one thread" : `${threads} threads`}.`,
    ...advice
  ].join("\n")
}
