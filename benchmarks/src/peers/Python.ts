/**
 * Python with the peers' packages, in a virtual environment of its own in the user's cache. It is made once for each content
 * of the requirement files and each version of Python; PyTorch and Keras are installed apart, so that one can be there
 * without the other.
 */
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { homedir } from "node:os"
import * as path from "node:path"
import { promisify } from "node:util"
import { NativeLocation } from "@etude/backend"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Peer } from "./Protocol.ts"

const folder = path.join(import.meta.dirname, "python")
export const worker = path.join(folder, "worker.py")

const collections = {
  torch: { requirements: "requirements-torch.txt", module: "lightning.pytorch" },
  keras: { requirements: "requirements-keras.txt", module: "keras" },
  /** Beside PyTorch. */
  data: { requirements: "requirements-data.txt", module: "torchvision, datasets" }
} as const
export type Collection = keyof typeof collections

/** The collection that a peer needs; `undefined` for peers of Node. */
export const needs = (peer: Peer): Collection | undefined => {
  switch (peer) {
    case "keras":
    case "kerasJit":
      return "keras"
    case "pytorch":
    case "torchCompile":
    case "lightning":
      return "torch"
    default:
      return undefined
  }
}

/** What cannot be used, and why. */
export class PythonMissing extends Data.TaggedError("PythonMissing")<{ readonly message: string }> {}

/** The interpreter for each collection, or the reason why there is none. */
export type Interpreters = { readonly [name in Collection]: { readonly interpreter: string } | PythonMissing }

const run = (program: string, args: ReadonlyArray<string>) =>
  Effect.tryPromise({
    try: (signal) =>
      promisify(execFile)(program, [...args], {
        signal,
        encoding: "utf8",
        maxBuffer: 2 ** 26,
        env: {
          ...process.env,
          PIP_DISABLE_PIP_VERSION_CHECK: "1",
          KERAS_BACKEND: "tensorflow",
          TF_CPP_MIN_LOG_LEVEL: "3"
        }
      }),
    catch: (cause) => {
      const { stderr, message } = cause as { readonly stderr?: string; readonly message: string }
      const [line = message] = (stderr ?? "").trim().split("\n").slice(-1)
      return new PythonMissing({ message: line === "" ? message : line })
    }
  })

/** The interpreter to make the environment with: `ETUDE_PYTHON`, else `python3`, else `python`; and its version. */
const find = Effect.gen(function* () {
  const named = process.env["ETUDE_PYTHON"]
  const candidates = named === undefined ? ["python3", "python"] : [named]
  for (const candidate of candidates) {
    const found = yield* Effect.option(run(candidate, ["-c", "import sys, venv, ensurepip; print(sys.version)"]))
    if (found._tag === "Some") return { program: candidate, version: found.value.stdout.trim() }
  }
  return yield* new PythonMissing({
    message: `no Python with venv was found (tried ${candidates.join(", ")}); install one, or name it in ETUDE_PYTHON`
  })
})

/** `import torch` needs libraries of CUDA on Linux, which no peer uses. */
const complete = (interpreter: string, name: Collection) =>
  name === "torch" && process.platform === "linux"
    ? run(interpreter, [path.join(folder, "cuda_stubs.py")])
    : Effect.void

const install = (interpreter: string, environment: string, name: Collection) =>
  Effect.gen(function* () {
    const { requirements, module } = collections[name]
    const done = path.join(environment, `${name}.installed`)
    if (!fs.existsSync(done)) {
      yield* Effect.sync(() => process.stderr.write(`Installing ${name} for the comparison in ${environment} …\n`))
      const options = ["--no-deps", "--no-cache-dir", "--only-binary=:all:", "--requirement"]
      yield* run(interpreter, ["-m", "pip", "install", "--quiet", ...options, path.join(folder, requirements)])
      yield* complete(interpreter, name)
      yield* run(interpreter, ["-c", `import ${module}`])
      fs.writeFileSync(done, "")
    }
    return { interpreter }
  })

const hash = (version: string): string => {
  const files = [...Object.values(collections).map(({ requirements }) => requirements), "cuda_stubs.py"]
  const content = files.map((name) => fs.readFileSync(path.join(folder, name), "utf8"))
  return createHash("sha256")
    .update([version, ...content].join("\0"))
    .digest("hex")
    .slice(0, 12)
}

/** Installs what these collections need, where that is not done yet. Never fails: what can't be had is said. */
export const setUp = (wanted: ReadonlySet<Collection>): Effect.Effect<Interpreters> =>
  Effect.gen(function* () {
    const { program, version } = yield* find
    const cache = NativeLocation.cacheDirectory({ platform: process.platform, env: process.env, home: homedir() })
    const environment = path.join(cache, "peers", `python-${version.split(" ")[0]}-${hash(version)}`)
    const windows = process.platform === "win32"
    const interpreter = path.join(environment, windows ? "Scripts" : "bin", windows ? "python.exe" : "python")
    if (!fs.existsSync(interpreter)) yield* run(program, ["-m", "venv", environment])
    const own = (name: Collection) =>
      wanted.has(name)
        ? install(interpreter, environment, name).pipe(Effect.catch(Effect.succeed))
        : Effect.succeed(new PythonMissing({ message: "it was not asked for" }))
    // One after another: both have packages in common.
    return { torch: yield* own("torch"), keras: yield* own("keras"), data: yield* own("data") }
  }).pipe(Effect.catchTag("PythonMissing", (reason) => Effect.succeed({ torch: reason, keras: reason, data: reason })))
