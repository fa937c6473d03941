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
        const same = Leaves.sameForm(Leaves.flatten(treeOf(one)), Leaves.flatten(treeOf(other)))
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
    ].map(Leaves.flatten)
    for (const form of forms) {
      for (const other of forms) assert.strictEqual(Leaves.sameForm(form, other), form === other)
    }
  })
})
