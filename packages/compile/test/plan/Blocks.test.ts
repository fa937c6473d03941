import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NativeEmitter from "../../src/native/NativeEmitter.ts"
import { problems } from "../../src/plan/Check.ts"
import * as Expand from "../../src/plan/Expand.ts"
import { interpret } from "../../src/plan/Interpret.ts"
import type { Access, Node, Plan } from "../../src/plan/Plan.ts"
import * as S from "../../src/plan/Scalars.ts"
import * as Arena from "../../src/runtime/Arena.ts"
import * as Check from "../../src/schedule/Check.ts"
import * as Place from "../../src/schedule/Place.ts"
import * as Schedule from "../../src/schedule/Schedule.ts"
import * as WasmEmitter from "../../src/wasm/WasmEmitter.ts"
import * as Contracts from "../support/Contracts.ts"
import * as Drawn from "../support/Drawn.ts"
import { cache, unavailable } from "../support/nativeCode.ts"
import * as Pieces from "../support/Pieces.ts"
import * as Planned from "../support/Planned.ts"

const [rows, columns, inner] = [102, 165, 7]
const size = rows * columns

const flat = (buffer: number): Access => ({ buffer, offset: 0, strides: [1] })
const laid = (buffer: number): Access => ({ buffer, offset: 0, strides: [columns, 1] })
const read = (access: Access) => S.read("f32", access)
/** mean + rate · (gradient − mean) */
const mean = (before: Access, gradient: ReturnType<typeof read>, rate: number) =>
  S.add(read(before), S.mul(S.sub(gradient, read(before)), S.f32(rate)))

/**
 * A gradient of weights [102, 165], with its sum, and what an optimizer makes of it: both averages, and the weights. The first
 * average is written by the product itself.
 */
const update = (): Plan => {
  const [weights, first, second] = [2, 3, 4]
  const [gradient, nextWeights, nextFirst, nextSecond, total] = [5, 6, 7, 8, 9]
  const sums = S.accumulator("f32")
  const sum = read(flat(gradient))
  const nodes: ReadonlyArray<Node> = [
    {
      _tag: "Contract",
      batch: [],
      rows: [rows],
      columns: [columns],
      inner: [inner],
      parts: 1,
      left: { buffer: 0, offset: 0, strides: [1, rows] },
      right: { buffer: 1, offset: 0, strides: [columns, 1] },
      writes: [
        { access: laid(gradient), value: sums },
        { access: laid(nextFirst), value: mean(laid(first), sums, 0.1) }
      ]
    },
    {
      _tag: "Reduce",
      shape: [],
      over: [size],
      operator: "sum",
      order: "lanes",
      value: read(flat(gradient)),
      writes: [{ access: { buffer: total, offset: 0, strides: [] }, value: sums }]
    },
    {
      _tag: "Map",
      shape: [size],
      writes: [
        { access: flat(nextSecond), value: mean(flat(second), S.mul(sum, sum), 0.001) },
        {
          access: flat(nextWeights),
          value: S.sub(read(flat(weights)), S.mul(read(flat(nextFirst)), mean(flat(second), S.mul(sum, sum), 0.001)))
        }
      ]
    }
  ]
  const tensor = (buffer: number, shape: ReadonlyArray<number>) => ({ buffer, shape, dtype: "float32" }) as const
  const outputs = [
    tensor(nextWeights, [size]),
    tensor(nextFirst, [size]),
    tensor(nextSecond, [size]),
    tensor(total, [])
  ]
  return {
    buffers: [inner * rows, inner * columns, size, size, size, size, size, size, size, 1].map((extent, id) => ({
      id,
      type: "f32",
      size: extent,
      place:
        id < gradient
          ? { _tag: "Input", index: id }
          : id === gradient
            ? { _tag: "Temporary" }
            : { _tag: "Output", index: id - gradient - 1 }
    })),
    nodes,
    inputs: [inner * rows, inner * columns, size, size, size].map((extent, id) => tensor(id, [extent])),
    outputs
  }
}

const loops = ({ nodes }: Plan) => nodes.filter(({ _tag }) => _tag === "Loop").length

describe("An update behind a large product", () => {
  const plan = update()
  const expanded = Expand.expand(plan)
  const inputs = Contracts.inputs(plan, Contracts.drawing(5))
  const expected = interpret(plan, inputs).map(Planned.bitsOf)

  it("is done block by block, with the same bits", () => {
    assert.strictEqual(loops(expanded), 1)
    assert.deepStrictEqual(problems(expanded), [])
    const placed = Place.place(expanded, Arena.make({ shared: false }).allocate)
    assert.deepStrictEqual(Check.problems(expanded, placed), [])
    assert.deepStrictEqual(interpret(expanded, inputs).map(Planned.bitsOf), expected)
  })

  it("has the same bits on all targets and any number of threads", () => {
    const arena = Arena.make({ shared: false })
    const emitted = Planned.run(expanded, inputs, arena, WasmEmitter.makeSingle({ arena, level: "fused" }))
    assert.deepStrictEqual(emitted.map(Planned.bitsOf), expected)
    const options = { target: { lanes: 4, registers: 16 }, draw: Drawn.draw(3) }
    assert.strictEqual(Pieces.wrong(expanded, inputs, interpret(plan, inputs), options), undefined)
  })

  it.effect.skipIf(unavailable !== undefined)("has the same bits as native code", () =>
    Effect.gen(function* () {
      const arena = Arena.make({ shared: true })
      const emitter = yield* NativeEmitter.make({ arena, threads: 2, cache })
      const laid = Planned.lay(expanded, inputs, arena)
      const executables = Schedule.make(expanded, laid.placed, emitter.target).flatMap((part) =>
        Schedule.isForeign(part) ? [] : [emitter.make(part)]
      )
      // Enough runs to be tried with all threads, with one, and then to use either.
      for (let time = 0; time < 30; time++) {
        for (const { buffer } of expanded.outputs) laid.valuesOf(buffer).fill(0)
        for (const { run } of executables) run()
        assert.deepStrictEqual(laid.outputs().map(Planned.bitsOf), expected, `run ${time}`)
      }
      for (const { release } of executables) release()
    })
  )
})
