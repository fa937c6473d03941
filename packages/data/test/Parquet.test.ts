import * as fs from "node:fs"
import * as path from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Parquet from "../src/Parquet.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { rangeServer } from "./support/rangeServer.ts"
import { readAll, readAt } from "./support/read.ts"
import { expectedOf, fixture, problemsOf } from "./support/tableFile.ts"

const { folder, write, remove } = temporaryFolder()
afterAll(remove)

const expected = expectedOf<{ readonly [name: string]: Array<number> }>("table.json")

const options: Parquet.ParquetOptions = {
  inputs: {
    id: "id",
    small: "small",
    x: "x",
    half: "half",
    on: "on",
    day: "day",
    time: "time",
    vector: "vector"
  },
  targets: "kind",
  columns: { half: { type: "number", missing: { fill: -1 } } }
}

const whole = {
  inputs: {
    id: Int32Array.from(expected["id"]!),
    small: Int32Array.from(expected["small"]!),
    x: Float32Array.from(expected["x"]!),
    half: Float32Array.from(expected["half"]!),
    on: Uint8Array.from(expected["on"]!),
    day: Float32Array.from(expected["day"]!),
    time: Float32Array.from(expected["time"]!),
    vector: Float32Array.from(expected["vector"]!)
  },
  targets: Int32Array.from(expected["kind"]!)
}

const shuffledOf = (length: number) => {
  const order = Rng.permutation(Rng.key(5), length)
  return Array.from({ length }, (_, position) => order(position))
}

describe("read", () => {
  for (const file of ["none", "snappy", "gzip", "zstd", "brotli", "lz4", "v2"]) {
    it.effect(`reads what pandas reads (${file})`, () =>
      Effect.gen(function* () {
        const dataset = yield* Parquet.read(fixture(`table-${file}.parquet`), options)
        assert.deepStrictEqual(yield* readAll(dataset), whole)
        assert.deepStrictEqual(dataset.classes, ["ant", "bee", "çat"])
      })
    )
  }

  it.effect("batches are the same from row groups as from memory, in any order and with any cache", () =>
    Effect.gen(function* () {
      const file = fixture("table-snappy.parquet")
      const held = yield* Parquet.read(file, options)
      for (const more of [{ cache: 0 }, {}, { check: false }]) {
        const stored = yield* Parquet.read(file, { ...options, ...more, memory: 0 })
        assert.deepStrictEqual([stored.spec, stored.columns, stored.isChecked], [held.spec, held.columns, undefined])
        for (const some of [shuffledOf(50), [49, 0, 49], shuffledOf(50).slice(0, 7)]) {
          assert.deepStrictEqual(yield* readAt(stored, ...some), yield* readAt(held, ...some))
        }
      }
    })
  )

  it.effect("without inputs, all columns of values are one vector", () =>
    Effect.gen(function* () {
      const columns = { half: "ignore" } as const
      const dataset = yield* Parquet.read(fixture("table-none.parquet"), { targets: "kind", columns })
      assert.deepStrictEqual(dataset.spec.inputs, { shape: [9], dtype: "float32" })
    })
  )

  it.effect("missing and wrong values are listed with their rows; without a check, a batch fails with them", () =>
    Effect.gen(function* () {
      const file = fixture("table-none.parquet")
      const problems = yield* problemsOf(Parquet.read(file, { inputs: ["half", "kind"], columns: { kind: "number" } }))
      assert.strictEqual(problems.length, 50)
      assert.match(problems[0]!, /, row 1, column "kind": found "ant", expected a number\. /)
      const missing = yield* problemsOf(Parquet.read(file, { inputs: ["half"] }))
      assert.match(
        missing[0]!,
        /, row 5, column "half": found no value, and in 4 more rows, expected a number, as the file says/
      )
      const unchecked = yield* Parquet.read(file, { inputs: ["half"], memory: 0, check: false })
      assert.match(String(yield* Effect.flip(readAt(unchecked, 0))), /, row 5, column "half": found no value/)
    })
  )

  it.effect("a file that has changed since is reported when it is read", () =>
    Effect.gen(function* () {
      const file = write("changes.parquet", fs.readFileSync(fixture("table-none.parquet")))
      const dataset = yield* Parquet.read(file, { ...options, memory: 0 })
      fs.appendFileSync(file, "x")
      assert.match(String(yield* Effect.flip(readAt(dataset, 1))), /a file that has changed since/)
    })
  )
})

describe("sampler", () => {
  const rowGroups = [0, 16, 32, 32, 48, 50]

  it("takes each row once, one row group after another, in another order in each epoch", () => {
    const sampler = Parquet.sampler({ rowGroups })
    const orderOf = (seed: number) => {
      const order = sampler.order(Rng.key(seed), 50)
      return Array.from({ length: 50 }, (_, position) => order(position))
    }
    const order = orderOf(1)
    assert.deepStrictEqual(
      order.toSorted((a, b) => a - b),
      Array.from({ length: 50 }, (_, row) => row)
    )
    const groups = order.map((row) => rowGroups.findLastIndex((start) => start <= row))
    const changes = groups.filter((group, position) => group !== groups[position - 1])
    assert.strictEqual(changes.length, 4)
    assert.notDeepEqual(orderOf(2), order)
    // A position can be entered directly, which is what a resume does.
    assert.strictEqual(sampler.order(Rng.key(1), 50)(37), order[37])
  })

  it("shuffles the rows of several row groups together", () => {
    const order = Parquet.sampler({ rowGroups }, { groups: 5 }).order(Rng.key(1), 50)
    const rows = Array.from({ length: 50 }, (_, position) => order(position))
    assert.deepStrictEqual(
      rows.toSorted((a, b) => a - b),
      Array.from({ length: 50 }, (_, row) => row)
    )
    assert.isAbove(new Set(rows.slice(0, 16).map((row) => rowGroups.findLastIndex((start) => start <= row))).size, 2)
  })
})

describe("over HTTP", () => {
  const bytes = fs.readFileSync(fixture("table-snappy.parquet"))

  it.effect("reads the ranges that a batch needs, and again what was refused or cut off", () =>
    Effect.gen(function* () {
      const server = yield* rangeServer(bytes)
      for (const behaviour of ["ranges", "busy", "cut"] as const) {
        server.behaviour = behaviour
        const dataset = yield* Parquet.read(server.url, { ...options, memory: 0, check: false })
        const { inputs } = yield* readAt(dataset, 49, 3)
        assert.deepStrictEqual((inputs as Record<string, unknown>)["id"], Int32Array.of(49, 3))
      }
      server.behaviour = "whole"
      const dataset = yield* Parquet.read(new URL(server.url), options)
      assert.deepStrictEqual(yield* readAll(dataset), whole)
    })
  )

  it.effect("says what a server answers that gives no file", () =>
    Effect.gen(function* () {
      const server = yield* rangeServer(bytes)
      const message = Effect.map(problemsOf(Parquet.read(server.url)), (problems) => problems[0]!)
      server.behaviour = "absent"
      assert.match(yield* message, /found the status 404, expected a file\. Check the address/)
      server.behaviour = "refusing"
      assert.match(yield* message, /found the status 429, expected a file\. The server asks for fewer requests/)
      server.behaviour = "shifted"
      assert.match(yield* message, /bytes from byte \d+, expected \d+ bytes from byte/)
      server.behaviour = "ranges"
      const dataset = yield* Parquet.read(server.url, { ...options, memory: 0, check: false })
      server.tag = '"another"'
      assert.match(String(yield* Effect.flip(readAt(dataset, 0))), /a file that has changed since/)
      const gone = yield* problemsOf(Parquet.read("http://127.0.0.1:1/x.parquet"))
      assert.match(gone[0]!, /found an answer that doesn't end|found no answer/)
    })
  )
})

describe("what is no Parquet file", () => {
  const bytes = fs.readFileSync(fixture("table-gzip.parquet"))

  it.effect("empty, cut, swapped and missing files are told apart", () =>
    Effect.gen(function* () {
      const message = (content: Uint8Array) => Effect.map(problemsOf(Parquet.read(content)), (problems) => problems[0]!)
      assert.match(yield* message(new Uint8Array(0)), /found an empty file/)
      assert.match(
        yield* message(Buffer.from("a,b\n1,2\n")),
        /at byte 0: found the bytes "a,b\\n", expected the mark PAR1/
      )
      assert.match(yield* message(bytes.subarray(0, 1000)), /at byte 996: found another end, .*cut off/)
      assert.match(yield* message(Buffer.from("PAR1PAR1")), /cut off/)
      const long = Buffer.concat([bytes.subarray(0, -8), Buffer.of(255, 255, 255, 127), Buffer.from("PAR1")])
      assert.match(yield* message(long), /footer: found what can't be decoded \(parquet metadata length/)
      const names = yield* problemsOf(Parquet.read(path.join(folder, "absent.parquet")))
      assert.match(names[0]!, /no such file/)
    })
  )

  it.effect("a file with any byte changed is read or refused, and takes no more memory than it may", () =>
    Effect.gen(function* () {
      let refused = 0
      for (let draw = 0; draw < 150; draw++) {
        const changed = Uint8Array.from(bytes)
        // Half of the changes are in the footer, whose numbers decide what is reserved.
        const [place, value] = Rng.uniforms(Rng.key(draw), 2, 0, 1)
        const from = draw % 2 === 0 ? 4 : bytes.length - 2000
        const at = Math.floor(from + place! * (bytes.length - 8 - from))
        changed[at] = draw % 3 === 0 ? 255 : Math.floor(value! * 256)
        const result = yield* Effect.result(Parquet.read(changed, options))
        if (Result.isFailure(result)) refused++
      }
      assert.isAbove(refused, 20)
    })
  )
})
