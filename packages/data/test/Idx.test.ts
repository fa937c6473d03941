import * as fs from "node:fs"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Idx from "../src/Idx.ts"
import { idxBytes, temporaryFolder } from "./support/idxFile.ts"
import { inputsAt, readAt } from "./support/read.ts"

const { folder, write, remove } = temporaryFolder()
afterAll(remove)

const pixels = [0, 51, 102, 153, 204, 255]
const imagesFile = write("images", idxBytes("ubyte", [3, 1, 2], pixels))
const labelsFile = write("labels", idxBytes("ubyte", [3], [2, 0, 1]))

const problem = (file: string) => Effect.map(Effect.flip(Idx.read(file)), (error) => error)
const messages = (options: Idx.IdxOptions) =>
  Effect.map(Effect.flip(Idx.images(options)), (error) => error.problems.map(({ message }) => message))

describe("read", () => {
  it.effect("knows every dtype of the format, big-endian", () =>
    Effect.gen(function* () {
      const cases = [
        ["ubyte", [0, 255], Uint8Array.of(0, 255)],
        ["byte", [-128, 127], Int32Array.of(-128, 127)],
        ["short", [-32768, 258], Int32Array.of(-32768, 258)],
        ["int", [-2147483648, 16909060], Int32Array.of(-2147483648, 16909060)],
        ["float", [-1.5, 3.25], Float32Array.of(-1.5, 3.25)],
        ["double", [0.1, Number.NEGATIVE_INFINITY], Float32Array.of(0.1, Number.NEGATIVE_INFINITY)]
      ] as const
      for (const [dtype, written, values] of cases) {
        const array = yield* Idx.read(write(dtype, idxBytes(dtype, [1, 2], written)))
        assert.deepStrictEqual({ ...array, values: array.values.slice() }, { dtype, shape: [1, 2], values })
      }
    })
  )

  it.effect("unpacks gzip whatever the file is called", () =>
    Effect.gen(function* () {
      const { shape, values } = yield* Idx.read(write("packed.bin", zlib.gzipSync(fs.readFileSync(imagesFile))))
      assert.deepStrictEqual([shape, Array.from(values)], [[3, 1, 2], pixels])
    })
  )

  it.effect("unpacks no more than the header says, however much a small file holds", () =>
    Effect.gen(function* () {
      const header = idxBytes("ubyte", [3], [2, 0, 1])
      const many = zlib.gzipSync(Buffer.concat([header, Buffer.alloc(20_000_000)]))
      const error = yield* problem(write("bomb.gz", many))
      assert.strictEqual(error.found, `compressed data that expand to more than ${header.length} bytes`)
      assert.strictEqual(error.expected, "as many as its header states")
      // A header that asks for everything, and none at all.
      const huge = yield* problem(write("huge.gz", zlib.gzipSync(Buffer.from("00000802ffffffffffffffff", "hex"))))
      assert.strictEqual(huge.found, "compressed data that expand to more than 2 GiB")
      const zeros = yield* problem(write("zeros.gz", zlib.gzipSync(Buffer.alloc(20_000_000))))
      assert.strictEqual(zeros.offset, 2)
      const letters = yield* problem(write("letters.gz", zlib.gzipSync(Buffer.alloc(20_000_000, "a"))))
      assert.strictEqual(letters.offset, 0)
    })
  )

  it.effect("drawn bytes, plain or packed, are read or refused in words that name the file", () =>
    Effect.gen(function* () {
      const headers = ["", "00000801", "00000803", "00000dff", "000008", "1f8b", "1f8b08000000000000ff"]
      for (let draw = 0; draw < 200; draw++) {
        const key = Rng.key(draw)
        const noise = Uint8Array.from(Rng.uniforms(key, draw % 40, 0, 256), Math.floor)
        const bytes = Buffer.concat([Buffer.from(headers[draw % headers.length]!, "hex"), noise])
        const file = write("drawn", draw % 3 === 0 ? zlib.gzipSync(bytes) : bytes)
        const result = yield* Effect.result(Idx.read(file))
        if (Result.isFailure(result)) assert.include(result.failure.message, path.join(folder, "drawn"))
      }
    })
  )

  it.effect("a file cut at any byte is reported at that byte", () =>
    Effect.gen(function* () {
      const whole = fs.readFileSync(labelsFile)
      for (let size = 1; size < whole.length; size++) {
        const error = yield* problem(write("cut", whole.subarray(0, size)))
        assert.deepStrictEqual([error.source, error.offset], [path.join(folder, "cut"), size])
        assert.match(error.found, /^the end of the file$/)
        assert.match(error.advice, /truncated/)
      }
      const empty = yield* problem(write("empty", new Uint8Array(0)))
      assert.deepStrictEqual([empty.offset, empty.found], [0, "an empty file"])
    })
  )

  it.effect("bytes after the values are refused", () =>
    Effect.gen(function* () {
      const error = yield* problem(write("long", Buffer.concat([fs.readFileSync(labelsFile), Buffer.of(1, 2)])))
      assert.strictEqual(
        error.message,
        `${path.join(folder, "long")} at byte 11: found 2 excess bytes, expected 11 bytes in total, for ubyte values of shape [3]. The header doesn't belong to these values.`
      )
    })
  )

  it.effect("says what a file of another format looks like", () =>
    Effect.gen(function* () {
      const cases: ReadonlyArray<readonly [bytes: Uint8Array, offset: number, advice: RegExp]> = [
        [Buffer.from("<!DOCTYPE html>"), 0, /web page/],
        [Buffer.from("version https://git-lfs"), 0, /git lfs pull/],
        [Buffer.of(0x50, 0x4b, 3, 4, 0), 0, /ZIP/],
        [Buffer.of(0x93, 0x4e, 0x55, 0x4d, 1), 0, /NumPy/],
        [Buffer.of(1, 8, 0, 0), 0, /wrong order/],
        [zlib.gzipSync(zlib.gzipSync(Buffer.from("x"))), 0, /twice/],
        [Buffer.of(0, 0, 7, 1, 0, 0, 0, 0), 2, /right file/],
        [Buffer.of(0, 0, 8, 0, 0, 0, 0, 0), 3, /right file/]
      ]
      for (const [bytes, offset, advice] of cases) {
        const error = yield* problem(write("other", bytes))
        assert.strictEqual(error.offset, offset)
        assert.match(error.advice, advice)
      }
      const dtype = yield* problem(write("other", Buffer.of(0, 0, 7, 1, 0, 0, 0, 0)))
      assert.deepStrictEqual(
        [dtype.found, dtype.expected],
        ["07", "a dtype (08 ubyte, 09 byte, 0b short, 0c int, 0d float, 0e double)"]
      )
    })
  )

  it.effect("a size of 0 is refused where it stands", () =>
    Effect.gen(function* () {
      const error = yield* problem(write("none", idxBytes("ubyte", [2, 0, 2], [])))
      assert.deepStrictEqual([error.offset, error.found], [8, "the shape [2, 0, 2]"])
    })
  )

  it.effect("a header that claims more than any memory holds allocates nothing", () =>
    Effect.gen(function* () {
      const huge = 0xffffffff
      const error = yield* problem(write("huge", idxBytes("double", [huge, huge, huge], [1])))
      assert.deepStrictEqual([error.offset, error.found], [24, "the end of the file"])
    })
  )

  it.effect("a double that float32 can't hold is refused, infinity itself is not", () =>
    Effect.gen(function* () {
      const error = yield* problem(write("doubles", idxBytes("double", [3], [1, Number.POSITIVE_INFINITY, 1e300])))
      assert.deepStrictEqual([error.offset, error.found], [24, "1e+300"])
    })
  )

  it.effect("damaged gzip is told from cut gzip and from gzip with a rest", () =>
    Effect.gen(function* () {
      const packed = zlib.gzipSync(fs.readFileSync(imagesFile))
      const flipped = Buffer.from(packed)
      flipped[packed.length - 6]! ^= 1
      const found = (bytes: Uint8Array) => Effect.map(problem(write("packed", bytes)), (error) => error.found)
      assert.match(yield* found(flipped), /can't be decompressed \(incorrect data check\)/)
      assert.match(yield* found(packed.subarray(0, 12)), /^the end of the file after 12 bytes, in the middle/)
      assert.match(
        yield* found(Buffer.concat([packed, Buffer.alloc(5)])),
        /^5 bytes after the end of the compressed data$/
      )
      assert.match(yield* found(Buffer.concat([packed, Buffer.from("rest")])), /compressed data/)
    })
  )

  it.effect("a missing file tells what its folder holds, a folder what is in it", () =>
    Effect.gen(function* () {
      const place = path.join(folder, "sets")
      fs.mkdirSync(place)
      fs.writeFileSync(path.join(place, "train-images.gz"), "")
      const missing = yield* problem(path.join(place, "train-images"))
      assert.deepStrictEqual(
        [missing.found, missing.advice],
        ["no such file", `The folder ${place} holds train-images.gz.`]
      )
      const isFolder = yield* problem(place)
      assert.deepStrictEqual([isFolder.found, isFolder.expected], ["a folder", "a file"])
      const nowhere = yield* problem(path.join(place, "no", "where"))
      assert.match(nowhere.advice, /doesn't exist/)
    })
  )
})

describe("images", () => {
  it.effect("gives uint8 pixels as they were read and int32 labels", () =>
    Effect.gen(function* () {
      const dataset = yield* Idx.images({ images: imagesFile, labels: labelsFile, classes: ["a", "b", "c"] })
      assert.deepStrictEqual([dataset.name, dataset.length, dataset.classes], ["images", 3, ["a", "b", "c"]])
      assert.deepStrictEqual(dataset.spec, {
        inputs: { shape: [1, 2, 1], dtype: "float32" },
        targets: { shape: [], dtype: "int32" }
      })
      const batch = yield* readAt(dataset, 2, 0)
      assert.deepStrictEqual(batch, { inputs: Uint8Array.of(204, 255, 0, 51), targets: Uint8Array.of(1, 2) })
    })
  )

  it.effect("unit divides by 255, mean and deviation are on the unit scale", () =>
    Effect.gen(function* () {
      const unit = yield* Idx.images({ images: imagesFile, normalize: "unit" })
      assert.instanceOf((yield* readAt(unit, 1)).inputs, Uint8Array)
      const [two, three] = yield* inputsAt(unit, 1)
      assert.approximately(two!, 0.4, 1e-7)
      assert.approximately(three!, 0.6, 1e-7)
      assert.strictEqual((yield* inputsAt(unit, 2))[1], 1)
      const normalized = yield* Idx.images({ images: imagesFile, normalize: { mean: 0.5, deviation: 0.25 } })
      const [first, second] = yield* inputsAt(normalized, 0)
      assert.strictEqual(first, -2)
      assert.approximately(second!, (0.2 - 0.5) / 0.25, 2e-7)
      assert.isUndefined(normalized.spec.targets)
    })
  )

  it.effect("padding holds the normalized background", () =>
    Effect.gen(function* () {
      const dataset = yield* Idx.images({ images: imagesFile, pad: 1, normalize: { mean: 0.5, deviation: 0.5 } })
      assert.deepStrictEqual(dataset.spec.inputs, {
        shape: [3, 4, 1],
        dtype: "float32",
        bytes: { scale: 1 / 127.5, offset: -1 }
      })
      const inputs = yield* inputsAt(dataset, 2)
      const rows = [-1, -1, -1, -1, -1, 0.6, 1, -1, -1, -1, -1, -1]
      for (const [at, expected] of rows.entries()) assert.approximately(inputs[at]!, expected, 2e-7)
    })
  )

  it.effect("padding without normalizing leaves uint8", () =>
    Effect.gen(function* () {
      const dataset = yield* Idx.images({ images: imagesFile, pad: 1 })
      const row = Uint8Array.of(0, 0, 0, 0, 0, 204, 255, 0, 0, 0, 0, 0)
      assert.deepStrictEqual((yield* readAt(dataset, 2)).inputs, row)
    })
  )

  it.effect("channels of a fourth dimension stay together when padded", () =>
    Effect.gen(function* () {
      const file = write("colour", idxBytes("ubyte", [1, 1, 2, 2], [1, 2, 3, 4]))
      const dataset = yield* Idx.images({ images: file, pad: 1 })
      assert.deepStrictEqual(dataset.spec.inputs, { shape: [3, 4, 2], dtype: "float32" })
      const line = [0, 0, 1, 2, 3, 4, 0, 0]
      assert.deepStrictEqual(
        (yield* readAt(dataset, 0)).inputs,
        Uint8Array.of(...Array(8).fill(0), ...line, ...Array(8).fill(0))
      )
    })
  )

  it.effect("images of other dtypes are normalized on their own scale", () =>
    Effect.gen(function* () {
      const file = write("shorts", idxBytes("short", [1, 1, 2], [-10, 30]))
      const dataset = yield* Idx.images({ images: file, normalize: { mean: 10, deviation: 20 }, pad: 1 })
      const inputs = (yield* readAt(dataset, 0)).inputs as Float32Array
      assert.deepStrictEqual(Array.from(inputs.subarray(4, 8)), [-0.5, -1, 1, -0.5])
      const problems = yield* messages({ images: file, normalize: "unit" })
      assert.match(problems[0]!, /expected \{ mean, deviation \} for short values/)
    })
  )

  it.effect("swapped files are recognized, and both are reported", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* messages({ images: labelsFile, labels: imagesFile }), [
        `${labelsFile} at byte 3: found ubyte values of shape [3], expected images: 3 dimensions, or 4 with channels. Are \`images\` and \`labels\` swapped?`,
        `${imagesFile} at byte 3: found ubyte values of shape [3, 1, 2], expected labels: 1 dimension. Are \`images\` and \`labels\` swapped?`
      ])
    })
  )

  it.effect("damage in both files and bad options are reported together", () =>
    Effect.gen(function* () {
      const cut = write("cut-images", fs.readFileSync(imagesFile).subarray(0, 18))
      const missing = path.join(folder, "no-labels")
      const problems = yield* Effect.flip(
        Idx.images({ name: "digits", images: cut, labels: missing, pad: -1, normalize: { mean: 0, deviation: 0 } })
      )
      assert.deepStrictEqual(
        problems.problems.map(({ source, offset }) => [source, offset]),
        [
          ["digits.pad", undefined],
          ["digits.normalize.deviation", undefined],
          [cut, 18],
          [missing, undefined]
        ]
      )
      assert.match(
        problems.message,
        /^The dataset digits cannot be used\.\n {2}digits\.pad: found -1, expected 0 or more/
      )
    })
  )

  it.effect("unequal numbers of images and labels are refused", () =>
    Effect.gen(function* () {
      const fewer = write("fewer", idxBytes("ubyte", [2], [0, 1]))
      assert.deepStrictEqual(yield* messages({ images: imagesFile, labels: fewer }), [
        `${fewer} at byte 4: found 2 labels, expected 3, one for each image in ${imagesFile}. Take both files from the same set: train with train, test with test.`
      ])
    })
  )

  it.effect("labels that have no name, are negative or no integers are refused at their byte", () =>
    Effect.gen(function* () {
      const unnamed = yield* messages({ images: imagesFile, labels: labelsFile, classes: ["a", "b"] })
      assert.match(unnamed[0]!, /labels at byte 8: found the label 2 \(sample 0\), expected labels in 0 … 1/)
      const negative = write("negative", idxBytes("int", [3], [0, 1, -1]))
      assert.match((yield* messages({ images: imagesFile, labels: negative }))[0]!, /at byte 16: found the label -1/)
      const real = write("real", idxBytes("float", [3], [0, 1, 2]))
      assert.match((yield* messages({ images: imagesFile, labels: real }))[0]!, /at byte 2: found float values/)
    })
  )
})
