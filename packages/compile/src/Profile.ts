/**
 * Where a step's time goes: each node of a plan measured by itself, on one thread, the best of many runs. So other processes
 * disturb little, and the sum is about a step's time without its barriers.
 */
import { element } from "@etude/core/Lookup"
import * as StepExecutor from "@etude/core/StepExecutor"
import type { Program, Target } from "./code/Code.ts"
import * as Forms from "./forms/Forms.ts"
import * as Leaves from "./Leaves.ts"
import { zip } from "./Lists.ts"
import * as PlanCompiler from "./PlanCompiler.ts"
import * as Expand from "./plan/Expand.ts"
import { accessesIn, domainOf, scalarsOf } from "./plan/Nodes.ts"
import type { Access, Node, Plan } from "./plan/Plan.ts"
import { lines } from "./plan/Print.ts"
import { sizeOf } from "./plan/Shapes.ts"
import * as Recorder from "./record/Recorder.ts"
import type { Arena, Emitter, Executable } from "./runtime/Executable.ts"
import * as Place from "./schedule/Place.ts"
import * as Schedule from "./schedule/Schedule.ts"

/** The time of one node of a plan. */
export interface Row {
  readonly form: Node["_tag"]
  /** The node, as the plan is printed. */
  readonly node: string
  readonly phase: number
  readonly microseconds: number
  /** Multiplications and additions; 0 where it isn't a product. */
  readonly operations: number
  /** That are read and written, each element once. */
  readonly bytes: number
}

export interface ProfileOptions {
  readonly arena: Arena
  readonly target: Target
  /** Executables for several programs at once. */
  readonly emit: (programs: ReadonlyArray<Program>) => ReadonlyArray<Executable>
  /** Milliseconds for which each node is run. Default: 30. */
  readonly milliseconds?: number
}

/** Milliseconds of this thread's processor time, where Node knows it: other processes' time isn't in it, as it is in the clock's. */
const now = (): number => {
  if (process.threadCpuUsage === undefined) return performance.now()
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** The least time of a run, in microseconds: of many, so that there is one in which no other process took part. */
const best = (run: () => void, milliseconds: number): number => {
  const begin = performance.now()
  for (let turn = 0; turn < 5; turn++) run()
  let [least, repeats] = [Number.POSITIVE_INFINITY, 1]
  // Nodes of some milliseconds run fewer times: little disturbs these.
  const turns = performance.now() - begin > milliseconds ? 8 : 40
  const end = performance.now() + milliseconds
  for (let turn = 0; turn < turns || performance.now() < end; turn++) {
    const start = now()
    for (let turn = 0; turn < repeats; turn++) run()
    const each = Math.max(1e-3, now() - start) / repeats
    least = Math.min(least, each)
    repeats = Math.max(1, Math.min(100, Math.ceil(0.2 / each)))
  }
  return 1000 * least
}

const bytesOf = (plan: Plan, node: Node): number => {
  if (node._tag === "Loop") return node.body.reduce((sum, one) => sum + bytesOf(plan, one), 0)
  const shape = "shape" in node ? node.shape : node._tag === "Contract" ? domainOf(node) : []
  const all = [...shape, ...("over" in node ? node.over : []), ...("length" in node ? [node.length] : [])]
  const seen = new Set<string>()
  const moved = ({ buffer, offset, strides }: Access, sizes: ReadonlyArray<number>): number => {
    const key = `${buffer} ${offset} ${strides}`
    if (seen.has(key)) return 0
    seen.add(key)
    const elements = sizes.reduce((product, size, axis) => ((strides[axis] ?? 0) === 0 ? product : product * size), 1)
    const { size, type } = element(plan.buffers, buffer)
    return Math.min(elements, size) * (type === "u8" ? 1 : 4)
  }
  const written = "writes" in node ? node.writes.map(({ access }) => access) : "write" in node ? [node.write] : []
  const own = [...scalarsOf(node).flatMap(accessesIn), ...written].reduce((sum, access) => sum + moved(access, all), 0)
  if (node._tag !== "Contract") return own
  const { batch, rows, columns, inner, left, right } = node
  return own + moved(left, [...batch, ...rows, ...inner]) + moved(right, [...batch, ...inner, ...columns])
}

const operationsOf = (node: Node): number => {
  if (node._tag === "Loop") return node.body.reduce((sum, one) => sum + operationsOf(one), 0)
  return node._tag === "Contract" ? 2 * sizeOf([...domainOf(node), ...node.inner]) : 0
}

/** Values in the plan's inputs, by number. */
export type Fill = (input: number, address: number) => void

interface Prepared {
  readonly placed: Place.Placed
  readonly free: () => void
}

/** The plan's memory, filled with its inputs and constants. */
const prepare = (plan: Plan, fill: Fill, arena: Arena): Prepared => {
  const placed = Place.place(plan, arena.allocate)
  const room = (buffer: number) => arena.allocate(4 * element(plan.buffers, buffer).size)
  const bound = Array.from({ length: placed.entries }, () => 0)
  for (const [{ buffer }, entry] of zip(plan.inputs, placed.inputs)) bound[entry] = room(buffer)
  for (const [{ buffer }, place] of zip(plan.outputs, placed.outputs)) {
    if (place._tag === "Entry") bound[place.entry] = room(buffer)
  }
  for (const { address, bytes } of placed.constants) new Uint8Array(arena.memory.buffer).set(bytes, address)
  new Uint32Array(arena.memory.buffer, placed.table, placed.entries).set(bound)
  for (const [input, entry] of placed.inputs.entries()) fill(input, element(bound, entry))
  return {
    placed,
    free: () => {
      for (const address of [placed.block, ...bound]) arena.free(address)
    }
  }
}

/** Measures each node. Temporaries hold the results of the nodes before. */
export const measure = (plan: Plan, fill: Fill, options: ProfileOptions): ReadonlyArray<Row> => {
  const { arena, target, emit, milliseconds = 30 } = options
  const { placed, free } = prepare(plan, fill, arena)
  const { placements, table } = placed
  let count = 0
  const context = { buffers: plan.buffers, placements, target, name: (prefix: string) => `${prefix}${count++}` }
  const texts = lines(plan)
  const nodes = plan.nodes.flatMap((node, at) => (node._tag === "Foreign" ? [] : [{ node, at }]))
  const programs = nodes.map(
    ({ node }): Program => ({ table, placements, phases: Forms.phases(node, context).map((tasks) => ({ tasks })) })
  )
  const executables = emit(programs)
  try {
    for (const { run } of executables) run()
    return zip(nodes, executables).map(([{ node, at }, { run }]) => ({
      form: node._tag,
      node: element(texts, at),
      phase: element(placed.phases, at),
      microseconds: best(run, milliseconds),
      operations: operationsOf(node),
      bytes: bytesOf(plan, node)
    }))
  } finally {
    for (const { release } of executables) release()
    free()
  }
}

/** A product whose operands stay in the second cache: left [240, 512], right [512, 192]. */
const product = (): Plan => {
  const [rows, inner, columns] = [240, 512, 192]
  const sizes = [rows * inner, inner * columns, rows * columns]
  const tensor = (buffer: number) => ({ buffer, shape: [element(sizes, buffer)], dtype: "float32" }) as const
  const access = (buffer: number, strides: ReadonlyArray<number>): Access => ({ buffer, offset: 0, strides })
  const node: Node = {
    ...{ _tag: "Contract", batch: [], rows: [rows], columns: [columns], inner: [inner], parts: 1 },
    left: access(0, [inner, 1]),
    right: access(1, [columns, 1]),
    writes: [{ access: access(2, [columns, 1]), value: { op: "accumulator", type: "f32" } }]
  }
  return Expand.expand({
    buffers: sizes.map((size, id) => ({
      ...{ id, type: "f32", size },
      place: id < 2 ? { _tag: "Input", index: id } : { _tag: "Output", index: 0 }
    })),
    nodes: [node],
    inputs: [tensor(0), tensor(1)],
    outputs: [tensor(2)]
  })
}

/** Floating-point operations a second that one thread reaches in a large product of matrices. */
export const peak = (options: ProfileOptions): number =>
  Math.max(
    ...measure(product(), () => {}, { ...options, milliseconds: 200 }).map(
      ({ operations, microseconds }) => (1e6 * operations) / microseconds
    )
  )

/** Measures the step as it runs: microseconds of one, and the milliseconds that were needed to emit it. */
export const whole = (plan: Plan, fill: Fill, arena: Arena, emitter: Emitter) => {
  const { placed, free } = prepare(plan, fill, arena)
  const start = performance.now()
  const parts = Schedule.make(plan, placed, emitter.target)
  const executables = parts.flatMap((part) => (Schedule.isForeign(part) ? [] : [emitter.make(part)]))
  const emitted = performance.now() - start
  try {
    const run = () => {
      for (const executable of executables) executable.run()
    }
    return { emitted, microseconds: best(run, 1000) }
  } finally {
    for (const { release } of executables) release()
    free()
  }
}

/** An executor that runs eagerly, and at a program's first call passes its plan and the contents of its inputs to `seen`. */
export const executor = (
  seen: (program: string, plan: Plan, inputs: ReadonlyArray<ArrayLike<number>>) => void
): StepExecutor.StepExecutor["Service"] => ({
  name: "profile",
  compile: (name, program) => {
    let isFirst = true
    return (inputs) => {
      if (!isFirst) return StepExecutor.eager.compile(name, program)(inputs)
      isFirst = false
      const given = Leaves.of(inputs).map(({ tensor }) => tensor.dataSync().slice())
      const { recording, outputs } = Recorder.record(program, inputs)
      seen(name, PlanCompiler.planOf(recording), given)
      return outputs
    }
  }
})
