/** The laws of a model: a pure function whose parameters are all used, and whose samples don't see each other. */
import type { Backend } from "@etude/core/Backend"
import type { HostValues } from "@etude/core/Loss"
import type { Forward, Model, Variables } from "@etude/core/Model"
import * as RandomBits from "@etude/core/RandomBits"
import * as Rng from "@etude/core/Rng"
import * as Scheduled from "@etude/core/Scheduled"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Tensors from "@etude/core/Tensors"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Close from "../Close.ts"
import * as Host from "../subjects/HostTensors.ts"
import { LawBroken } from "./LawBroken.ts"
import type { Statement } from "./Statement.ts"

/** Values of a few samples; or the shape of one sample (without the batch), for normal numbers. */
export type ModelInput = HostValues | ReadonlyArray<number>

export interface ModelOptions {
  /** The model's own name when absent. */
  readonly name?: string
  /** One input, or several by name. */
  readonly inputs: ModelInput | { readonly [name: string]: ModelInput }
  /** Whether it draws in evaluation, too: its outputs then depend on the key. Default: false. */
  readonly draws?: boolean
  /** How far a sample alone may be from the same sample in a batch; 1e-5 relative to the largest output when absent. */
  readonly tolerance?: Close.Tolerance
}

/** The observation, and how to reproduce it. */
type Finding = readonly [found: string, reproduce: string]
type AnyModel = Model<any, any> // of whatever inputs and outputs

interface Tried {
  readonly model: AnyModel
  readonly inputs: Host.HostTensors
  readonly samples: number
  readonly draws: boolean
  readonly tolerance: Close.Tolerance
}

/** How many samples are drawn where only a shape is known. */
const drawn = 3

const isShape = (input: ModelInput): input is ReadonlyArray<number> => Array.isArray(input)

const valuesOf = (input: ModelInput, name: string): HostValues => {
  if (!isShape(input)) return input
  const shape = [drawn, ...input]
  return { values: Rng.normals(Rng.named(Rng.key(2), name), Tensors.sizeOf(shape)), shape }
}

const isOne = (inputs: ModelOptions["inputs"]): inputs is ModelInput =>
  Array.isArray(inputs) || Host.isValues(inputs as Host.HostTensors)

const hostInputs = (inputs: ModelOptions["inputs"]): Host.HostTensors =>
  isOne(inputs)
    ? valuesOf(inputs, "")
    : Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, valuesOf(input, name)]))

const range = (length: number): ReadonlyArray<number> => Array.from({ length }, (_, index) => index)

interface Pass {
  readonly training: boolean
  readonly variables: Variables
  /** Which samples of the batch. Default: all. */
  readonly positions?: ReadonlyArray<number>
  readonly key?: number
}

/** A forward pass, as a step makes it: of the whole batch, or of a microbatch of it. */
/** What is scheduled in a model, as at the first step. */
const firstOf = ({ scheduled = {} }: Tried["model"]): Tensors.Tensors => {
  const at = Scheduled.valueAt(1)
  return Tensors.scalars(Record.map(scheduled, ({ schedule }) => at(schedule)))
}

const forward = (
  { model, inputs, samples }: Tried,
  { training, variables, positions, key = 5 }: Pass
): Forward<any> => {
  const random = RandomBits.make({
    key: tf.tensor1d([key, 1], "int32"),
    samples: positions && tf.tensor1d([...positions], "int32"),
    batchSize: samples
  })
  const scheduled = training ? { scheduled: firstOf(model) } : {}
  return model.apply(variables, Host.takeAll(inputs, positions ?? range(samples)), { training, random, ...scheduled })
}

const outputsOf = (tried: Tried, pass: Pass): Tensors.Tensors => Tensors.asRecord(forward(tried, pass).outputs)

const named = (what: string, name: string): string => (name === "" ? what : `${what} ${name}`)

type Compare = (found: ArrayLike<number>, expected: ArrayLike<number>) => string | undefined

/** Where tensors differ from others of the same names. */
const difference = (
  what: string,
  found: Tensors.Tensors,
  expected: Tensors.Tensors,
  compare: Compare = Close.bitDifference
): string | undefined => {
  for (const name of new Set([...Object.keys(found), ...Object.keys(expected)])) {
    const [a, b] = [found[name], expected[name]]
    if (a === undefined || b === undefined) return `${named(what, name)} is there only once`
    if (a.shape.join() !== b.shape.join() || a.dtype !== b.dtype)
      return `${named(what, name)} is [${a.shape.join(", ")}] ${a.dtype} instead of [${b.shape.join(", ")}] ${b.dtype}`
    const problem = compare(a.dataSync(), b.dataSync())
    if (problem !== undefined) return `${named(what, name)} ${problem}`
  }
  return undefined
}

const everything = ({ parameters, statistics }: Variables): Tensors.Tensors => ({
  ...Tensors.map(parameters, (tensor) => tensor),
  ...Object.fromEntries(Object.entries(statistics).map(([path, tensor]) => [`(statistic) ${path}`, tensor]))
})

const isKeyed = ({ model }: Tried): Finding | undefined => {
  const key = Rng.key(1)
  const live = tf.memory().numTensors
  const first = everything(model.init(key))
  const left = tf.memory().numTensors - live - Object.keys(first).length
  if (left !== 0) return [`${left} more tensors than it gave are left`, "call init and read tf.memory().numTensors"]
  model.init(Rng.key(8))
  const found = difference("variable", everything(model.init(key)), first)
  if (found !== undefined)
    return [`with the same key, the second time ${found}`, "call init with a key, another one, and the first one"]
  for (const [path, tensor] of Object.entries(first)) {
    const value = tensor.dataSync().find((one) => !Number.isFinite(one))
    if (value !== undefined) return [`${path} begins with ${value}`, "call init"]
  }
  return undefined
}

const isPure = (tried: Tried): Finding | undefined => {
  const variables = tried.model.init(Rng.key(1))
  for (const training of [true, false]) {
    const mode = training ? "training" : "evaluation"
    const before = Object.values(everything(variables)).map((tensor) => tensor.dataSync().slice())
    const live = tf.memory().numTensors
    const hosts = [0, 1].map(() =>
      Tensors.tidy(() =>
        Object.entries(outputsOf(tried, { training, variables })).map(
          ([name, tensor]) => [name, tensor.dataSync().slice()] as const
        )
      )
    )
    const left = tf.memory().numTensors - live
    if (left !== 0) {
      const what = left > 0 ? `${left} tensors are left` : `${-left} tensors that it was given are gone`
      return [`after ${mode} ${what}`, "call apply twice inside of tf.tidy, and read tf.memory().numTensors"]
    }
    const changed = Object.entries(everything(variables)).find(
      ([, tensor], index) => Close.bitDifference(tensor.dataSync(), before[index] ?? []) !== undefined
    )
    if (changed !== undefined)
      return [`${mode} changes ${changed[0]} in place`, "call apply and read the variables again"]
    const [first = [], second = []] = hosts
    for (const [index, [name, values]] of second.entries()) {
      const found = Close.bitDifference(values, first[index]?.[1] ?? [])
      if (found !== undefined)
        return [`in ${mode}, the second time ${named("the output", name)} ${found}`, "call apply twice with one key"]
    }
  }
  return undefined
}

const isDeterministic = (tried: Tried): Finding | undefined => {
  const variables = tried.model.init(Rng.key(1))
  const [first, second] = [5, 6].map((key) => outputsOf(tried, { training: false, variables, key }))
  const found = difference("the output", second ?? {}, first ?? {})
  return found === undefined
    ? undefined
    : [
        `in evaluation, with another key ${found}; say draws: true if that is meant`,
        "call apply with training: false and two keys"
      ]
}

/** A little away from where parameters begin: what is 0 at first (an adapter, a gate) hides gradients of others. */
const moved = ({ model }: Tried, { parameters, statistics }: Variables): Variables => ({
  parameters: Tensors.map(parameters, (tensor, path) => {
    const noise = Rng.normals(Rng.named(Rng.key(3), path), tensor.size).map((value) => value / 10)
    const changed = tf.add(tensor, tf.tensor(noise, tensor.shape))
    return model.constraints?.[path]?.(changed) ?? changed
  }),
  statistics
})

/** ⟨w, outputs⟩ + penalty with fixed random weights w. */
const projected = ({ outputs, penalty }: Forward<any>): tf.Tensor => {
  const terms = Object.entries(Tensors.asRecord(outputs))
    .filter(([, tensor]) => tensor.dtype === "float32")
    .map(([name, tensor]) =>
      tf.sum(tf.mul(tensor, tf.tensor(Rng.normals(Rng.named(Rng.key(4), name), tensor.size), tensor.shape)))
    )
  return Tensors.total(penalty === undefined ? terms : [...terms, penalty])
}

const gradientBy = (tried: Tried, variables: Variables, path: string): ArrayLike<number> | string => {
  try {
    const loss = (parameter: tf.Tensor) =>
      projected(
        forward(tried, {
          training: true,
          variables: { ...variables, parameters: { ...variables.parameters, [path]: parameter } }
        })
      )
    return tf.grad(loss)(Tensors.get(variables.parameters, path)).dataSync()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return message.startsWith("Cannot compute gradient")
      ? "it is not used, or its values are read and enter as numbers"
      : message
  }
}

const reachesAll = (tried: Tried): Finding | undefined => {
  const { model } = tried
  const variables = moved(tried, model.init(Rng.key(1)))
  for (const path of Object.keys(variables.parameters)) {
    if (model.trainable?.(path) === false) continue
    const how = `differentiate the outputs, in training, by ${path}, with all parameters moved a little`
    const gradient = gradientBy(tried, variables, path)
    if (typeof gradient === "string") return [`${path} has no gradient: ${gradient}`, how]
    const infinite = Array.from(gradient).find((value) => !Number.isFinite(value))
    if (infinite !== undefined) return [`the gradient by ${path} has ${infinite}`, how]
    if (Array.from(gradient).every((value) => value === 0))
      return [`the gradient by ${path} is 0 everywhere: nothing that it gives depends on it`, how]
  }
  return undefined
}

const isPerSample = (tried: Tried): Finding | undefined => {
  const { samples, tolerance } = tried
  const variables = tried.model.init(Rng.key(1))
  const near: Compare = (found, expected) => Close.difference(found, expected, tolerance)
  for (const training of [true, false]) {
    const mode = training ? "training" : "evaluation"
    const whole = outputsOf(tried, { training, variables })
    for (const [name, { shape }] of Object.entries(whole)) {
      if (shape[0] !== samples)
        return [`of ${samples} samples ${named("the output", name)} is [${shape.join(", ")}]`, `call apply in ${mode}`]
    }
    for (const sample of range(samples)) {
      const alone = outputsOf(tried, { training, variables, positions: [sample] })
      const expected = Tensors.map(whole, (tensor) => tf.slice(tensor, [sample], [1]))
      const found = difference(`in ${mode}, of sample ${sample} alone the output`, alone, expected, near)
      if (found !== undefined)
        return [
          `${found}; say crossSample: true if samples influence each other`,
          `compare sample ${sample} alone with the same in a batch of ${samples}`
        ]
    }
  }
  return undefined
}

const keepsStatistics = (tried: Tried): Finding | undefined => {
  const variables = tried.model.init(Rng.key(1))
  for (const training of [true, false]) {
    const { statistics = {}, penalty } = forward(tried, { training, variables })
    const call = `call apply with training: ${training}`
    if (penalty !== undefined && penalty.size !== 1)
      return [`its penalty is [${penalty.shape.join(", ")}] instead of one number`, call]
    for (const [path, tensor] of Object.entries(statistics)) {
      const before = variables.statistics[path]
      if (before === undefined) return [`it gives a statistic ${path} that init does not`, call]
      const text = (of: tf.Tensor) => `[${of.shape.join(", ")}] ${of.dtype}`
      if (text(tensor) !== text(before))
        return [`the statistic ${path} is ${text(before)} at first and ${text(tensor)} later`, call]
    }
  }
  return undefined
}

/**
 * That initial variables depend on the key only, a pass is pure and leaves no tensor, evaluation does not draw, every trainable parameter
 * has a gradient, a sample alone is the same as in a batch (in training with the same draws, and unless the model says `crossSample`), and
 * that statistics keep their names and shapes.
 */
export const of = (model: AnyModel, options: ModelOptions): ReadonlyArray<Statement<Backend | StepExecutor>> => {
  const { name = model.name, draws = false, tolerance = {} } = options
  const inputs = hostInputs(options.inputs)
  const tried: Tried = { model, inputs, samples: Host.samplesOf(inputs), draws, tolerance }
  const law = (statement: string, check: (tried: Tried) => Finding | undefined): Statement => ({
    statement,
    check: Effect.suspend(() => {
      const finding = Tensors.tidy(() => check(tried))
      if (finding === undefined) return Effect.void
      const [found, reproduce] = finding
      return Effect.fail(new LawBroken({ law: "model", subject: name, found, reproduce }))
    })
  })
  return [
    law("its first variables are finite and depend on the key only", isKeyed),
    law("a pass is a function of its inputs, changes none of them and leaves no tensor", isPure),
    ...(draws ? [] : [law("evaluation does not depend on the key", isDeterministic)]),
    law("every trainable parameter has a gradient", reachesAll),
    ...(model.crossSample === true ? [] : [law("a sample alone is the same as in a batch", isPerSample)]),
    law("statistics keep their names and shapes", keepsStatistics)
  ]
}
