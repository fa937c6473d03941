import { assert, describe, it } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import type { TensorTree } from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Leaves from "../src/Leaves.ts"

const key = Schema.Literals(["", " ", "a", "b"])
const two = Schema.Record(key, Schema.Null)
const Tree = Schema.Record(key, Schema.Union([Schema.Null, Schema.Record(key, Schema.Union([Schema.Null, two]))]))
type Form = null | { readonly [key: string]: Form }

describe("the form of a tree", () => {
  it.effect.prop(
    "is that of another one exactly when all keys and their nesting are the same, empty keys among them",
    [Arbitrary.schema(Tree), Arbitrary.schema(Tree)],
    ([one, other]) =>
      Effect.sync(() => {
        const leaf = tf.scalar(1)
        const treeOf = (form: Form): TensorTree =>
          form === null ? leaf : Object.fromEntries(Object.entries(form).map(([name, child]) => [name, treeOf(child)]))
        const same = Leaves.matcher(treeOf(one)).matches(treeOf(other))
        assert.strictEqual(same, JSON.stringify(one) === JSON.stringify(other))
        leaf.dispose()
      }).pipe(Effect.provide(Cpu.layer)),
    { arbitrary: { runs: 500, seed: 1 } }
  )

  it("tells an empty key from the end of a record", () => {
    const forms = [
      { a: {}, b: { "": {} } },
      { a: { "": { b: {} } } },
      { a: {}, "": {}, b: {} },
      { a: { "": {} }, b: {} }
    ]
    for (const form of forms) {
      for (const other of forms) assert.strictEqual(Leaves.matcher(form).matches(other), form === other)
    }
  })

  it.effect("is that of shapes and dtypes too, and its tensors come in the order of the leaves", () =>
    Effect.sync(() => {
      const [a, b] = [tf.zeros([2, 3]), tf.zeros([2], "int32")]
      const form = Leaves.matcher({ a, rest: { b, none: undefined } })
      const tree = { a: tf.ones([2, 3]), rest: { b: tf.ones([2], "int32") } }
      assert.isTrue(form.matches(tree))
      assert.deepStrictEqual(form.tensors, [tree.a, tree.rest.b])
      assert.deepStrictEqual(
        form.tensors,
        Leaves.of(tree).map(({ tensor }) => tensor)
      )
      const [wide, float] = [tf.ones([3, 2]), tf.ones([2])]
      assert.isFalse(form.matches({ a: wide, rest: { b } }))
      assert.isFalse(form.matches({ a, rest: { b: float } }))
      assert.isFalse(form.matches({ a }))
      assert.isFalse(form.matches({ a, rest: { b }, more: b }))
      assert.isFalse(form.matches(a))
      assert.isTrue(Leaves.matcher(a).matches(tree.a))
      tf.dispose([a, b, tree.a, tree.rest.b, wide, float])
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("is kept by a tree that is built with other tensors", () =>
    Effect.sync(() => {
      const [one, two] = [tf.scalar(1), tf.scalar(2)]
      const build = Leaves.builder({ a: one, rest: { b: one, none: undefined } })
      const built = build([two, one])
      assert.deepStrictEqual(Object.keys(built), ["a", "rest"])
      assert.deepStrictEqual(
        Leaves.of(built).map(({ path, tensor }) => [path, tensor]),
        [
          ["a", two],
          ["rest b", one]
        ]
      )
      tf.dispose([one, two])
    }).pipe(Effect.provide(Cpu.layer))
  )
})
