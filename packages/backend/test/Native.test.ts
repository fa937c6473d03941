import { assert, describe, it, layer } from "@effect/vitest"
import * as Backend from "@etude/core/Backend"
import { randomBits } from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as tf from "@tensorflow/tfjs-core"
import "@tensorflow/tfjs-layers"
import * as Effect from "effect/Effect"
import * as Native from "../src/Native.ts"
import { bindingPath } from "../src/native/Install.ts"
import { Machine } from "../src/native/Machine.ts"
import { machine, onMachine, temporary } from "./native/FakeMachine.ts"
import { installed, isInstalled } from "./native/Installed.ts"
import { trainConvolutions } from "./native/trainConvolutions.ts"

const started = Effect.provide(Backend.Backend, Native.layer)

describe("where the native library is not set up", () => {
  it.live("the layer fails with what to do", () =>
    Effect.gen(function* () {
      const cache = yield* temporary
      const error = yield* Effect.flip(
        Effect.provideService(
          started,
          Machine,
          machine(() => undefined, { ETUDE_CACHE: cache })
        )
      )
      assert.strictEqual(
        error.message,
        "The native backend is not available: its library is not set up. Run `etude backend install`, or NativeInstaller.install."
      )
    }).pipe(Effect.scoped)
  )

  it.live("without tfjs-node the layer names the package", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(started.pipe(onMachine(machine(() => undefined))))
      assert.strictEqual(
        error.message,
        "The native backend is not available: the package @tensorflow/tfjs-node cannot be used: it is not installed. Add it to " +
          "your project without its install script: `pnpm add @tensorflow/tfjs-node`, or `npm install --ignore-scripts @tensorflow/tfjs-node`."
      )
    })
  )
})

describe.skipIf(!isInstalled)("the native backend", () => {
  layer(Native.layer, { excludeTestServices: true })((it) => {
    it.effect("tells TensorFlow's version, device and threads", () =>
      Effect.gen(function* () {
        const info = yield* Backend.Backend
        assert.strictEqual(info.name, "native")
        assert.strictEqual(info.version, installed!.manifest.tensorflow)
        assert.strictEqual(info.device, "CPU")
        assert.isAtLeast(info.threads, 1)
        assert.strictEqual(tf.getBackend(), "tensorflow")
      })
    )

    it.effect("a second one is busy", () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.provide(Backend.Backend, Native.layer, { local: true }))
        assert.strictEqual(error._tag, "BackendBusy")
      })
    )

    it.effect("RandomBits draws the numbers of Rng.fillStateless, for any key and shape", () =>
      Effect.sync(() => {
        const keys = [
          [0, 0],
          [1, 2],
          [-1, 5],
          [7, -9],
          [-2147483648, 2147483647]
        ] as const
        for (const [hi, lo] of keys) {
          for (const shape of [[1], [3], [4], [5], [1000], [7, 11], [2, 3, 5], [70000], []]) {
            const drawn = tf.tidy(() => randomBits(tf.tensor1d([hi, lo], "int32"), shape))
            assert.deepStrictEqual(drawn.shape, shape)
            assert.strictEqual(drawn.dtype, "int32")
            const expected = Rng.fillStateless({ hi, lo }, new Int32Array(drawn.size))
            assert.deepStrictEqual(drawn.dataSync(), expected, `key ${hi} ${lo}, shape ${shape}`)
            drawn.dispose()
          }
        }
      })
    )

    it.effect("one step of gradient descent on a line gives the hand-computed slope", () =>
      Effect.sync(() => {
        // Mean of (w·x − 2x)² over x = 1, 2, 3 at w = 0 has the derivative −56/3.
        const slope = tf.tidy(() => {
          const x = tf.tensor1d([1, 2, 3])
          const loss = (w: tf.Tensor) => tf.mean(tf.squaredDifference(tf.mul(w, x), tf.mul(x, 2)))
          const w = tf.scalar(0)
          return tf.sub(w, tf.mul(tf.grad(loss)(w), 0.01)).dataSync()[0]!
        })
        assert.approximately(slope, 0.56 / 3, 1e-7)
      })
    )

    it.effect("training twice gives the same bits", () =>
      Effect.sync(() => assert.deepStrictEqual(trainConvolutions(), trainConvolutions()))
    )

    it.effect("training leaves no tensor behind, on either side of the binding", () =>
      Effect.sync(() => {
        trainConvolutions()
        const [ours, theirs] = [tf.memory().numTensors, Native.current()!.binding.getNumOfTensors()]
        trainConvolutions()
        assert.strictEqual(tf.memory().numTensors, ours)
        assert.strictEqual(Native.current()!.binding.getNumOfTensors(), theirs)
      })
    )

    it.effect("prelu, exp of integers and argMax of booleans work without chained methods, and keep their input", () =>
      Effect.sync(() =>
        tf.tidy(() => {
          const x = tf.tensor1d([-2, 3])
          assert.deepStrictEqual([...tf.prelu(x, tf.tensor1d([0.5])).dataSync()], [-1, 3])
          const integers = tf.tensor1d([0, 1], "int32")
          assert.approximately(tf.exp(integers).dataSync()[1]!, Math.E, 1e-6)
          assert.deepStrictEqual([...integers.dataSync()], [0, 1])
          const flags = tf.tensor1d([0, 1, 1], "bool")
          assert.strictEqual(tf.argMax(flags).dataSync()[0], 1)
          assert.strictEqual(tf.argMin(flags).dataSync()[0], 0)
          assert.notProperty(tf.Tensor.prototype, "matMul")
        })
      )
    )

    it.effect("gives its raw binding to executors", () =>
      Effect.sync(() => {
        const native = Native.current()!
        const { binding } = native
        const x = tf.tensor1d([1, 2, 3])
        const [squares] = binding.executeOp(
          "Square",
          [{ name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }],
          native.getInputTensorIds([x]),
          1
        )
        assert.deepStrictEqual([...binding.tensorDataSync(squares!.id)], [1, 4, 9])
        binding.deleteTensor(squares!.id)
        x.dispose()
      })
    )
  })

  it.live("after its scope it can be had again, in the same process", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* started).name, "native")
      assert.strictEqual((yield* started).name, "native")
    })
  )

  it.live("starts without a word on either output", () =>
    Effect.gen(function* () {
      const { run } = yield* Machine
      const script =
        "const { load } = await import(process.argv[1]); const { binding } = load(process.argv[2], process.argv[3]);" +
        "binding.createTensor([1], binding.TF_FLOAT, new Float32Array(1))"
      const { requireFromHere } = yield* Effect.promise(() => import("../src/native/TfjsNode.ts"))
      const result = yield* run({
        program: process.execPath,
        arguments: [
          ...["--conditions=@etude/source", "--input-type=module", "-e", script],
          new URL("../src/native/Load.ts", import.meta.url).href,
          requireFromHere.resolve("@tensorflow/tfjs-node/package.json").replace(/.package\.json$/, ""),
          bindingPath(installed!)
        ],
        env: { NODE_OPTIONS: "", TF_CPP_MIN_LOG_LEVEL: "2" }
      })
      assert.deepStrictEqual(result, { exitCode: 0, output: "" })
    })
  )
})
