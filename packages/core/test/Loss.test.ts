import "@tensorflow/tfjs-backend-cpu"
import "@tensorflow/tfjs-layers"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import * as tf from "@tensorflow/tfjs-core"
import type { HostValues, Loss } from "../src/Loss.ts"
import * as Losses from "../src/Losses.ts"
import type { TensorSpec } from "../src/Tensors.ts"
import { assertNear, readFixture, type Stored, toTensor } from "./support/fixtures.ts"

interface Case {
  readonly name: string
  readonly loss: string
  readonly options: Record<string, number>
  readonly outputs: Stored
  readonly targets: Stored
  readonly values: Stored
  readonly dy: Stored
  readonly outputGradient: Stored
  readonly targetGradient?: Stored
}
interface Weighted {
  readonly outputs: Stored
  readonly targets: Stored
  readonly classWeights: Array<number>
  readonly mean: number
  readonly outputGradient: Stored
}
const fixture = readFixture<{ cases: Array<Case>; weighted: Weighted }>("losses.json")

const make: { readonly [name: string]: (options: any) => Loss } = {
  softmaxCrossEntropy: Losses.softmaxCrossEntropy,
  binaryCrossEntropy: Losses.binaryCrossEntropy,
  klDivergence: () => Losses.klDivergence,
  meanSquaredError: () => Losses.meanSquaredError,
  meanAbsoluteError: () => Losses.meanAbsoluteError,
  huber: ({ delta }) => Losses.huber(delta),
  hinge: () => Losses.hinge
}

/** Values, and the gradients of Σ values · dy by outputs and targets. */
const run = (loss: Loss, outputs: Stored, targets: Stored, dy: Stored, withTargets: boolean) =>
  tf.tidy(() => {
    const [out, wanted] = [toTensor(outputs), toTensor(targets)]
    const values = loss.values(out, wanted)
    const f = (o: tf.Tensor, t: tf.Tensor) => tf.sum(tf.mul(loss.values(o, t), toTensor(dy))) as tf.Scalar
    const gradients = withTargets ? tf.grads(f)([out, wanted]) : [tf.grad((o) => f(o, wanted))(out)]
    return { values, gradients }
  })

beforeAll(() => tf.setBackend("cpu"))

describe("values and gradients are those of PyTorch", () => {
  for (const one of fixture.cases) {
    it(`${one.loss}: ${one.name}`, () => {
      const loss = make[one.loss]!(one.options)
      const near = { relative: 1e-5, absolute: 2e-7 }
      const { values, gradients } = run(loss, one.outputs, one.targets, one.dy, one.targetGradient !== undefined)
      assert.deepStrictEqual(values.shape, one.values.shape)
      assertNear("values", values.dataSync(), one.values.values, near)
      assertNear("gradient by outputs", gradients[0]!.dataSync(), one.outputGradient.values, near)
      if (one.targetGradient === undefined) return
      // By a target, log-probabilities of size 1 are the slopes, of which a float32 carries seven digits.
      assertNear("gradient by targets", gradients[1]!.dataSync(), one.targetGradient.values, {
        relative: 1e-5,
        absolute: 1e-6
      })
    })
  }

  it("the mean under class weights divides by the sum of the labels' weights", () => {
    const { outputs, targets, classWeights, mean, outputGradient } = fixture.weighted
    const loss = Losses.softmaxCrossEntropy({ classWeights })
    const weighted = (logits: tf.Tensor) => {
      const wanted = toTensor(targets)
      const weights = loss.weights!(wanted)
      return tf.div(tf.sum(tf.mul(loss.values(logits, wanted), weights)), tf.sum(weights)) as tf.Scalar
    }
    const near = { relative: 1e-5, absolute: 1e-7 }
    assertNear("mean", weighted(toTensor(outputs)).dataSync(), [mean], near)
    assertNear("gradient", tf.grad(weighted)(toTensor(outputs)).dataSync(), outputGradient.values, near)
  })
})

describe("known answers", () => {
  it("equal logits cost log(classes)", () => {
    const values = Losses.softmaxCrossEntropy().values(tf.zeros([2, 10]), tf.tensor1d([3, 7], "int32"))
    assertNear("values", values.dataSync(), [Math.log(10), Math.log(10)], { relative: 1e-6, absolute: 0 })
  })

  it("a label and its one-hot target cost the same", () => {
    const logits = tf.tensor2d([0.3, -2, 1, 5, 0, 2], [2, 3])
    const labels = tf.tensor1d([2, 0], "int32")
    for (const labelSmoothing of [0, 0.1]) {
      const loss = Losses.softmaxCrossEntropy({ labelSmoothing })
      const hot = loss.values(logits, tf.oneHot(labels, 3, 1, 0, "float32"))
      assertNear("values", loss.values(logits, labels).dataSync(), hot.dataSync(), { relative: 1e-6, absolute: 0 })
    }
  })

  it("class weights of labels and of one-hot targets are equal, in the shape of the values", () => {
    const { weights } = Losses.softmaxCrossEntropy({ classWeights: [1, 2, 3] })
    const labels = tf.tensor2d([0, 2, 1, 1], [2, 2], "int32")
    assert.deepStrictEqual(weights!(labels).arraySync(), [
      [1, 3],
      [2, 2]
    ])
    assert.deepStrictEqual(weights!(tf.oneHot(labels, 3, 1, 0, "float32")).arraySync(), [
      [1, 3],
      [2, 2]
    ])
  })

  it("the divergence of a distribution from itself is 0", () => {
    const logits = tf.tensor2d([0.3, -2, 1, 5, 0, 2], [2, 3])
    const values = Losses.klDivergence.values(logits, tf.softmax(logits as tf.Tensor2D))
    assertNear("values", values.dataSync(), [0, 0], { relative: 0, absolute: 1e-6 })
  })

  it("errors of 3 and 4 give a mean square of 12.5, a mean size of 3.5, and 3 by Huber", () => {
    const [outputs, targets] = [tf.tensor2d([[3, -4]]), tf.zeros([1, 2])]
    assert.deepStrictEqual(Losses.meanSquaredError.values(outputs, targets).arraySync(), [12.5])
    assert.deepStrictEqual(Losses.meanAbsoluteError.values(outputs, targets).arraySync(), [3.5])
    assert.deepStrictEqual(Losses.huber().values(outputs, targets).arraySync(), [3])
  })

  it("NaN in the outputs is NaN in the loss", () => {
    const outputs = tf.tensor2d([[Number.NaN, 1]])
    for (const [name, build] of Object.entries(make)) {
      const value = build({})
        .values(outputs, tf.tensor2d([[1, 0]]))
        .dataSync()[0]
      assert.isTrue(Number.isNaN(value), name)
    }
  })

  it("a target of another dtype is read as numbers", () => {
    const values = Losses.meanSquaredError.values(tf.tensor1d([1.5, 2]), tf.tensor1d([1, 4], "int32"))
    assert.deepStrictEqual(values.arraySync(), [0.25, 4])
  })

  it("nothing but the value outlives a loss and its gradient", () => {
    const [outputs, targets] = [tf.zeros([2, 3]), tf.tensor1d([0, 1], "int32")]
    const before = tf.memory().numTensors
    const f = (o: tf.Tensor) => tf.sum(Losses.softmaxCrossEntropy().values(o, targets)) as tf.Scalar
    const { value, grad } = tf.valueAndGrad(f)(outputs)
    tf.dispose([value, grad])
    assert.strictEqual(tf.memory().numTensors, before)
  })
})

describe("sequences", () => {
  const sequence = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2])

  it("overTime gives a value per element where a loss gives one per sample", () => {
    const loss = Losses.overTime(Losses.meanSquaredError)
    assert.deepStrictEqual(Losses.meanSquaredError.values(sequence, tf.zeros([2, 2, 2])).arraySync(), [7.5, 43.5])
    assert.deepStrictEqual(loss.values(sequence, tf.zeros([2, 2, 2])).arraySync(), [
      [2.5, 12.5],
      [30.5, 56.5]
    ])
  })

  it("overTime changes nothing for a loss that gives a value per element", () => {
    const labels = tf.tensor2d([0, 1, 1, 0], [2, 2], "int32")
    const plain = Losses.softmaxCrossEntropy({ classWeights: [1, 2] })
    const timed = Losses.overTime(plain)
    assert.deepStrictEqual(timed.values(sequence, labels).arraySync(), plain.values(sequence, labels).arraySync())
    assert.deepStrictEqual(timed.weights!(labels).arraySync(), plain.weights!(labels).arraySync())
  })
})

const spec = (shape: ReadonlyArray<number | null>, dtype: TensorSpec["dtype"] = "float32"): TensorSpec => ({
  shape,
  dtype
})
const host = (values: Float32Array | Int32Array, ...shape: ReadonlyArray<number>): HostValues => ({ values, shape })

describe("targets that don't fit are explained before the first step", () => {
  const softmax = Losses.softmaxCrossEntropy()
  const wants =
    "softmaxCrossEntropy compares logits [batch, …, classes] with labels [batch, …] int32, or with one-hot targets or " +
    "probabilities [batch, …, classes] float32, but "

  it("nothing is said where they fit", () => {
    assert.deepStrictEqual(softmax.check!(spec([null, 10]), spec([null], "int32")), [])
    assert.deepStrictEqual(softmax.check!(spec([null, 10]), spec([null, 10])), [])
    assert.deepStrictEqual(softmax.check!(spec([null, 7, 10]), spec([null, 7], "int32")), [])
    assert.deepStrictEqual(Losses.meanSquaredError.check!(spec([null, 3]), spec([null, 3])), [])
    assert.deepStrictEqual(Losses.binaryCrossEntropy().check!(spec([null]), spec([null], "int32")), [])
    assert.deepStrictEqual(Losses.klDivergence.check!(spec([null, 3]), spec([null, 3])), [])
  })

  const shapes: ReadonlyArray<readonly [string, Loss, TensorSpec, TensorSpec, string]> = [
    [
      "labels with a dimension too many",
      softmax,
      spec([null, 10]),
      spec([null, 1], "int32"),
      `${wants}outputs are [batch, 10] float32 and targets [batch, 1] int32; if targets are labels, drop their last dimension of 1`
    ],
    [
      "labels of another dtype",
      softmax,
      spec([null, 10]),
      spec([null]),
      `${wants}outputs are [batch, 10] float32 and targets [batch] float32; labels must be int32: set the dtype of the dataset's targets`
    ],
    [
      "one-hot targets of whole numbers",
      softmax,
      spec([null, 10]),
      spec([null, 10], "int32"),
      `${wants}outputs are [batch, 10] float32 and targets [batch, 10] int32; give one-hot targets the dtype float32, or give the labels themselves`
    ],
    [
      "another number of classes",
      softmax,
      spec([null, 10]),
      spec([null, 7]),
      `${wants}outputs are [batch, 10] float32 and targets [batch, 7] float32; targets have 7 classes, but the model gives 10`
    ],
    [
      "a single logit",
      softmax,
      spec([null, 1]),
      spec([null], "int32"),
      `${wants}outputs are [batch, 1] float32 and targets [batch] int32; for one logit per sample use binaryCrossEntropy`
    ],
    [
      "labels of a whole sequence for logits per element",
      softmax,
      spec([null, 7, 10]),
      spec([null], "int32"),
      `${wants}outputs are [batch, 7, 10] float32 and targets [batch] int32`
    ],
    [
      "labels for a squared error",
      Losses.meanSquaredError,
      spec([null, 10]),
      spec([null], "int32"),
      "meanSquaredError compares outputs with targets of the same shape, but outputs are [batch, 10] float32 and targets [batch] int32; if targets are labels of classes, the loss is softmaxCrossEntropy"
    ],
    [
      "outputs with a dimension too many",
      Losses.binaryCrossEntropy(),
      spec([null, 1]),
      spec([null]),
      "binaryCrossEntropy compares outputs with targets of the same shape, but outputs are [batch, 1] float32 and targets [batch] float32; reshape the outputs to drop their last dimension of 1"
    ],
    [
      "labels for a divergence",
      Losses.klDivergence,
      spec([null, 3]),
      spec([null], "int32"),
      "klDivergence compares logits [batch, …, classes] with probabilities of the same shape, but outputs are [batch, 3] float32 and targets [batch] int32; for labels use softmaxCrossEntropy"
    ]
  ]
  for (const [name, loss, outputs, targets, sentence] of shapes) {
    it(name, () => assert.deepStrictEqual(loss.check!(outputs, targets), [sentence]))
  }

  it("a label out of range is named with its sample and the classes there are", () => {
    assert.deepStrictEqual(softmax.checkTargets!(host(new Int32Array([0, 9, 5, 10]), 4), spec([null, 10])), [
      "label 10 at sample 3, but the model gives 10 classes: labels must be 0 … 9"
    ])
  })

  it("a label out of range in a sequence is named with its element, and the number of such labels is told", () => {
    assert.deepStrictEqual(softmax.checkTargets!(host(new Int32Array([0, 1, 2, -1, 0, 3]), 2, 3), spec([null, 3, 3])), [
      "label -1 at sample 1, element [0], but the model gives 3 classes: labels must be 0 … 2; to exclude elements, " +
        "give them label 0 and the batch a mask (2 such values in these targets)"
    ])
  })

  it("labels and probabilities in range pass", () => {
    assert.deepStrictEqual(softmax.checkTargets!(host(new Int32Array([0, 9]), 2), spec([null, 10])), [])
    assert.deepStrictEqual(softmax.checkTargets!(host(new Float32Array([0.1, 0.9]), 1, 2), spec([null, 2])), [])
  })

  it("targets with several ones in a row are sent to the loss for them", () => {
    assert.deepStrictEqual(softmax.checkTargets!(host(new Float32Array([0, 1, 1, 1]), 2, 2), spec([null, 2])), [
      "the targets of sample 1 sum to 2, but one-hot targets and probabilities sum to 1; for several labels per sample use " +
        "binaryCrossEntropy; to exclude elements, give the batch a mask"
    ])
  })

  it("targets outside a loss's range are named with their place", () => {
    const [targets, outputs] = [host(new Float32Array([1, 0, -1, 0.5]), 2, 2), spec([null, 2])]
    assert.deepStrictEqual(Losses.binaryCrossEntropy().checkTargets!(targets, outputs), [
      "target -1 of sample 1, element [0]: binaryCrossEntropy needs targets in [0, 1]"
    ])
    assert.deepStrictEqual(Losses.hinge.checkTargets!(targets, outputs), [
      "target 0 of sample 0, element [1]: hinge needs targets −1 or 1 (2 such values in these targets)"
    ])
    assert.deepStrictEqual(Losses.klDivergence.checkTargets!(targets, outputs), [
      "target -1 of sample 1, element [0]: klDivergence needs one-hot targets or probabilities, from 0 to 1"
    ])
  })

  it("options that cannot be used are told with the rest", () => {
    const loss = Losses.softmaxCrossEntropy({ labelSmoothing: 1, classWeights: [1, -1] })
    assert.deepStrictEqual(loss.check!(spec([null, 3]), spec([null], "int32")), [
      "labelSmoothing is 1; expected a number in [0, 1)",
      "classWeights has 2 weights, but the model gives 3 classes",
      "the class weight of label 1 is -1; expected a finite number from 0"
    ])
    assert.deepStrictEqual(Losses.huber(0).check!(spec([null]), spec([null])), [
      "huber's delta is 0; expected a finite number above 0"
    ])
    assert.deepStrictEqual(
      Losses.binaryCrossEntropy({ positiveWeight: Number.NaN }).check!(spec([null]), spec([null])),
      ["positiveWeight is NaN; expected a finite number above 0"]
    )
  })

  it("overTime asks for a time dimension", () => {
    assert.deepStrictEqual(Losses.overTime(Losses.meanSquaredError).check!(spec([null]), spec([null])), [
      "overTime needs outputs [batch, time, …], but they have no time",
      "overTime needs targets [batch, time, …], but they have no time"
    ])
  })
})
