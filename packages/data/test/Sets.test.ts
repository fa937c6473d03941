import * as fs from "node:fs"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Tar from "effect/encoding/Tar"
import * as Stream from "effect/Stream"
import * as Cifar10 from "../src/Cifar10.ts"
import * as Cifar100 from "../src/Cifar100.ts"
import * as Emnist from "../src/Emnist.ts"
import * as FashionMnist from "../src/FashionMnist.ts"
import * as KuzushijiMnist from "../src/KuzushijiMnist.ts"
import { idxBytes, temporaryFolder } from "./support/idxFile.ts"
import { inputsAt, readAt } from "./support/read.ts"

const { folder, remove } = temporaryFolder()
afterAll(remove)

/** Files by name in a folder of their own. */
const place = (name: string, files: Readonly<Record<string, Uint8Array>>): string => {
  const into = path.join(folder, name)
  for (const [file, bytes] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(into, file)), { recursive: true })
    fs.writeFileSync(path.join(into, file), bytes)
  }
  return into
}

const foundIn = (problems: ReadonlyArray<{ readonly source: string; readonly found: string }>) =>
  problems.map(({ source, found }) => `${path.basename(source)}: ${found}`)

describe("sets of MNIST's form", () => {
  const image = idxBytes("ubyte", [1, 1, 2], [7, 8])
  const four = (prefixes: ReadonlyArray<string>, labels = idxBytes("ubyte", [1], [3])) =>
    Object.fromEntries(
      prefixes.flatMap((prefix) => [
        [`${prefix}-images-idx3-ubyte`, image],
        [`${prefix}-labels-idx1-ubyte.gz`, zlib.gzipSync(labels)]
      ])
    )

  it.effect("have their own names and classes, also where torchvision put the files", () =>
    Effect.gen(function* () {
      const fashion = place("fashion/FashionMNIST/raw", four(["train", "t10k"]))
      const { train } = yield* FashionMnist.fromFolder(path.join(fashion, "..", ".."), { verify: false })
      assert.deepStrictEqual(
        [train.name, train.classes?.[3], train.classes?.length],
        ["fashion-mnist/train", "Dress", 10]
      )
      const kuzushiji = place("kuzushiji", four(["train", "t10k"]))
      const { test } = yield* KuzushijiMnist.fromFolder(kuzushiji, { verify: false })
      assert.deepStrictEqual([test.name, test.classes?.[3]], ["kuzushiji-mnist/test", "つ"])
      assert.deepStrictEqual(yield* readAt(test, 0), { inputs: Uint8Array.of(7, 8), targets: Uint8Array.of(3) })
    })
  )

  it.effect("compare what was published with gzip with its checksum", () =>
    Effect.gen(function* () {
      const { problems } = yield* Effect.flip(FashionMnist.fromFolder(place("wrong", four(["train", "t10k"]))))
      assert.deepStrictEqual(
        problems.map(({ source, expected }) => [path.basename(source), expected.slice(0, 8)]),
        [
          ["train-labels-idx1-ubyte.gz", "a04f1713"],
          ["t10k-labels-idx1-ubyte.gz", "67da17c7"]
        ]
      )
    })
  )

  it.effect("stand upright for EMNIST, whose letters count from 1", () =>
    Effect.gen(function* () {
      // Stored column by column: the image is 1 2 3 above 4 5 6.
      const images = zlib.gzipSync(idxBytes("ubyte", [2, 3, 2], [1, 4, 2, 5, 3, 6, 10, 40, 20, 50, 30, 60]))
      const labels = idxBytes("ubyte", [2], [1, 26])
      const files = Object.fromEntries(
        ["train", "test"].flatMap((part) => [
          [`emnist-letters-${part}-images-idx3-ubyte.gz`, images],
          [`emnist-letters-${part}-labels-idx1-ubyte`, labels]
        ])
      )
      const { test } = yield* Emnist.fromFolder(place("emnist", files), { split: "letters", verify: false })
      assert.deepStrictEqual(test.spec.inputs, { shape: [2, 3, 1], dtype: "float32" })
      assert.deepStrictEqual(yield* readAt(test, 1, 0), {
        inputs: Uint8Array.of(10, 20, 30, 40, 50, 60, 1, 2, 3, 4, 5, 6),
        targets: Uint8Array.of(25, 0)
      })
      const digits = yield* Effect.flip(Emnist.fromFolder(place("emnist", {}), { split: "digits" }))
      assert.deepStrictEqual(foundIn(digits.problems), [
        "emnist-digits-train-images-idx3-ubyte: no such file",
        "emnist-digits-train-labels-idx1-ubyte: no such file",
        "emnist-digits-test-images-idx3-ubyte: no such file",
        "emnist-digits-test-labels-idx1-ubyte: no such file"
      ])
    })
  )

  it.effect("of EMNIST refuse a letter 0", () =>
    Effect.gen(function* () {
      const files = four(["emnist-letters-train", "emnist-letters-test"], idxBytes("ubyte", [1], [0]))
      const { problems } = yield* Effect.flip(
        Emnist.fromFolder(place("letters", files), { split: "letters", verify: false })
      )
      assert.strictEqual(problems[0]?.expected, "labels in 1 … 26")
    })
  )

  it("have as many classes as were published", () => {
    const counts = Object.entries(Emnist.classes).map(([split, { length }]) => [split, length])
    assert.deepStrictEqual(Object.fromEntries(counts), {
      byclass: 62,
      bymerge: 47,
      balanced: 47,
      letters: 26,
      digits: 10,
      mnist: 10
    })
  })
})

/** One record: labels, then 1024 red, green and blue pixels; red counts up, green is 100, blue 200. */
const record = (...labels: ReadonlyArray<number>): Uint8Array => {
  const pixels = Uint8Array.from({ length: 3072 }, (_, index) =>
    index < 1024 ? index % 256 : index < 2048 ? 100 : 200
  )
  return Uint8Array.of(...labels, ...pixels)
}
const batches = (label: number) => ({
  ...Object.fromEntries([1, 2, 3, 4, 5].map((batch) => [`data_batch_${batch}.bin`, record(batch)])),
  "test_batch.bin": record(label)
})

const archived = (files: Readonly<Record<string, Uint8Array>>) =>
  Stream.fromIterable(Object.entries(files).map(([name, bytes]) => Tar.file(`cifar/${name}`, bytes))).pipe(
    Stream.pipeThroughChannel(Tar.encode()),
    Stream.runCollect,
    Effect.map((chunks) => zlib.gzipSync(Buffer.concat(chunks)))
  )

describe("CIFAR", () => {
  it.effect("images are [height, width, channels], of all files in their order", () =>
    Effect.gen(function* () {
      const { train, test } = yield* Cifar10.fromFolder(place("cifar", batches(9)), {
        verify: false,
        normalize: "unit"
      })
      assert.deepStrictEqual([train.length, test.length, test.classes?.[9]], [5, 1, "truck"])
      assert.deepStrictEqual((yield* readAt(train, 4, 0)).targets, Uint8Array.of(5, 1))
      const pixels = yield* inputsAt(test, 0)
      const level = (y: number, x: number) =>
        Array.from({ length: 3 }, (_, c) => Math.round(pixels[(y * 32 + x) * 3 + c]! * 255))
      assert.deepStrictEqual(
        [level(0, 0), level(0, 5), level(1, 2)],
        [
          [0, 100, 200],
          [5, 100, 200],
          [34, 100, 200]
        ]
      )
    })
  )

  it.effect("is read from its archive, whose checksum is compared", () =>
    Effect.gen(function* () {
      const archive = yield* archived(batches(0))
      const into = place("archive", { "cifar-10-binary.tar.gz": archive })
      const { train } = yield* Cifar10.fromFolder(into, { verify: false })
      assert.deepStrictEqual((yield* readAt(train, 0, 1, 2, 3, 4)).targets, Uint8Array.of(1, 2, 3, 4, 5))
      const { problems } = yield* Effect.flip(Cifar10.fromFolder(into))
      assert.match(foundIn(problems)[0]!, /^cifar-10-binary\.tar\.gz: SHA-256 [0-9a-f]{64}$/)
      assert.match(problems[0]!.expected, /^c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd/)
    })
  )

  it.effect("that is cut, has no files or isn't there at all says so", () =>
    Effect.gen(function* () {
      const problemsOf = (into: string, verify = false) =>
        Effect.map(Effect.flip(Cifar10.fromFolder(into, { verify })), ({ problems }) => foundIn(problems))
      const whole = yield* archived(batches(0))
      const cut = place("cut", { "cifar-10-binary.tar.gz": whole.subarray(0, -20) })
      assert.match((yield* problemsOf(cut))[0]!, /the end of the file after \d+ bytes, in the middle of the compressed/)
      const tar = zlib.gzipSync(zlib.gunzipSync(whole).subarray(0, 2000))
      assert.match(
        (yield* problemsOf(place("half", { "cifar-10-binary.tar.gz": tar })))[0]!,
        /an archive that can't be read/
      )
      const other = yield* archived({ "readme.html": Uint8Array.of(1) })
      assert.match((yield* problemsOf(place("other", { "cifar-10-binary.tar.gz": other })))[0]!, /files of other names/)
      assert.deepStrictEqual(yield* problemsOf(place("nothing", { "x.txt": Uint8Array.of(1) })), [
        ...[1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin: no such file`),
        "test_batch.bin: no such file"
      ])
      const short = place("short", {
        ...batches(0),
        "data_batch_2.bin": record(2).subarray(1),
        "test_batch.bin": record(10)
      })
      assert.deepStrictEqual(yield* problemsOf(short), [
        "data_batch_2.bin: 3072 bytes",
        "test_batch.bin: the label 10 (image 0)"
      ])
      assert.deepStrictEqual((yield* problemsOf(short, true)).length, 6)
    })
  )

  it.effect("with a hundred classes has their groups, too", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual([Cifar100.classes.length, Cifar100.groups.length], [100, 20])
      // The published first training image: a cattle, of the large omnivores and herbivores.
      const into = place("cifar100/cifar-100-binary", { "train.bin": record(11, 19), "test.bin": record(19, 99) })
      const fine = yield* Cifar100.fromFolder(path.dirname(into), { verify: false })
      const [label] = (yield* readAt(fine.train, 0)).targets as Uint8Array
      assert.strictEqual(fine.train.classes?.[label!], "cattle")
      const coarse = yield* Cifar100.fromFolder(path.dirname(into), { verify: false, labels: "groups" })
      const [group] = (yield* readAt(coarse.train, 0)).targets as Uint8Array
      assert.strictEqual(coarse.train.classes?.[group!], "large_omnivores_and_herbivores")
    })
  )
})
