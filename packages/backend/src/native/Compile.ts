/** Compiles addons for Node: one call of the C++ compiler, no build system. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { nodeApi } from "./Install.ts"
import type { Machine } from "./Machine.ts"
import { requireFromHere } from "./TfjsNode.ts"
import * as Way from "./Way.ts"

/** Everything that decides how an addon comes out, besides its sources; part of the install's key. */
export const flags: ReadonlyArray<string> = ["-shared", "-fPIC", "-O2", "-std=c++17", `-DNAPI_VERSION=${nodeApi}`]

/** The compiler: the environment's `CXX` alone if it is set, else the first of `g++`, `c++`, `clang++` that runs. */
export const findCompiler = (
  machine: Machine
): Effect.Effect<{ readonly program: string; readonly version: string }, Way.WayFailed> =>
  Effect.gen(function* () {
    const compiler = machine.env["CXX"]
    const candidates = compiler === undefined || compiler === "" ? ["g++", "c++", "clang++"] : [compiler]
    for (const program of candidates) {
      const result = yield* machine
        .run({ program, arguments: ["--version"] })
        .pipe(Effect.catchTag("CommandMissing", () => Effect.succeed(undefined)))
      if (result?.exitCode === 0) return { program, version: result.output.split("\n")[0] ?? "" }
    }
    return yield* new Way.WayFailed({
      reason: `no C++ compiler was found (tried ${candidates.join(", ")}); install one, such as the g++ package, or set CXX`
    })
  })

export interface CompileOptions {
  /** C++ files. */
  readonly sources: ReadonlyArray<string>
  /** Folders of headers, besides Node-API's. */
  readonly include: ReadonlyArray<string>
  /** Names of the shared libraries to link; they lie in `directory`, and the result looks for them beside itself. */
  readonly libraries: ReadonlyArray<string>
  readonly directory: string
  /** File name of the result, in `directory`. */
  readonly output: string
  readonly onProgress: Way.OnProgress
}

/** Makes an addon that Node can load. */
export const compile = Effect.fnUntraced(function* (machine: Machine, compiler: string, options: CompileOptions) {
  const headers = yield* Way.step(
    "looking for node-api-headers",
    () => (requireFromHere("node-api-headers") as { readonly include_dir: string }).include_dir
  )
  const label = `compiling ${options.output} with ${compiler}`
  options.onProgress(label)
  const { exitCode, output } = yield* machine
    .run({
      program: compiler,
      arguments: [
        ...flags,
        ...[headers, ...options.include].map((folder) => `-I${folder}`),
        ...options.sources,
        ...["-o", path.join(options.directory, options.output), `-L${options.directory}`],
        ...options.libraries.map((name) => `-l:${name}`),
        "-Wl,-rpath,$ORIGIN"
      ],
      directory: options.directory
    })
    .pipe(
      (compiling) => Way.ticking(compiling, (seconds) => options.onProgress(`${label}, ${seconds} s`)),
      Effect.mapError(({ message }) => new Way.WayFailed({ reason: message }))
    )
  if (exitCode !== 0) {
    return yield* new Way.WayFailed({ reason: `${compiler} ended with exit code ${exitCode}: ${Way.gist(output)}` })
  }
})
