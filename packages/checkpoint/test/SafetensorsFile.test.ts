import { execFileSync, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { afterAll, assert, describe, it } from "@effect/vitest"
import type { TensorData } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as PlatformError from "effect/PlatformError"
import { read, write } from "../src/SafetensorsFile.ts"
import { bitsOf } from "./support/tensors.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "etude-safetensors-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))
const inFolder = (name: string) => path.join(folder, name)

const bits = Uint32Array.of(0x80000000, 0x7fa12345, 0xffc54321, 0x3f800000)
const tensors: { readonly [name: string]: TensorData } = {
  "parameters/conv1/kernel": { dtype: "float32", shape: [2, 2], values: new Float32Array(bits.buffer) },
  "slots/steps": { dtype: "int32", shape: [], values: Int32Array.of(-7) },
  mask: { dtype: "bool", shape: [3], values: Uint8Array.of(1, 0, 1) },
  empty: { dtype: "float32", shape: [0, 3], values: new Float32Array(0) },
  größe: { dtype: "int32", shape: [1], values: Int32Array.of(7) }
}

/** A file system that notes what is done to it; `failing` names the operation that fails. */
const noting = (failing?: string) => {
  const done: Array<string> = []
  const name = (file: string) => file.replace(/\.[0-9a-f-]{36}\.tmp$/, ".tmp")
  const act = (operation: string) =>
    Effect.suspend(() => {
      done.push(operation)
      if (operation !== failing) return Effect.void
      const module = "FileSystem"
      return Effect.fail(
        PlatformError.systemError({ _tag: "WriteZero", module, method: operation, description: "full" })
      )
    })
  const file = (at: string) =>
    ({ writeAll: () => act(`write ${at}`), sync: act(`sync ${at}`) }) as unknown as FileSystem.File
  const layer = FileSystem.layerNoop({
    open: (at) => Effect.as(act(`open ${name(at)}`), file(name(at))),
    rename: (from, to) => act(`rename ${name(from)} to ${name(to)}`),
    remove: (at) => act(`remove ${name(at)}`)
  })
  return { done, layer: Layer.merge(layer, Path.layer) }
}

describe("write", () => {
  it.effect("writes beside the target, syncs, renames, and syncs the directory", () => {
    const { done, layer } = noting()
    return Effect.gen(function* () {
      yield* write("run/model", tensors)
      assert.deepStrictEqual(done, [
        "open run/model.tmp",
        "write run/model.tmp",
        "sync run/model.tmp",
        "rename run/model.tmp to run/model",
        "open run",
        "sync run"
      ])
    }).pipe(Effect.provide(layer))
  })

  for (const failing of ["write run/model.tmp", "sync run/model.tmp", "rename run/model.tmp to run/model"]) {
    it.effect(`a failing "${failing}" is an error and leaves no temporary file behind`, () => {
      const { done, layer } = noting(failing)
      return Effect.gen(function* () {
        const error = yield* Effect.flip(write("run/model", tensors))
        assert.deepInclude(error, { _tag: "CheckpointError", path: "run/model" })
        assert.match(error.message, /^The checkpoint run\/model could not be written: .*full/)
        assert.strictEqual(done.at(-1), "remove run/model.tmp")
      }).pipe(Effect.provide(layer))
    })
  }

  it.effect("a directory that cannot be synced is an error", () => {
    const { layer } = noting("sync run")
    return write("run/model", tensors).pipe(
      Effect.flip,
      Effect.map(({ path }) => assert.strictEqual(path, "run/model")),
      Effect.provide(layer)
    )
  })

  it.layer(NodeServices.layer)("on disk", (it) => {
    it.effect("what was written is read back bit for bit, and nothing else is in the folder", () =>
      Effect.gen(function* () {
        const file = inFolder("model.safetensors")
        yield* write(file, { mask: tensors["mask"]! })
        yield* write(file, tensors, { step: "12" })
        const contents = yield* read(file)
        assert.deepStrictEqual(bitsOf(contents.tensors), bitsOf(tensors))
        assert.deepStrictEqual(contents.metadata, { step: "12" })
        assert.deepStrictEqual(fs.readdirSync(folder), ["model.safetensors"])
      })
    )
  })
})

describe("read", () => {
  it.layer(NodeServices.layer)("on disk", (it) => {
    it.effect("tells a missing file from one that cannot be read and one that is damaged", () =>
      Effect.gen(function* () {
        const kinds = (file: string) =>
          Effect.map(Effect.flip(read(file)), ({ problems }) => problems.map((p) => p.kind))
        assert.deepStrictEqual(yield* kinds(inFolder("nowhere")), ["missing"])
        assert.deepStrictEqual(yield* kinds(folder), ["unreadable"])
        fs.writeFileSync(inFolder("short"), "abc")
        assert.deepStrictEqual(yield* kinds(inFolder("short")), ["truncated"])
      })
    )
  })
})

const python = process.env["ETUDE_PYTHON"] ?? "python3"
const hasReference = spawnSync(python, ["-c", "import safetensors.numpy"]).status === 0
const label = hasReference ? "" : ` (skipped: ${python} cannot import safetensors.numpy)`

describe(`Python's safetensors${label}`, () => {
  it.layer(NodeServices.layer)("on disk", (it) => {
    it.effect.skipIf(!hasReference)("reads the same bits from our files, and we from its", () =>
      Effect.gen(function* () {
        const [ours, theirs] = [inFolder("ours"), inFolder("theirs")]
        yield* write(ours, tensors, { note: "naïve ✓" })
        const program = `
import json, sys
from safetensors import safe_open
from safetensors.numpy import save_file
with safe_open(sys.argv[1], "numpy") as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    metadata = file.metadata()
save_file(tensors, sys.argv[2], metadata=metadata)
print(json.dumps({name: [str(t.dtype), list(t.shape), t.tobytes().hex()] for name, t in tensors.items()}))`
        const seen = JSON.parse(execFileSync(python, ["-c", program, ours, theirs], { encoding: "utf8" }))
        const expected = Object.entries(tensors).map(([name, { dtype, shape, values }]) => {
          const hex = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex")
          return [name, [dtype, shape, hex]]
        })
        assert.deepStrictEqual(seen, Object.fromEntries(expected))
        const contents = yield* read(theirs)
        assert.deepStrictEqual(bitsOf(contents.tensors), bitsOf(tensors))
        assert.deepStrictEqual(contents.metadata, { note: "naïve ✓" })
      })
    )
  })
})
