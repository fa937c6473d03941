import "@tensorflow/tfjs-backend-cpu"
import { execFileSync, spawnSync } from "node:child_process"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { decodePlain, encodePlain } from "@etude/core/TrainState"
import * as States from "@etude/testing/subjects/CheckpointStates"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { description, plain, tensors } from "../fixtures/state.ts"
import * as FileStore from "../src/FileStore.ts"
import * as NodeStorage from "../src/NodeStorage.ts"

const fixtures = path.join(import.meta.dirname, "../fixtures")
const id = "epoch-0002-batch-00001-step-0000007-attempt-01"
const data = { plain: encodePlain(plain), tensors }

const storeIn = (folder: string) =>
  FileStore.make({ folder: path.join(fixtures, folder) }).pipe(Effect.provide(NodeStorage.layer))

describe("a stored checkpoint", () => {
  for (const format of ["format-0", "format-1"]) {
    it.effect(`of ${format} is read bit for bit`, () =>
      Effect.gen(function* () {
        const store = yield* storeIn(`${format}/whole`)
        const loaded = yield* store.load(id)
        assert.strictEqual(States.difference(loaded.data, data), undefined)
        const { backend } = description
        const known = format === "format-0" ? { ...description, backend: { ...backend, threads: 0 } } : description
        assert.deepStrictEqual(loaded.description, known)
        assert.deepStrictEqual(decodePlain(loaded.data.plain), plain)
        const bytes = format === "format-0" ? 1996 : 2034
        const { epoch, batch, step } = plain.progress
        const position = { epoch, batch, step, attempt: plain.attempt }
        const values = { "train/loss": 0.25, "validation/loss": -0 }
        const expected = { id, path: path.join(fixtures, format, "whole", id), ...position, values, bytes }
        assert.deepStrictEqual(loaded.saved, expected)
        assert.deepStrictEqual(yield* store.list, [expected])
        assert.deepStrictEqual(yield* store.verify(id), expected)
      })
    )
  }
})

const sha = {
  whole: "f7d80f54abb02355037680f9659cb7f1a7c492c29c0f8aac018339f3f5ae971d",
  flipped: "1ec3cda85337c260a5a7002c1a6b3d0f77b1013d8174afb467c779116d3b993a"
}
/** What is said of each damaged checkpoint: the file, and what is wrong with it. */
const damages: { readonly [name: string]: readonly [file: string, reason: string] } = {
  "flipped-bit": ["optimizer.safetensors", `has the SHA-256 ${sha.flipped} instead of ${sha.whole}`],
  "cut-off": ["model.safetensors", "has 100 bytes instead of 268"],
  empty: ["callbacks.safetensors", "has 0 bytes instead of 91"],
  "file-missing": ["state.json", "is missing"],
  "manifest-missing": ["manifest.json", "is missing"],
  "manifest-cut-off": ["manifest.json", "is not JSON: it was truncated or overwritten"],
  "manifest-altered": ["manifest.json", "was altered: its checksum does not match"],
  "manifest-of-another": ["manifest.json", `belongs to ${id}: the folder was renamed`],
  "manifest-incomplete": ["manifest.json", "does not name optimizer.safetensors"],
  "newer-format": ["manifest.json", "has version 2, and this @etude/checkpoint reads 0, 1: a newer one may read it"],
  "no-state": ["state.json", 'is not a state: Expected number at ["seed"]'],
  "no-tensors": [
    "model.safetensors",
    "is not a safetensors file: its first 8 bytes give a header of 2338328217762614300 bytes; is it a safetensors file?"
  ],
  "files-exchanged": ["model.safetensors", "holds slots/m/dense/kernel, slots/steps, which do not belong in it"]
}

describe("a damaged checkpoint", () => {
  for (const [name, [file, reason]] of Object.entries(damages)) {
    it.effect(`(${name}) is told by its file and what is wrong with it`, () =>
      Effect.gen(function* () {
        const store = yield* storeIn(`format-1/damaged/${name}`)
        const own = name === "manifest-of-another" ? id.replace("07", "08") : id
        const error = yield* Effect.flip(store.load(own))
        const at = path.join(fixtures, "format-1/damaged", name, own)
        assert.strictEqual(
          error.message,
          `The checkpoint ${at} is damaged: ${file} ${reason}. Resume from another one, or delete its folder.`
        )
        assert.deepStrictEqual(yield* Effect.flip(store.latest), error)
        const seen = yield* store.list
        assert.strictEqual(seen.length, file === "manifest.json" ? 0 : 1)
      })
    )
  }
})

const python = process.env["ETUDE_PYTHON"] ?? "python3"
const hasReference = spawnSync(python, ["-c", "import numpy, safetensors.numpy"]).status === 0
const label = hasReference ? "" : ` (skipped: ${python} cannot import safetensors.numpy)`

describe(`Python's safetensors${label}`, () => {
  it.effect.skipIf(!hasReference)("reads every tensor of a checkpoint bit for bit", () =>
    Effect.gen(function* () {
      const program = `
import json, pathlib, sys
from safetensors.numpy import load_file
tensors = {}
for file in pathlib.Path(sys.argv[1]).glob("*.safetensors"):
    tensors.update(load_file(file))
print(json.dumps({name: [str(t.dtype), list(t.shape), t.tobytes().hex()] for name, t in tensors.items()}))`
      const folder = path.join(fixtures, "format-1", "whole", id)
      const seen = JSON.parse(execFileSync(python, ["-c", program, folder], { encoding: "utf8" }))
      const expected = Object.entries(tensors).map(([name, { dtype, shape, values }]) => {
        const hex = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("hex")
        return [name, [dtype, shape, hex]]
      })
      assert.deepStrictEqual(seen, Object.fromEntries(expected))
      const loaded = Option.getOrThrow(yield* (yield* storeIn("format-1/whole")).latest)
      assert.deepStrictEqual(Object.keys(seen).sort(), Object.keys(loaded.data.tensors).sort())
    })
  )
})
