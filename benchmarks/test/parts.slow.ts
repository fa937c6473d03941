/** What is made of parts is the same program as what is written by hand, so that it can't be slower. */
import { readFileSync } from "node:fs"
import path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import { StepExecutor } from "@etude/core"
import { type Layer, Summary } from "@etude/layers"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as Effect from "effect/Effect"
import * as Profile from "../../packages/compile/src/Profile.ts"
import type { Plan } from "../../packages/compile/src/plan/Plan.ts"
import { lines } from "../../packages/compile/src/plan/Print.ts"
import { batchNormMlp } from "../src/parts/batchNorm.ts"
import { characters } from "../src/parts/characters.ts"
import { lenet5 } from "../src/parts/lenet5.ts"
import { type Pair, pairs } from "../src/parts/Pairs.ts"

/** The plan of the training step, whole: what is compiled, with the bytes of its constants. */
const stepOf = (name: string, subject: Pair["parts"]) =>
  Effect.gen(function* () {
    const found = new Map<string, Plan>()
    const executor = Profile.executor((program, plan) => found.set(program, plan))
    yield* Effect.provideService(Trajectory.record({ ...subject, name }), StepExecutor.StepExecutor, executor)
    return found.get("step") ?? assert.fail(`no step among ${[...found.keys()].join(", ")}`)
  }).pipe(Effect.provide(Wasm.layer))

const source = path.join(import.meta.dirname, "..", "src", "parts")
/** Lines that are neither empty nor a comment. */
const linesOf = (file: string): number =>
  readFileSync(path.join(source, file), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s*(\/\*|\*|\/\/|#|""")/.test(line)).length

describe("a network of parts", () => {
  it("takes fewer lines than in PyTorch, as the README says", () => {
    const readme = readFileSync(path.join(source, "..", "..", "README.md"), "utf8")
    for (const [name, parts, python] of [
      ["LeNet-5", "lenet5.ts", "lenet5.py"],
      ["perceptron with batch normalization", "batchNorm.ts", "batch_norm.py"],
      ["transformer of characters, 6 blocks, 384 wide", "characters.ts", "characters.py"]
    ] as const) {
      const [ours, theirs] = [linesOf(parts), linesOf(path.join("python", python))]
      assert.isBelow(ours, theirs, name)
      assert.include(readme, `| ${name} | ${ours} | ${theirs} |`)
    }
  })

  it.live("has the parameters that PyTorch counts of the programs beside it", () =>
    Effect.sync(() => {
      const count = (layer: Layer.Layer, inputs: Layer.Inputs) =>
        Summary.rows(layer, inputs).reduce((sum, { parameters }) => sum + parameters, 0)
      // sum(p.numel() for p in model.parameters())
      assert.strictEqual(count(lenet5, [28, 28, 1]), 44_426)
      assert.strictEqual(count(batchNormMlp, [784]), 100_010)
      assert.strictEqual(count(characters(65), { shape: [8], dtype: "int32" }), 10_770_816)
    }).pipe(Effect.provide(Wasm.layer))
  )

  for (const { name, parts, byHand } of pairs({ batch: 4, texts: 2, length: 8, width: 48 })) {
    it.live(
      `${name}: its training step is, node by node, the one that is written by hand`,
      () =>
        Effect.gen(function* () {
          const [made, written] = [yield* stepOf(name, parts), yield* stepOf(name, byHand)]
          assert.deepStrictEqual(lines(made), lines(written))
          assert.deepStrictEqual(made, written)
        }),
      60_000
    )
  }
})
