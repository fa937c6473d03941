/**
 * Where a training step of the benchmarks' networks goes, node by node: `node --conditions=@etude/source scripts/profile.ts
 * lenet-5|mlp|logistic|resnet|transformer [batch] [wasm|native] [width]` (a width of 0: the whole step only). On one thread; the slowest first.
 * With `--json` in the place of the width, what `bench:peers --profile` shows of it.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { Wasm } from "@etude/backend"
import { StepExecutor } from "@etude/core"
import * as Data from "@etude/testing/subjects/Data"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Problem from "../../../benchmarks/src/Problem.ts"
import type { Form, Forms, Whole } from "../../../benchmarks/src/peers/Forms.ts"
import * as Command from "../src/native/Command.ts"
import * as NativeCompiler from "../src/native/NativeCompiler.ts"
import * as NativeEmitter from "../src/native/NativeEmitter.ts"
import * as Profile from "../src/Profile.ts"
import type { Plan } from "../src/plan/Plan.ts"
import * as Arena from "../src/runtime/Arena.ts"
import * as WasmEmitter from "../src/wasm/WasmEmitter.ts"

const names: Record<string, Problem.ProblemName | undefined> = {
  "lenet-5": "LeNet-5",
  mlp: "MLP 784-300-100-10",
  logistic: "logistic regression",
  resnet: "ResNet"
}
const [model = "lenet-5", batch = "64", emitter = "wasm", width = "150"] = process.argv.slice(2)
const isName = (name: string): name is Problem.ProblemName => Object.hasOwn(Problem.networks, name)
const name = names[model] ?? model
if (!isName(name)) throw new Error(`${model} is none of ${Object.keys(names).join(", ")}`)
const problem = Problem.problemOf(name, Number(batch))

/** The plan of a training step, with what its inputs hold at the first one. */
const planned = Effect.gen(function* () {
  const samples = Problem.samplesFor(problem, problem.batchSize)
  const found = new Map<string, { plan: Plan; inputs: ReadonlyArray<ArrayLike<number>> }>()
  const executor = Profile.executor((program, plan, inputs) => found.set(program, { plan, inputs }))
  const { rate: learningRate, ...adam } = Problem.adam
  yield* Trajectory.record({
    name: problem.name,
    task: Problem.taskOf(problem),
    config: {
      seed: 0,
      until: { steps: 1 },
      batchSize: problem.batchSize,
      optimizer: { _tag: "Adam", ...adam },
      learningRate
    },
    data: {
      train: Data.arrays({
        inputs: {
          values: samples.inputs,
          shape: [...problem.shape],
          dtype: problem.takesLabels === true ? "int32" : "float32"
        },
        targets: {
          values: samples.labels,
          shape: problem.takesLabels === true ? [...problem.shape] : [],
          dtype: "int32"
        }
      })
    }
  }).pipe(Effect.provideService(StepExecutor.StepExecutor, executor))
  const plans = [...found.values()].sort((a, b) => b.plan.nodes.length - a.plan.nodes.length)
  return plans[0]!
})

/** The step as it runs, on one thread and on two, with the time that it takes to be compiled. */
const whole = Effect.fnUntraced(function* (
  plan: Plan,
  fill: Profile.Fill,
  arena: Arena.MeasuredArena,
  emitter: string
) {
  const cache = mkdtempSync(path.join(tmpdir(), "etude-profile-"))
  const measured: Array<Whole> = []
  for (const threads of [1, 2]) {
    const made =
      emitter === "wasm"
        ? yield* WasmEmitter.make({ arena, threads })
        : yield* NativeEmitter.make({ arena, threads, cache })
    const { emitted, microseconds } = Profile.whole(plan, fill, arena, made)
    measured.push({ threads, microseconds, emitted })
  }
  rmSync(cache, { recursive: true })
  return measured
})

/** The nodes of one kind, together. */
const formsOf = (rows: ReadonlyArray<Profile.Row>): ReadonlyArray<Form> =>
  [...Map.groupBy(rows, ({ form }) => form)].map(([form, some]) => ({
    form,
    nodes: some.length,
    microseconds: some.reduce((sum, { microseconds }) => sum + microseconds, 0),
    operations: some.reduce((sum, { operations }) => sum + operations, 0)
  }))

const program = Effect.gen(function* () {
  const { plan, inputs } = yield* planned
  const arena = Arena.make({ shared: true })
  const fill = (input: number, address: number) => {
    const [{ type }, values] = [plan.buffers[plan.inputs[input]!.buffer]!, inputs[input]!]
    const memory = arena.memory.buffer
    if (type === "f32") new Float32Array(memory, address, values.length).set(values)
    else if (type === "i32") new Int32Array(memory, address, values.length).set(values)
    else new Uint8Array(memory, address, values.length).set(values)
  }
  const cache = path.join(tmpdir(), "etude-profile")
  const options = yield* Effect.gen(function* () {
    if (emitter === "wasm") {
      const { make, target } = WasmEmitter.makeSingle({ arena })
      return { arena, target, emit: (programs) => programs.map(make) } satisfies Profile.ProfileOptions
    }
    const compiler = yield* NativeCompiler.find({ cache, run: Command.blocking })
    return {
      arena,
      target: compiler.target,
      emit: (programs) => Effect.runSync(compiler.compile(programs, arena.memory, 1))
    } satisfies Profile.ProfileOptions
  })
  // At both ends, since a machine's speed is not constant.
  const before = width === "--json" ? Profile.peak(options) : 0
  const rows = Profile.measure(plan, fill, options)
  const wholes = yield* whole(plan, fill, arena, emitter)
  const forms = formsOf(rows)
  if (width === "--json") {
    console.log(JSON.stringify({ forms, wholes, peak: Math.max(before, Profile.peak(options)) } satisfies Forms))
    return
  }
  for (const { threads, microseconds, emitted } of wholes)
    console.log(`${threads} threads: ${microseconds.toFixed(0)} µs a step; emitted in ${emitted.toFixed(0)} ms`)
  if (width === "0") return
  const total = rows.reduce((sum, { microseconds }) => sum + microseconds, 0)
  const phases = new Set(rows.map(({ phase }) => phase)).size
  console.log(
    `${problem.name}, batch ${batch}, ${emitter}: ${total.toFixed(0)} µs, ${rows.length} nodes, ${phases} phases`
  )
  for (const { form, nodes, microseconds } of forms) {
    console.log(
      `${form.padEnd(9)}${String(nodes).padStart(4)} nodes ${microseconds.toFixed(0).padStart(8)} µs ${((100 * microseconds) / total).toFixed(0).padStart(3)} %`
    )
  }
  console.log("      µs    %  GFLOP/s    GB/s  phase")
  for (const { microseconds, operations, bytes, node, phase } of rows.toSorted(
    (a, b) => b.microseconds - a.microseconds
  )) {
    const rate = operations === 0 ? "" : (operations / microseconds / 1000).toFixed(1)
    console.log(
      [
        microseconds.toFixed(1).padStart(8),
        ((100 * microseconds) / total).toFixed(1).padStart(5),
        rate.padStart(9),
        (bytes / microseconds / 1000).toFixed(1).padStart(8),
        String(phase).padStart(7),
        `  ${node.slice(0, Number(width))}`
      ].join("")
    )
  }
})

await Effect.runPromise(Effect.scoped(Effect.provide(program, Wasm.layer)))
process.exit(0)
