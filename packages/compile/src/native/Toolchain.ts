/** The machine's C compiler, and the processor features that it reports. */
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import type { Target } from "../code/Code.ts"
import type { Outcome, Run } from "./Command.ts"
import { NativeUnavailable } from "./Errors.ts"

export interface Toolchain {
  readonly program: string
  /** The first line of its version output. */
  readonly version: string
  /** The flags for using all features of this processor. */
  readonly machine: ReadonlyArray<string>
  /** A hash of all predefined macros; it differs between processors. */
  readonly predefined: string
  readonly target: Target
  /** Clang refuses some of GCC's options. */
  readonly isClang: boolean
}

/** Tried in this order. A C++ compiler takes C too, with a flag. */
export const compilers: ReadonlyArray<string> = ["cc", "gcc", "clang", "g++"]

/** Advice where there is none. */
export const advice =
  "Install a C compiler (Debian, Ubuntu: `apt install gcc`; macOS: `xcode-select --install`), or set CC."

const probeSeconds = 10

/** Target of a machine by the compiler's macros; `undefined` where multiply-adds aren't fused. */
export const targetOf = (macros: string): Target | undefined => {
  const has = (...names: ReadonlyArray<string>) => names.every((name) => macros.includes(`#define ${name} `))
  if (has("__AVX512F__", "__AVX512DQ__", "__FMA__")) return { lanes: 16, registers: 32 }
  if (has("__AVX2__", "__FMA__")) return { lanes: 8, registers: 16 }
  return has("__ARM_NEON", "__aarch64__") ? { lanes: 4, registers: 32 } : undefined
}

const failure = (program: string, outcome: Outcome): NativeUnavailable => {
  if (outcome._tag === "Missing")
    return new NativeUnavailable({ problem: "compilerMissing", reason: `${program} cannot be run: ${outcome.reason}` })
  if (outcome._tag === "Hung") {
    const reason = `${program} did not answer within ${outcome.seconds} s`
    return new NativeUnavailable({ problem: "compilerHung", reason })
  }
  const reason = `${program} --version ended with exit code ${outcome.exitCode}`
  return new NativeUnavailable({ problem: "compilerFailed", reason })
}

const ask = Effect.fnUntraced(function* (run: Run, program: string, ...options: ReadonlyArray<string>) {
  const outcome = yield* run({ program, arguments: options }, probeSeconds)
  if (outcome._tag === "Ended" && outcome.exitCode === 0) return outcome.output
  return yield* failure(program, outcome)
})

const probe = Effect.fnUntraced(function* (run: Run, program: string, machine: ReadonlyArray<string>) {
  const version = (yield* ask(run, program, "--version")).split("\n")[0] ?? ""
  const macros = yield* ask(run, program, ...machine, "-dM", "-E", "-x", "c", "/dev/null")
  const target = targetOf(macros)
  if (target === undefined) {
    const reason = "this processor has no vectors with fused multiply-add (AVX2 with FMA, AVX-512 or NEON)"
    return yield* new NativeUnavailable({ problem: "machineUnsupported", reason })
  }
  const predefined = createHash("sha256").update(macros).digest("hex")
  const isClang = macros.includes("#define __clang__ ")
  const found: Toolchain = { program, version, machine, predefined, target, isClang }
  return found
})

export const defaultMachine: ReadonlyArray<string> = [process.arch === "arm64" ? "-mcpu=native" : "-march=native"]

/** The first compiler that works. The failure of one that exists is more informative than the absence of another. */
export const find = Effect.fnUntraced(function* (
  run: Run,
  programs: ReadonlyArray<string> = process.env["CC"] ? [process.env["CC"]] : compilers,
  machine: ReadonlyArray<string> = defaultMachine
) {
  if (process.platform !== "linux" && process.platform !== "darwin") {
    const reason = `it is made on Linux and macOS, and this is ${process.platform}`
    return yield* new NativeUnavailable({ problem: "machineUnsupported", reason })
  }
  let telling: NativeUnavailable | undefined
  for (const program of programs) {
    const found = yield* Effect.result(probe(run, program, machine))
    if (found._tag === "Success") return found.success
    if (found.failure.problem !== "compilerMissing") telling ??= found.failure
  }
  const reason = `no C compiler was found (tried ${programs.join(", ")}). ${advice}`
  return yield* telling ?? new NativeUnavailable({ problem: "compilerMissing", reason })
})
