/** The programs of the guide "Your own data", each on files of its kind: they are short, and what they train is right. */
import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"
import { crc32, deflateSync } from "node:zlib"
import * as Rng from "@etude/core/Rng"
import { parquetWriteBuffer } from "hyparquet-writer"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { guideOf, write } from "../src/GuideFiles.ts"
import { root } from "../src/Places.ts"

const guide = guideOf("your-own-data", readFileSync(path.join(root, "docs", "guides", "your-own-data.md"), "utf8"))
// Inside this package, so that imports are found as in a project that has installed everything.
const programs = path.join(import.meta.dirname, "..", "written-data")
const data = mkdtempSync(path.join(tmpdir(), "etude-own-data-"))
afterAll(() => {
  rmSync(programs, { recursive: true, force: true })
  rmSync(data, { recursive: true, force: true })
})

const draws = (name: string, count: number) => Rng.uniforms(Rng.named(Rng.key(1), name), count)

/** Three kinds of flowers, whose petals differ. */
const flowersCsv = (): string => {
  const noise = draws("flowers", 600)
  const rows = Array.from({ length: 150 }, (_, row) => {
    const kind = row % 3
    const sizes = [5 + kind, 3, 1 + 2 * kind, kind].map((size, column) => size + (noise[4 * row + column] ?? 0) / 2)
    return [...sizes.map((size) => size.toFixed(2)), ["setosa", "versicolor", "virginica"][kind]].join(",")
  })
  return ["sepal length,sepal width,petal length,petal width,species", ...rows].join("\n")
}

const chunk = (type: string, bytes: Uint8Array): Buffer => {
  const head = Buffer.alloc(4)
  head.writeUInt32BE(bytes.length)
  const body = Buffer.concat([Buffer.from(type, "latin1"), bytes])
  const tail = Buffer.alloc(4)
  tail.writeUInt32BE(crc32(body))
  return Buffer.concat([head, body, tail])
}

/** A PNG of 40 × 40 pixels with noise, of one colour more than of the others. */
const picture = (name: string, channel: number): Buffer => {
  const noise = draws(name, 40 * 40 * 3)
  const rows = Array.from({ length: 40 }, (_, y) => [
    0,
    ...Array.from({ length: 120 }, (_, x) => Math.floor((noise[120 * y + x] ?? 0) * 80) + (x % 3 === channel ? 120 : 0))
  ])
  const header = Buffer.from("0000002800000028" + "0802000000", "hex")
  const signature = Buffer.from("89504e470d0a1a0a", "hex")
  const pixels = deflateSync(Uint8Array.from(rows.flat()))
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", new Uint8Array())])
}

const writeFlowers = (): void => {
  for (const [part, count] of [
    ["train", 20],
    ["test", 10]
  ] as const) {
    for (const [channel, flower] of ["poppy", "fern", "iris"].entries()) {
      const folder = path.join(data, "flowers", part, flower)
      mkdirSync(folder, { recursive: true })
      for (let index = 0; index < count; index++) {
        const name = `${index}.png`
        writeFileSync(path.join(folder, name), picture(`${part} ${flower} ${name}`, channel))
      }
    }
  }
}

/** Prices that are a function of size, rooms and town. */
const housesParquet = (): Uint8Array => {
  const [sizes, rooms, towns] = ["size", "rooms", "town"].map((name) => draws(name, 400)) as [
    Float32Array,
    Float32Array,
    Float32Array
  ]
  const rows = Array.from(sizes, (size, row) => {
    const house = {
      size: 40 + 160 * size,
      rooms: 1 + Math.floor(6 * (rooms[row] ?? 0)),
      isBern: (towns[row] ?? 0) < 0.5
    }
    return { ...house, price: 3000 * house.size + 20_000 * house.rooms + (house.isBern ? 100_000 : 0) }
  })
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "size", data: rows.map(({ size }) => size), type: "DOUBLE" },
      { name: "rooms", data: rows.map(({ rooms }) => rooms), type: "INT32" },
      { name: "town", data: rows.map(({ isBern }) => (isBern ? "Bern" : "Chur")), type: "STRING" },
      { name: "price", data: rows.map(({ price }) => price), type: "DOUBLE" }
    ]
  })
  return new Uint8Array(buffer)
}

beforeAll(() => {
  rmSync(programs, { recursive: true, force: true })
  write(guide, programs)
  writeFileSync(path.join(programs, "package.json"), JSON.stringify({ type: "module" }))
  writeFileSync(path.join(data, "flowers.csv"), flowersCsv())
  writeFlowers()
  writeFileSync(path.join(data, "houses.parquet"), housesParquet())
  writeFileSync(path.join(data, "poem.txt"), "the cat sat on the mat. the dog ran in the sun. ".repeat(60))
})

/** What each program prints last. */
const expected: { readonly [file: string]: (line: string) => void } = {
  "src/csv.ts": (line) => assert.isAbove(Number(/^accuracy (.+)$/.exec(line)?.[1]), 0.9, line),
  "src/images.ts": (line) => assert.isAbove(Number(/^accuracy (.+)$/.exec(line)?.[1]), 0.9, line),
  // Prices are up to 800,000.
  "src/parquet.ts": (line) => assert.isBelow(Number(/^off by (.+)$/.exec(line)?.[1]), 20_000, line),
  "src/text.ts": (line) => assert.strictEqual(line, "the cat sat on the mat. the dog ran in the sun. ".trimEnd())
}

describe("from files of one's own to a trained model", () => {
  it("there is a program for each kind", () => {
    assert.deepStrictEqual(guide.files.map(({ file }) => file).sort(), Object.keys(expected).sort())
  })

  it.each(guide.files)(
    "$file is at most 25 lines, and what it trains is right",
    async ({ file, text }) => {
      const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("//"))
      assert.isAtMost(lines.length, 25)
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--conditions=@etude/source", path.join(programs, file)],
        { cwd: data, env: { ...process.env, NO_COLOR: "1" } }
      )
      expected[file]?.(stdout.trimEnd().split("\n").at(-1) ?? "")
    },
    120_000
  )
})
