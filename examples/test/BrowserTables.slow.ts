import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import type { Dataset, HostBatch } from "@etude/core/Dataset"
import * as Draw from "@etude/core/Draw"
import * as Csv from "@etude/data/Csv"
import * as JsonLines from "@etude/data/JsonLines"
import * as Npy from "@etude/data/Npy"
import * as Parquet from "@etude/data/Parquet"
import * as Effect from "effect/Effect"
import { chromium as browserType } from "playwright-core"
import { chromium } from "../../vitest.chromium.ts"
import { bundle } from "./support/bundle.ts"

const fixture = (name: string) => readFileSync(new URL(`../../packages/data/fixtures/tables/${name}`, import.meta.url))

const rows = Array.from({ length: 40 }, (_, row) => ({ a: row, b: row / 7, kind: ["ant", "bee"][row % 2] }))
const files = {
  csv: Buffer.from(`a,b,kind\n${rows.map(({ a, b, kind }) => `${a},${b},${kind}`).join("\n")}\n`),
  jsonLines: Buffer.from(rows.map((row) => JSON.stringify(row)).join("\n")),
  snappy: fixture("table-snappy.parquet"),
  zstd: fixture("table-zstd.parquet"),
  npz: fixture("packed.npz")
}

/** The same program for Node and for the page: the readers, and the batches of what they made. */
const datasets = (
  readers: {
    readonly Csv: typeof Csv
    readonly JsonLines: typeof JsonLines
    readonly Parquet: typeof Parquet
    readonly Npy: typeof Npy
  },
  sources: { readonly [name in keyof typeof files]: Blob | Uint8Array }
): {
  readonly [name: string]: Effect.Effect<Dataset, { readonly message: string }>
} => ({
  csv: readers.Csv.read(sources.csv, { targets: "kind" }),
  "csv by its index": readers.Csv.read(sources.csv, { targets: "kind", memory: 0 }),
  jsonLines: readers.JsonLines.read(sources.jsonLines, { targets: "kind", memory: 0 }),
  parquet: readers.Parquet.read(sources.snappy, { inputs: ["id", "x"], targets: "kind" }),
  "parquet by row groups": readers.Parquet.read(sources.zstd, {
    inputs: ["id", "x"],
    targets: "kind",
    memory: 0,
    cache: 0
  }),
  npz: readers.Npy.dataset({ archive: sources.npz, inputs: "x", targets: "y" })
})

/** Fields as lists of numbers, which JSON keeps exactly. */
const plain = ({ inputs, targets }: HostBatch) =>
  [inputs, targets].map((field) =>
    ArrayBuffer.isView(field)
      ? Array.from(field as Float32Array)
      : Object.entries(field ?? {}).map(([name, values]) => [name, Array.from(values as Float32Array)])
  )
const indices = [2, 1, 0, 2]

const program = `
  import * as Csv from "@etude/data/Csv"
  import * as JsonLines from "@etude/data/JsonLines"
  import * as Npy from "@etude/data/Npy"
  import * as Parquet from "@etude/data/Parquet"
  import * as Draw from "@etude/core/Draw"
  import * as Effect from "effect/Effect"
  const bytesOf = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  const files = ${JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.toString("base64")])))}
  const datasets = ${datasets.toString()}
  const plain = ${plain.toString()}
  const result = {}
  for (const kind of ["blob", "bytes"]) {
    const sources = Object.fromEntries(
      Object.entries(files).map(([name, base64]) => [name, kind === "blob" ? new Blob([bytesOf(base64)]) : bytesOf(base64)])
    )
    for (const [name, made] of Object.entries(datasets({ Csv, JsonLines, Parquet, Npy }, sources))) {
      const read = Effect.gen(function* () {
        const dataset = yield* made
        const batch = dataset.read(Int32Array.from(${JSON.stringify(indices)}), Draw.fixed)
        return plain(Effect.isEffect(batch) ? yield* batch : batch)
      })
      result[kind + " " + name] = await Effect.runPromise(Effect.catch(read, (error) => Effect.succeed(error.message)))
    }
  }
  result.path = await Effect.runPromise(Effect.flip(Csv.read("table.csv"))).then(({ message }) => message)
  globalThis.result = result`

it.live("tables read in a page, from blobs and from bytes, give the batches that they give in Node", (context) =>
  Effect.gen(function* () {
    const executablePath = chromium()
    if (executablePath === undefined)
      return context.skip("there is no Chromium, and it cannot be installed; ETUDE_CHROMIUM may name one")
    const { script } = yield* Effect.promise(() => bundle(program))
    const browser = yield* Effect.acquireRelease(
      Effect.promise(() => browserType.launch({ executablePath, args: ["--no-sandbox"] })),
      (open) => Effect.promise(() => open.close())
    )
    const page = yield* Effect.promise(() => browser.newPage())
    yield* Effect.promise(() => page.addScriptTag({ content: script, type: "module" }))
    const result = yield* Effect.promise(() =>
      page.waitForFunction(() => Reflect.get(globalThis, "result")).then((handle) => handle.jsonValue())
    )
    const { path, ...batches } = Object(result)
    assert.include(path, "table.csv: found a path, expected a URL, a Blob or bytes")
    const expected: Record<string, unknown> = {}
    for (const [name, made] of Object.entries(datasets({ Csv, JsonLines, Parquet, Npy }, files))) {
      const dataset = yield* made
      const batch = dataset.read(Int32Array.from(indices), Draw.fixed)
      const batchOfNode = plain(Effect.isEffect(batch) ? yield* batch : batch)
      for (const kind of ["blob", "bytes"]) expected[`${kind} ${name}`] = batchOfNode
    }
    assert.deepStrictEqual(batches, expected)
  }).pipe(Effect.scoped)
)
