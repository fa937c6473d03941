/** What `etude data check` and `etude data show` find and draw. */
import { existsSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { inflateSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Arrays from "@etude/data/Arrays"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as DataShow from "../src/DataShow.ts"
import * as Findings from "../src/internal/data/Findings.ts"
import * as Page from "../src/internal/data/Page.ts"
import * as Png from "../src/internal/data/Png.ts"
import * as Sample from "../src/internal/data/Sample.ts"
import { scan } from "../src/internal/data/Scan.ts"
import { etude, temporary } from "./support/etude.ts"

const labelled = (values: ReadonlyArray<number>, labels: ReadonlyArray<number>) =>
  Arrays.fromArrays({
    name: "labelled",
    inputs: { values: Float32Array.from(values) },
    targets: { values: Int32Array.from(labels) },
    classes: ["cat", "dog", "hen"]
  })

const findingsOf = (sets: Readonly<Record<string, Dataset>>) =>
  Effect.map(
    Effect.forEach(Object.entries(sets), ([set, dataset]) => scan(set, dataset)),
    (scans) => Findings.of(scans, Findings.repeated(scans))
  )

describe("findings", () => {
  it.effect("are none for distinct samples of all classes", () =>
    Effect.gen(function* () {
      const sets = { train: yield* labelled([1, 2, 3], [0, 1, 2]), test: yield* labelled([4, 5], [0, 1]) }
      assert.deepStrictEqual(yield* findingsOf(sets), [])
    })
  )

  it.effect("are samples that come twice, those in two sets, and classes that training lacks", () =>
    Effect.gen(function* () {
      const sets = { train: yield* labelled([1, 2, 1], [0, 1, 0]), test: yield* labelled([9, 2, 2], [0, 2, 2]) }
      const findings = yield* findingsOf(sets)
      assert.deepStrictEqual(
        findings.map((finding) => finding.split(". ")[0]?.replace(/\.$/, "")),
        [
          "train: 1 sample with the inputs of an earlier one (sample 2 is sample 0)",
          "test: 2 samples also in train (sample 1 is sample 1 of train)",
          "test: 1 sample with the inputs of an earlier one (sample 2 is sample 1)",
          "train: no sample of hen (label 2)",
          "test: hen (label 2) not in train"
        ]
      )
    })
  )

  it.effect("are values that are not finite, with the first sample, and fields that never vary", () =>
    Effect.gen(function* () {
      const dataset: Dataset = {
        name: "odd",
        length: 3,
        spec: { inputs: { a: { shape: [2], dtype: "float32" }, b: { shape: [], dtype: "int32" } } },
        read: (indices) => ({
          inputs: {
            a: Float32Array.from([...indices].flatMap((index) => [index, index === 0 ? 1 : Number.NaN])),
            b: new Int32Array(indices.length).fill(7)
          }
        })
      }
      assert.deepStrictEqual(
        (yield* findingsOf({ train: dataset })).map((finding) => finding.split(". ")[0]),
        [
          "train, inputs.a: 2 values not finite (NaN or infinite), the first in sample 1",
          "train, inputs.b: every value is 7"
        ]
      )
    })
  )

  const sizes = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1200 }))
  it.effect.prop(
    "count equal samples as a plain comparison of all pairs does, however many there are",
    [sizes, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2000 }))],
    ([length, different]) =>
      Effect.gen(function* () {
        const values = Array.from({ length }, (_, index) => (index * 7919) % different)
        const scans = [
          yield* scan(
            "train",
            yield* labelled(
              values,
              values.map(() => 0)
            )
          )
        ]
        const samples = Findings.repeated(scans)[0]?.samples ?? 0
        assert.strictEqual(samples, length - new Set(values).size)
      }),
    { arbitrary: { runs: 30, seed: 1 } }
  )
})

/** A stream that notes what is read of it. */
const stream = (length: number) => {
  const reads: Array<number> = []
  const dataset: Dataset = {
    name: "stream",
    length,
    isSequential: true,
    spec: { inputs: { shape: [], dtype: "float32" } },
    read: (indices) => {
      for (const index of indices) reads.push(index)
      return { inputs: Float32Array.from(indices, (index) => index % 7) }
    }
  }
  return { dataset, reads }
}

describe("a stream", () => {
  it.effect("is gone through once, in order; only the first samples are compared", () =>
    Effect.gen(function* () {
      const { dataset, reads } = stream(1300)
      const scans = [yield* scan("train", dataset, 1000)]
      assert.deepStrictEqual(
        reads,
        Array.from({ length: 1300 }, (_, index) => index)
      )
      assert.strictEqual(scans[0]?.fields[0]?.maximum, 6)
      assert.strictEqual(Findings.repeated(scans)[0]?.samples, 1000 - 7)
      assert.deepStrictEqual(Findings.notCompared(scans), [
        "Only the first 1,000 samples of train were looked at for repeated ones."
      ])
      assert.deepStrictEqual(Findings.notCompared([yield* scan("train", dataset)]), [])
    })
  )

  it("is shown by its first samples, other data by samples from anywhere", () => {
    const { dataset } = stream(1000)
    assert.deepStrictEqual(DataShow.chosen(dataset, 1, 3), Int32Array.of(0, 1, 2))
    assert.isAbove(DataShow.chosen({ ...dataset, isSequential: false }, 1, 3)[2] ?? 0, 2)
  })
})

describe("what is shown of an epoch", () => {
  it("names augmentation in the step, which it does not show", () => {
    const { dataset } = stream(3)
    assert.strictEqual(DataShow.asSeen(dataset, undefined), "Without augmentation.")
    assert.strictEqual(DataShow.asSeen(dataset, 2), "As epoch 2 sees them.")
    const field = { shape: [3], dtype: "float32" } as const
    const drawn = { ...dataset, spec: { inputs: { image: field, augment: field } } }
    assert.include(DataShow.asSeen(drawn, 2), "augmented in the step, which isn't shown")
  })
})

describe("a picture", () => {
  it("is a PNG: its header's known checksum, and its rows as they were", () => {
    const pixels = Uint8Array.of(255)
    const file = Buffer.from(Png.encode({ height: 1, width: 1, channels: 1, pixels }))
    const known = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    assert.strictEqual(file.subarray(0, 33).toString("hex"), known)
    const length = file.readUInt32BE(33)
    assert.deepStrictEqual([...inflateSync(file.subarray(41, 41 + length))], [0, 255])
  })

  it("spans from black to white over the range of all that are shown", () => {
    const view = Sample.viewOf({ shape: [1, 2, 1], dtype: "float32" }, Float32Array.of(-1, 3), {
      minimum: -1,
      maximum: 3
    })
    // One row is no picture: it is written out.
    assert.deepStrictEqual(view, { _tag: "Numbers", numbers: [-1, 3], omitted: 0 })
    const square = { shape: [2, 2, 1], dtype: "float32" } as const
    const picture = Sample.viewOf(square, Float32Array.of(-1, 0, 1, 3), { minimum: -1, maximum: 3 })
    assert(picture._tag === "Picture")
    assert.deepStrictEqual([...picture.picture.pixels], [0, 64, 128, 255])
  })

  it("stands on a page whose words can't become markup", () => {
    const page = Page.render({
      title: "<b>",
      about: ["a & b"],
      samples: [{ sample: 0, caption: "<script>", views: [] }]
    })
    assert.include(page, "<title>&#60;b&#62;</title>")
    assert.include(page, "&#60;script&#62;")
    assert.notInclude(page, "<script>")
  })
})

describe.concurrent("the command", () => {
  const config = path.join(import.meta.dirname, "fixtures", "line.yaml")

  it.live("check prints fields, classes and findings; --strict exits with 3", () =>
    Effect.gen(function* () {
      const { code, stdout, stderr } = yield* etude([
        "data",
        "check",
        config,
        "--strict",
        "--set",
        "options.classes=true"
      ])
      assert.strictEqual(code, 3)
      assert.match(stdout, /train, 64 samples/)
      assert.match(stdout, /label 0 +22 \(34\.4 %\)/)
      assert.include(stdout, "! test: 32 samples also in train")
      assert.include(stderr, "has 3 findings; see above.")
      for (const line of stdout.split("\n").filter((line) => !line.startsWith("!"))) assert.isAtMost(line.length, 80)
    })
  )

  it.live("show writes a page, and names the sets where one is unknown", () =>
    Effect.gen(function* () {
      const file = path.join(yield* temporary, "pages", "data.html")
      const shown = yield* etude(["data", "show", config, "--output", file, "--samples", "3"])
      assert.strictEqual(shown.code, 0)
      assert.include(shown.stdout, "3 of 64 samples of points.")
      assert.isTrue(existsSync(file))
      assert.lengthOf(readFileSync(file, "utf8").match(/<figure>/g) ?? [], 3)
      const unknown = yield* etude(["data", "show", config, "--on", "dev", "--output", file])
      assert.strictEqual(unknown.code, 2)
      assert.include(unknown.stderr, "has no dev data; it has train, validation, test.")
    })
  )
})
