import * as fs from "node:fs"
import { afterAll, assert, describe, it } from "@effect/vitest"
import type { TypedArray } from "@etude/core/Dataset"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Npy from "../src/Npy.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { readAll, readAt } from "./support/read.ts"
import { expectedOf, fixture } from "./support/tableFile.ts"

const { write, remove } = temporaryFolder()
afterAll(remove)

const expected = expectedOf<{
  readonly [name: string]: { readonly shape: Array<number>; readonly values: Array<string> }
}>("npy.json")
const numberOf = (text: string) => Number(text.replace("inf", "Infinity"))

const message = (file: Npy.Source) => Effect.map(Effect.flip(Npy.read(file)), (error) => error.message)

describe("read", () => {
  for (const [name, { shape, values }] of Object.entries(expected)) {
    it.effect(`reads what NumPy wrote (${name})`, () =>
      Effect.gen(function* () {
        const array = yield* Npy.read(fixture(`${name}.npy`))
        assert.deepStrictEqual(array.shape, shape)
        assert.deepStrictEqual(
          Array.from(array.values),
          values.map((value) => (array.dtype === "float32" ? Math.fround(numberOf(value)) : numberOf(value)))
        )
        assert.strictEqual(array.dtype, name === "b1" ? "bool" : /^(f|fortran)/.test(name) ? "float32" : "int32")
      })
    )
  }

  it.effect("reads archives, compressed or not", () =>
    Effect.gen(function* () {
      const plain = yield* Npy.readArchive(fixture("plain.npz"))
      assert.deepStrictEqual(Object.keys(plain), ["x", "y"])
      assert.deepStrictEqual(plain["x"], yield* Npy.read(fixture("f4.npy")))
      const packed = yield* Npy.readArchive(fixture("packed.npz"))
      assert.deepStrictEqual(packed["x"], yield* Npy.read(fixture("f8.npy")))
    })
  )

  it.effect("what is encoded is read back, as NumPy writes it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(
        Buffer.from(Npy.encode(yield* Npy.read(fixture("f4.npy")))),
        fs.readFileSync(fixture("f4.npy"))
      )
      const arrays: ReadonlyArray<TypedArray> = [Int32Array.of(1, -2), Uint8Array.of(3, 4), Float32Array.of(0.5, 1)]
      for (const values of arrays) {
        for (const shape of [[2], [1, 2], [2, 1, 1]]) {
          const array = yield* Npy.read(Npy.encode({ values, shape }))
          assert.deepStrictEqual([array.shape, Array.from(array.values)], [shape, Array.from(values)])
        }
      }
    })
  )
})

describe("dataset", () => {
  const images = Npy.encode({ values: Uint8Array.from({ length: 40 * 4 }, (_, at) => at), shape: [40, 2, 2] })
  const labels = Npy.encode({ values: Int32Array.from({ length: 40 }, (_, at) => at % 3), shape: [40] })

  it.effect("files are fields, and pixels stay bytes", () =>
    Effect.gen(function* () {
      const dataset = yield* Npy.dataset({ inputs: images, targets: labels, classes: ["a", "b", "c"] })
      assert.deepStrictEqual(dataset.spec, {
        inputs: { shape: [2, 2], dtype: "float32" },
        targets: { shape: [], dtype: "int32" }
      })
      assert.deepStrictEqual(yield* readAt(dataset, 2), {
        inputs: Uint8Array.of(8, 9, 10, 11),
        targets: Int32Array.of(2)
      })
    })
  )

  it.effect("batches are the same from the file as from memory, in any order", () =>
    Effect.gen(function* () {
      const files = { inputs: { pixels: write("images.npy", images) }, targets: write("labels.npy", labels) }
      const held = yield* Npy.dataset(files)
      const stored = yield* Npy.dataset({ ...files, memory: 0 })
      assert.deepStrictEqual(stored.spec, held.spec)
      const order = Rng.permutation(Rng.key(1), 40)
      const indices = Array.from({ length: 40 }, (_, position) => order(position))
      assert.deepStrictEqual(yield* readAt(stored, ...indices), yield* readAt(held, ...indices))
      fs.appendFileSync(files.targets, "x")
      assert.match(String(yield* Effect.flip(readAt(stored, 0))), /a file that has changed since/)
    })
  )

  it.effect("arrays of an archive are fields by name, and all that is wrong comes together", () =>
    Effect.gen(function* () {
      const archive = fixture("plain.npz")
      const dataset = yield* Npy.dataset({ archive, inputs: "x", targets: "y" })
      assert.deepStrictEqual((yield* readAll(dataset)).targets, Uint8Array.of(0, 128, 255))
      const names = yield* Effect.flip(Npy.dataset({ archive, inputs: "X", targets: "Y" }))
      assert.deepStrictEqual(
        names.problems.map(({ found }) => found),
        ['no array "X"', 'no array "Y"']
      )
      const files = { inputs: fixture("absent.npy"), targets: fixture("table.json") }
      const wrong = yield* Effect.flip(Npy.dataset(files))
      assert.deepStrictEqual(
        wrong.problems.map(({ found }) => found),
        ["no such file", "other first bytes"]
      )
      const uneven = { inputs: fixture("f4.npy"), targets: labels }
      assert.match((yield* Effect.flip(Npy.dataset(uneven))).message, /found 40 samples, expected 3/)
      assert.match(
        (yield* Effect.flip(Npy.dataset({ ...uneven, memory: 0 }))).message,
        /found 40 samples .* expected 3/
      )
      const fortran = { inputs: fixture("fortran.npy"), memory: 0 }
      assert.match((yield* Effect.flip(Npy.dataset(fortran))).message, /ascontiguousarray/)
    })
  )
})

describe("what is no array", () => {
  const whole = fs.readFileSync(fixture("f4.npy"))
  const withHeader = (change: (text: string) => string) => Buffer.from(change(whole.toString("latin1")), "latin1")

  it.effect("a file cut at any byte is refused", () =>
    Effect.gen(function* () {
      for (let size = 0; size < whole.length; size++) {
        const error = yield* Effect.flip(Npy.read(whole.subarray(0, size)))
        assert.include(["an empty file", "the end of the file", "other first bytes"], error.found)
      }
      assert.match(yield* message(Buffer.concat([whole, Buffer.of(1)])), /found 1 bytes more/)
    })
  )

  it.effect("objects, records, texts, archives and integers beyond 32 bits are refused, with what to do", () =>
    Effect.gen(function* () {
      assert.match(
        yield* message(withHeader((text) => text.replace("<f4", "|O8"))),
        /found the dtype '\|O8', .*pickled Python/
      )
      assert.match(yield* message(withHeader((text) => text.replace("'<f4'", "[('a']"))), /found records/)
      assert.match(yield* message(fixture("plain.npz")), /give it as `archive`/)
      const wide = Buffer.concat([whole.subarray(0, 128), Buffer.alloc(24, 255)])
      wide.write("<u8", wide.indexOf("<f4"), "latin1")
      wide.write("(3, 1)", wide.indexOf("(3, 2)"), "latin1")
      assert.match(yield* message(wide), /at byte 128: found 18446744073709552000, expected an integer of 32 bits/)
      const huge = withHeader((text) => text.replace("(3, 2), }", "(999999999, 999), }"))
      assert.match(yield* message(huge), /found the end of the file/)
    })
  )

  it.effect("archives that are none, hold none or claim too much are refused", () =>
    Effect.gen(function* () {
      const packed = fs.readFileSync(fixture("packed.npz"))
      const found = (file: Uint8Array, limit?: number) =>
        Effect.map(Effect.flip(Npy.readArchive(file, limit)), (error) => error.found)
      assert.match(yield* found(packed.subarray(0, 100)), /no ZIP archive/)
      assert.match(yield* found(packed, 200), /an archive of|arrays of/)
      for (let draw = 0; draw < 150; draw++) {
        const changed = Uint8Array.from(packed)
        const [place, value] = Rng.uniforms(Rng.key(draw), 2, 0, 1)
        changed[Math.floor(place! * changed.length)] = Math.floor(value! * 256)
        yield* Effect.result(Npy.readArchive(changed, 2 ** 24))
        const array = Uint8Array.from(whole)
        array[Math.floor(place! * 128)] = Math.floor(value! * 256)
        assert.isBoolean(Result.isSuccess(yield* Effect.result(Npy.read(array))))
      }
    })
  )
})
