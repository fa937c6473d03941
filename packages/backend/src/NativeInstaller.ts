/**
 * Sets the native library up, once for all projects of a user: tries ways in order, verifies what they give, and puts it
 * into the cache in one move. Whatever fails or is interrupted leaves nothing behind but its reason.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as NativeLocation from "./NativeLocation.ts"
import * as Attempt from "./native/Attempt.ts"
import * as Install from "./native/Install.ts"
import { Machine } from "./native/Machine.ts"
import { ownInstallerWay } from "./native/OwnInstallerWay.ts"
import * as TfjsNode from "./native/TfjsNode.ts"
import * as Way from "./native/Way.ts"
import { wheels } from "./native/Wheel.ts"
import { wheelWay } from "./native/WheelWay.ts"
import * as Workshop from "./native/Workshop.ts"

export type { Attempt } from "./native/Attempt.ts"
export type { Install, Manifest } from "./native/Install.ts"
export type { OnProgress, Way } from "./native/Way.ts"

/** No way led to a native library; nothing was installed. */
export class NativeInstallFailed extends Schema.TaggedError<NativeInstallFailed>()("NativeInstallFailed", {
  cache: Schema.String,
  attempts: Schema.Array(Attempt.Attempt)
}) {
  override get message() {
    const tried = this.attempts.map(({ way, reason }) => `\n  ${way}: ${reason}`).join("")
    return (
      `The native library could not be set up in ${this.cache}; nothing was left there. Attempts:${tried}\n` +
      "Training works without it, on WASM, about four times slower."
    )
  }
}

export interface InstallOptions {
  /** Default: {@link NativeLocation.cacheDirectory}. */
  readonly cache?: string
  /** Hears what is being done at least every second or so. */
  readonly onProgress?: Way.OnProgress
  /** Default: TensorFlow's wheel, then tfjs-node's own installer. */
  readonly ways?: ReadonlyArray<Way.Way>
}

export interface Installed {
  readonly install: Install.Install
  /** Whether it was there before. */
  readonly alreadyThere: boolean
  /** The ways that failed before one worked. */
  readonly attempts: ReadonlyArray<Attempt.Attempt>
}

const waysOf = (ways: ReadonlyArray<Way.Way> | undefined) =>
  Effect.gen(function* () {
    if (ways !== undefined) return ways
    const machine = yield* Machine
    const tfjsNode = yield* TfjsNode.locate
    return [
      wheelWay(machine, tfjsNode, wheels[`${machine.platform}-${machine.arch}`]),
      ownInstallerWay(machine, tfjsNode)
    ]
  })

const cacheOf = (cache: string | undefined): Effect.Effect<string> =>
  Effect.map(Machine, (machine) => cache ?? NativeLocation.cacheDirectory(machine))

/** The installed library of this machine, if there is one; files are compared by size only. */
export const find = (
  options: Pick<InstallOptions, "cache" | "ways"> = {}
): Effect.Effect<Option.Option<Install.Install>> =>
  Effect.gen(function* () {
    const native = NativeLocation.nativeDirectory(yield* cacheOf(options.cache))
    const ways = yield* waysOf(options.ways).pipe(Effect.orElseSucceed(() => []))
    for (const { key } of ways) {
      const install = yield* Install.read(path.join(native, key))
      if (Option.isSome(install)) return install
    }
    return Option.none()
  })

/** Why the last installation, or its first ways, failed; empty when nothing did. */
export const attempts = (options: Pick<InstallOptions, "cache"> = {}): Effect.Effect<ReadonlyArray<Attempt.Attempt>> =>
  Effect.flatMap(cacheOf(options.cache), (cache) => Attempt.read(NativeLocation.nativeDirectory(cache)))

/**
 * Loads a binding in a separate process, where a crash (a processor without AVX, say) does no harm; returns
 * TensorFlow's version.
 */
export const tryOut = (binding: string): Effect.Effect<string, Way.WayFailed> =>
  Effect.gen(function* () {
    const machine = yield* Machine
    const { exitCode, output } = yield* machine
      .run({
        program: process.execPath,
        arguments: ["-e", "console.log('TensorFlow ' + require(process.argv[1]).TF_Version)", binding],
        env: { TF_CPP_MIN_LOG_LEVEL: "2", NODE_OPTIONS: "" }
      })
      .pipe(Effect.mapError(({ message }) => new Way.WayFailed({ reason: message })))
    const version = /^TensorFlow (\S+)$/m.exec(output)?.[1]
    if (exitCode === 0 && version !== undefined) return version
    return yield* new Way.WayFailed({
      reason: `the library was built, but can't be loaded (exit code ${exitCode}): ${Way.gist(output)}`
    })
  })

const attempt = (way: Way.Way, native: string, onProgress: Way.OnProgress) =>
  Effect.gen(function* () {
    const machine = yield* Machine
    const folder = yield* Workshop.open(native)
    const workspace = { directory: path.join(folder, "install"), scratch: path.join(folder, "scratch"), onProgress }
    yield* Way.step("making folders", () => {
      for (const inner of [workspace.directory, workspace.scratch]) fs.mkdirSync(inner)
    })
    const binding = yield* way.build(workspace)
    onProgress("testing the library")
    const tensorflow = yield* tryOut(path.join(workspace.directory, binding))
    const files = yield* Workshop.inventory(workspace.directory, onProgress)
    return yield* Workshop.publish(workspace.directory, path.join(native, way.key), {
      format: 1,
      way: way.name,
      tensorflow,
      platform: machine.platform,
      arch: machine.arch,
      nodeApi: Install.nodeApi,
      binding,
      installedAt: new Date().toISOString(),
      files
    })
  }).pipe(Effect.scoped)

/** Sets the native library up, unless it is there already. Takes 270 MB of download, a minute, and 860 MB of disk. */
export const install = Effect.fn("NativeInstaller.install")(function* (options: InstallOptions = {}) {
  const cache = yield* cacheOf(options.cache)
  const native = NativeLocation.nativeDirectory(cache)
  const onProgress = options.onProgress ?? (() => {})
  const failed: Array<Attempt.Attempt> = []
  const note = (way: string, reason: string) => failed.push({ way, reason, at: new Date().toISOString() })
  const ways = yield* waysOf(options.ways).pipe(
    Effect.catch((cause) => {
      note("locating tfjs-node", `${cause.message}. ${TfjsNode.advice}`)
      return Effect.succeed([])
    })
  )
  const present = yield* find({ cache, ways })
  if (Option.isSome(present))
    return { install: present.value, alreadyThere: true, attempts: [] } satisfies Installed as Installed
  yield* Workshop.removeStale(native)
  for (const way of ways) {
    const installed = yield* attempt(way, native, onProgress).pipe(
      Effect.map(Option.some),
      Effect.catch(({ reason }) => {
        note(way.name, reason)
        onProgress(`${way.name} did not work: ${reason}`)
        return Effect.succeedNone
      })
    )
    if (Option.isNone(installed)) continue
    yield* Attempt.write(native, failed)
    return { install: installed.value, alreadyThere: false, attempts: failed } satisfies Installed as Installed
  }
  yield* Attempt.write(native, failed)
  return yield* new NativeInstallFailed({ cache, attempts: failed })
})
