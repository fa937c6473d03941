/** Compiles C to an addon in the cache with one call of the compiler, unless it is already there. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { Outcome, Run } from "./Command.ts"
import { NativeUnavailable } from "./Errors.ts"
import * as Store from "./Store.ts"
import type { Toolchain } from "./Toolchain.ts"

export interface Workshop {
  readonly run: Run
  readonly toolchain: Toolchain
  /** The folder for addons; made when it is first written. */
  readonly cache: string
  /** The time limit of a compiler. */
  readonly seconds: number
}

/**
 * What decides the bits: no contraction of a · b + c, no liberties with numbers. Whole numbers wrap around. Memory is addressed
 * from any base, 0 too: GCC 12 writes some addresses as a distance from 0, then takes a function that reads there for one that
 * ends, and leaves its calls out. Not among the flags is `-fno-trapping-math`, with which it makes −0 of `(float)(int)-0.5f`.
 */
const flags = ({ isClang }: Toolchain): ReadonlyArray<string> => [
  ...["-x", "c", "-std=gnu11", "-O2", "-w"],
  // It would carry numbers of a product's rows from one step to the next in registers that the sums need.
  ...(isClang ? [] : ["-fno-predictive-commoning"]),
  ...["-ffp-contract=off", "-fno-math-errno", "-fwrapv", "-fno-strict-aliasing", "-fno-delete-null-pointer-checks"],
  ...["-fPIC", "-pthread", "-fvisibility=hidden", "-DNAPI_VERSION=8"]
]
const linking = process.platform === "darwin" ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"]

const headers = (): string => {
  const { include_dir }: { readonly include_dir: string } = createRequire(import.meta.url)("node-api-headers")
  return include_dir
}

/** The key of an addon: it depends on everything that goes into it. */
export const keyOf = (toolchain: Toolchain, source: string): string => {
  const { program, version, machine, predefined } = toolchain
  const inputs = [source, ...flags(toolchain), ...linking, program, version, ...machine, predefined, process.arch]
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 32)
}

const unusable = (cause: unknown): NativeUnavailable =>
  new NativeUnavailable({
    problem: "cacheUnusable",
    reason: `the cache cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`
  })

/** The lines that say what went wrong, in at most 400 characters. */
const gist = (output: string): string => {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== "")
  const errors = lines.filter((line) => /\berror\b/i.test(line))
  return (errors.length > 0 ? errors : lines).slice(0, 3).join(" ").slice(0, 400)
}

const verdict = (program: string, outcome: Outcome, output: string): NativeUnavailable | undefined => {
  if (outcome._tag === "Missing")
    return new NativeUnavailable({ problem: "compilerMissing", reason: `${program} cannot be run: ${outcome.reason}` })
  if (outcome._tag === "Hung")
    return new NativeUnavailable({
      problem: "compilerHung",
      reason: `${program} did not end within ${outcome.seconds} s`
    })
  if (outcome.exitCode !== 0)
    return new NativeUnavailable({
      problem: "compilerFailed",
      reason: `${program} ended with exit code ${outcome.exitCode}: ${gist(outcome.output)}`
    })
  if (fs.existsSync(output)) return undefined
  return new NativeUnavailable({
    problem: "compilerLied",
    reason: `${program} said that it was done, and wrote nothing`
  })
}

const compileIn = Effect.fnUntraced(function* (workshop: Workshop, source: string, folder: string) {
  const { run, toolchain, seconds } = workshop
  const [input, output] = [path.join(folder, "program.c"), path.join(folder, "program.node")]
  yield* Effect.try({ try: () => fs.writeFileSync(input, source), catch: unusable })
  const options = [...flags(toolchain), ...toolchain.machine, ...linking, `-I${headers()}`, input, "-o", output, "-lm"]
  const outcome = yield* run({ program: toolchain.program, arguments: options }, seconds)
  const wrong = verdict(toolchain.program, outcome, output)
  if (wrong !== undefined) return yield* wrong
  return output
})

/** Compiles, and puts the addon into the cache. */
export const compile = (workshop: Workshop, key: string, source: string): Effect.Effect<string, NativeUnavailable> =>
  Effect.acquireUseRelease(
    Effect.try({ try: () => Store.open(workshop.cache), catch: unusable }),
    (folder) =>
      compileIn(workshop, source, folder).pipe(
        Effect.flatMap((made) =>
          Effect.try({ try: () => Store.publish(workshop.cache, key, folder, made), catch: unusable })
        )
      ),
    (folder) => Effect.sync(() => Store.close(folder))
  )
