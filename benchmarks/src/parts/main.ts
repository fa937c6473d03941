/**
 * Networks of parts beside the same written by hand: `node --conditions=@etude/source benchmarks/src/parts/main.ts [--rounds 30]
 * [--seconds 0.5] [--only characters]`.
 *
 * The training steps of both are compiled in one process and run on the same inputs, in turns (A B, B A, …). Ratios are taken round by
 * round; the median stands beside its 95 % bootstrap interval, and beside the ratio of two compilations of the same network, which is
 * the noise. Aim: at most 1.02. That both are the same program, node by node, is held by `test/parts.slow.ts`.
 */
import { parseArgs } from "node:util"
import { Wasm } from "@etude/backend"
import { PlanExecutor } from "@etude/compile"
import { StepExecutor } from "@etude/core"
import * as Tensors from "@etude/core/Tensors"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Statistics from "../Statistics.ts"
import { type Pair, pairs } from "./Pairs.ts"

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "30" },
    seconds: { type: "string", default: "0.5" },
    only: { type: "string" }
  }
})
const [rounds, milliseconds] = [Number(flags.rounds), 1000 * Number(flags.seconds)]

/** A compiled step on the inputs that it had in a run. */
type Run = () => void

/** Trains two steps, and gives the compiled step with its last inputs. */
const stepOf = (name: string, subject: Pair["parts"]) =>
  Effect.gen(function* () {
    const executor = yield* StepExecutor.StepExecutor
    let found: Run | undefined
    const noting: StepExecutor.StepExecutor["Service"] = {
      ...executor,
      compile: (program, body, another) => {
        const compiled = executor.compile(program, body, another)
        return (inputs) => {
          const outputs = compiled(inputs)
          if (program === "step" && found === undefined) {
            const kept = Tensors.retainTree(inputs)
            found = () => Tensors.disposeTree(compiled(kept))
          }
          return outputs
        }
      }
    }
    yield* Effect.provideService(Trajectory.record({ ...subject, name }), StepExecutor.StepExecutor, noting)
    return found ?? (yield* Effect.die(new Error("no step was compiled")))
  })

/** Milliseconds of a step, over as many as fit into the time. */
const measure = (run: Run): number => {
  const begin = performance.now()
  let steps = 0
  while (steps === 0 || performance.now() - begin < milliseconds) {
    run()
    steps++
  }
  return (performance.now() - begin) / steps
}

interface Round {
  readonly parts: number
  readonly byHand: number
  readonly again: number
}

const roundOf = (runs: { readonly [name in keyof Round]: Run }, index: number): Round => {
  const times = { parts: 0, byHand: 0, again: 0 }
  const order = ["parts", "byHand", "again"] as const
  for (let place = 0; place < order.length; place++) {
    const name = order[(place + index) % order.length] ?? "parts"
    times[name] = measure(runs[name])
  }
  return times
}

const text = ({ median, lower, upper }: Statistics.Interval): string =>
  `${median.toFixed(3)} (${lower.toFixed(3)} to ${upper.toFixed(3)})`

const compare = ({ name, parts, byHand }: Pair) =>
  Effect.gen(function* () {
    const runs = {
      parts: yield* stepOf(name, parts),
      byHand: yield* stepOf(name, byHand),
      again: yield* stepOf(name, byHand)
    }
    roundOf(runs, 0) // to warm up
    const all = Array.from({ length: rounds }, (_, index) => roundOf(runs, index))
    const ratio = Statistics.medianInterval(all.map((round) => round.parts / round.byHand))
    const noise = Statistics.medianInterval(all.map((round) => round.again / round.byHand))
    const step = Statistics.median(all.map((round) => round.byHand))
    console.log(`${name}: parts / by hand ${text(ratio)}; by hand twice ${text(noise)}; ${step.toFixed(2)} ms a step`)
  })

const program = Effect.forEach(
  pairs({ batch: 64, texts: 4, length: 64, width: 384 }).filter(
    ({ name }) => flags.only === undefined || name === flags.only
  ),
  compare
)
// WebAssembly alone: native code would take its place in the middle of the rounds.
const compiled = PlanExecutor.layerWith({ native: "off" }).pipe(Layer.provideMerge(Wasm.layer))
await Effect.runPromise(Effect.scoped(program).pipe(Effect.provide(compiled)))
