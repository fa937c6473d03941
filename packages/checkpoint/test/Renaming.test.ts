import { assert, describe, it } from "@effect/vitest"
import { matcher } from "@etude/core/PathPattern"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { Rule, renamer } from "../src/Renaming.ts"

const renamed = (from: string, to: string, name: string) => renamer([{ from, to }])(name).name

describe("renaming", () => {
  it("puts what wildcards stood for into the new name", () => {
    const cases: ReadonlyArray<readonly [from: string, to: string, name: string, expected: string]> = [
      ["fc/weight", "head/kernel", "fc/weight", "head/kernel"],
      ["layer*/*/conv*/weight", "body/$1/block$2/conv$3/kernel", "layer1/0/conv2/weight", "body/1/block0/conv2/kernel"],
      ["encoder/**", "body/$1", "encoder/a/b", "body/a/b"],
      ["**/weight", "$1/kernel", "a/b/weight", "a/b/kernel"],
      ["**/weight", "$1/kernel", "weight", "kernel"],
      ["a/**/z", "$1", "a/b/c/z", "b/c"],
      ["a/**/z", "y/$1/z", "a/z", "y/z"],
      ["**", "body/$1", "a/b", "body/a/b"],
      ["*_*", "$2/$1", "one_two", "two/one"],
      ["a.b", "c", "a.b", "c"],
      ["a.b", "c", "axb", "axb"],
      ["*/weight", "$1", "a/b/weight", "a/b/weight"]
    ]
    for (const [from, to, name, expected] of cases) assert.strictEqual(renamed(from, to, name), expected, from)
  })

  it("applies each rule to what those before it have made, and says which applied", () => {
    const rename = renamer([
      { from: "model/**", to: "$1" },
      { from: "nothing", to: "x" },
      { from: "**/weight", to: "$1/kernel" }
    ])
    assert.deepStrictEqual(rename("model/a/weight"), { name: "a/kernel", by: [0, 2] })
    assert.deepStrictEqual(rename("b"), { name: "b", by: [] })
  })

  const Segment = Schema.Literals(["a", "b1", "*", "b*", "**", "c.d"])
  it.effect.prop(
    "matches exactly what patterns over paths match",
    [
      Schema.NonEmptyArray(Segment).check(Schema.isMaxLength(4)),
      Schema.Array(Schema.Literals(["a", "b1", "c.d", "cxd"]))
    ],
    ([pattern, path]) =>
      Effect.sync(() => {
        const [from, name] = [pattern.join("/"), path.join("/")]
        assert.strictEqual(renamer([{ from, to: "x" }])(name).by.length > 0, matcher(from)(name), `${from} ${name}`)
      }),
    { arbitrary: { runs: 300, seed: 4 } }
  )

  it("refuses a reference to a wildcard that is not there", () => {
    const message = (rule: Rule) => {
      const result = Schema.decodeUnknownResult(Rule)(rule)
      return Result.isFailure(result) ? String(result.failure) : ""
    }
    assert.include(message({ from: "a/*", to: "b/$2" }), '"b/$2" has $2, but "a/*" has one wildcard, $1')
    assert.include(message({ from: "a", to: "$1" }), '"$1" has $1, but "a" has no wildcard')
    assert.strictEqual(message({ from: "a/*/**", to: "b/$2/$1" }), "")
  })
})
