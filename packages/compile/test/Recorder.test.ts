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
