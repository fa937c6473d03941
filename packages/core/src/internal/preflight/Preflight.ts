/** The checks before the first step: everything that can be known then, all reported together. */
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Best from "../../Best.ts"
import type { Dataset } from "../../Dataset.ts"
import type { Draw } from "../../Draw.ts"
import { type Problem, reasonOf } from "../../Errors.ts"
import { entry } from "../../Lookup.ts"
import { measuredBy } from "../../Metric.ts"
import type { Variables } from "../../Model.ts"
import * as Monitors from "../../Monitors.ts"
import { nearest } from "../../nearest.ts"
import type { GroupConfig, ResolvedGroup } from "../../ParameterGroup.ts"
import * as RandomBits from "../../RandomBits.ts"
import * as Rng from "../../Rng.ts"
import type { ValueAt } from "../../Scheduled.ts"
import { refusals, type SpecOf, type Task, type TensorBatch, whenEvaluated } from "../../Task.ts"
import * as Tensors from "../../Tensors.ts"
import * as TrainState from "../../TrainState.ts"
import { hostTargets, tensorSpecs } from "../HostFields.ts"
import type { Definition } from "../loop/Definition.ts"
import * as ModelPaths from "../ModelPaths.ts"
import * as Forward from "../step/Forward.ts"
import type { StepPlan } from "../step/Plan.ts"
import * as ScheduledNumbers from "../step/ScheduledNumbers.ts"
import { sceneOf } from "../step/Transforms.ts"
import { counter, decoder, upload } from "../step/Upload.ts"
import * as Activations from "./Activations.ts"
import * as PreflightGradient from "./PreflightGradient.ts"

const specOf = (value: Tensors.TensorOrRecord): SpecOf =>
  Object.fromEntries(
    Object.entries(Tensors.asRecord(value)).map(([name, { shape, dtype }]) => [
      name,
      { shape: [null, ...shape.slice(1)], dtype }
    ])
  )

const shapeText = (specs: SpecOf): string => {
  const each = Object.entries(specs).map(
    ([name, { shape, dtype }]) =>
      `${name === "" ? "" : `${name} `}[${shape.map((side) => side ?? "batch").join(", ")}] ${dtype}`
  )
  return each.length === 0 ? "none" : each.join(", ")
}

/** A batch as transforms leave it, or which of them can't. */
const changedBy = (
  transforms: StepPlan["transforms"],
  batch: TensorBatch,
  random: RandomBits.StepRandom,
  task: Task,
  at: ValueAt
): TensorBatch | Problem => {
  let current = batch
  for (const { id, transform } of transforms) {
    try {
      const numbers = Tensors.scalars(transform.hyper?.(1, at) ?? {})
      const controls = { key: tf.tensor1d([0, 0], "int32"), groups: {}, transforms: { [id]: numbers } }
      current = transform.batch?.(current, sceneOf(id, random, controls, task)) ?? current
    } catch (cause) {
      return { path: `callbacks.${id}`, message: `cannot change batches of this data: ${reasonOf(cause)}` }
    }
  }
  return current
}

/** A few samples, or their problems. */
const readSamples = Effect.fnUntraced(function* (dataset: Dataset, indices: Int32Array, path: string, draw: Draw) {
  const problem = (message: string) => ({ problems: [{ path, message }] })
  const read = Effect.try({ try: () => dataset.read(indices, draw), catch: (cause) => ({ message: reasonOf(cause) }) })
  const batch = yield* Effect.result(
    Effect.flatMap(read, (value) => (Effect.isEffect(value) ? value : Effect.succeed(value)))
  )
  return Result.isSuccess(batch) ? batch.success : problem(batch.failure.message)
})

/** Parameters of the same shapes, normally distributed with a deviation that takes sums of them far from 0. */
const drawnLike = (parameters: Tensors.Tensors, seed: number): Tensors.Tensors =>
  Tensors.map(parameters, (tensor, path) =>
    tensor.dtype === "float32"
      ? tf.tensor(Rng.normals(Rng.named(Rng.key(seed), path), tensor.size, 0, 10), tensor.shape)
      : tensor
  )

/** Tries the model, the losses, and for training the transforms of batches and the gradient, on a few samples: their specs and what does not fit. */
export const tryModel = Effect.fnUntraced(function* (
  task: Task,
  dataset: Dataset,
  weights: { readonly parameters: Tensors.Tensors; readonly statistics: Tensors.Tensors },
  path: string,
  draw: Draw,
  plan?: StepPlan
) {
  const { transforms = [], schedules = [] } = plan ?? {}
  const course = ScheduledNumbers.course({ schedules }, 1, [])
  const problems: Array<Problem> = []
  // Two samples, or the only one twice: what a batch of one gives could be an average.
  const indices = Int32Array.of(0, Math.min(1, dataset.length - 1))
  const read = yield* readSamples(dataset, indices, path, draw)
  if ("problems" in read) return { problems: read.problems, warnings: [], outputs: {} as SpecOf }
  let warnings: ReadonlyArray<string> = []
  let outputs: SpecOf = {}
  const samples = counter(dataset.spec)(read)
  tf.tidy(() => {
    let during = "the data"
    try {
      const batch = decoder(dataset.spec)(upload(dataset, read, samples))
      during = `the forward pass on inputs ${shapeText(tensorSpecs(dataset.spec.inputs))}`
      const random = RandomBits.make({ key: tf.tensor1d([0, 0], "int32"), batchSize: samples })
      const result = Forward.run(task, { ...weights, batch }, false, random)
      outputs = specOf(result.outputs)
      warnings = Activations.warnings(task, result.outputs, (seed) => {
        const parameters = drawnLike(weights.parameters, seed)
        return Forward.run(task, { ...weights, parameters, batch }, false, random).outputs
      })
      const targets = tensorSpecs(dataset.spec.targets)
      const host = hostTargets(dataset.spec, read.targets, samples, indices)
      const before = problems.length
      for (const [name, objective] of Object.entries(task.objectives)) {
        const unfit = objective.check?.(outputs, targets) ?? []
        for (const message of unfit) problems.push({ path: `loss${name === "loss" ? "" : `.${name}`}`, message })
        // Values mean nothing to a loss that they don't fit; and a dataset in memory is looked at as a whole.
        if (unfit.length > 0 || dataset.readTargets !== undefined) continue
        for (const message of objective.checkTargets?.(host, outputs) ?? []) problems.push({ path, message })
      }
      if (problems.length > before) return
      for (const loss in task.objectives) {
        during = `${Forward.nameOfLoss(loss)} on outputs ${shapeText(outputs)} and targets ${shapeText(targets)}`
        Forward.lossSum(task, loss, result)
      }
      const { metrics } = whenEvaluated(task)
      // What several measure is measured once.
      for (const name of Object.keys(metrics).filter((one) => measuredBy(metrics, one) === one)) {
        const parts = Tensors.isTensor(result.outputs) ? "" : "; to measure one output: { metric, output }"
        during = `the metric ${name} on outputs ${shapeText(outputs)} and targets ${shapeText(targets)}${parts}`
        entry(metrics, name).measure({ ...batch, outputs: result.outputs })
      }
      const differentiate = (inputs: TensorBatch) => {
        if (plan === undefined) return
        during = "the gradient of the loss"
        const models = ScheduledNumbers.inModels(plan)?.((value) => course(value, 0))
        const controls = { models: Tensors.scalarTree(models ?? {}) as Tensors.Owned } // by model and path
        problems.push(...PreflightGradient.check(plan, { ...weights, batch: inputs, controls }, random))
      }
      const changing = transforms.filter(({ transform }) => transform.batch !== undefined)
      if (changing.length === 0) return differentiate(batch)
      const tried = changedBy(changing, batch, random, task, (value) => course(value, 0))
      if ("path" in tried) return void problems.push(tried)
      during = `the loss on batches as ${changing.map(({ id }) => id).join(", ")} ${changing.length === 1 ? "leaves" : "leave"} them`
      const changed = Forward.run(task, { ...weights, batch: tried }, false, random)
      for (const loss in task.objectives) Forward.lossSum(task, loss, changed)
      differentiate(tried)
    } catch (cause) {
      problems.push({ path: "model", message: `${during} failed: ${reasonOf(cause)}` })
    }
  })
  return { problems, warnings, outputs }
})

/** Datasets that hold nothing, or not the same thing. */
export const checkData = (
  train: Dataset | undefined,
  others: { readonly [name: string]: Dataset },
  batches: number | undefined
): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  const all = { ...(train === undefined ? {} : { train }), ...others }
  for (const [name, dataset] of Object.entries(all)) {
    if (dataset.length === 0) {
      problems.push({ path: `data.${name}`, message: `${dataset.name} is empty; at least one sample is needed` })
    }
  }
  if (train !== undefined && train.length > 0 && batches === 0) {
    problems.push({
      path: "data.train",
      message: `no batch is left of ${train.length} samples: batchSize is larger, and dropLastBatch is set`
    })
  }
  if (train === undefined) return problems
  if ("train" in others) {
    const message = `a validation set cannot have the name "train": its monitors would have the names of those of training`
    problems.push({ path: "data.train", message })
  }
  for (const [name, dataset] of Object.entries(others)) {
    for (const part of ["inputs", "targets"] as const) {
      const [expected, found] = [tensorSpecs(train.spec[part]), tensorSpecs(dataset.spec[part])]
      if (shapeText(expected) !== shapeText(found)) {
        problems.push({
          path: `data.${name}`,
          message: `${part} are ${shapeText(found)}, but those of the training data are ${shapeText(expected)}`
        })
      }
    }
  }
  return problems
}

/** Parameter groups that match nothing or follow a loss that is not there; schedules that begin with no number. */
export const checkGroups = (
  task: Task,
  paths: ReadonlyArray<string>,
  groups: ReadonlyArray<ResolvedGroup>,
  unmatched: ReadonlyArray<Pick<GroupConfig, "match"> & { readonly path: string }>,
  batchesPerEpoch: number
): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  for (const { path, match } of unmatched) {
    problems.push({ path, message: `${JSON.stringify(match)} matches none of ${paths.join(", ")}` })
  }
  const names = groups.map(({ name }) => name)
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    problems.push({ path: `groups.${name}`, message: `two parameter groups have the name "${name}"` })
  }
  if (paths.length === 0) {
    const message =
      "no parameter is trainable: the model's init returns none, or marks none. Variables (tf.variable) in a model's closure " +
      "are not trained: return their values from init, and read them from the first argument of apply"
    problems.push({ path: "groups", message })
  } else if (groups.length === 0) {
    problems.push({ path: "groups", message: "no parameter is trainable: all are frozen" })
  }
  for (const { name, losses, learningRate } of groups) {
    for (const loss of losses) {
      if (loss in task.objectives) continue
      const known = Object.keys(task.objectives)
      const meant = nearest(loss, known)
      problems.push({
        path: `groups.${name}`,
        message: `follows the loss "${loss}", but the task has ${known.join(", ")}${meant === undefined ? "" : `; did you mean "${meant}"?`}`
      })
    }
    const rate = learningRate(Math.max(1, batchesPerEpoch))(0)
    if (!Number.isFinite(rate) || rate < 0) {
      problems.push({
        path: `groups.${name}`,
        message: `the learning rate starts at ${rate}; it must be a number of at least 0`
      })
    }
  }
  return problems
}

/** The one name that no record can have: what is written there is lost. */
const lost = "__proto__"

/** Names by where they are given, of which one would be lost. */
export const checkLostNames = (names: { readonly [path: string]: ReadonlyArray<string> }): ReadonlyArray<Problem> =>
  Object.entries(names).flatMap(([path, entries]) =>
    entries.includes(lost)
      ? [{ path: `${path}.${lost}`, message: `"${lost}" is reserved by JavaScript; choose another name` }]
      : []
  )

/** Names of evaluation metrics that are already in use. */
export const checkMetricNames = (task: Task): ReadonlyArray<Problem> =>
  Object.keys(task.evaluationMetrics)
    .filter((name) => Monitors.namesOf(task).some(([monitor]) => monitor === name) || Object.hasOwn(task.metrics, name))
    .map((name) => ({
      path: `evaluationMetrics.${name}`,
      message: `"${name}" is a loss or metric of the task already, which validation measures too; remove one of them`
    }))

/** Callbacks that read values that this run does not report, or compare values without a declared direction. */
export const checkMonitors = (
  callbacks: ReadonlyArray<Definition>,
  monitors: Monitors.Monitors
): ReadonlyArray<Problem> =>
  callbacks.flatMap(({ id, monitors: watched = [], judges = [], follows = [], keepBest = [], endWith }) => {
    const path = `callbacks.${id}`
    const rules = [...judges, ...keepBest, ...(endWith === undefined ? [] : [endWith])]
    const problems = [
      ...watched.flatMap((monitor) => Best.problem(path, { monitor, better: "lower" }, monitors)),
      ...rules.flatMap((one) => Best.problem(path, one, monitors)),
      ...follows.flatMap((one) => [...Best.problem(path, one, monitors), ...Best.contradiction(path, one, monitors)])
    ]
    return problems.filter(({ message }, index) => problems.findIndex((other) => other.message === message) === index)
  })

/** Problems of the requested final weights: not available, or requested in two ways. */
export const checkEnd = (
  endWith: Best.EndWith | undefined,
  callbacks: ReadonlyArray<Definition>,
  monitors: Monitors.Monitors
): ReadonlyArray<Problem> => {
  if (endWith !== undefined) {
    return endWith === "last" ? [] : Best.problem("config.endWith", endWith.best, monitors)
  }
  const asking = callbacks.flatMap(({ id, endWith: rule }) =>
    rule === undefined ? [] : [{ id, key: Best.keyOf(rule) }]
  )
  if (new Set(asking.map(({ key }) => key)).size <= 1) return []
  const message = `${asking.map(({ id }) => id).join(" and ")} would end the run with different weights; choose one with endWith`
  return [{ path: "config.endWith", message }]
}

/** Callbacks that would each have the run evaluated with their own tensors. */
export const checkEvaluating = (callbacks: ReadonlyArray<Definition>): ReadonlyArray<Problem> => {
  const ids = callbacks.filter(({ evaluates }) => evaluates === true).map(({ id }) => id)
  if (ids.length <= 1) return []
  const message = `${ids.join(" and ")} would each validate the run with their own average; set evaluate: false in all but one`
  return [{ path: `callbacks.${ids[1]}`, message }]
}

/** Names that can't be written to files and read again. */
export const checkNames = (named: ReadonlyArray<readonly [path: string, name: string]>): ReadonlyArray<Problem> =>
  named.flatMap(([path, name]) => {
    return isWellFormed(name)
      ? []
      : [{ path, message: `${JSON.stringify(name)} is not well-formed text; choose another name` }]
  })

const isWellFormed = (name: string): boolean =>
  !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(name)

/** Two models of which a path could belong to either. */
export const checkPaths = (
  models: ModelPaths.Models,
  variables: { readonly [model: string]: Variables }
): ReadonlyArray<Problem> =>
  Object.entries(variables).flatMap(([model, { parameters, statistics }]) =>
    Object.keys({ ...parameters, ...statistics }).flatMap((path) => {
      const full = ModelPaths.join(model, path)
      const owner = ModelPaths.ownerOf(models, full)
      if (owner === model) return []
      const message = `${path} of the model "${model}" has the name of one of the model "${owner}"; rename a model`
      return [{ path: `models.${model}`, message }]
    })
  )

/** The one name of a tensor that files of safetensors use for something else. */
const reserved = "__metadata__"

/** Names of tensors that would be lost where a model is exported: files hold parameters and statistics side by side. */
export const checkExported = ({
  parameters,
  statistics
}: Pick<TrainState.TrainState, "parameters" | "statistics">): ReadonlyArray<Problem> => [
  ...Object.entries({ parameters, statistics }).flatMap(([group, tensors]) =>
    Object.hasOwn(tensors, reserved)
      ? [
          {
            path: `${group}.${reserved}`,
            message: `"${reserved}" is reserved in safetensors files; choose another name`
          }
        ]
      : []
  ),
  ...Object.keys(statistics)
    .filter((path) => Object.hasOwn(parameters, path))
    .map((path) => ({ path: `statistics.${path}`, message: "there is a parameter of that name; rename one of them" }))
]

/** States of callbacks, stored in a state, that their schemas refuse. */
export const checkCallbackStates = (
  callbacks: ReadonlyArray<Definition>,
  stored: TrainState.Plain["callbacks"]
): ReadonlyArray<Problem> =>
  callbacks.flatMap(({ id, state }) => {
    if (state === undefined || stored[id] === undefined) return []
    const decoded = Schema.decodeUnknownResult(Schema.toCodecJson(state.schema))(stored[id])
    if (Result.isSuccess(decoded)) return []
    return [{ path: `state.callbacks.${id}`, message: `its stored state cannot be read: ${decoded.failure.message}` }]
  })

const comparedGroups = ["parameters", "statistics"] as const

/** Weights of a given state that are missing, left over, of another shape than those of a fresh one, or refused by their model. */
export const checkState = (
  task: Task,
  state: TrainState.TrainState,
  fresh: TrainState.TrainState
): ReadonlyArray<Problem> => {
  const text = (tensor: tf.Tensor | undefined) =>
    tensor === undefined ? "not there" : `[${tensor.shape.join(", ")}] ${tensor.dtype}`
  const misfits = comparedGroups.flatMap((group) => {
    const [found, expected] = [TrainState.named(state, group), TrainState.named(fresh, group)]
    const shown = (name: string) => name.slice(group.length + 1)
    return [...new Set([...Object.keys(found), ...Object.keys(expected)])]
      .filter((path) => text(found[path]) !== text(expected[path]))
      .map((path) => ({
        path: `state.${group}`,
        message: `${shown(path)} is ${text(found[path])} in the state and ${text(expected[path])} in the task`
      }))
  })
  return [...misfits, ...refusals(task, state).map((message) => ({ path: "state.statistics", message }))]
}
