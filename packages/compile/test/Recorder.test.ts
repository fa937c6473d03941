import { assert, describe, it } from "@effect/vitest"
import { Wasm } from "@etude/backend"
import { StepExecutor, type Tensors } from "@etude/core"
import * as ExecutorRows from "@etude/testing/subjects/ExecutorRows"
import * as Trajectory from "@etude/testing/subjects/Trajectory"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Leaves from "../src/Leaves.ts"
import * as Recorder from "../src/record/Recorder.ts"
import * as Recording from "../src/record/Recording.ts"
import { Unrecordable } from "../src/record/Unrecordable.ts"
import * as KernelReplay from "./support/KernelReplay.ts"

type Program = StepExecutor.TensorProgram<Tensors.Tensors, Tensors.TensorTree>

const scoped = <A>(body: () => A) =>
  Effect.acquireUseRelease(
    Effect.sync(() => tf.engine().startScope()),
    () => Effect.sync(body),
    () => Effect.sync(() => tf.engine().endScope())
  ).pipe(Effect.provide(Wasm.layer))

const refusal = (program: Program, inputs: Tensors.Tensors): string => {
  try {
    Recorder.record(program, inputs)
  } catch (error) {
    assert.instanceOf(error, Unrecordable)
    return error.message.replace(/at \S*?[^/(]*\([^)]*\)|at [^;]*\.ts[^;]*/g, "at HERE")
  }
  return "recorded"
}
const x = (...numbers: Array<number>) => ({ x: tf.tensor1d(numbers) })

/** Records each program once for each form of its inputs, and replays it by kernels at every other call. */
const replaying = (): StepExecutor.StepExecutor["Service"] => ({
  name: "replaying",
  compile: (name, program) => {
    const forms: Array<{ readonly form: Leaves.Matcher; readonly recording: Recording.Recording }> = []
    return (inputs) => {
      const known = forms.find(({ form }) => form.matches(inputs))
      const { recording, outputs } = Recorder.record(program, inputs)
      if (known === undefined) {
        forms.push({ form: Leaves.matcher(inputs), recording })
        return outputs
      }
      assert.isUndefined(Recording.difference(known.recording, recording), name)
      const before = tf.memory().numTensors
      assert.deepStrictEqual(Recorder.recordAgain(program, inputs, known.recording), recording, name)
      assert.strictEqual(tf.memory().numTensors, before, name)
      const replayed = KernelReplay.run(known.recording, known.form.tensors)
      for (const [at, { path, tensor }] of Leaves.of(outputs).entries()) {
        assert.strictEqual(tensor.dtype, replayed[at]!.dtype, path)
        assert.deepStrictEqual(tensor.shape, replayed[at]!.shape, path)
        assert.deepStrictEqual(tensor.dataSync(), replayed[at]!.dataSync(), path)
      }
      tf.dispose(replayed)
      return outputs
    }
  }
})

describe("a recording of kernels", () => {
  const rows = ExecutorRows.all.filter((_row, index) => index % 7 === 0)
  for (const row of rows) {
    it.effect(`gives the bits of the program, called again, with "${row.name}"`, () =>
      Effect.gen(function* () {
        const subject = yield* row.subject
        yield* Trajectory.record({ ...subject, name: row.name })
      }).pipe(Effect.provideService(StepExecutor.StepExecutor, replaying()), Effect.provide(Wasm.layer))
    )
  }

  it.effect("has a constant for each number that something uses, once", () =>
    scoped(() => {
      const { recording } = Recorder.record(
        ({ x }: Tensors.Tensors) => {
          const two = tf.scalar(2)
          tf.scalar(3)
          return tf.mul(tf.add(x!, two), two)
        },
        x(1, 2)
      )
      assert.deepStrictEqual(
        recording.operations.map(({ kernel }) => kernel),
        ["Add", "Multiply"]
      )
      assert.deepStrictEqual(recording.constants, [
        { shape: [], dtype: "float32", bytes: new Uint8Array(Float32Array.of(2).buffer) }
      ])
      assert.deepStrictEqual(recording.operations[1]!.inputs, {
        a: { _tag: "Operation", index: 0, output: 0 },
        b: { _tag: "Constant", index: 0 }
      })
    })
  )

  it.effect("tells two inputs apart that are the same data now", () =>
    scoped(() => {
      const one = tf.tensor1d([1, 2])
      const { recording } = Recorder.record(({ a, b }: Tensors.Tensors) => tf.sub(a!, b!), { a: one, b: one })
      assert.deepStrictEqual(recording.operations[0]!.inputs, {
        a: { _tag: "Input", index: 0 },
        b: { _tag: "Input", index: 1 }
      })
    })
  )

  it.effect("names inputs of a list by their places", () =>
    scoped(() => {
      const { recording } = Recorder.record(({ a, b }: Tensors.Tensors) => tf.concat([b!, a!]), {
        a: tf.tensor1d([1]),
        b: tf.tensor1d([2])
      })
      assert.deepStrictEqual(recording.operations.at(-1)!.inputs, {
        0: { _tag: "Input", index: 1 },
        1: { _tag: "Input", index: 0 }
      })
    })
  )

  it.effect("leaves no tensor behind, whether it succeeds or not", () =>
    scoped(() => {
      const inputs = x(1, 2)
      const before = tf.memory().numTensors
      Recorder.record(({ x }: Tensors.Tensors) => ({ same: x!, y: tf.square(x!) }), inputs)
      assert.strictEqual(tf.memory().numTensors, before + 2)
      refusal(({ x }) => tf.mul(tf.square(x!), x!.dataSync()[0]!), inputs)
      assert.strictEqual(tf.memory().numTensors, before + 2)
    })
  )
})

describe("a program recorded again", () => {
  const recorded = (program: Program, inputs: Tensors.Tensors) => Recorder.record(program, inputs).recording

  it.effect("computes nothing: its inputs may be anywhere, and no kernel runs", () =>
    scoped(() => {
      const program: Program = ({ x }) => tf.split(tf.relu(tf.add(x!, 1)), [2])[0]!
      const before = recorded(program, x(1, 2))
      const inputs = x(1, 2)
      const kernels: Array<string> = []
      const { kernelFunc } = tf.getKernel("Relu", "wasm")!
      const relu = tf.getKernel("Relu", "wasm")!
      relu.kernelFunc = (call) => {
        kernels.push("Relu")
        return kernelFunc(call)
      }
      try {
        assert.deepStrictEqual(Recorder.recordAgain(program, inputs, before), before)
        assert.deepStrictEqual(kernels, [])
        recorded(program, inputs)
        assert.deepStrictEqual(kernels, ["Relu"])
      } finally {
        relu.kernelFunc = kernelFunc
      }
    })
  )

  it.effect("shows other numbers that JavaScript brings, as a recording from the start does", () =>
    scoped(() => {
      let rate = 0.5
      const program: Program = ({ x }) => tf.mul(x!, rate)
      const before = recorded(program, x(1, 2))
      rate = 0.25
      const again = Recorder.recordAgain(program, x(1, 2), before)!
      assert.deepStrictEqual(again, recorded(program, x(1, 2)))
      assert.match(Recording.difference(before, again)!, /^a number .* is 0\.25 and was 0\.5$/)
    })
  )

  it.effect("is left to a recording from the start where kernels, attributes or their order are others", () =>
    scoped(() => {
      let change = 0
      const program: Program = ({ x }) => {
        const sum = change === 1 ? tf.sub(x!, 1) : tf.add(x!, 1)
        const summed = tf.sum(sum, change === 2 ? [] : [0])
        if (change === 3) throw new Error("no more")
        return change === 4 ? { summed, more: tf.neg(summed) } : { summed }
      }
      const before = recorded(program, x(1, 2))
      for (change = 1; change <= 4; change++) {
        const tensors = tf.memory().numTensors
        const inputs = x(1, 2)
        assert.isUndefined(Recorder.recordAgain(program, inputs, before), String(change))
        tf.dispose(inputs)
        assert.strictEqual(tf.memory().numTensors, tensors, String(change))
      }
    })
  )

  it.effect("that ends earlier differs by its outputs", () =>
    scoped(() => {
      let isShort = false
      const program: Program = ({ x }) => (isShort ? tf.add(x!, 1) : tf.neg(tf.add(x!, 1)))
      const before = recorded(program, x(1, 2))
      isShort = true
      assert.isDefined(Recording.difference(before, Recorder.recordAgain(program, x(1, 2), before)!))
    })
  )

  it.effect("refuses what a recording refuses", () =>
    scoped(() => {
      let isLooking = false
      const program: Program = ({ x }) => tf.mul(x!, isLooking ? tf.square(x!).dataSync()[0]! : 1)
      const before = recorded(({ x }) => tf.mul(tf.square(x!), 1), x(1, 2))
      isLooking = true
      assert.throws(
        () => Recorder.recordAgain(program, x(1, 2), before),
        /^it reads a tensor's values after Square, at /
      )
    })
  )
})

describe("a program that can't be recorded", () => {
  const reads = (after: string) =>
    `it reads a tensor's values${after}, at HERE; values are unknown when a graph is made`
  const foreign = (user: string) =>
    `${user} uses a tensor created outside of the program, which may change or be disposed; create it inside, or make it ` +
    "a parameter or a statistic"

  it.effect("reads values that an operation gave", () =>
    scoped(() => {
      assert.strictEqual(
        refusal(({ x }) => tf.mul(x!, tf.square(x!).dataSync()[0]!), x(1)),
        reads(" after Square")
      )
      assert.strictEqual(
        refusal(({ x }) => tf.mul(x!, x!.dataSync()[0]!), x(1)),
        reads("")
      )
    })
  )
  it.effect("uses a tensor from outside", () =>
    scoped(() => {
      const outside = tf.scalar(2)
      assert.strictEqual(
        refusal(({ x }) => tf.mul(x!, outside), x(1)),
        foreign("Multiply")
      )
      assert.strictEqual(
        refusal(() => ({ y: outside }), x(1)),
        foreign("the output y")
      )
    })
  )
  it.effect("calls Math.random, also by a generator of tfjs", () =>
    scoped(() => {
      const calls = "it calls Math.random, at HERE; draw with the step's own random numbers"
      assert.strictEqual(
        refusal(({ x }) => tf.mul(x!, Math.random()), x(1)),
        calls
      )
      assert.strictEqual(
        refusal(({ x }) => tf.add(x!, tf.randomNormal([1])), x(1)),
        calls
      )
    })
  )
  it.effect("assigns a variable, which is whole afterwards", () =>
    scoped(() => {
      const variable = tf.variable(tf.tensor1d([1]))
      const program: Program = ({ x }) => {
        variable.assign(tf.square(x!) as tf.Tensor1D)
        return tf.add(x!, 1)
      }
      assert.strictEqual(
        refusal(program, x(3)),
        "it makes or assigns a variable, at HERE; give the new value as an output"
      )
      assert.deepStrictEqual([...variable.dataSync()], [9])
      variable.dispose()
    })
  )
  it.effect("holds strings, or a shape that depends on values", () =>
    scoped(() => {
      assert.strictEqual(
        refusal(({ x }) => tf.add(x!, tf.tensor1d(["one"]).size), x(1)),
        "a constant is of strings"
      )
      assert.match(
        refusal(({ x }) => tf.unique(x!).values, x(1)),
        /^the shape of what Unique gives depends on values/
      )
    })
  )
  it.effect("may read what it brought itself", () =>
    scoped(() => {
      assert.strictEqual(
        refusal(({ x }) => tf.mul(x!, tf.tensor1d([3]).dataSync()[0]!), x(1)),
        "recorded"
      )
    })
  )
})
