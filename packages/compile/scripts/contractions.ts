/**
 * How fast products and convolutions are as compiled code, by shape, emitter and threads: `node --conditions=@etude/source
 * scripts/contractions.ts [part of a name]`. Prints GFLOP/s, the best of many runs.
 */
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as NativeEmitter from "../src/native/NativeEmitter.ts"
import * as Expand from "../src/plan/Expand.ts"
import type { Access, Contract, Plan } from "../src/plan/Plan.ts"
import * as Arena from "../src/runtime/Arena.ts"
import type { Emitter } from "../src/runtime/Executable.ts"
import * as Place from "../src/schedule/Place.ts"
import * as Schedule from "../src/schedule/Schedule.ts"
import * as WasmEmitter from "../src/wasm/WasmEmitter.ts"

type Sizes = ReadonlyArray<number>

interface Shape {
  readonly rows: Sizes
  readonly columns: Sizes
  readonly inner: Sizes
  /** Strides over rows and inner dimensions, inner dimensions and columns, rows and columns. */
  readonly left: Sizes
  readonly right: Sizes
  readonly out: Sizes
}

/** x [batch, inputs] · w [inputs, outputs]; gradients by x and by w. */
const dense = (batch: number, inputs: number, outputs: number): Record<string, Shape> => ({
  forward: {
    rows: [batch],
    columns: [outputs],
    inner: [inputs],
    left: [inputs, 1],
    right: [outputs, 1],
    out: [outputs, 1]
  },
  "by input": {
    rows: [batch],
    columns: [inputs],
    inner: [outputs],
    left: [outputs, 1],
    right: [1, outputs],
    out: [inputs, 1]
  },
  "by weights": {
    rows: [inputs],
    columns: [outputs],
    inner: [batch],
    left: [1, inputs],
    right: [outputs, 1],
    out: [outputs, 1]
  }
})

/** Images of `size` after a filter; those before it are padded. The gradient by input is such a convolution too. */
const convolution = (batch: number, size: number, filter: number, from: number, to: number): Record<string, Shape> => {
  const side = size + filter - 1
  const [image, line] = [side * side * from, side * from]
  const [outImage, outLine] = [size * size * to, size * to]
  return {
    forward: {
      rows: [batch, size, size],
      columns: [to],
      inner: [filter, filter, from],
      left: [image, line, from, line, from, 1],
      right: [filter * from * to, from * to, to, 1],
      out: [outImage, outLine, to, 1]
    },
    "by filter": {
      rows: [filter, filter, from],
      columns: [to],
      inner: [batch, size, size],
      left: [line, from, 1, image, line, from],
      right: [outImage, outLine, to, 1],
      out: [filter * from * to, from * to, to, 1]
    }
  }
}

const named = (name: string, shapes: Record<string, Shape>): ReadonlyArray<readonly [string, Shape]> =>
  Object.entries(shapes).map(([kind, shape]) => [`${name}, ${kind}`, shape])

const shapes = [
  ...[32, 64, 256].flatMap((batch) => [
    ...named(`dense 784×300, batch ${batch}`, dense(batch, 784, 300)),
    ...named(`dense 300×100, batch ${batch}`, dense(batch, 300, 100)),
    ...named(`dense 100×10, batch ${batch}`, dense(batch, 100, 10))
  ]),
  ...named("LeNet-5's first convolution, batch 64", convolution(64, 24, 5, 1, 6)),
  ...named("LeNet-5's second convolution, batch 64", convolution(64, 8, 5, 6, 16)),
  ...named("back through it, batch 64", convolution(64, 12, 5, 16, 6)),
  ...[32, 256].flatMap((batch) => [
    ...named(`3×3 of 16 on 32×32, batch ${batch}`, convolution(batch, 32, 3, 16, 16)),
    ...named(`3×3 of 32 on 16×16, batch ${batch}`, convolution(batch, 16, 3, 32, 32)),
    ...named(`3×3 of 64 on 8×8, batch ${batch}`, convolution(batch, 8, 3, 64, 64))
  ])
]

const product = (sizes: Sizes): number => sizes.reduce((all, size) => all * size, 1)
const extent = (sizes: Sizes, strides: Sizes): number =>
  sizes.reduce((sum, size, i) => sum + (size - 1) * (strides[i] ?? 0), 1)

const planOf = ({ rows, columns, inner, left, right, out }: Shape): Plan => {
  const access = (buffer: number, strides: Sizes): Access => ({ buffer, offset: 0, strides })
  const sizes = [
    extent([...rows, ...inner], left),
    extent([...inner, ...columns], right),
    product([...rows, ...columns])
  ]
  const node: Contract = {
    _tag: "Contract",
    batch: [],
    rows,
    columns,
    inner,
    parts: 1,
    left: access(0, left),
    right: access(1, right),
    writes: [{ access: access(2, out), value: { op: "accumulator", type: "f32" } }]
  }
  const tensor = (buffer: number) => ({ buffer, shape: [sizes[buffer] ?? 0], dtype: "float32" }) as const
  return Expand.expand({
    buffers: sizes.map((size, id) => ({
      id,
      type: "f32",
      size,
      place: id < 2 ? { _tag: "Input", index: id } : { _tag: "Output", index: 0 }
    })),
    nodes: [node],
    inputs: [tensor(0), tensor(1)],
    outputs: [tensor(2)]
  })
}

/** Milliseconds of one run. */
const timed = (run: () => void, work: number): number => {
  const times = Math.max(1, Math.round(4e6 / work))
  let best = Number.POSITIVE_INFINITY
  const end = performance.now() + 300
  while (performance.now() < end) {
    const start = performance.now()
    for (let i = 0; i < times; i++) run()
    best = Math.min(best, (performance.now() - start) / times)
  }
  return best
}

const measure = (plan: Plan, work: number, arena: Arena.MeasuredArena, emitter: Emitter): number => {
  const placed = Place.place(plan, arena.allocate)
  const bound = [...plan.inputs, ...plan.outputs].map(({ buffer }) =>
    arena.allocate(4 * (plan.buffers[buffer]?.size ?? 0))
  )
  new Uint32Array(arena.memory.buffer, placed.table, bound.length).set(bound)
  const parts = Schedule.make(plan, placed, emitter.target).flatMap((part) => (Schedule.isForeign(part) ? [] : [part]))
  const executables = parts.map(emitter.make)
  const best = timed(() => {
    for (const { run } of executables) run()
  }, work)
  for (const { release } of executables) release()
  for (const address of [placed.block, ...bound]) arena.free(address)
  return (2 * work) / best / 1e6
}

const program = Effect.gen(function* () {
  const arena = Arena.make({ shared: true })
  const cache = path.join(tmpdir(), "etude-contractions")
  const emitters: ReadonlyArray<Emitter> = [
    WasmEmitter.makeSingle({ arena }),
    yield* WasmEmitter.make({ arena, threads: 2 }),
    yield* NativeEmitter.make({ arena, threads: 1, cache }),
    yield* NativeEmitter.make({ arena, threads: 2, cache })
  ]
  console.log(`${"".padEnd(50)}WebAssembly, 2 threads; native, 2 threads (GFLOP/s)`)
  for (const [name, shape] of shapes) {
    if (!name.includes(process.argv[2] ?? "")) continue
    const work = product([...shape.rows, ...shape.columns, ...shape.inner])
    const plan = planOf(shape)
    const rates = emitters.map((emitter) => measure(plan, work, arena, emitter).toFixed(1).padStart(8))
    console.log(name.padEnd(50) + rates.join(""))
  }
})

await Effect.runPromise(Effect.scoped(program))
