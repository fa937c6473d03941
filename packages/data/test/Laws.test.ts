/** Every maker of datasets keeps the law: what a sample is depends on its index and the draw. */
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll } from "@effect/vitest"
import type { Dataset } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Rng from "@etude/core/Rng"
import * as laws from "@etude/testing/Laws"
import * as Effect from "effect/Effect"
import * as Arrays from "../src/Arrays.ts"
import * as Concat from "../src/Concat.ts"
import * as Csv from "../src/Csv.ts"
import * as Emnist from "../src/Emnist.ts"
import * as Idx from "../src/Idx.ts"
import * as JsonLines from "../src/JsonLines.ts"
import * as Npy from "../src/Npy.ts"
import * as Parquet from "../src/Parquet.ts"
import * as Sequences from "../src/Sequences.ts"
import * as Split from "../src/Split.ts"
import * as StreamFiles from "../src/StreamFiles.ts"
import * as Streams from "../src/Streams.ts"
import * as Text from "../src/Text.ts"
import * as TextFile from "../src/TextFile.ts"
import * as Tokenizer from "../src/Tokenizer.ts"
import { idxBytes, temporaryFolder } from "./support/idxFile.ts"
import { fixture } from "./support/tableFile.ts"

const { write, remove } = temporaryFolder()
afterAll(remove)

const length = 23
const numbers = Arrays.fromArrays({
  name: "numbers",
  inputs: { values: Float32Array.from({ length: 2 * length }, (_, index) => index), shape: [2] },
  targets: { values: Int32Array.from({ length }, (_, index) => index % 3) }
})
const noise = (dataset: Dataset) =>
  Split.mapBatch(dataset, (batch, indices, draw) => ({
    ...batch,
    inputs: Float32Array.from(batch.inputs as Float32Array, (value, element) => {
      const sample = Math.floor(element / 2)
      return value + Rng.uniform(Draw.ofSample(draw, indices[sample]!), element % 2)
    })
  }))
const noisy = Effect.map(numbers, noise)

laws.dataset(numbers, { name: "Arrays.fromArrays" })
laws.dataset(noisy, { name: "Split.mapBatch" })
laws.dataset(
  Effect.flatMap(noisy, (dataset) => Split.subset(dataset, [5, 1, 5, 7])),
  { name: "Split.subset" }
)
const fold = (dataset: Dataset) => Split.kFold(dataset, { folds: 4, fold: 2, key: 1, stratify: true })
laws.dataset(
  Effect.map(Effect.flatMap(noisy, fold), ({ heldOut }) => heldOut),
  { name: "Split.kFold" }
)
laws.dataset(
  Effect.flatMap(noisy, (dataset) => Split.filter(dataset, ({ label }) => label > 0)),
  { name: "Split.filter" }
)
laws.dataset(
  Effect.flatMap(noisy, (dataset) => Concat.concat([dataset, dataset])),
  { name: "Concat.concat" }
)
laws.dataset(
  Effect.flatMap(noisy, (dataset) => Concat.repeat(dataset, 3)),
  { name: "Concat.repeat" }
)
laws.dataset(
  Effect.flatMap(noisy, (dataset) => Concat.interleave([{ dataset }, { dataset, weight: 2 }], { until: "all" })),
  { name: "Concat.interleave" }
)
laws.dataset(
  Sequences.fromArrays({ sequences: [[1, 2, 3], [4], [5, 6], [7, 8, 9, 10]], length: 3, truncate: "start" }),
  {
    name: "Sequences.fromArrays"
  }
)
laws.dataset(
  Idx.images({
    images: write(
      "images",
      idxBytes(
        "ubyte",
        [5, 2, 2],
        Array.from({ length: 20 }, (_, index) => index)
      )
    ),
    labels: write("labels", idxBytes("ubyte", [5], [0, 1, 2, 1, 0])),
    normalize: { mean: 0.1, deviation: 0.3 },
    pad: 1
  }),
  { name: "Idx.images" }
)

const table = Array.from({ length }, (_, index) => `${index},${index / 7},${["red", "blue"][index % 2]}`)
const csv = write("table.csv", new TextEncoder().encode(`a,b,colour\n${table.join("\n")}\n`))
laws.dataset(Csv.read(csv, { targets: "colour" }), { name: "Csv.read" })
laws.dataset(Csv.read(csv, { targets: "colour", memory: 0 }), { name: "Csv.read from the file" })

const objects = write(
  "objects.jsonl",
  new TextEncoder().encode(table.map((_, row) => `{"a":${row},"b":[1,2]}`).join("\n"))
)
laws.dataset(JsonLines.read(objects, { memory: 0 }), { name: "JsonLines.read from the file" })
laws.dataset(Parquet.read(fixture("table-none.parquet"), { inputs: ["id", "x"], memory: 0, cache: 0 }), {
  name: "Parquet.read from row groups"
})
laws.dataset(Npy.dataset({ archive: fixture("plain.npz"), inputs: "x", targets: "y" }), { name: "Npy.dataset" })

const ids = Int32Array.from({ length: 40 }, (_, index) => (index * index) % 11)
laws.dataset(Text.windows(ids, { length: 4 }), { name: "Text.windows" })
laws.dataset(Text.windows(Uint8Array.from(ids), { length: 4, stride: 3 }), { name: "Text.windows of bytes" })
const rawIds = write("ids.bin", new Uint8Array(Uint16Array.from(ids).buffer))
laws.dataset(
  Effect.flatMap(TextFile.open(rawIds, { dtype: "uint16" }), (tokens) =>
    Text.windows(tokens, { length: 5, stride: 2 })
  ),
  { name: "Text.windows of a file" }
)
const letters = Tokenizer.characters("abc")
laws.dataset(Text.documents(["abc", "", "cbacba"], ["x", "y", "x"], { tokenizer: letters, length: 4 }), {
  name: "Text.documents"
})

const emnist = ["train", "test"].map((part) => {
  write(`emnist-digits-${part}-labels-idx1-ubyte`, idxBytes("ubyte", [3], [7, 8, 9]))
  return write(`emnist-digits-${part}-images-idx3-ubyte`, idxBytes("ubyte", [3, 2, 1], [1, 2, 3, 4, 5, 6]))
})
laws.dataset(
  Effect.map(Emnist.fromFolder(dirname(emnist[0]!), { split: "digits", verify: false, pad: 1 }), ({ test }) => test),
  { name: "Emnist.fromFolder" }
)

const lines = (shuffle: boolean) =>
  Streams.dataset({
    name: "lines",
    spec: { inputs: { shape: [2], dtype: "float32" } },
    shards: StreamFiles.lines([csv, write("more.csv", new TextEncoder().encode(table.join("\n")))]),
    decode: (line, { key }) => ({ inputs: [line.length, Rng.uniform(key, 0)] }),
    interleave: 2,
    ...(shuffle && { shuffle: { key: 1, buffer: 5 } })
  })
laws.dataset(lines(false), { name: "Streams.dataset" })
laws.dataset(lines(true), { name: "Streams.dataset, shuffled" })
laws.dataset(
  Streams.dataset({
    name: "tar",
    spec: { inputs: { shape: [4], dtype: "float32" }, targets: { shape: [], dtype: "int32" } },
    shards: StreamFiles.tar(fileURLToPath(new URL("../fixtures/tar/samples.tgz", import.meta.url))),
    decode: (sample) => ({ inputs: StreamFiles.fileOf(sample, "bin"), targets: StreamFiles.integer(sample, "cls") })
  }),
  { name: "Streams.dataset of a tar archive" }
)
