/** The laws of a loss: a value for each sample, with the right gradient, whatever the batch that the sample is in. */
import type { Backend } from "@etude/core/Backend"
import type { HostValues, Loss } from "@etude/core/Loss"
import * as Model from "@etude/core/Model"
import * as Rng from "@etude/core/Rng"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Task from "@etude/core/Task"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Close from "../Close.ts"
import * as GradientCheck from "../GradientCheck.ts"
import * as Data from "../subjects/Data.ts"
import * as Host from "../subjects/HostTensors.ts"
import type * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import * as MicrobatchLaw from "./MicrobatchLaw.ts"
import type { Statement } from "./Statement.ts"
import * as TensorLaw from "./TensorLaw.ts"

export interface LossOptions {
  /** The loss's own name when absent. */
  readonly name?: string
  /** What a model could give for a few samples, away from kinks; the first dimension is the samples. */
  readonly outputs: Host.HostTensors
  /** What it should give; absent for a loss without targets. */
  readonly targets?: Host.HostTensors
  /** How gradients are compared with finite differences. */
  readonly gradient?: GradientCheck.GradientCheckOptions
}

/** The observation, and how to reproduce it. */
type Finding = readonly [found: string, reproduce: string]
type AnyLoss = Loss<any, any> // of whatever outputs and targets

interface Tried extends LossOptions {
  readonly loss: AnyLoss
  readonly samples: number
}

const range = (length: number): ReadonlyArray<number> => Array.from({ length }, (_, index) => index)

const targetsAt = ({ targets }: Tried, positions: ReadonlyArray<number>): Tensors.TensorOrRecord =>
  targets === undefined ? {} : Host.takeAll(targets, positions)

const valuesAt = (tried: Tried, positions: ReadonlyArray<number>): tf.Tensor =>
  tried.loss.values(Host.takeAll(tried.outputs, positions), targetsAt(tried, positions))

/** The problems that the loss itself has with these samples. */
const problemsOf = ({ loss, outputs, targets = {} }: Tried): ReadonlyArray<string> => {
  const specs = (tensors: Host.HostTensors) =>
    Object.fromEntries(Object.entries(Host.asRecord(tensors)).map(([name, tensor]) => [name, Host.specOf(tensor)]))
  const [ofOutputs, ofTargets] = [specs(outputs), specs(targets)]
  const [output, target, values] = [ofOutputs[""], ofTargets[""], Host.asRecord(targets)[""]]
  return [
    ...(loss.checkFields?.(ofOutputs, ofTargets) ?? []),
    ...(output !== undefined && target !== undefined ? (loss.check?.(output, target) ?? []) : []),
    ...(output !== undefined && values !== undefined ? (loss.checkTargets?.(values, output) ?? []) : [])
  ]
}

const hasValues = (tried: Tried): Finding | undefined => {
  const { loss, samples } = tried
  const [problem] = problemsOf(tried)
  if (problem !== undefined) return [`it refuses the samples: ${problem}`, "call its checks with them"]
  const call = "call values with all samples"
  const values = valuesAt(tried, range(samples))
  if (values.dtype !== "float32") return [`its values are ${values.dtype} instead of float32`, call]
  if (values.shape[0] !== samples) {
    return [
      `of ${samples} samples it gives [${values.shape.join(", ")}] instead of [${samples}] or [${samples}, …]`,
      call
    ]
  }
  const element = values.dataSync().findIndex((value) => !Number.isFinite(value))
  if (element >= 0) return [`value ${element} is ${values.dataSync()[element]}`, call]
  const weights = loss.weights?.(targetsAt(tried, range(samples)))
  return weights === undefined || weights.shape.join() === values.shape.join()
    ? undefined
    : [
        `its weights are [${weights.shape.join(", ")}] and its values [${values.shape.join(", ")}]`,
        "call weights and values with all samples"
      ]
}

const isPure = (tried: Tried): Finding | undefined => {
  const all = range(tried.samples)
  const [outputs, targets] = [Host.takeAll(tried.outputs, all), targetsAt(tried, all)]
  const given = () =>
    [...Tensors.leaves(outputs), ...Tensors.leaves(targets)].map((tensor) => tensor.dataSync().slice())
  const before = given()
  const live = tf.memory().numTensors
  const [first, second] = [0, 1].map(() => Tensors.tidy(() => tried.loss.values(outputs, targets).dataSync().slice()))
  const left = tf.memory().numTensors - live
  if (left !== 0) {
    const what = left > 0 ? `${left} tensors are left` : `${-left} tensors that it was given are gone`
    return [what, "call values twice inside of tf.tidy, and read tf.memory().numTensors before and after"]
  }
  const changed = given().findIndex((values, index) => Close.bitDifference(values, before[index] ?? []) !== undefined)
  if (changed >= 0) return ["it changes what it is given", "call values and read outputs and targets again"]
  const found = Close.bitDifference(second ?? [], first ?? [])
  return found === undefined ? undefined : [`its value the second time ${found}`, "call values twice with all samples"]
}

const isPerSample = (tried: Tried): Finding | undefined => {
  const all = range(tried.samples)
  const whole = valuesAt(tried, all)
  const [row, values] = [whole.size / tried.samples, whole.dataSync()]
  for (const sample of all) {
    const expected = values.slice(sample * row, (sample + 1) * row)
    const reversed = valuesAt(tried, [...all].reverse()).dataSync()
    const place = tried.samples - 1 - sample
    const ways = [
      ["alone", valuesAt(tried, [sample]).dataSync()],
      ["in the reversed batch", reversed.slice(place * row, (place + 1) * row)]
    ] as const
    for (const [way, found] of ways) {
      const difference = Close.difference(found, expected)
      if (difference !== undefined)
        return [`the value of sample ${sample} ${way} ${difference}`, `compare it with that of the whole batch`]
    }
  }
  return undefined
}

const hasGradient = (tried: Tried): Finding | undefined => {
  const all = range(tried.samples)
  const outputs = Tensors.asRecord(Host.takeAll(tried.outputs, all))
  const targets = targetsAt(tried, all)
  const names = Object.keys(outputs)
  const valuesOf = (...tensors: ReadonlyArray<tf.Tensor>): tf.Tensor => {
    const [first] = tensors
    const named = Object.fromEntries(names.map((name, index) => [name, tensors[index] ?? tf.scalar(0)]))
    return tried.loss.values(names[0] === "" && first !== undefined ? first : named, targets)
  }
  const [wrong] = GradientCheck.gradientCheck(valuesOf, Object.values(outputs), tried.gradient)
  if (wrong === undefined) return undefined
  const { input, element, gradient, difference } = wrong
  const name = names[input] ?? ""
  return [
    `its gradient by element ${element} of the outputs${name === "" ? "" : ` ${name}`} is ${gradient}, and ${difference} by finite differences`,
    "call GradientCheck.gradientCheck with these samples"
  ]
}

const fieldOf = (tensor: HostValues): Data.Field => ({
  shape: tensor.shape.slice(1),
  dtype: Host.dtypeOf(tensor),
  values: tensor.values
})

const fieldsOf = (tensors: Host.HostTensors) =>
  Host.isValues(tensors)
    ? fieldOf(tensors)
    : Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, fieldOf(tensor)]))

/** Gives its inputs, and what it has learned to add to them. */
const shifting = (outputs: Host.HostTensors): Model.Model<Tensors.TensorOrRecord, Tensors.TensorOrRecord> => {
  const floats = Object.entries(Host.asRecord(outputs)).filter(([, tensor]) => Host.dtypeOf(tensor) === "float32")
  return Model.make({
    name: "shift",
    init: (): Tensors.Tensors =>
      Object.fromEntries(floats.map(([name, { shape }]) => [`shift${name}`, tf.zeros(shape.slice(1))])),
    apply: (shifts, inputs: Tensors.TensorOrRecord) => {
      const shifted = Tensors.map(Tensors.asRecord(inputs), (tensor, name) => {
        const shift = shifts[`shift${name}`]
        return shift === undefined ? tensor : tf.add(tensor, shift)
      })
      return shifted[""] ?? shifted
    }
  })
}

/** A run that trains with it, on samples of different weights, some of which are masked. */
const subjectOf = (tried: Tried, name: string): Trajectory.Subject => {
  const { loss, outputs, targets, samples } = tried
  const { shape } = Tensors.tidy(() => valuesAt(tried, range(samples)))
  const row = shape.slice(1)
  const weights = Rng.uniforms(Rng.key(3), samples, 0.5, 2)
  const mask = Rng.uniforms(Rng.key(4), Tensors.sizeOf([samples, ...row])).map((u, index) =>
    u < 0.7 || index === 0 ? 1 : 0
  )
  const train = Data.arrays({
    name: "its samples",
    inputs: fieldsOf(outputs),
    ...(targets === undefined ? {} : { targets: fieldsOf(targets) }),
    weights: { shape: [], values: weights },
    mask: { shape: row, values: mask }
  })
  const config = {
    seed: 1,
    batchSize: samples,
    until: { steps: 2 },
    optimizer: { _tag: "Sgd" },
    learningRate: 0.1
  } as const
  return { name, task: Task.supervised({ name, model: shifting(outputs), loss }), config, data: { train } }
}

/**
 * That a loss has a finite value for each sample or element, is pure, that a sample's value depends on that sample alone, that gradients
 * are those of finite differences, and that it trains: with weights, masks and microbatches as with the whole batch, leaving no tensor.
 */
export const of = (loss: AnyLoss, options: LossOptions): ReadonlyArray<Statement<Backend | StepExecutor>> => {
  const { name = loss.name } = options
  const { crossSample = false } = loss
  const tried: Tried = { ...options, loss, samples: Host.samplesOf(options.outputs) }
  const law = (statement: string, check: (tried: Tried) => Finding | undefined): Statement => ({
    statement,
    check: Effect.suspend(() => {
      const finding = Tensors.tidy(() => check(tried))
      if (finding === undefined) return Effect.void
      const [found, reproduce] = finding
      return Effect.fail(new LawBroken({ law: "loss", subject: name, found, reproduce }))
    })
  })
  const trained = <E>(
    statement: string,
    check: (subject: Trajectory.Subject) => Effect.Effect<void, E, Backend | StepExecutor>
  ) => ({ statement, check: Effect.suspend(() => check(subjectOf(tried, name))) })
  return [
    law("it has a finite value for each sample, or for each element of one", hasValues),
    law("its values are a function of outputs and targets, which it does not change", isPure),
    ...(crossSample ? [] : [law("the value of a sample depends on that sample only", isPerSample)]),
    law("its gradient is that of finite differences", hasGradient),
    ...(crossSample
      ? []
      : [trained("microbatches, weights and masks give the update of the whole batch", MicrobatchLaw.check)]),
    trained("no tensor is left once the scope has closed, on all four exits", TensorLaw.check)
  ]
}
