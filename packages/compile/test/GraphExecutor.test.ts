import { assert, describe, it } from "@effect/vitest"
import { Cpu } from "@etude/backend"
import { StepExecutor, type Tensors } from "@etude/core"
import * as Bytes from "@etude/core/kernels/Bytes"
import * as RandomBits from "@etude/core/RandomBits"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { NotCompilable, ProgramChanged } from "../src/Errors.ts"
import * as GraphExecutor from "../src/GraphExecutor.ts"
import { current } from "../src/graph/NativeBinding.ts"
import { isInstalled, native } from "./support/native.ts"

type Program = StepExecutor.TensorProgram<Tensors.Tensors, Tensors.TensorTree>

const on =
  (options: GraphExecutor.CompiledOptions) =>
  <A>(body: (executor: StepExecutor.StepExecutor["Service"]) => A) =>
    Effect.acquireUseRelease(
      Effect.sync(() => tf.engine().startScope()),
      () => Effect.map(StepExecutor.StepExecutor, body),
      () => Effect.sync(() => tf.engine().endScope())
    ).pipe(Effect.provide(Layer.provideMerge(GraphExecutor.layerWith(options), native)))
const strictly = on({ onNotCompilable: "fail" })
const leniently = on({})

const values = (tree: Tensors.TensorTree): unknown =>
  tree instanceof tf.Tensor
    ? tree.arraySync()
    : Object.fromEntries(Object.entries(tree).map(([key, child]) => [key, values(child as Tensors.TensorTree)]))

const x = (...numbers: Array<number>) => ({ x: tf.tensor1d(numbers) })
const thrown = (body: () => unknown): unknown => {
  try {
    body()
  } catch (error) {
    return error
  }
  return undefined
}
const operations = () => {
  const { binding } = current()!
  let count = 0
  const backend = current()!
  backend.binding = Object.create(binding, {
    executeOp: {
      value: (...given: Parameters<typeof binding.executeOp>) => {
        count++
        return binding.executeOp(...given)
      }
    }
  })
  return () => {
    backend.binding = binding
    return count
  }
}

describe.skipIf(!isInstalled)("the compiled executor", () => {
  it.effect("takes bytes as they are, and turns them into numbers inside", () =>
    strictly(({ compile }) => {
      const scaling = { scale: 0.5, offset: -1 }
      const program = compile("bytes", ({ x }: { readonly x: tf.Tensor }) => ({
        y: tf.square(Bytes.scaled(x, scaling))
      }))
      const given = () => ({ x: Bytes.upload(Uint8Array.of(0, 2, 4, 255), [4], scaling) })
      // The first two calls look at the program.
      program(given())
      program(given())
      const inputs = given()
      const counted = operations()
      const { y } = program(inputs) as { readonly y: tf.Tensor }
      assert.strictEqual(counted(), 0)
      assert.deepStrictEqual([...y.dataSync()], [1, 0, 1, 126.5 ** 2])
    })
  )

  it.effect("runs no operation by itself once a program is compiled", () =>
    strictly(({ compile }) => {
      const run = compile<Tensors.Tensors, tf.Tensor>("squares", ({ x }) => tf.sum(tf.square(x!)))
      assert.strictEqual(run(x(1, 2, 3)).dataSync()[0], 14)
      const count = operations()
      // The third call: at the second the program is recorded once more.
      run(x(1, 2, 3))
      const recorded = count()
      const again = operations()
      assert.strictEqual(run(x(3, 4, 0)).dataSync()[0], 25)
      assert.strictEqual(again(), 0)
      assert.isAbove(recorded, 0)
    })
  )

  it.effect(
    "gives back trees: inputs passed through, numbers of the program's own, one tensor twice, int32 and bool",
    () =>
      strictly(({ compile }) => {
        const run = compile<Tensors.Tensors, Tensors.TensorTree>("tree", ({ x, n }) => {
          const doubled = tf.mul(x!, 2)
          return {
            same: tf.clone(x!),
            own: tf.tensor1d([7, 8], "int32"),
            deep: { doubled, again: tf.clone(doubled), big: tf.greater(x!, 1), next: tf.add(n!, tf.scalar(1, "int32")) }
          }
        })
        for (const n of [1, 2, 3]) {
          assert.deepStrictEqual(values(run({ ...x(1, n), n: tf.scalar(n, "int32") })), {
            same: [1, n],
            own: [7, 8],
            deep: { doubled: [2, 2 * n], again: [2, 2 * n], big: [0, n > 1 ? 1 : 0], next: n + 1 }
          })
        }
      })
  )

  it.effect("tells inputs apart that are one tensor at the first call", () =>
    strictly(({ compile }) => {
      const run = compile<Tensors.Tensors, tf.Tensor>("difference", ({ a, b }) => tf.sub(a!, b!))
      const same = tf.tensor1d([5, 6])
      assert.deepStrictEqual(values(run({ a: same, b: tf.clone(same) })), [0, 0])
      assert.deepStrictEqual(values(run({ a: same, b: tf.tensor1d([1, 1]) })), [4, 5])
    })
  )

  it.effect("makes a graph for each shape, and keeps no more than it may", () =>
    on({ onNotCompilable: "fail", graphs: 2 })(({ compile }) => {
      const run = compile<Tensors.Tensors, tf.Tensor>("sum", ({ x }) => tf.sum(x!))
      const { binding } = current() as unknown as { binding: { getNumOfSavedModels(): number } }
      for (const length of [1, 2, 3, 4, 1]) {
        const numbers = Array.from({ length }, (_, at) => at + 1)
        assert.strictEqual(run(x(...numbers)).dataSync()[0], (length * (length + 1)) / 2)
      }
      assert.strictEqual(binding.getNumOfSavedModels(), 2)
    })
  )

  it.effect("draws new numbers for each key", () =>
    strictly(({ compile }) => {
      const run = compile<Tensors.Tensors, tf.Tensor>("draw", ({ key }) => RandomBits.randomBits(key!, [4]))
      const at = (key: number) => values(run({ key: tf.tensor1d([key, 0], "int32") }))
      assert.deepStrictEqual(at(1), values(RandomBits.randomBits(tf.tensor1d([1, 0], "int32"), [4])))
      assert.notDeepEqual(at(2), at(1))
    })
  )

  it.effect("throws what the program throws", () =>
    strictly(({ compile }) => {
      const error = new Error("of the program")
      const run = compile<Tensors.Tensors, tf.Tensor>("bad", () => {
        throw error
      })
      assert.strictEqual(
        thrown(() => run(x(1))),
        error
      )
    })
  )

  const refused = (
    program: Program,
    reason: RegExp,
    another?: Parameters<StepExecutor.StepExecutor["Service"]["compile"]>[2]
  ) =>
    Effect.gen(function* () {
      yield* strictly(({ compile }) => {
        const error = thrown(() => compile("odd", program, another as never)(x(1, 2)))
        assert.instanceOf(error, NotCompilable)
        assert.match(error.message, reason)
      })
      yield* leniently(({ compile, takeNotes }) => {
        const run = compile("odd", program, another as never)
        run(x(1, 2))
        run(x(1, 2))
        const notes = takeNotes!()
        assert.strictEqual(notes.length, 1)
        assert.match(notes[0]!, /^The program "odd" runs eagerly, operation by operation, and slower: /)
        assert.match(notes[0]!, reason)
        assert.deepStrictEqual(takeNotes!(), [])
      })
    })

  it.effect("refuses a program that reads a tensor, and names the operation before it and the line", () =>
    refused(
      ({ x }) => tf.mul(x!, tf.square(x!).dataSync()[1]!),
      /it reads a tensor's values after \w+, at .*GraphExecutor\.test\.ts:\d+:\d+.*; values are unknown when a graph is made/
    )
  )
  it.effect("refuses a program that asks for a tensor's values and goes on", () => {
    const seen: Array<Promise<unknown>> = []
    return refused(({ x }) => {
      const y = tf.square(x!)
      seen.push(y.data().then((values) => [...values]))
      return y
    }, /it reads a tensor's values after Square, at .*GraphExecutor\.test\.ts/).pipe(
      Effect.andThen(Effect.promise(() => Promise.all(seen))),
      Effect.tap((values) => Effect.sync(() => assert.deepStrictEqual(values[0], [1, 4])))
    )
  })
  it.effect("refuses a program that reads or takes a tensor from outside, which no operation has used yet", () =>
    Effect.suspend(() => {
      const outside = new Float32Array([0.5])
      const made: Array<tf.Tensor> = []
      // Kept aside by the first call, as a module that remembers would.
      const remembered = () => {
        if (made.length === 0 || made[0]!.isDisposed) made[0] = tf.keep(tf.tensor1d(outside))
        return made[0]!
      }
      return Effect.gen(function* () {
        yield* refused(({ x }) => tf.mul(x!, remembered().dataSync()[0]!), /it reads a tensor's values/)
        made.length = 0
        yield* refused(({ x }) => tf.mul(x!, remembered()), /uses a tensor created outside of the program/)
      })
    })
  )
  it.effect("refuses a program that calls Math.random, which is left as it was", () => {
    const own = Math.random
    return refused(({ x }) => tf.mul(x!, Math.random()), /it calls Math\.random, at .*GraphExecutor\.test\.ts/).pipe(
      Effect.tap(() => Effect.sync(() => assert.strictEqual(Math.random, own)))
    )
  })
  it.effect("refuses a program that counts its calls", () => {
    let calls = 0
    return refused(
      ({ x }) => tf.mul(x!, ++calls),
      /it depends on more than its inputs: recorded for another step, a number that enters operation \d+ \(Mul\) is \d+ and was \d+/
    )
  })
  it.effect("refuses a program with a number that another step has otherwise", () => {
    let rate = 0.5
    return refused(
      ({ x }) => tf.mul(x!, rate),
      /a number that enters operation 0 \(Mul\) is 0\.25 and was 0\.5/,
      (inputs, use) => {
        rate = 0.25
        try {
          return use(inputs)
        } finally {
          rate = 0.5
        }
      }
    )
  })
  it.effect("refuses a program that draws from TensorFlow's own generators", () =>
    refused(
      ({ x }) => tf.mul(x!, tf.cast(tf.multinomial(tf.tensor1d([0.5, 0.5]), 2, 3), "float32")),
      /Multinomial draws/
    )
  )

  it.effect("fails when a program is found to have changed, instead of going on with what it was", () =>
    strictly(({ compile }) => {
      let rate = 0.5
      const run = compile<Tensors.Tensors, tf.Tensor>("drifting", ({ x }) => tf.mul(x!, rate))
      for (let call = 1; call <= 3; call++) run(x(1))
      rate = 0.25
      const error = thrown(() => run(x(1)))
      assert.instanceOf(error, ProgramChanged)
      assert.strictEqual(
        error.message,
        'The program "drifting" changed after it was compiled: recorded again at call 4, a number that enters operation 0 (Mul) is ' +
          "0.25 and was 0.5. A program may depend on its inputs only: what changes from step to step (a learning rate, a counter) " +
          "must enter as a tensor, through an optimizer's or a transform's hyper. Until then use the eager executor; the steps " +
          "since the first call used the recorded values."
      )
    })
  )

  it.effect("leaves no tensor behind, whether it compiles, refuses or throws", () =>
    leniently(({ compile }) => {
      const programs: ReadonlyArray<Program> = [
        ({ x }) => tf.sum(tf.square(x!)),
        ({ x }) => tf.mul(x!, tf.sum(x!).dataSync()[0]!),
        ({ x }) => tf.matMul(x as never, x as never)
      ]
      for (const program of programs) {
        const run = compile("any", program)
        const before = tf.memory().numTensors
        for (let call = 0; call < 5; call++) {
          tf.tidy(() => {
            thrown(() => run(x(1, 2, 3)))
          })
        }
        assert.strictEqual(tf.memory().numTensors, before)
      }
    })
  )
})

describe("without the native backend", () => {
  it.effect("there is nothing to compile for, and the layer says so", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(StepExecutor.StepExecutor, GraphExecutor.layer))
      assert.strictEqual(
        error.message,
        "The native backend is not available: steps are compiled for native only, and this is cpu. " +
          "Use the native backend, or the eager executor (executor: eager)."
      )
    }).pipe(Effect.provide(Cpu.layer))
  )
  it.effect("the automatic choice is the eager one", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* StepExecutor.StepExecutor).name, "eager")
    }).pipe(Effect.provide(GraphExecutor.layerAuto), Effect.provide(Cpu.layer))
  )
})
