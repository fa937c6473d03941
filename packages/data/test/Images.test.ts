import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { afterAll, assert, describe, it } from "@effect/vitest"
import type { FieldSpec } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Images from "../src/Images.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { bytesOf, fileBytes, fixtures, pngFile } from "./support/imageFixtures.ts"
import { inputsAt, readAt } from "./support/read.ts"

const { folder: root, remove } = temporaryFolder()
afterAll(remove)

let folders = 0

/** A new folder with these files, by their paths in it. */
const folderOf = (files: { readonly [file: string]: Uint8Array | string }): string => {
  const place = path.join(root, `images-${folders++}`)
  fs.mkdirSync(place)
  for (const [file, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(place, file)), { recursive: true })
    fs.writeFileSync(path.join(place, file), content)
  }
  return place
}

const [png, jpeg] = [fileBytes("rgb.png"), fileBytes("baseline.jpg")]
const pets = () =>
  folderOf({ "dog/b.png": png, "dog/a.jpg": jpeg, "cat/1.webp": fileBytes("lossless.webp"), "cat/deep/2.png": png })

/** The size of the images above. */
const size = [17, 23] as const

const problemsOf = (
  effect: Effect.Effect<unknown, { readonly problems: ReadonlyArray<{ readonly message: string }> }>
) => Effect.map(Effect.flip(effect), ({ problems }) => problems.map(({ message }) => message))

describe("folder", () => {
  it.effect("takes subfolders as classes, sorted, and files by their content, sorted by path", () =>
    Effect.gen(function* () {
      const place = pets()
      fs.writeFileSync(path.join(place, "dog/.hidden"), "no image")
      fs.writeFileSync(path.join(place, "readme.txt"), "no class")
      fs.mkdirSync(path.join(place, ".cache"))
      fs.renameSync(path.join(place, "dog/b.png"), path.join(place, "dog/b.of-any-name"))
      const dataset = yield* Images.folder(place, { size })
      assert.deepStrictEqual(dataset.classes, ["cat", "dog"])
      assert.deepStrictEqual(
        dataset.files.map((file) => path.relative(place, file)),
        ["cat/1.webp", "cat/deep/2.png", "dog/a.jpg", "dog/b.of-any-name"].map((file) => path.normalize(file))
      )
      assert.deepStrictEqual(dataset.labels, Int32Array.of(0, 0, 1, 1))
      assert.deepStrictEqual(dataset.spec, {
        inputs: { shape: [17, 23, 3], dtype: "float32" },
        targets: { shape: [], dtype: "int32" }
      })
      const { inputs, targets } = yield* readAt(dataset, 2, 3)
      assert.deepStrictEqual(targets, Int32Array.of(1, 1))
      const expected = [fixtures.files["baseline.jpg"]!, fixtures.files["rgb.png"]!].map(({ rgb }) => bytesOf(rgb))
      assert.deepStrictEqual(inputs, Uint8Array.from(Buffer.concat(expected)))
      assert.deepStrictEqual(dataset.readTargets?.(Int32Array.of(3, 0)), Int32Array.of(1, 0))
    })
  )

  it.effect("names the size, the fit and the decoder, by which two datasets of one folder differ", () =>
    Effect.gen(function* () {
      const place = pets()
      const dataset = yield* Images.folder(place, { size: 8, fit: "contain", name: "pets" })
      assert.strictEqual(dataset.name, "pets (8×8, contain, portable)")
    })
  )

  it.effect("takes the named classes in their order", () =>
    Effect.gen(function* () {
      const dataset = yield* Images.folder(pets(), { size, classes: ["dog"] })
      assert.deepStrictEqual([dataset.classes, dataset.labels], [["dog"], Int32Array.of(0, 0)])
      const place = pets()
      const problems = yield* problemsOf(Images.folder(place, { size, classes: ["dog", "cow"] }))
      assert.strictEqual(problems.length, 1)
      assert.include(problems[0]!, `${path.join(place, "cow")}: found no such file`)
    })
  )

  it.effect("reads a sample alike in every batch and order", () =>
    Effect.gen(function* () {
      const dataset = yield* Images.folder(pets(), { size: 9 })
      const alone = yield* Effect.forEach([0, 1, 2, 3], (index) => readAt(dataset, index))
      for (let draw = 0; draw < 20; draw++) {
        const count = 1 + Math.floor(Rng.uniform(Rng.key(draw), 0) * 7)
        const indices = Array.from({ length: count }, (_, at) => Math.floor(Rng.uniform(Rng.key(draw), at + 1) * 4))
        const { inputs } = yield* readAt(dataset, ...indices)
        assert.deepStrictEqual(
          inputs,
          Uint8Array.from(Buffer.concat(indices.map((index) => alone[index]!.inputs as Uint8Array)))
        )
      }
    })
  )

  it.effect("keeps what it has decoded for later epochs, where all fit, and reads the same as without", () =>
    Effect.gen(function* () {
      const place = pets()
      const [keeping, reading] = [
        yield* Images.folder(place, { size }),
        yield* Images.folder(place, { size, memory: 0 })
      ]
      const [first, second] = [yield* readAt(keeping, 1, 3), yield* readAt(keeping, 3, 1, 0)]
      assert.isFalse(Effect.isEffect(keeping.read(Int32Array.of(0, 1, 3), Draw.fixed)))
      assert.isTrue(Effect.isEffect(keeping.read(Int32Array.of(0, 2), Draw.fixed)))
      assert.isTrue(Effect.isEffect(reading.read(Int32Array.of(1), Draw.fixed)))
      assert.deepStrictEqual(first, yield* readAt(reading, 1, 3))
      assert.deepStrictEqual(second, yield* readAt(reading, 3, 1, 0))
      fs.rmSync(path.join(place, "cat/deep/2.png"))
      assert.deepStrictEqual(yield* readAt(keeping, 1, 3), first)
    })
  )

  it.effect("refuses an index that it does not have", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(readAt(yield* Images.folder(pets(), { size }), 4))
      assert.include(String(error), "found a request for sample 4")
    })
  )
})

describe("normalize", () => {
  it.effect("one mean and deviation stay a scaling of bytes; one for each channel gives numbers", () =>
    Effect.gen(function* () {
      const place = pets()
      const one = yield* Images.folder(place, { size, normalize: { mean: 0.5, deviation: 0.25 } })
      assert.deepStrictEqual((one.spec.inputs as FieldSpec).bytes, { scale: 1 / (255 * 0.25), offset: -2 })
      const normalize = { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] }
      const three = yield* Images.folder(place, { size, normalize })
      const [bytes, numbers] = [yield* inputsAt(one, 2), yield* inputsAt(three, 2)]
      for (const [index, number] of numbers.entries()) assert.closeTo(number, bytes[index]!, 1e-6)
      const levels = bytesOf(fixtures.files["baseline.jpg"]!.rgb)
      assert.closeTo(numbers[5]!, (levels[5]! / 255 - 0.5) / 0.25, 1e-6)
    })
  )
})

describe("list", () => {
  it.effect("takes labels by name or number, and none for prediction", () =>
    Effect.gen(function* () {
      const place = pets()
      const [cat, dog] = ["cat/1.webp", "dog/a.jpg"]
      const named = yield* Images.list(
        [
          { file: dog, label: "dog" },
          { file: cat, label: "cat" }
        ],
        { root: place, size }
      )
      assert.deepStrictEqual([named.classes, named.labels], [["cat", "dog"], Int32Array.of(1, 0)])
      const numbered = yield* Images.list([{ file: path.join(place, dog), label: 7 }], { size })
      assert.deepStrictEqual([numbered.classes, numbered.labels], [undefined, Int32Array.of(7)])
      const unlabelled = yield* Images.list([{ file: dog }], { root: place, size })
      assert.deepStrictEqual([unlabelled.spec.targets, (yield* readAt(unlabelled, 0)).targets], [undefined, undefined])
    })
  )

  it.effect("reports every label that can't be", () =>
    Effect.gen(function* () {
      const file = path.join(pets(), "dog/a.jpg")
      const labels = ["dog", "cow", 2, 0.5, undefined]
      const images = labels.map((label) => ({ file, ...(label !== undefined && { label }) }))
      const expected =
        "expected one of cat, dog, or its number in 0 … 1. Label every image, or none; name every class in `classes`."
      assert.deepStrictEqual(yield* problemsOf(Images.list(images, { size, classes: ["cat", "dog"] })), [
        `images[1].label: found "cow", ${expected}`,
        `images[2].label: found 2, ${expected}`,
        `images[3].label: found 0.5, ${expected}`,
        `images[4].label: found no label, ${expected}`
      ])
    })
  )
})

describe("what can't be used", () => {
  const animated = Buffer.from(`GIF89a\x01\0\x01\0\0\0\0;${"\0".repeat(20)}`, "latin1")
  const broken = {
    "dog/cut.jpg": jpeg.subarray(0, 500),
    "dog/cut.png": png.subarray(0, png.length - 20),
    "dog/empty.png": "",
    "dog/good.png": png,
    "dog/huge.png": pngFile(20_000, 20_000, zlib.deflateSync(new Uint8Array(10))),
    "dog/moving.gif": animated,
    "dog/text.jpg": "These are no pixels."
  }

  it.effect("is reported all together, by its file, when the dataset is made", () =>
    Effect.gen(function* () {
      const place = folderOf(broken)
      const at = (file: string) => path.join(place, "dog", file)
      const again = "Download or copy the file again, or leave it out."
      const image = "expected an image (JPEG, PNG, WebP, …)"
      const remove = 'Remove the file, or leave it out with `onBroken: "skip"`.'
      assert.deepStrictEqual(yield* problemsOf(Images.folder(place, { size })), [
        `${at("cut.jpg")} at byte 500: found the end of the file, in the middle of the image, expected a whole JPEG file. ${again}`,
        `${at("cut.png")} at byte ${png.length - 20}: found the end of the file, in the middle of the image, expected a whole PNG file. ${again}`,
        `${at("empty.png")}: found an empty file, ${image}. ${remove}`,
        `${at("huge.png")}: found 20,000 × 20,000 pixels, expected 50,000,000 pixels at most. Raise \`maximumPixels\` if the image is meant to be so large.`,
        `${at("moving.gif")} at byte 0: found an image in the format gif, expected a format of the decoder portable (jpeg, png, webp). Convert the file, or install sharp and take \`ImageDecoder.sharp\`.`,
        `${at("text.jpg")} at byte 0: found text ("These are no pix"), ${image}. ${remove}`
      ])
    })
  )

  it.effect("is left out and listed, if one says so", () =>
    Effect.gen(function* () {
      const dataset = yield* Images.folder(folderOf(broken), { size, onBroken: "skip" })
      assert.deepStrictEqual(
        dataset.files.map((file) => path.basename(file)),
        ["good.png"]
      )
      assert.strictEqual(dataset.skipped.length, 6)
      assert.deepStrictEqual((yield* readAt(dataset, 0)).inputs, bytesOf(fixtures.files["rgb.png"]!.rgb))
    })
  )

  it.effect("a class of which nothing stays is one", () =>
    Effect.gen(function* () {
      const place = folderOf({ "cat/a.png": "none", "dog/a.png": png })
      const problems = yield* problemsOf(Images.folder(place, { size, onBroken: "skip" }))
      assert.deepStrictEqual(
        problems[1],
        `${path.basename(place)}, class cat: found no image that can be used, expected one or more. Add images of the class, or leave it out of \`classes\`.`
      )
      fs.mkdirSync(path.join(place, "cow"))
      assert.deepStrictEqual(yield* problemsOf(Images.folder(place, { size })), [
        `${path.join(place, "cow")}: found a class without a file, expected one or more images. Add images, remove the folder, or name the others in \`classes\`.`
      ])
    })
  )

  it.effect("a folder that isn't there, is none, or has no classes", () =>
    Effect.gen(function* () {
      const place = folderOf({ "a.png": png })
      assert.deepStrictEqual(yield* problemsOf(Images.folder(place, { size })), [
        `${place}: found a folder without subfolders, expected one subfolder for each class, with its images. Give the folder above, or use \`Images.list\` for images in one folder.`
      ])
      const missing = yield* problemsOf(Images.folder(path.join(place, "none"), { size }))
      assert.include(missing[0]!, "found no such file")
      const file = yield* problemsOf(Images.folder(path.join(place, "a.png"), { size }))
      assert.strictEqual(file.length, 1)
    })
  )

  it.effect("options, all together", () =>
    Effect.gen(function* () {
      const normalize = { mean: [1, 2], deviation: 0 }
      const background = [0, 0, 256] as const
      const problems = yield* problemsOf(Images.folder(pets(), { size: 0, normalize, background, concurrency: 0 }))
      assert.deepStrictEqual(
        problems.map((problem) => problem.replace(/^[^.]*\./, "")),
        [
          "size: found 0, expected whole pixels in 1 … 16384. Such as 224, or [height, width].",
          "background: found [0,0,256], expected levels in 0 … 255. One, or red, green and blue.",
          "concurrency: found 0, expected a whole number of at least 1. Leave it out for the default.",
          "normalize.mean: found [1,2], expected one number, or 3, finite. 0 leaves the mean unchanged.",
          "normalize.deviation: found 0, expected one number, or 3, finite and above 0. 1 leaves the scale unchanged."
        ]
      )
    })
  )

  it.effect("files that are pipes or too large are not read", () =>
    Effect.gen(function* () {
      const place = folderOf({ "dog/a.png": png })
      const problems = yield* problemsOf(Images.folder(place, { size, maximumBytes: 100 }))
      execFileSync("mkfifo", [path.join(place, "dog/pipe")])
      const withPipe = yield* problemsOf(Images.folder(place, { size }))
      assert.deepStrictEqual(withPipe, [
        `${path.join(place, "dog/pipe")}: found neither a file nor a folder, expected a file. Leave it out: pipes and devices have no end.`
      ])
      assert.include(problems[0]!, `found a file of ${png.length.toLocaleString("en-US")} bytes, expected 100 at most`)
    })
  )

  it.effect("files that change between the making and a read", () =>
    Effect.gen(function* () {
      const place = pets()
      const dataset = yield* Images.folder(place, { size })
      const file = path.join(place, "dog/a.jpg")
      fs.writeFileSync(file, jpeg)
      fs.utimesSync(file, 1, 1)
      assert.include(
        String(yield* Effect.flip(readAt(dataset, 2))),
        "a file that has changed since the dataset was made"
      )
      fs.rmSync(file)
      assert.include(String(yield* Effect.flip(readAt(dataset, 2))), "found no such file")
      assert.strictEqual((yield* readAt(dataset, 3)).inputs.length, 17 * 23 * 3)
    })
  )

  it.effect('pixels that don\'t decode: found with `check: "pixels"`, and at the read otherwise', () =>
    Effect.gen(function* () {
      const noise = Uint8Array.from(Rng.uniforms(Rng.key(1), 300, 0, 256), Math.floor)
      const wrong = pngFile(4, 4, noise)
      const place = folderOf({ "dog/good.png": png, "dog/wrong.png": wrong })
      const dataset = yield* Images.folder(place, { size })
      const error = yield* Effect.flip(readAt(dataset, 0, 1))
      assert.include(String(error), `${path.join(place, "dog/wrong.png")}: found PNG data that can't be decoded`)
      const skipping = yield* Images.folder(place, { size, check: "pixels", onBroken: "skip" })
      assert.strictEqual(skipping.length, 1)
    })
  )

  it.effect("a small file that expands to much: no more memory than its header says is taken", () =>
    Effect.gen(function* () {
      const bomb = pngFile(4, 4, zlib.deflateSync(new Uint8Array(200_000_000), { level: 1 }))
      const dataset = yield* Images.folder(folderOf({ "dog/bomb.png": bomb }), { size: 4 })
      const before = process.memoryUsage().rss
      yield* Effect.result(readAt(dataset, 0))
      assert.isBelow(process.memoryUsage().rss - before, 100 * 2 ** 20)
    })
  )

  it.effect("any bytes, drawn or cut: an image or an error that names it, and the next one is read", () =>
    Effect.gen(function* () {
      const names = [
        "baseline.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "rgb.png",
        "palette.png",
        "lossy.webp",
        "lossless.webp"
      ]
      for (const [position, name] of names.entries()) {
        const whole = fileBytes(name)
        for (let draw = 0; draw < 24; draw++) {
          const key = Rng.fold(Rng.key(draw), position)
          const bytes = whole.slice(0, draw % 2 === 0 ? whole.length : Math.floor(Rng.uniform(key, 0) * whole.length))
          for (let flip = 1; flip <= draw % 5; flip++) {
            bytes[Math.floor(Rng.uniform(key, 2 * flip) * bytes.length)] = Rng.bits(key, 2 * flip + 1)
          }
          const result = yield* Effect.result(Images.decode(bytes, { size: 8, name: "drawn" }))
          if (Result.isFailure(result)) assert.match(result.failure.message, /^drawn( at byte \d+)?: found /)
          else assert.strictEqual(result.success.length, 8 * 8 * 3)
        }
        const pixels = yield* Images.decode(whole, { size })
        assert.strictEqual(pixels.length, 17 * 23 * 3)
      }
    })
  )
})
