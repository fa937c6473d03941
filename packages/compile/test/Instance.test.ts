import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import type { Buffer, Foreign, Plan, Scalar, Tensor } from "../src/plan/Plan.ts"
import { Handles } from "../src/runtime/Handles.ts"
import type * as Instance from "../src/runtime/Instance.ts"
import * as SharingKernels from "../src/runtime/SharingKernels.ts"
import * as Interpreted from "./support/Interpreted.ts"
import * as TestArena from "./support/TestArena.ts"

type Dtype = Tensor["dtype"]

const buffer = (id: number, type: Buffer["type"], size: number, place: Buffer["place"]): Buffer => ({
  id,
  type,
  size,
  place
})
const tensor = (buffer: number, shape: ReadonlyArray<number>, dtype: Dtype = "float32"): Tensor => ({
  buffer,
  shape,
  dtype
})
const along = (buffer: number) => ({ buffer, offset: 0, strides: [1] })
const read = (from: number, type: "f32" | "i32" = "f32"): Scalar => ({ op: "read", type, access: along(from) })

/** Of x float32[2], b bool[2] and bytes[2]: x + bytes, ¬b, x as it is and as a column, the sum again, and a constant. */
const mixed: Plan = {
  buffers: [
    buffer(0, "f32", 2, { _tag: "Input", index: 0 }),
    buffer(1, "i32", 2, { _tag: "Input", index: 1 }),
    buffer(2, "u8", 2, { _tag: "Input", index: 2 }),
    buffer(3, "f32", 2, { _tag: "Output", index: 0 }),
    buffer(4, "i32", 2, { _tag: "Output", index: 1 }),
    buffer(5, "f32", 1, { _tag: "Constant", bytes: new Uint8Array(Float32Array.of(7).buffer) })
  ],
  nodes: [
    {
      _tag: "Map",
      shape: [2],
      writes: [
        {
          access: along(3),
          value: {
            op: "binary",
            type: "f32",
            name: "add",
            left: read(0),
            right: { op: "convert", type: "f32", of: read(2, "i32") }
          }
        },
        {
          access: along(4),
          value: {
            op: "binary",
            type: "i32",
            name: "sub",
            left: { op: "constant", type: "i32", value: 1 },
            right: read(1, "i32")
          }
        }
      ]
    }
  ],
  inputs: [tensor(0, [2]), tensor(1, [2], "bool"), tensor(2, [2], "int32")],
  outputs: [tensor(3, [2]), tensor(4, [2], "bool"), tensor(0, [2]), tensor(0, [2, 1]), tensor(3, [1, 2]), tensor(5, [])]
}

interface World {
  readonly arena: TestArena.TestArena
  readonly handles: Handles
  readonly instance: Instance.Instance
}

const running = (plan: Plan, body: (world: World) => void) =>
  Effect.gen(function* () {
    const arena = TestArena.make({ grows: true })
    const handles = new Handles(arena)
    yield* SharingKernels.install("wasm", handles)
    tf.tidy(() => {
      const instance = Interpreted.make(plan, handles)
      body({ arena, handles, instance })
      instance.release()
    })
    assert.strictEqual(arena.taken(), 0)
    assert.strictEqual(tf.memory().numTensors, 0)
  }).pipe(Effect.scoped, Effect.provide(Wasm.layer))

const given = (handles: Handles) => [
  handles.upload([1, 2], { dtype: "float32", shape: [2] }),
  handles.upload([1, 0], { dtype: "bool", shape: [2] }),
  handles.upload([10, 20], { dtype: "uint8", shape: [2] })
]
const shown = (outputs: ReadonlyArray<tf.Tensor>): ReadonlyArray<unknown> =>
  outputs.map((output) => [output.dtype, output.arraySync()])
const expected: ReadonlyArray<unknown> = [
  ["float32", [11, 22]],
  ["bool", [0, 1]],
  ["float32", [1, 2]],
  ["float32", [[1], [2]]],
  ["float32", [[11, 22]]],
  ["float32", 7]
]

describe("an instance of a plan", () => {
  it.effect("gives what is made, passed through, shared and constant, and each is owned by the caller", () =>
    running(mixed, ({ arena, handles, instance }) => {
      const inputs = given(handles)
      const outputs = instance.run(inputs)
      assert.deepStrictEqual(shown(outputs), expected)
      assert.deepStrictEqual(
        outputs.map(({ dataId }) => handles.find(dataId) !== undefined),
        outputs.map(() => true)
      )
      const before = arena.taken()
      tf.dispose(inputs)
      // The sum's block has two handles, and so has that of x.
      for (const index of [0, 2, 3]) outputs[index]!.dispose()
      assert.strictEqual(before - arena.taken(), 3)
      assert.deepStrictEqual(shown([outputs[1]!, outputs[4]!]), [expected[1], expected[4]])
    })
  )

  it.effect("takes tensors of the backend as well as its own", () =>
    running(mixed, ({ handles, instance }) => {
      const inputs = [tf.tensor1d([1, 2]), tf.tensor1d([true, false], "bool"), tf.tensor1d([10, 20], "int32")]
      assert.deepStrictEqual(shown(instance.run(inputs)), expected)
      assert.deepStrictEqual(shown(instance.run(given(handles))), expected)
      assert.deepStrictEqual(shown(instance.run([tf.tensor1d([1, 2]), ...inputs.slice(1)])), expected)
    })
  )

  it.effect("copies data of the backend once, and others when they come", () =>
    running(mixed, ({ arena, handles, instance }) => {
      const [, ...others] = given(handles)
      const x = tf.tensor1d([1, 2])
      tf.dispose([...instance.run([x, ...others])])
      const taken = arena.taken()
      tf.dispose([...instance.run([x, ...others])])
      const y = tf.tensor1d([3, 4])
      const outputs = instance.run([y, ...others])
      assert.deepStrictEqual(outputs[0]!.arraySync(), [13, 24])
      tf.dispose([...outputs])
      assert.strictEqual(arena.taken(), taken)
    })
  )

  it.effect("runs on what it gave at the call before, with earlier results untouched", () =>
    running(mixed, ({ handles, instance }) => {
      const [x, ...others] = given(handles)
      const once = instance.run([x!, ...others])
      const twice = instance.run([once[0]!, ...others])
      assert.deepStrictEqual(
        [x, once[0], twice[0]].map((tensor) => tensor!.arraySync()),
        [
          [1, 2],
          [11, 22],
          [21, 42]
        ]
      )
    })
  )

  it.effect("calls kernels of the backend where the plan says so, also those of lists", () => {
    const foreign = (
      kernel: string,
      inputs: Foreign["inputs"],
      outputs: Foreign["outputs"],
      attributes = {}
    ): Foreign => ({
      _tag: "Foreign",
      kernel,
      attributes,
      inputs,
      outputs
    })
    const [x, truths, joined] = [tensor(0, [2]), tensor(1, [2], "bool"), tensor(2, [4])]
    const plan: Plan = {
      buffers: [
        buffer(0, "f32", 2, { _tag: "Input", index: 0 }),
        buffer(1, "i32", 2, { _tag: "Temporary" }),
        buffer(2, "f32", 4, { _tag: "Output", index: 0 }),
        buffer(3, "i32", 2, { _tag: "Output", index: 1 })
      ],
      nodes: [
        foreign("IsNan", [{ name: "x", tensors: x }], [truths]),
        foreign("LogicalNot", [{ name: "x", tensors: truths }], [tensor(3, [2], "bool")]),
        foreign(
          "Concat",
          [
            { name: "0", tensors: x },
            { name: "1", tensors: x }
          ],
          [joined],
          { axis: 0 }
        )
      ],
      inputs: [x],
      outputs: [joined, tensor(3, [2], "bool")]
    }
    return running(plan, ({ instance }) => {
      assert.deepStrictEqual(shown(instance.run([tf.tensor1d([1, Number.NaN])])), [
        ["float32", [1, Number.NaN, 1, Number.NaN]],
        ["bool", [1, 0]]
      ])
      assert.deepStrictEqual(
        [...instance.foreign],
        [
          ["IsNan", 1],
          ["LogicalNot", 1],
          ["Concat", 1]
        ]
      )
    })
  })

  it.effect("leaves nothing behind when there is no more memory", () =>
    running(mixed, ({ arena, handles, instance }) => {
      const inputs = given(handles)
      const before = arena.taken()
      const { allocate } = arena
      let left = 1
      Object.assign(arena, {
        allocate: (bytes: number) => {
          if (left-- === 0) throw new Error("full")
          return allocate(bytes)
        }
      })
      assert.throws(() => instance.run(inputs), "full")
      assert.strictEqual(arena.taken(), before)
      Object.assign(arena, { allocate })
      assert.deepStrictEqual(shown(instance.run(inputs)), expected)
    })
  )
})
