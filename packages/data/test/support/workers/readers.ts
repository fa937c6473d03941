/**
 * One small dataset for each reader, of files in a folder that {@link writeFiles} has filled: for the laws here and, as a module of
 * its own, for threads.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import type { Dataset } from "@etude/core/Dataset"
import type { DataError, DatasetInvalid } from "@etude/core/Errors"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import jpeg from "jpeg-js"
import * as Arrow from "../../../src/Arrow.ts"
import * as Augment from "../../../src/Augment.ts"
import * as Cifar10 from "../../../src/Cifar10.ts"
import * as Cifar100 from "../../../src/Cifar100.ts"
import * as Csv from "../../../src/Csv.ts"
import * as Emnist from "../../../src/Emnist.ts"
import * as FashionMnist from "../../../src/FashionMnist.ts"
import * as Images from "../../../src/Images.ts"
import * as JsonLines from "../../../src/JsonLines.ts"
import * as KuzushijiMnist from "../../../src/KuzushijiMnist.ts"
import * as Mnist from "../../../src/Mnist.ts"
import * as Npy from "../../../src/Npy.ts"
import * as Parquet from "../../../src/Parquet.ts"
import * as Sequences from "../../../src/Sequences.ts"
import * as StreamFiles from "../../../src/StreamFiles.ts"
import * as Streams from "../../../src/Streams.ts"
import * as Text from "../../../src/Text.ts"
import * as TextFile from "../../../src/TextFile.ts"
import * as Tokenizer from "../../../src/Tokenizer.ts"
import { idxBytes } from "../idxFile.ts"

const samples = 14
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const text = "the quick brown fox jumps over the lazy dog\r\n".repeat(3)

/** Writes what the readers read: tables, arrays, images, texts, and sets in the forms in which they are published. */
export const writeFiles = (folder: string): void => {
  const write = (name: string, bytes: Uint8Array | string) => {
    const file = path.join(folder, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, bytes)
  }
  const rows = upTo(samples).map((row) => ({ a: row, b: row / 7, colour: ["red", "blue"][row % 2] }))
  write("table.csv", `a,b,colour\n${rows.map(({ a, b, colour }) => `${a},${b},${colour}`).join("\n")}\n`)
  write("table.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"))
  write("x.npy", Npy.encode({ values: Float32Array.from(upTo(2 * samples)), shape: [samples, 2] }))
  write("y.npy", Npy.encode({ values: Int32Array.from(upTo(samples), (row) => row % 3), shape: [samples] }))
  write("text.txt", text)
  for (const image of upTo(samples)) {
    const data = Uint8Array.from(Rng.uniforms(Rng.key(image), 20 * 16 * 4, 0, 256), Math.floor)
    const bytes = jpeg.encode({ width: 20, height: 16, data }, 90).data
    write(`images/${["even", "odd"][image % 2]}/${image}.jpg`, bytes)
  }
  writeSets(write)
}

const writeSets = (write: (name: string, bytes: Uint8Array) => void): void => {
  const images = (count: number) =>
    idxBytes(
      "ubyte",
      [count, 3, 2],
      upTo(6 * count).map((index) => index % 251)
    )
  const labels = (count: number) =>
    idxBytes(
      "ubyte",
      [count],
      upTo(count).map((index) => index % 10)
    )
  for (const prefix of ["mnist/train", "mnist/t10k", "mnist/emnist-digits-train", "mnist/emnist-digits-test"]) {
    write(`${prefix}-images-idx3-ubyte`, images(samples))
    write(`${prefix}-labels-idx1-ubyte`, labels(samples))
  }
  const record = (...parts: ReadonlyArray<number>) => [...parts, ...upTo(3072).map((index) => (index * 7) % 256)]
  const two = Uint8Array.from([...record(1), ...record(2)])
  for (const batch of upTo(5)) write(`cifar-10-batches-bin/data_batch_${batch + 1}.bin`, two)
  write("cifar-10-batches-bin/test_batch.bin", two)
  const finer = Uint8Array.from([...record(1, 5), ...record(2, 6), ...record(0, 4)])
  for (const part of ["train", "test"]) write(`cifar-100-binary/${part}.bin`, finer)
}

/** The operations that images are augmented by. */
export const recipe = [
  Augment.crop({ padding: 2 }),
  Augment.flip(),
  Augment.affine({ degrees: 20 }),
  Augment.colourJitter({ brightness: 0.3 }),
  Augment.erase()
]

const fixture = (name: string) => fileURLToPath(new URL(`../../../fixtures/${name}`, import.meta.url))
const withLabels = { inputs: ["id", "x"], targets: "kind" } as const
const images = (folder: string) => Images.folder(path.join(folder, "images"), { size: 8, normalize: "unit" })

type Made = Effect.Effect<Dataset, DatasetInvalid | DataError, Scope.Scope>

const tables = {
  "Csv, held": (folder) => Csv.read(path.join(folder, "table.csv"), { targets: "colour" }),
  "Csv, by its index": (folder) => Csv.read(path.join(folder, "table.csv"), { targets: "colour", memory: 0 }),
  "JsonLines, held": (folder) => JsonLines.read(path.join(folder, "table.jsonl"), { targets: "colour" }),
  "JsonLines, by its index": (folder) =>
    JsonLines.read(path.join(folder, "table.jsonl"), { targets: "colour", memory: 0 }),
  "Parquet, held": () => Parquet.read(fixture("tables/table-snappy.parquet"), withLabels),
  "Parquet, by row groups": () => rowGroups(),
  Arrow: () => Arrow.read(fixture("tables/table.feather"), withLabels),
  Npy: (folder) => Npy.dataset({ inputs: path.join(folder, "x.npy"), targets: path.join(folder, "y.npy") })
} satisfies { readonly [name: string]: (folder: string) => Made }

/** A table whose row groups are decoded again for each batch. */
export const rowGroups = () =>
  Parquet.read(fixture("tables/table-snappy.parquet"), { ...withLabels, memory: 0, cache: 0 })

const pictures = {
  Images: images,
  "Images, augmented on the host": (folder) =>
    Effect.flatMap(images(folder), (dataset) => Augment.onHost(dataset, recipe)),
  "Images, not held": (folder) => Images.folder(path.join(folder, "images"), { size: 8, memory: 0 })
} satisfies { readonly [name: string]: (folder: string) => Made }

const letters = Tokenizer.characters(text)

const texts = {
  "Text, windows in memory": () => Effect.flatMap(letters.encode(text), (ids) => Text.windows(ids, { length: 20 })),
  "Text, windows of a file": (folder) =>
    Effect.flatMap(TextFile.tokens(path.join(folder, "text.txt"), letters, { cache: folder }), (tokens) =>
      Text.windows(tokens, { length: 12, stride: 9 })
    ),
  "Text, documents": () =>
    Text.documents(
      upTo(samples).map((index) => text.slice(index, 3 * index)),
      upTo(samples).map((index) => `label ${index % 3}`),
      { tokenizer: letters, length: 10 }
    ),
  Sequences: () =>
    Sequences.fromArrays({
      sequences: upTo(samples).map((index) => upTo((index % 4) + 1)),
      targets: { values: Int32Array.from(upTo(samples), (index) => index % 2) },
      length: 4
    })
} satisfies { readonly [name: string]: (folder: string) => Made }

const trainOf = Effect.map(({ train }: { readonly train: Dataset }) => train)

const sets = {
  Mnist: (folder) => trainOf(Mnist.fromFolder(path.join(folder, "mnist"), { verify: false })),
  FashionMnist: (folder) => trainOf(FashionMnist.fromFolder(path.join(folder, "mnist"), { verify: false })),
  KuzushijiMnist: (folder) => trainOf(KuzushijiMnist.fromFolder(path.join(folder, "mnist"), { verify: false })),
  Emnist: (folder) => trainOf(Emnist.fromFolder(path.join(folder, "mnist"), { verify: false, split: "digits" })),
  Cifar10: (folder) => trainOf(Cifar10.fromFolder(folder, { verify: false })),
  "Cifar100, augmented on the host": (folder) =>
    Effect.flatMap(trainOf(Cifar100.fromFolder(folder, { verify: false })), (dataset) =>
      Augment.onHost(dataset, recipe)
    )
} satisfies { readonly [name: string]: (folder: string) => Made }

const spec = {
  inputs: { shape: [2], dtype: "float32" },
  targets: { shape: [], dtype: "int32" }
} as const

const streams = {
  "Streams, lines in shards, shuffled": (folder) =>
    Streams.dataset({
      name: "lines",
      spec,
      shards: StreamFiles.lines([path.join(folder, "table.csv"), path.join(folder, "table.jsonl")]),
      decode: (line, { key }) => ({ inputs: [line.length, Rng.uniform(key, 0)], targets: line.length % 2 }),
      interleave: 2,
      shuffle: { buffer: 5 }
    }),
  "Streams, a tar archive": () =>
    Streams.dataset({
      name: "tar",
      spec: { inputs: { shape: [4], dtype: "float32" }, targets: { shape: [], dtype: "int32" } },
      shards: StreamFiles.tar(fixture("tar/samples.tgz")),
      decode: (sample) => ({ inputs: StreamFiles.fileOf(sample, "bin"), targets: StreamFiles.integer(sample, "cls") })
    })
} satisfies { readonly [name: string]: (folder: string) => Made }

/** Every reader's dataset, by name. */
export const readers: { readonly [name: string]: (folder: string) => Made } = {
  ...tables,
  ...pictures,
  ...texts,
  ...sets,
  ...streams
}

/** The dataset of that name: what threads are asked for. */
export const open = ({ name, folder }: { readonly name: string; readonly folder: string }): Made => {
  const make = readers[name]
  return make === undefined ? Effect.die(new Error(`no reader is named ${name}`)) : make(folder)
}
