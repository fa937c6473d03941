import * as fs from "node:fs"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import { parse } from "csv-parse/sync"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Columns from "../src/Columns.ts"
import * as Csv from "../src/Csv.ts"
import { temporaryFolder } from "./support/idxFile.ts"
import { readAll, readAt } from "./support/read.ts"
import { bytesOf, expectedOf, fixture, problemsOf } from "./support/tableFile.ts"

const { folder, write, remove } = temporaryFolder()
afterAll(remove)

const text = (content: string) => new TextEncoder().encode(content)
const iris = bytesOf("width,length,species", "1,2.5,setosa", "3,4,virginica", "5,6,setosa")

describe("fields", () => {
  it.effect("without inputs, all columns but the targets are one vector, and a category gives the classes", () =>
    Effect.gen(function* () {
      const dataset = yield* Csv.read(iris, { targets: "species" })
      assert.deepStrictEqual(
        [dataset.length, dataset.spec, dataset.classes, dataset.isChecked],
        [
          3,
          { inputs: { shape: [2], dtype: "float32" }, targets: { shape: [], dtype: "int32" } },
          ["setosa", "virginica"],
          true
        ]
      )
      assert.deepStrictEqual(yield* readAt(dataset, 2, 1), {
        inputs: Float32Array.of(5, 6, 3, 4),
        targets: Int32Array.of(0, 1)
      })
      assert.deepStrictEqual(dataset.readTargets?.(Int32Array.of(1)), Int32Array.of(1))
    })
  )

  it.effect(
    "a name alone keeps its kind, a list is one vector with categories one-hot, a record gives several fields",
    () =>
      Effect.gen(function* () {
        const dataset = yield* Csv.read(iris, {
          inputs: { kind: "species", both: ["species", "width"] },
          targets: ["length"],
          weights: "width"
        })
        assert.deepStrictEqual(dataset.spec, {
          inputs: { kind: { shape: [], dtype: "int32" }, both: { shape: [3], dtype: "float32" } },
          targets: { shape: [1], dtype: "float32" },
          weights: { shape: [], dtype: "float32" }
        })
        assert.deepStrictEqual(yield* readAt(dataset, 1, 0), {
          inputs: { kind: Int32Array.of(1, 0), both: Float32Array.of(0, 1, 3, 1, 0, 1) },
          targets: Float32Array.of(4, 2.5),
          weights: Float32Array.of(3, 1)
        })
      })
  )

  it.effect("reads what pandas reads: quotes, line ends within them, dates, numbers to the last bit", () =>
    Effect.gen(function* () {
      const expected = expectedOf<{ readonly [name: string]: Array<number> }>("people.json")
      const dataset = yield* Csv.read(fixture("people.csv"), {
        inputs: { age: "age", height: "height", member: "member", days: "joined" },
        targets: "city"
      })
      const { inputs, targets } = yield* readAll(dataset)
      assert.deepStrictEqual(inputs, {
        age: Int32Array.from(expected["age"]!),
        height: Float32Array.from(expected["height"]!),
        member: Uint8Array.from(expected["member"]!),
        days: Float32Array.from(expected["days"]!)
      })
      assert.deepStrictEqual([targets, dataset.classes], [Int32Array.from(expected["city"]!), expected["cities"]])
    })
  )

  it.effect("names that aren't columns, texts and empty lists are reported together", () =>
    Effect.gen(function* () {
      const file = bytesOf("a,b,note", "1,2,x y", "3,4,z z")
      const columns = { note: "text", c: "number" } as const
      const problems = yield* problemsOf(Csv.read(file, { inputs: ["A", "note"], targets: [], columns }))
      assert.deepStrictEqual(problems, [
        'bytes, columns: found the column "c", expected one of a, b, note. Did you mean "a"?',
        'bytes, inputs: found the column "A", expected one of a, b, note. Did you mean "a"?',
        'bytes, inputs: found the column "note" of type text, expected a column with values. Declare it as a category (columns: { "note": "category" }), or make numbers of the texts first.',
        "bytes, targets: found no column, expected one or more. Name a column that holds numbers or categories."
      ])
    })
  )
})

describe("columns", () => {
  it.effect("what was inferred is shown, and reads the same when it is pasted", () =>
    Effect.gen(function* () {
      const file = bytesOf(
        "id,size,on,when,zip,kind of,note,none",
        ...Array.from(
          { length: 40 },
          (_, row) =>
            `${row},${row}.5,${row % 2 ? "yes" : "No"},2020-01-0${1 + (row % 9)},0${row},k${row % 3},text ${row},NA`
        )
      )
      const { columns } = yield* Csv.read(file)
      assert.strictEqual(
        Columns.format(columns),
        `{
  id: "integer",
  size: "number",
  on: "boolean",
  when: "date",
  zip: "text",
  "kind of": { type: "category", categories: ["k0", "k1", "k2"] },
  note: "text",
  none: "ignore"
}`
      )
      const again = yield* Csv.read(file, { columns })
      assert.deepStrictEqual(again.columns, columns)
    })
  )

  it.effect("a Schema.Struct describes columns, its checks included", () =>
    Effect.gen(function* () {
      const columns = Schema.Struct({
        share: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
        count: Schema.Int,
        kind: Schema.Literals(["b", "a"]),
        on: Schema.Boolean,
        when: Schema.Date,
        maybe: Schema.NullOr(Schema.Number),
        note: Schema.String
      })
      const header = "share,count,kind,on,when,maybe,note"
      const dataset = yield* Csv.read(bytesOf(header, "0.5,3,a,true,1970-01-03,,x"), { columns, targets: "kind" })
      assert.deepStrictEqual(dataset.classes, ["b", "a"])
      assert.deepStrictEqual((yield* readAt(dataset, 0)).inputs, Float32Array.of(0.5, 3, 1, 2, 0, 0))
      assert.deepStrictEqual(yield* problemsOf(Csv.read(bytesOf(header, "2,3.5,c,maybe,1.1.70,1,x"), { columns })), [
        `bytes, line 2 (row 1), column "share" at byte 36: found 2, expected a value between 0 and 1. Correct the value, or the schema.`,
        `bytes, line 2 (row 1), column "count" at byte 38: found 3.5, expected an integer of 32 bits. Declare columns: { count: "number" }.`,
        `bytes, line 2 (row 1), column "kind" at byte 42: found the unknown category "c", expected one of "b", "a". Did you mean "b"? Add it to the categories, in the training set's columns too, or let one stand for all others: { type: "category", categories, other: "…" }.`,
        `bytes, line 2 (row 1), column "on" at byte 44: found "maybe", expected true or false. Correct it, or declare the column: columns: { on: "category" }, "text" or "ignore"; if it means a missing value, missingTexts: ["maybe", …].`,
        `bytes, line 2 (row 1), column "when" at byte 50: found "1.1.70", expected a date, written year-month-day. Correct it, or declare columns: { when: { type: "date", format: "day/month/year" or "month/day/year" } }.`
      ])
      const wrong = yield* problemsOf(
        Csv.read(iris, { columns: Schema.Struct({ width: Schema.Array(Schema.Number) }) })
      )
      assert.match(wrong[0]!, /^columns\.width: found a schema of kind Arrays/)
    })
  )

  it.effect("the test set has the training set's categories; an unknown one is named with its place", () =>
    Effect.gen(function* () {
      const { columns } = yield* Csv.read(iris, { targets: "species" })
      const test = yield* Csv.read(bytesOf("width,length,species", "1,1,virginica"), { targets: "species", columns })
      assert.deepStrictEqual((yield* readAt(test, 0)).targets, Int32Array.of(1))
      const unknown = bytesOf("width,length,species", "1,1,virginca")
      const problems = yield* problemsOf(Csv.read(unknown, { targets: "species", columns, name: "test.csv" }))
      assert.match(
        problems[0]!,
        /^test\.csv, line 2 \(row 1\), column "species" at byte 25: found the unknown category "virginca", expected one of "setosa", "virginica"\. Did you mean "virginica"\?/
      )
      const other = { species: { type: "category", categories: ["setosa", "rest"], other: "rest" } } as const
      const open = yield* Csv.read(unknown, { targets: "species", columns: other })
      assert.deepStrictEqual((yield* readAt(open, 0)).targets, Int32Array.of(1))
    })
  )

  it.effect("categories don't depend on the order of the rows, and numbers sort as numbers", () =>
    Effect.gen(function* () {
      const columns = { a: "category" } as const
      const one = yield* Csv.read(bytesOf("a", "10", "9", "-1"), { targets: "a", inputs: ["a"], columns })
      const two = yield* Csv.read(bytesOf("a", "9", "-1", "10"), { targets: "a", inputs: ["a"], columns })
      assert.deepStrictEqual(
        [one.classes, two.classes],
        [
          ["-1", "9", "10"],
          ["-1", "9", "10"]
        ]
      )
      assert.deepStrictEqual((yield* readAll(one)).targets, Int32Array.of(2, 1, 0))
    })
  )

  it.effect("a column that is a number at first is reported where it isn't, with how to declare it", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 12_000 }, (_, row) => (row === 11_499 ? "n/k,1" : `${row},1`))
      const problems = yield* problemsOf(Csv.read(bytesOf("x,y", ...rows), { targets: "y", name: "t.csv" }))
      assert.strictEqual(problems.length, 1)
      assert.match(
        problems[0]!,
        /^t\.csv, line 11501 \(row 11500\), column "x" at byte \d+: found "n\/k", expected an integer, as in the first 10,000 rows\. Correct it, or declare the column: columns: \{ x: "category" \}, "text" or "ignore" in place of the inferred type; if it means a missing value, missingTexts: \["n\/k", …\]\.$/
      )
    })
  )

  it.effect("declared columns that contradict themselves are refused", () =>
    Effect.gen(function* () {
      const columns = {
        width: { type: "category", categories: ["1", "1"] },
        length: { type: "category", categories: ["1"], other: "2" },
        species: { type: "date", since: "today" }
      } as const
      const problems = yield* problemsOf(Csv.read(iris, { columns }))
      assert.deepStrictEqual(
        problems.map((problem) => problem.split(",")[0]),
        [
          'columns.width: found the category "1" twice',
          'columns.length: found other: "2"',
          "columns.species: found since today"
        ]
      )
    })
  )
})

describe("missing values", () => {
  const holes = bytesOf("a,b,y", "1,x,0", "NA,,1", ",x,")

  it.effect("are one problem for each column", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* problemsOf(Csv.read(holes, { targets: "y" })), [
        `bytes, line 3 (row 2), column "a" at byte 12: found no value, and in 1 more row, expected an integer, as in the first 3 rows. Declare what takes its place: columns: { a: { type: "integer", missing: { fill: 0 } } }, or missing: "mask", or type: "ignore".`,
        `bytes, line 3 (row 2), column "b" at byte 15: found no value, expected a category. Declare what takes its place: columns: { b: { type: "category", missing: { fill: "unknown" } } }, or missing: "mask", or type: "ignore".`,
        `bytes, line 4 (row 3), column "y" at byte 21: found no value, expected an integer, as in the first 3 rows. Declare what takes its place: columns: { y: { type: "integer", missing: { fill: 0 } } }, or missing: "mask", or type: "ignore".`
      ])
    })
  )

  it.effect("are filled, or 0 with a mask that follows, or excluded from the loss", () =>
    Effect.gen(function* () {
      const dataset = yield* Csv.read(holes, {
        targets: "y",
        columns: {
          a: { type: "number", missing: "mask" },
          b: { type: "category", missing: { fill: "none" } },
          y: { type: "integer", missing: "mask" }
        }
      })
      assert.deepStrictEqual(dataset.spec.mask, { shape: [], dtype: "bool" })
      assert.deepStrictEqual(yield* readAll(dataset), {
        // a, whether a is present, b is "none", b is "x"
        inputs: Float32Array.of(1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1),
        targets: Int32Array.of(0, 1, 0),
        mask: Uint8Array.of(1, 1, 0)
      })
    })
  )

  it.effect("may be a number that stands for none", () =>
    Effect.gen(function* () {
      const dataset = yield* Csv.read(bytesOf("a", "1", "-999", "-999.0"), {
        columns: { a: { type: "number", missing: { fill: 7 } } },
        missingTexts: ["-999"]
      })
      assert.deepStrictEqual((yield* readAll(dataset)).inputs, Float32Array.of(1, 7, -999))
    })
  )

  it.effect("an input alone has no room for its mask", () =>
    Effect.gen(function* () {
      const problems = yield* problemsOf(
        Csv.read(holes, { inputs: "a", columns: { a: { type: "number", missing: "mask" } } })
      )
      assert.match(
        problems[0]!,
        /found the column "a" alone, with a mask, expected values that are present\. Give it in a list/
      )
    })
  )
})

describe("how files are written", () => {
  const same = (file: Uint8Array, options: Csv.CsvOptions = {}) =>
    Effect.gen(function* () {
      const dataset = yield* Csv.read(file, { ...options, targets: "name" })
      assert.deepStrictEqual(
        [yield* readAll(dataset), dataset.classes],
        [{ inputs: Float32Array.of(1.5, 2), targets: Int32Array.of(1, 0) }, ["Ünal", "é"]]
      )
    })

  it.effect("delimiters are detected, decimal commas declared", () =>
    Effect.gen(function* () {
      yield* same(text("x,name\n1.5,é\n2,Ünal"))
      yield* same(text("x\tname\r\n1.5\té\r\n2\tÜnal\r\n"))
      yield* same(text("x|name\r1.5|é\r2|Ünal\r"))
      yield* same(text("x;name\n1,5;é\n2;Ünal\n"), { decimal: "," })
      yield* same(text("x:name\n1.5:é\n2:Ünal\n"), { delimiter: ":" })
    })
  )

  it.effect("UTF-8 with and without a mark, UTF-16 and latin1 are read, gzip too", () =>
    Effect.gen(function* () {
      const content = "x,name\n1.5,é\n2,Ünal\n"
      yield* same(text(`\ufeff${content}`))
      yield* same(Buffer.from(`\ufeff${content}`, "utf16le"))
      yield* same(Buffer.from(`\ufeff${content}`, "utf16le").swap16())
      yield* same(Buffer.from(content, "utf16le"), { encoding: "utf-16le" })
      yield* same(Buffer.from(content, "latin1"), { encoding: "latin1" })
      yield* same(zlib.gzipSync(content))
    })
  )

  it.effect("names may be given, lines skipped, blank lines don't count", () =>
    Effect.gen(function* () {
      yield* same(text("1.5,é\n2,Ünal\n"), { header: ["x", "name"] })
      yield* same(text("# made by hand\nx,x\n\n1.5,é\n\n2,Ünal\n\n"), { header: ["x", "name"], skipLines: 2 })
      const dataset = yield* Csv.read(text("1,2\n3,4\n"), { header: false })
      assert.deepStrictEqual(Object.keys(dataset.columns), ["column1", "column2"])
    })
  )

  it.effect("drawn tables are read as csv-parse reads them, in memory and from the file", () =>
    Effect.gen(function* () {
      const pieces = ["a", "é", '"', ",", "\n", " ", "b c", "\r\n", "''", "7"]
      for (let draw = 0; draw < 40; draw++) {
        const key = Rng.key(draw)
        const pick = (index: number, values: number) => Math.floor(Rng.uniforms(Rng.fold(key, index), 1, 0, values)[0]!)
        const ending = draw % 2 === 0 ? "\n" : "\r\n"
        const cell = (index: number): string => {
          const content = Array.from(
            { length: pick(index, 4) },
            (_, at) => pieces[pick(1000 + 7 * index + at, pieces.length)]!
          )
          const value = `v${content.join("")}`
          return /[",\n\r]/.test(value) || pick(index, 3) === 0 ? `"${value.replaceAll('"', '""')}"` : value
        }
        const rows = Array.from({ length: 1 + pick(9999, 12) }, (_, row) =>
          [cell(2 * row), cell(2 * row + 1)].join(",")
        )
        const content = ["p,q", ...rows].join(ending)
        const records: Array<Record<string, string>> = parse(content, { columns: true, trim: true })
        const columns = { p: "category", q: "category" } as const
        const file = write("drawn.csv", text(content))
        for (const options of [{}, { memory: 0 }]) {
          const dataset = yield* Csv.read(file, { ...options, columns, inputs: { p: "p", q: "q" } })
          const { inputs } = yield* readAll(dataset)
          for (const name of ["p", "q"] as const) {
            const column = dataset.columns[name] as Columns.CategoryColumn
            const codes = (inputs as Record<string, Int32Array>)[name]!
            const read = Array.from(codes, (code) => column.categories?.[code])
            assert.deepStrictEqual(
              read,
              records.map((record) => record[name]),
              JSON.stringify(content)
            )
          }
        }
      }
    })
  )

  it.effect("drawn numbers are those that JavaScript reads, rounded to float32", () =>
    Effect.gen(function* () {
      const numbers: Array<string> = [
        "0",
        "-0",
        "1.",
        ".5",
        "+3",
        "1e22",
        "1E-22",
        "9007199254740993",
        "1e-45",
        "123456789012345678901234567890",
        "0.000001e6"
      ]
      for (let draw = 0; draw < 2000; draw++) {
        const [a, b, c] = Rng.uniforms(Rng.key(draw), 3, 0, 1)
        const value = (a! - 0.5) * 10 ** (40 * (b! - 0.5))
        numbers.push(c! < 0.3 ? String(value) : c! < 0.6 ? value.toExponential(Math.floor(c! * 30)) : value.toFixed(4))
      }
      const dataset = yield* Csv.read(bytesOf("x", ...numbers), { columns: { x: "number" } })
      assert.deepStrictEqual((yield* readAll(dataset)).inputs, Float32Array.from(numbers, Number))
    })
  )
})

describe("files larger than memory", () => {
  it.effect("batches are the same from the file as from memory, in any order", () =>
    Effect.gen(function* () {
      const rows = Array.from(
        { length: 700 },
        (_, row) => `${row},"k${row % 7}\n${row % 2}",${row % 5 === 0 ? "" : row / 8}`
      )
      const file = write("large.csv", bytesOf("id,kind,value", ...rows))
      const options: Csv.CsvOptions = {
        targets: "kind",
        columns: { kind: "category", value: { type: "number", missing: "mask" } }
      }
      const held = yield* Csv.read(file, options)
      const stored = yield* Csv.read(file, { ...options, memory: 1 })
      assert.deepStrictEqual([held.isChecked, stored.isChecked], [true, undefined])
      assert.deepStrictEqual([stored.spec, stored.columns, stored.classes], [held.spec, held.columns, held.classes])
      const order = Rng.permutation(Rng.key(3), 700)
      const indices = Array.from({ length: 700 }, (_, position) => order(position))
      for (const some of [indices.slice(0, 32), indices.slice(32, 33), [699, 0, 699], indices]) {
        assert.deepStrictEqual(yield* readAt(stored, ...some), yield* readAt(held, ...some))
      }
    })
  )

  it.effect("a file that has changed since is reported when it is read", () =>
    Effect.gen(function* () {
      const file = write("changes.csv", bytesOf("a,b", "1,2", "3,4"))
      const dataset = yield* Csv.read(file, { memory: 0 })
      fs.writeFileSync(file, "a,b\n1,2\n3,4444\n")
      const error = yield* Effect.flip(readAt(dataset, 1))
      assert.match(String(error), /changes\.csv: found a file that has changed since it was opened first/)
      fs.rmSync(file)
      assert.match(String(yield* Effect.flip(readAt(dataset, 1))), /no such file/)
    })
  )
})

describe("what is no table", () => {
  const message = (file: Csv.Source, options: Csv.CsvOptions = {}) =>
    Effect.map(problemsOf(Csv.read(file, { name: "t.csv", ...options })), (problems) => problems.join("\n"))

  it.effect("empty files, blank lines and a header alone are told apart", () =>
    Effect.gen(function* () {
      assert.match(yield* message(text("")), /^t\.csv: found an empty file, expected a header and rows/)
      assert.match(yield* message(text("\n\n \n")), /found blank lines/)
      assert.match(
        yield* message(text("a,b\n")),
        /found only a header, expected one row or more\. If the first line is a row, say header: false/
      )
    })
  )

  it.effect("ragged rows are listed by line, with the count of what is not listed", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 200 }, (_, row) => (row % 2 === 0 ? "1,2" : "1,2,3"))
      const problems = yield* problemsOf(Csv.read(bytesOf("a,b", ...rows), { name: "t.csv" }))
      assert.strictEqual(problems.length, 50)
      assert.strictEqual(
        problems[0],
        "t.csv, line 3 (row 2) at byte 8: found 3 fields, expected 2, as the header has. A field that contains the delimiter must be quoted. Which `delimiter` does the file have?"
      )
      assert.strictEqual(problems[49], "t.csv: found 51 more problems, expected none. Those listed are the first ones.")
      assert.match(
        yield* message(text("a,b\n1,2\n3")),
        /line 3 \(row 2\) at byte 8: found 1 field, expected 2, .* Is the file cut off\?/
      )
    })
  )

  it.effect("names must differ", () =>
    Effect.gen(function* () {
      assert.match(
        yield* message(text("a,b,a\n1,2,3\n")),
        /line 1 at byte 0: found the name "a" 2 times \(columns 1, 3\), expected a different name .* header: \["…", …\], skipLines: 1/
      )
      assert.match(yield* message(text("a,,b\n1,2,3\n")), /found no name for column 2/)
      assert.match(yield* message(text("1,2\n"), { header: ["a", "a"] }), /`header` with "a" twice/)
      assert.match(yield* message(text("1,2\n"), { header: ["a"] }), /found 2 fields, expected 1, the names/)
    })
  )

  it.effect("a quoted field that never ends is reported where it begins", () =>
    Effect.gen(function* () {
      assert.match(
        yield* message(text('a,b\n1,2\n3,"4\n5,6\n')),
        /line 3 \(row 2\) at byte 10: found a quoted field that doesn't end/
      )
      const large = text(`a,b\n1,"${"2\n".repeat(800_000)}`)
      assert.match(
        yield* message(large),
        /line 2 at byte 4: found a row of more than 1,048,576 bytes, .* A quoted field doesn't end/
      )
      assert.match(yield* message(text('a,b\n1,"2"3\n')), /at byte 9: found text after the closing quote/)
    })
  )

  it.effect("one long line, binary data and wrong encodings are no tables", () =>
    Effect.gen(function* () {
      assert.match(
        yield* message(Buffer.alloc(10_000_000, "x")),
        /line 1 at byte 0: found a row of more than 1,048,576 bytes/
      )
      assert.match(yield* message(text("a,b\n1,\0\n")), /line 2 \(row 1\) at byte 6: found a NUL byte/)
      assert.match(
        yield* message(Buffer.from("a,b\n1,é\n", "latin1"), { columns: { b: "category" } }),
        /found bytes that are no utf-8, .* encoding: "latin1"/
      )
      assert.match(yield* message(text("a\n1\n"), { encoding: "klingon" }), /found the encoding "klingon"/)
      assert.match(yield* message(text("a\n1\n"), { delimiter: "::" }), /found the delimiter "::", expected one ASCII/)
      assert.match(yield* message(text("a\n1e39\n")), /found 1e\+39, expected a number that float32 can hold/)
    })
  )

  it.effect("a small file that decompresses to a large one is not decompressed to its end", () =>
    Effect.gen(function* () {
      const bomb = zlib.gzipSync(Buffer.alloc(10_000_000, "1\n"))
      assert.match(yield* message(bomb, { memory: 100_000 }), /found gzip that expands to more, expected at most/)
      assert.match(yield* message(bomb.subarray(0, 1000)), /found gzip that can't be decompressed/)
    })
  )

  it.effect("what can't be read is said as for other files", () =>
    Effect.gen(function* () {
      write("there.csv", iris)
      assert.match(yield* message(path.join(folder, "absent.csv")), /no such file, .*there\.csv/)
      assert.match(yield* message(folder), /found a folder/)
      assert.match(yield* message("/dev/zero"), /found a pipe or device/)
    })
  )

  it.effect("names such as __proto__ are columns like any other", () =>
    Effect.gen(function* () {
      const dataset = yield* Csv.read(text("__proto__,constructor\n1,2\n"))
      assert.deepStrictEqual((yield* readAll(dataset)).inputs, Float32Array.of(1, 2))
    })
  )

  it.effect("drawn bytes are read or refused, never thrown", () =>
    Effect.gen(function* () {
      const alphabet = 'a1,.;"\n\r\t \0é-e'
      for (let draw = 0; draw < 100; draw++) {
        const letters = Rng.uniforms(Rng.key(draw), draw % 50, 0, alphabet.length)
        const content = Array.from(letters, (letter) => alphabet[Math.floor(letter)]).join("")
        yield* Effect.result(Effect.flatMap(Csv.read(text(content)), readAll))
      }
    })
  )
})
