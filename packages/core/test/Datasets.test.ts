/** What is a dataset, what is refused, and in which words. */
import { assert, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { type Dataset, derive } from "../src/Dataset.ts"
import * as Draw from "../src/Draw.ts"
import * as Losses from "../src/Losses.ts"
import * as Metric from "../src/Metric.ts"
import * as Model from "../src/Model.ts"
import * as Rng from "../src/Rng.ts"
import * as Task from "../src/Task.ts"
import * as Trainer from "../src/Trainer.ts"
import * as Cpu from "./support/cpu.ts"
import { config, numbers, task } from "./support/tiny.ts"

/** Runs in which something stands in place of a dataset. It is typed away, as by JavaScript. */
const places = {
  "data.train": (given: unknown) => Trainer.train(task, { config, data: { train: given as Dataset } }),
  "data.validation": (given: unknown) =>
    Trainer.train(task, { config, data: { train: numbers(4), validation: given as Dataset } }),
  "data.far": (given: unknown) =>
    Trainer.train(task, {
      config,
      data: { train: numbers(4), validation: { near: numbers(2), far: given as Dataset } }
    })
}
const passes = {
  validate: (given: unknown) => withState((state) => Trainer.validate(task, { state, data: given as Dataset })),
  test: (given: unknown) => withState((state) => Trainer.test(task, { state, data: given as Dataset })),
  predict: (given: unknown) =>
    withState((state) => Trainer.predict(task, { state, data: given as Dataset, use: () => undefined }))
}
const withState = <A, E, R>(use: (state: Trainer.TrainResult["state"]) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(
    Trainer.train(task, { config: { ...config, until: { steps: 1 } }, data: { train: numbers(2) } }),
    (run) => use(run.state)
  )

/** The typed error of a run that must not succeed, and must not die. */
const errorOf = (run: Effect.Effect<unknown, unknown, any>) =>
  Effect.gen(function* () {
    const before = tf.memory().numTensors
    const exit = yield* Effect.exit(Effect.scoped(run as Effect.Effect<unknown, unknown>))
    assert.strictEqual(tf.memory().numTensors, before, "tensors are left")
    assert.isTrue(Exit.isFailure(exit), "it is accepted")
    const cause = (exit as Exit.Failure<unknown, unknown>).cause
    const error = Cause.findErrorOption(cause)
    assert.isTrue(Option.isSome(error), `it dies: ${Cause.pretty(cause)}`)
    const { _tag, message } = Option.getOrThrow(error) as { readonly _tag: string; readonly message: string }
    return { _tag, message }
  })

/** What people give instead of a dataset, and what they are told. */
const others: ReadonlyArray<readonly [string, () => unknown, string]> = [
  ["undefined", () => undefined, "undefined, expected a dataset"],
  ["null", () => null, "null, expected a dataset"],
  ["a promise", () => Promise.resolve(numbers(4)), "a Promise, expected a dataset. Wait for it first"],
  ["an Effect", () => Effect.succeed(numbers(4)), "an Effect, expected a dataset. Run it first: `yield* …`"],
  ["an async generator", async function* () {}.bind(undefined), "an async generator, expected a dataset"],
  ["a generator", function* () {}.bind(undefined), "a generator, expected a dataset"],
  ["an array", () => [[1, 2]], "nested arrays, expected a dataset. Make a dataset of it"],
  ["a typed array", () => new Float32Array(3), "a Float32Array, expected a dataset"],
  ["a function", () => () => numbers(4), "a function, expected a dataset"],
  ["a number", () => 3, "3, expected a dataset"],
  ["a text", () => "mnist", 'the text "mnist", expected a dataset']
]

describe("what is not a dataset", () => {
  for (const [what, make, words] of others) {
    it.effect(`${what} is refused by name wherever a dataset belongs`, () =>
      Effect.gen(function* () {
        for (const [path, run] of Object.entries(places)) {
          const value = make()
          if (value === undefined && path === "data.validation") continue // no validation
          const { _tag, message } = yield* errorOf(run(value))
          assert.strictEqual(_tag, "PreflightFailed", path)
          assert.include(message, `${path}: is ${words}`)
        }
        for (const run of Object.values(passes)) {
          const { _tag, message } = yield* errorOf(run(make()))
          assert.strictEqual(_tag, "PreflightFailed")
          assert.include(message, `data: is ${words}`)
        }
      }).pipe(Effect.provide(Cpu.layer))
    )
  }

  it.effect("no data at all is refused, too", () =>
    Effect.gen(function* () {
      const run = Trainer.train(task, { config } as never) // as JavaScript would
      assert.include((yield* errorOf(run)).message, "data.train: is undefined, expected a dataset")
    }).pipe(Effect.provide(Cpu.layer))
  )
})

type Changed = { readonly [key in keyof Dataset]?: unknown }
const changed = (changes: Changed): Dataset => Object.assign({}, numbers(4), changes) as Dataset

/** Datasets that say what can't be. */
const claims: ReadonlyArray<readonly [string, Changed, string]> = [
  ...[Number.NaN, Number.NEGATIVE_INFINITY, -3, 100.5, 2 ** 31].map(
    (length) =>
      [`a length of ${length}`, { length }, `length is ${length}, expected a whole number in 1 … 2147483647`] as const
  ),
  [
    "an endless length",
    { length: Number.POSITIVE_INFINITY },
    "A stream of unknown length is a dataset by `Streams.dataset`"
  ],
  ["no length", { length: undefined }, "length is undefined, expected a whole number"],
  ["a length as text", { length: "100" }, 'length is the text "100", expected a whole number'],
  ["a length of 0", { length: 0 }, "is empty; at least one sample is needed"],
  ["no spec", { spec: undefined }, "spec is undefined, expected { inputs: { shape, dtype } }"],
  ["no name", { name: undefined }, "name is undefined, expected a text"],
  ["no read", { read: undefined }, "read is undefined, expected a function"],
  ["no inputs", { spec: { inputs: {} } }, "spec.inputs names no field"],
  [
    "an open shape",
    { spec: { inputs: { shape: [null], dtype: "float32" } } },
    "spec.inputs has the shape [null], expected whole numbers of at least 1"
  ],
  ["a shape of -1", { spec: { inputs: { shape: [-1], dtype: "float32" } } }, "spec.inputs has the shape [-1]"],
  [
    "a shape of 0",
    { spec: { inputs: { a: { shape: [2, 0], dtype: "float32" } } } },
    "spec.inputs.a has the shape [2, 0]"
  ],
  [
    "a shape that is a number",
    { spec: { inputs: { shape: 4, dtype: "float32" } } },
    "has the shape 4, expected an array"
  ],
  ["another dtype", { spec: { inputs: { shape: [1], dtype: "float16" } } }, 'has the dtype the text "float16"'],
  ["wrong targets", { spec: { ...numbers(1).spec, targets: 3 } }, "spec.targets is 3, expected { shape, dtype }"]
]

describe("a dataset that says what can't be", () => {
  for (const [what, changes, words] of claims) {
    it.effect(`${what} is refused before the first step, in every set`, () =>
      Effect.gen(function* () {
        for (const run of [...Object.values(places), ...Object.values(passes)]) {
          const { _tag, message } = yield* errorOf(run(changed(changes)))
          assert.strictEqual(_tag, "PreflightFailed")
          assert.include(message, words)
        }
      }).pipe(Effect.provide(Cpu.layer))
    )
  }

  it.effect("all that is wrong is said at once, of all sets", () =>
    Effect.gen(function* () {
      const data = { train: changed({ length: Number.NaN, read: 3 }), validation: changed({ name: undefined }) }
      const { message } = yield* errorOf(Trainer.train(task, { config, data }))
      assert.deepStrictEqual(message.split("\n").slice(1), [
        "  data.train: length is NaN, expected a whole number in 1 … 2147483647",
        "  data.train: read is 3, expected a function",
        "  data.validation: name is undefined, expected a text"
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )
})

const plain = numbers(8)
const weighing = { spec: { ...plain.spec, weights: { shape: [], dtype: "float32" } } } as const
const whole = { spec: { ...plain.spec, inputs: { shape: [1], dtype: "int32" } } } as const
const rows = (indices: Int32Array) => plain.read(indices, Draw.fixed) as { inputs: Float32Array; targets: Float32Array }

/** Reads that don't give what the spec says, and what is said of them. */
const wrongReads: ReadonlyArray<readonly [string, (indices: Int32Array) => unknown, RegExp, Partial<Dataset>?]> = [
  ["async", async (indices) => rows(indices), /found a Promise from read, .* Return an Effect instead/],
  ["an Effect of a promise", (indices) => Effect.sync(async () => rows(indices)), /found a Promise from read/],
  ["an Effect that dies", () => Effect.die(new Error("torn")), /found an error from read \(torn\)/],
  ["an Effect that fails otherwise", () => Effect.fail("torn"), /found an error from read \(torn\)/],
  [
    "a throw",
    () => {
      throw new Error("torn")
    },
    /found an error from read \(torn\)/
  ],
  ["nothing", () => undefined, /found undefined from read/],
  ["an array of samples", (indices) => [...indices], /found an array of \d+ from read/],
  [
    "tensors",
    (indices) => ({ ...rows(indices), inputs: tf.ones([indices.length, 1]) }),
    /found a tensor \[\d+, 1\] float32 as inputs/
  ],
  [
    "nested arrays",
    (indices) => ({ ...rows(indices), inputs: [...indices].map((index) => [index]) }),
    /found nested arrays as inputs/
  ],
  ["an array", (indices) => ({ ...rows(indices), inputs: [...indices] }), /found an array of \d+ as inputs/],
  [
    "doubles",
    (indices) => ({ ...rows(indices), inputs: Float64Array.from(indices) }),
    /found a Float64Array as inputs/
  ],
  ["a promise of a field", (indices) => ({ ...rows(indices), inputs: Promise.resolve() }), /found a Promise as inputs/],
  ["no targets", (indices) => ({ inputs: rows(indices).inputs }), /found no targets in the result of read/],
  ["too few samples", (indices) => rows(indices.subarray(1)), /found \d+ samples? where \d+ were requested/],
  ["too many samples", (indices) => rows(Int32Array.of(0, ...indices)), /found \d+ samples where \d+ were requested/],
  [
    "too few values of one field",
    (indices) => ({ ...rows(indices), targets: new Float32Array(indices.length * 2) }),
    /values of targets in a batch of \d+ samples/
  ],
  [
    "weights that the spec hasn't",
    (indices) => ({ ...rows(indices), weights: new Float32Array(indices.length).fill(1) }),
    /found weights in the result of read, expected none/
  ],
  [
    "a negative weight",
    (indices) => ({ ...rows(indices), weights: Float32Array.from(indices, (_, at) => at - 1) }),
    /found -1 in weights of sample \d/,
    weighing
  ],
  [
    "a weight of NaN",
    (indices) => ({ ...rows(indices), weights: new Float32Array(indices.length).fill(Number.NaN) }),
    /found NaN in weights of sample \d/,
    weighing
  ],
  [
    "a mask of 2",
    (indices) => ({ ...rows(indices), mask: new Uint8Array(indices.length).fill(2) }),
    /found 2 in mask of sample \d/,
    { spec: { ...plain.spec, mask: { shape: [], dtype: "bool" } } }
  ],
  [
    "fractions as int32",
    (indices) => ({ ...rows(indices), inputs: new Float32Array(indices.length).fill(2.5) }),
    /found 2.5 in inputs of sample \d/,
    whole
  ]
]

const wrongFrom = (first: number, read: (indices: Int32Array) => unknown, changes: Partial<Dataset> = {}): Dataset => {
  const right = (indices: Int32Array) => ({
    ...rows(indices),
    ...(changes.spec?.weights && { weights: new Float32Array(indices.length).fill(1) }),
    ...(changes.spec?.mask && { mask: new Uint8Array(indices.length).fill(1) }),
    ...(changes.spec?.inputs && { inputs: new Int32Array(indices.length) })
  })
  const spec = changes.spec ?? plain.spec
  return derive(plain, {
    spec,
    read: ((indices) => (Math.max(...indices) < first ? right(indices) : read(indices))) as Dataset["read"]
  })
}

describe("a read that doesn't give what the spec says", () => {
  for (const [what, read, words, changes] of wrongReads) {
    it.effect(`${what}: refused before the first step, or at the batch where it shows`, () =>
      Effect.gen(function* () {
        for (const [name, run] of Object.entries({ ...places, ...passes })) {
          // Of a validation set, the first read is that of its first batch; `int32` is another spec than the training data's.
          if (changes === whole && name !== "data.train") continue
          const first = yield* errorOf(run(wrongFrom(0, read, changes)))
          assert.match(first.message, words, name)
          const isChecked = ["data.train", "validate", "test"].includes(name)
          assert.strictEqual(first._tag, isChecked ? "PreflightFailed" : "DataError", name)
        }
        const later = yield* errorOf(places["data.train"](wrongFrom(4, read, changes)))
        assert.strictEqual(later._tag, "DataError")
        assert.match(later.message, words)
      }).pipe(Effect.provide(Cpu.layer))
    )
  }
})

/** A dataset as a class: getters and methods of its prototype, which use `this`. */
class Rows implements Dataset {
  readonly #x: Float32Array
  constructor(x: Float32Array) {
    this.#x = x
  }
  get name() {
    return "rows"
  }
  get length() {
    return this.#x.length
  }
  get spec(): Dataset["spec"] {
    return { inputs: { shape: [1], dtype: "float32" }, targets: { shape: [1], dtype: "float32" } }
  }
  read(indices: Int32Array) {
    const inputs = Float32Array.from(indices, (index) => this.#x[index]!)
    return { inputs, targets: inputs.map((x) => 2 * x) }
  }
}

describe("a dataset of a class", () => {
  it.effect("trains, validates and is overfitted as a plain one, bit for bit", () =>
    Effect.gen(function* () {
      const own = { ...config, shuffle: true, until: { epochs: 3 } }
      const results = (train: Dataset, validation: Dataset, more: object = {}) =>
        Effect.map(
          Trainer.train(task, { config: { ...own, ...more }, data: { train, validation } }),
          ({ history, state }) => [history, state.parameters["w"]!.dataSync()]
        )
      const asClass = (length: number) => new Rows(Float32Array.from({ length }, (_, index) => index + 1))
      for (const more of [{}, { overfitBatches: 2 }, { fastDevRun: true }, { limitTrainBatches: 2 }]) {
        const expected = yield* results(numbers(6), numbers(3), more)
        assert.deepStrictEqual(yield* results(asClass(6), asClass(3), more), expected)
      }
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})

describe("a synchronous read that makes tensors", () => {
  it.effect("leaves none behind", () =>
    Effect.gen(function* () {
      const making = numbers(20, (batch, indices) => ({
        ...batch,
        inputs: tf.add(tf.tensor1d(Float32Array.from(indices)), 1).dataSync<"float32">() as Float32Array
      }))
      const before = tf.memory().numTensors
      yield* Effect.scoped(Trainer.train(task, { config, data: { train: making } }))
      assert.strictEqual(tf.memory().numTensors, before)
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("and keeps one from its first call is told how", () =>
    Effect.gen(function* () {
      let table: tf.Tensor | undefined
      const caching = numbers(4, (batch) => {
        table ??= tf.ones([2, 1])
        return { ...batch, inputs: table.dataSync<"float32">() as Float32Array }
      })
      const { _tag, message } = yield* errorOf(Trainer.train(task, { config, data: { train: caching } }))
      assert.strictEqual(_tag, "DataError")
      assert.include(message, "keep tensors that live longer with `tf.keep`")
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("what a dataset draws at random", () => {
  /** The draws of each sample, in the order of epochs. */
  const drawing = (length: number) => {
    const drawn: Array<Array<number>> = Array.from({ length }, () => [])
    const dataset = derive(numbers(length), {
      read: (indices, draw) => {
        indices.forEach((index) => {
          const value = Rng.uniform(Draw.ofSample(draw, index), 0)
          if (draw.training && !drawn[index]!.includes(value)) drawn[index]!.push(value)
        })
        return numbers(length).read(indices, draw)
      }
    })
    return { dataset, drawn }
  }
  const drawsOf = (own: object, parts: ReadonlyArray<number> = [5]) =>
    Effect.gen(function* () {
      const { dataset, drawn } = drawing(7)
      let state: Trainer.TrainResult["state"] | undefined
      for (const epochs of parts) {
        const options = state === undefined ? {} : { state }
        const run = { config: { ...config, ...own, until: { epochs } }, data: { train: dataset }, ...options }
        state = (yield* Trainer.train(task, run)).state
      }
      return drawn
    })

  it.effect("differs from epoch to epoch and from sample to sample, and is that of the seed", () =>
    Effect.gen(function* () {
      const drawn = yield* drawsOf({ seed: 3 })
      assert.deepStrictEqual(
        drawn.map(({ length }) => length),
        Array<number>(7).fill(5)
      )
      assert.strictEqual(new Set(drawn.flat()).size, 35)
      assert.deepStrictEqual(yield* drawsOf({ seed: 3 }), drawn)
      assert.notDeepEqual(yield* drawsOf({ seed: 4 }), drawn)
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("does not depend on the batch size, on the order, or on where a run was resumed", () =>
    Effect.gen(function* () {
      const drawn = yield* drawsOf({})
      for (const [own, parts] of [
        [{ batchSize: 3 }, [5]],
        [{ batchSize: 7, microbatchSize: 2 }, [5]],
        [{ shuffle: true }, [5]],
        [{}, [2, 5]]
      ] as const) {
        assert.deepStrictEqual(yield* drawsOf(own, parts), drawn)
      }
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("is the same in every validation", () =>
    Effect.gen(function* () {
      const keys = new Set<string>()
      const validation = derive(numbers(2), {
        read: (indices, draw) => {
          keys.add(JSON.stringify(draw))
          return numbers(2).read(indices, draw)
        }
      })
      const own = { ...config, until: { epochs: 3 }, seed: 5 }
      yield* Trainer.train(task, { config: own, data: { train: numbers(4), validation } })
      assert.deepStrictEqual([...keys], [JSON.stringify(Draw.ofEvaluation(5))])
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})

const classifier = (loss = Losses.softmaxCrossEntropy()) =>
  Task.supervised({
    name: "digits",
    model: Model.make({
      name: "dense",
      init: () => ({ kernel: tf.zeros([1, 2]), bias: tf.zeros([2]) }),
      apply: ({ kernel, bias }, x: tf.Tensor) => tf.add(tf.matMul(x as tf.Tensor2D, kernel as tf.Tensor2D), bias)
    }),
    loss,
    metrics: { accuracy: Metric.accuracy }
  })
const labelled = (labels: ReadonlyArray<number>, inMemory: boolean): Dataset => {
  const readTargets = (indices: Int32Array) => Int32Array.from(indices, (index) => labels[index]!)
  return {
    name: "labelled",
    length: labels.length,
    spec: { inputs: { shape: [1], dtype: "float32" }, targets: { shape: [], dtype: "int32" } },
    read: (indices) => ({ inputs: Float32Array.from(indices), targets: readTargets(indices) }),
    ...(inMemory && { readTargets })
  }
}

describe("labels out of range", () => {
  const right = Array.from({ length: 2000 }, (_, index) => index % 2)
  const wrong = right.with(1999, 7)
  const found = "label 7 at sample 1999, but the model gives 2 classes: labels must be 0 … 1"

  it.effect("are found before the first step in a set in memory, whichever it is", () =>
    Effect.gen(function* () {
      const [good, bad] = [labelled(right, true), labelled(wrong, true)]
      const both = { ...config, batchSize: 1000 }
      const inTraining = yield* errorOf(
        Trainer.train(classifier(), { config: both, data: { train: bad, validation: { near: good, far: bad } } })
      )
      assert.deepStrictEqual(inTraining.message.split("\n").slice(1), [
        `  data.train: ${found}`,
        `  data.far: ${found}`
      ])
      const { state } = yield* Trainer.train(classifier(), { config: both, data: { train: good } })
      for (const run of [Trainer.validate, Trainer.test]) {
        const error = yield* Effect.flip(run(classifier(), { state, data: bad }))
        assert.deepStrictEqual(error.message.split("\n").slice(1), [`  data.labelled: ${found}`])
      }
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("are found by their index in the dataset when their batch is read, in every set", () =>
    Effect.gen(function* () {
      const [good, bad] = [labelled(right, false), labelled(wrong, false)]
      const both = { ...config, batchSize: 1000, shuffle: true }
      const train = yield* errorOf(Trainer.train(classifier(), { config: both, data: { train: bad } }))
      assert.match(train.message, new RegExp(`labelled, batch [12] of epoch 1: found ${found}`))
      const validation = yield* errorOf(
        Trainer.train(classifier(), { config: both, data: { train: good, validation: bad } })
      )
      assert.strictEqual(validation._tag, "DataError")
      assert.include(validation.message, `labelled, batch 1: found ${found}`)
      const { state } = yield* Trainer.train(classifier(), { config: both, data: { train: good } })
      const test = yield* Effect.flip(Trainer.test(classifier(), { state, data: bad, batchSize: 500 }))
      assert.include(test.message, `labelled, batch 3: found ${found}`)
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("are not looked for where the loss cannot take the targets anyway: one message, not two", () =>
    Effect.gen(function* () {
      const spec = { inputs: { shape: [1], dtype: "float32" }, targets: { shape: [1], dtype: "float32" } } as const
      const columns = derive(labelled([0, 1], false), {
        spec,
        read: (indices) => ({ inputs: Float32Array.from(indices), targets: new Float32Array(indices.length) })
      })
      const { message } = yield* errorOf(Trainer.train(classifier(), { config, data: { train: columns } }))
      assert.lengthOf(message.split("\n"), 2)
      assert.include(message, "drop their last dimension of 1")
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a batch to which nothing counts", () => {
  const dataset = labelled([0, 0, 1, 0, 0, 0], true)
  const classWeights = Losses.softmaxCrossEntropy({ classWeights: [0, 1] })

  it.effect("by its classes' weights is empty: skipped, counted, and nowhere reported as NaN", () =>
    Effect.gen(function* () {
      const values: Array<number> = []
      const run = yield* Trainer.train(classifier(classWeights), {
        config: { ...config, learningRate: 1, optimizer: { _tag: "Adam" }, until: { epochs: 2 } },
        data: { train: dataset, validation: dataset }
      })
      assert.strictEqual(run.counts.skipped.empty, 4)
      assert.strictEqual(run.counts.steps, 2)
      for (const entry of run.history) values.push(...Object.values(entry.values))
      assert.isTrue(values.every(Number.isFinite), JSON.stringify(run.history))
      const evaluated = yield* Trainer.validate(classifier(classWeights), {
        state: run.state,
        data: dataset,
        batchSize: 2
      })
      assert.strictEqual(evaluated.batches.length, 1)
      assert.isTrue(Number.isFinite(evaluated.values["loss"]))
      // The parameters are those of the batches that count alone.
      const alone = yield* Trainer.train(classifier(classWeights), {
        config: { ...config, learningRate: 1, optimizer: { _tag: "Adam" }, until: { epochs: 2 } },
        data: { train: derive(dataset, { length: 4, read: (indices, draw) => dataset.read(indices, draw) }) }
      })
      assert.deepStrictEqual(alone.state.parameters["bias"]!.dataSync(), run.state.parameters["bias"]!.dataSync())
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )

  it.effect("in a whole set is an error of that set", () =>
    Effect.gen(function* () {
      const zeros = labelled([0, 0], true)
      const { _tag, message } = yield* errorOf(
        Trainer.train(classifier(classWeights), { config, data: { train: dataset, validation: zeros } })
      )
      assert.strictEqual(_tag, "DataError")
      assert.include(message, "labelled: found batches that are all empty")
    }).pipe(Effect.provide(Cpu.layer))
  )

  it.effect("is no way around weights that sum to less than nothing", () =>
    Effect.gen(function* () {
      const loss = {
        ...Losses.softmaxCrossEntropy(),
        weights: (targets: tf.Tensor) => tf.sub(tf.cast(targets, "float32"), 2)
      }
      const { _tag, message } = yield* errorOf(Trainer.train(classifier(loss), { config, data: { train: dataset } }))
      assert.strictEqual(_tag, "DataError")
      assert.include(message, "found weights that sum to -4 in the loss, expected weights from 0 on")
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("class weights that are an object, as in Keras", () => {
  it.effect("are refused with the array that is meant", () =>
    Effect.gen(function* () {
      const classWeights = { 0: 1, 1: 2 } as unknown as ReadonlyArray<number> // as JavaScript would
      const own = classifier(Losses.softmaxCrossEntropy({ classWeights }))
      const { message } = yield* errorOf(Trainer.train(own, { config, data: { train: labelled([0, 1], true) } }))
      assert.deepStrictEqual(message.split("\n").slice(1), [
        '  loss: classWeights is {"0":1,"1":2}; expected an array with one weight for each class: [1, 2]'
      ])
    }).pipe(Effect.provide(Cpu.layer))
  )
})

describe("a loss of another shape than the batch", () => {
  const means = (values: (loss: tf.Tensor) => tf.Tensor) =>
    Task.supervised({
      ...({ name: "mean" } as const),
      model: Model.make({
        name: "w",
        init: () => ({ w: tf.zeros([1]) }),
        apply: ({ w }, x: tf.Tensor) => tf.mul(x, w)
      }),
      loss: { name: "mean", values: (outputs, targets) => values(tf.square(tf.sub(outputs, targets))) }
    })
  for (const [what, values, shape] of [
    ["an average", (each: tf.Tensor) => tf.mean(each), "[]"],
    ["an average that keeps its dimension", (each: tf.Tensor) => tf.mean(each, 0), "[1]"],
    ["one value too many", (each: tf.Tensor) => tf.concat([tf.reshape(each, [-1]), tf.ones([1])]), "[3]"],
    ["the dimensions the other way round", (each: tf.Tensor) => tf.transpose(each), "[1, 2]"]
  ] as const) {
    for (const length of [1, 4]) {
      it.effect(`${what} is refused before the first step, of ${length} samples`, () =>
        Effect.gen(function* () {
          const { _tag, message } = yield* errorOf(
            Trainer.train(means(values), { config, data: { train: numbers(length) } })
          )
          assert.strictEqual(_tag, "PreflightFailed")
          assert.include(
            message,
            `the loss gives values ${shape} for a batch of 2 samples; expected [2], one value for each sample`
          )
        }).pipe(Effect.provide(Cpu.layer))
      )
    }
  }

  it.effect("may be one value for each element", () =>
    Effect.gen(function* () {
      yield* Trainer.train(
        means((each) => each),
        { config, data: { train: numbers(4) } }
      )
    }).pipe(Effect.scoped, Effect.provide(Cpu.layer))
  )
})
