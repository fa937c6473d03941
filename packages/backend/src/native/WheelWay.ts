/** The first way: TensorFlow's library out of its Python wheel, and tfjs-node's binding compiled against it. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { compile, findCompiler, flags } from "./Compile.ts"
import * as Hush from "./Hush.ts"
import { nodeApi } from "./Install.ts"
import { keyOf } from "./Key.ts"
import type { Machine } from "./Machine.ts"
import * as Signals from "./Signals.ts"
import type { TfjsNode } from "./TfjsNode.ts"
import * as Way from "./Way.ts"
import * as Wheels from "./Wheel.ts"

const binding = "tfjs_binding.node"

/** Small ones of our own, each of one source file that needs nothing of TensorFlow's. */
const addons = [Hush, Signals]

/** Disk space for the wheel, the extracted files and the rest, in bytes. */
const roomFor = (wheel: Wheels.Wheel): number => wheel.bytes * 4.3

const checkRoom = (wheel: Wheels.Wheel, directory: string) =>
  Effect.gen(function* () {
    const free = yield* Way.step("checking the free space", async () => {
      const { bavail, bsize } = await fs.promises.statfs(directory)
      return bavail * bsize
    })
    if (free >= roomFor(wheel)) return
    const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`
    return yield* new Way.WayFailed({
      reason: `${directory} has ${megabytes(free)} free, but needs ${megabytes(roomFor(wheel))}; free some space or set ETUDE_CACHE`
    })
  })

/** @param wheel the wheel of this machine's platform, if there is one */
export const wheelWay = (machine: Machine, tfjsNode: TfjsNode, wheel: Wheels.Wheel | undefined): Way.Way => ({
  name: "wheel",
  key: keyOf(
    [`tensorflow-${wheel?.version ?? "none"}`, machine.platform, machine.arch, `napi${nodeApi}`],
    [tfjsNode.sources, ...addons.map(({ source }) => source), wheel?.sha256 ?? "", ...flags]
  ),
  build: Effect.fnUntraced(function* (workspace) {
    if (wheel === undefined) {
      return yield* new Way.WayFailed({
        reason: `no wheel of TensorFlow is known for ${machine.platform} on ${machine.arch}`
      })
    }
    if (machine.platform === "linux" && machine.glibc() === undefined) {
      return yield* new Way.WayFailed({
        reason: "TensorFlow's wheels need glibc, and this Linux has another C library"
      })
    }
    yield* checkRoom(wheel, workspace.scratch)
    // Before the download: to learn afterwards that there is no compiler would cost minutes.
    const compiler = yield* findCompiler(machine)
    const include = path.join(workspace.scratch, "include")
    const archive = yield* Wheels.download(machine, wheel, workspace)
    yield* Wheels.unpack(archive, include, workspace)
    const { directory, scratch, onProgress } = workspace
    const sources = path.join(tfjsNode.directory, "binding")
    const units = yield* Way.step("reading the binding's sources", () => {
      for (const { fileName, source } of addons) fs.writeFileSync(path.join(scratch, `${fileName}.cc`), source)
      const names = fs.readdirSync(sources).filter((name) => name.endsWith(".cc"))
      return names.sort().map((name) => path.join(sources, name))
    })
    yield* compile(machine, compiler.program, {
      sources: units,
      include: [include, sources],
      libraries: Wheels.libraries,
      directory,
      output: binding,
      onProgress
    })
    for (const { fileName } of addons) {
      yield* compile(machine, compiler.program, {
        sources: [path.join(scratch, `${fileName}.cc`)],
        include: [],
        libraries: [],
        directory,
        output: fileName,
        onProgress
      })
    }
    return binding
  })
})
