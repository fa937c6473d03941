/**
 * A task: what is trained and how well it does. Models, losses, metrics and parameter groups; no loop. `supervised`
 * covers one model whose outputs are compared with targets; `make` covers the rest (several models, custom losses, a
 * GAN).
 */
import type * as tf from "@tensorflow/tfjs-core"
import * as ModelPaths from "./internal/ModelPaths.ts"
import type { HostValues, Loss, TargetKind } from "./Loss.ts"
import { type Metric, of as metricOf } from "./Metric.ts"
import type { Model, Variables } from "./Model.ts"
import type { ParameterGroup } from "./ParameterGroup.ts"
import type { StepRandom } from "./RandomBits.ts"
import { get, isTensor, type TensorOrRecord, type TensorSpec, type Tensors } from "./Tensors.ts"

/** A batch on the device. Every tensor's first dimension is the batch. */
export interface TensorBatch<
  In extends TensorOrRecord = TensorOrRecord,
  Target extends TensorOrRecord = TensorOrRecord
> {
  readonly inputs: In
  readonly targets: Target
  /** float32 [batch] */
  readonly weights?: tf.Tensor
  /** [batch] or [batch, …]: 1 where an element counts, 0 where it is padding. */
  readonly mask?: tf.Tensor
}

/** A model as a function of its inputs, with the parameters of this step. */
export type ModelFunction<M> = 0 extends M & 1 // only `any` does that
  ? (inputs: any) => any
  : M extends Model<infer In, infer Out>
    ? (inputs: In) => Out
    : never

/** The view that the forward pass and the losses receive. */
export interface Scene<
  In extends TensorOrRecord = tf.Tensor,
  Target extends TensorOrRecord = tf.Tensor,
  // any: a scene without the types of its models
  Models = any
> {
  readonly batch: TensorBatch<In, Target>
  readonly training: boolean
  readonly random: StepRandom
  readonly models: { readonly [name in keyof Models]: ModelFunction<Models[name]> }
  /** All parameters, by path. */
  readonly parameters: Tensors
}

/** A loss of a task. */
export interface Objective<
  in In extends TensorOrRecord = any,
  in Target extends TensorOrRecord = any,
  in Out extends TensorOrRecord = any,
  Models = any
> {
  /** Factor of this loss in the sum of losses; 1 when absent. */
  readonly coefficient?: number
  /** One value per sample, [batch], or per element, [batch, …]. */
  readonly values: (outputs: Out, batch: TensorBatch<In, Target>, scene: Scene<In, Target, Models>) => tf.Tensor
  /** Weights by target, from the batch alone; 1 when absent. */
  readonly weights?: (batch: TensorBatch<In, Target>) => tf.Tensor
  /** The kinds of the targets that it compares, by name (`""` for a single one), where the loss declares them. */
  readonly targets?: { readonly [target: string]: TargetKind }
  /** The activation that it applies itself, by output (`""` for a single one): a model must not apply one before. */
  readonly applies?: { readonly [output: string]: "softmax" | "sigmoid" }
  /** True when samples of a batch influence each other's value: microbatches then change the result. */
  readonly crossSample?: boolean
  /** The problems of outputs and targets of these specs, as sentences. */
  readonly check?: (outputs: SpecOf, targets: SpecOf) => ReadonlyArray<string>
  /** The problems of the values of these targets, as sentences. */
  readonly checkTargets?: (targets: HostValuesOf, outputs: SpecOf) => ReadonlyArray<string>
  /** The same comparison by another loss; absent where the task computes the values itself. */
  readonly withLoss?: (loss: Loss<any, any>) => Objective
}

/** Specs of a tensor (under the name `""`) or of a record of them. */
export type SpecOf = { readonly [name: string]: TensorSpec }
/** Host values of a tensor (under the name `""`) or of a record of them. */
export type HostValuesOf = { readonly [name: string]: HostValues }

export interface Task<
  in In extends TensorOrRecord = any,
  in Target extends TensorOrRecord = any,
  Out extends TensorOrRecord = any,
  MetricName extends string = string,
  EvaluationName extends string = never
> {
  readonly name: string
  /** By name; the single model of a task has the name `""`, and its parameters no prefix. */
  readonly models: { readonly [name: string]: Model<any, any> } // a record of models of different types
  readonly forward: (scene: Scene<In, Target, any>) => Out
  readonly objectives: { readonly [name: string]: Objective<In, Target, Out, any> }
  /** Measured at each step, and at validation and test. */
  readonly metrics: { readonly [name in MetricName]: Metric<any, any, any, any> } // each has its own types
  /**
   * Measured at validation and test only: costly metrics, and those that mean nothing for the batches of a changing model.
   * A step does not compute them.
   */
  readonly evaluationMetrics: { readonly [name in EvaluationName]: Metric<any, any, any, any> }
  /** Which optimizer changes which parameters; what no group takes, the config's optimizer does. */
  readonly groups: ReadonlyArray<ParameterGroup>
}

declare const lossNames: unique symbol
/** The names of a task's losses, for the type checker: each is reported where there are several. */
export interface LossNames<out Name extends string> {
  readonly [lossNames]?: Name
}
type Known<Name extends string> = string extends Name ? never : Exclude<Name, keyof Loss<any, any>>

/**
 * The names under which a task's values are monitored, such as `"validation/accuracy"` and `"train/loss"`. Evaluation metrics
 * are known to validation sets only.
 */
export type MonitorKey<
  MetricName extends string,
  ValidationName extends string = "validation",
  EvaluationName extends string = never
> = `${"train" | ValidationName}/${MetricName | "loss"}` | `${ValidationName}/${EvaluationName}`

/** The kind of each target by its losses; without those that no loss declares, or that two declare differently. */
export const targetKinds = (task: Task): { readonly [target: string]: TargetKind } => {
  const declared = Object.values(task.objectives).flatMap(({ targets = {} }) => Object.entries(targets))
  return Object.fromEntries(
    declared.filter(([target, kind]) => declared.every(([other, otherKind]) => other !== target || otherKind === kind))
  )
}

/** What the task's models have against using these variables, as sentences; see `refuses` of `Model`. */
export const refusals = (
  { models }: Pick<Task, "models">,
  { parameters, statistics }: Variables
): ReadonlyArray<string> =>
  Object.entries(models).flatMap(([name, model]) => {
    const select = (tensors: Tensors) => ModelPaths.select(models, name, tensors)
    const sentences = model.refuses?.({ parameters: select(parameters), statistics: select(statistics) }) ?? []
    return name === "" ? sentences : sentences.map((sentence) => `${name}: ${sentence}`)
  })

/** The task as validation and test measure it: its evaluation metrics come after the others. */
export const whenEvaluated = (task: Task): Task => ({
  ...task,
  metrics: { ...task.metrics, ...task.evaluationMetrics },
  evaluationMetrics: {}
})

/** The losses of a task, as messages list them. */
const lossesOf = ({ objectives }: Task): string =>
  Object.entries(objectives)
    .map(([name, { withLoss }]) => (withLoss === undefined ? `${name} (computed by the task itself)` : name))
    .join(", ")

/**
 * The task with other losses, by the names that it gives them (`loss` for a single one): each compares the same output with
 * the same target. Gives the problems instead where the task has no such loss, or computes it itself.
 */
export const withLosses = (
  task: Task,
  losses: { readonly [name: string]: Loss<any, any> }
): Task | ReadonlyArray<{ readonly path: string; readonly message: string }> => {
  const problems: Array<{ readonly path: string; readonly message: string }> = []
  const objectives = { ...task.objectives }
  for (const [name, loss] of Object.entries(losses)) {
    const changed = Object.hasOwn(task.objectives, name) ? task.objectives[name]?.withLoss?.(loss) : undefined
    if (changed !== undefined) objectives[name] = changed
    else
      problems.push({
        path: name,
        message: `expected a loss of the task that can be replaced; it has ${lossesOf(task)}`
      })
  }
  return problems.length > 0 ? problems : { ...task, objectives }
}

/** One loss over a named output and a named target, where a model has several of them. */
export interface NamedLoss {
  readonly loss: Loss<any, any>
  readonly output?: string
  readonly target?: string
  readonly coefficient?: number
}

/** A metric of a named output and a named target, where a model has several of them. */
export interface NamedMetric {
  readonly metric: Metric<any, any, any, any> // of its own types
  readonly output?: string
  readonly target?: string
}

type AnyMetric = Metric<any, any, any, any> | NamedMetric

const metricsOf = <Metrics extends { readonly [name: string]: AnyMetric }>(metrics: Metrics | undefined) =>
  Object.fromEntries(
    Object.entries(metrics ?? {}).map(([name, one]) => [name, "metric" in one ? metricOf(one.metric, one) : one])
  ) as { readonly [name in keyof Metrics & string]: Metric<any, any, any, any> } // the same names

const pick = (value: TensorOrRecord, name: string | undefined): TensorOrRecord =>
  name === undefined || isTensor(value) ? value : get(value, name)

const pickSpec = <A>(specs: { readonly [name: string]: A }, name: string | undefined): A | undefined =>
  specs[name ?? ""]

/** What a loss of several outputs or targets has against these: names that are missing, else what it says itself. */
const checkFields = (loss: Loss<any, any>, outputs: SpecOf, targets: SpecOf): ReadonlyArray<string> => {
  const { fields = {} } = loss
  const missing = (what: string, names: ReadonlyArray<string> | undefined, specs: SpecOf) => {
    const absent = (names ?? [""]).filter((name) => !Object.hasOwn(specs, name))
    if (absent.length === 0) return []
    const present = Object.keys(specs).filter((name) => name !== "")
    const wanted = names === undefined ? `a single ${what}` : `the ${what}s ${names.join(", ")}`
    const held =
      present.length === 0 ? (Object.keys(specs).length === 0 ? "none" : `a single ${what}`) : present.join(", ")
    return [`${loss.name} needs ${wanted}, but there is ${held}`]
  }
  const problems = [...missing("output", fields.outputs, outputs), ...missing("target", fields.targets, targets)]
  return problems.length > 0 ? problems : (loss.checkFields?.(outputs, targets) ?? [])
}

const objectiveOf = ({ loss, output, target, coefficient }: NamedLoss): Objective => ({
  withLoss: (loss) =>
    objectiveOf({
      loss: loss,
      ...(output === undefined ? {} : { output }),
      ...(target === undefined ? {} : { target }),
      ...(coefficient === undefined ? {} : { coefficient })
    }),
  ...(coefficient === undefined ? {} : { coefficient }),
  ...(loss.targets === undefined ? {} : { targets: { [target ?? ""]: loss.targets } }),
  ...(loss.applies === undefined ? {} : { applies: { [output ?? ""]: loss.applies } }),
  ...(loss.crossSample === undefined ? {} : { crossSample: loss.crossSample }),
  values: (outputs, batch) => loss.values(pick(outputs, output), pick(batch.targets, target)),
  ...(loss.weights === undefined ? {} : { weights: (batch) => loss.weights!(pick(batch.targets, target)) }),
  check: (outputs, targets) => {
    const [outputSpec, targetSpec] = [pickSpec(outputs, output), pickSpec(targets, target)]
    const missing = (what: string, name: string | undefined, record: object) =>
      `${loss.name} needs the ${what} ${name === undefined ? "as a single tensor" : `"${name}"`}, but there ${
        Object.keys(record).join(", ") === "" ? "is a single tensor" : `is ${Object.keys(record).join(", ")}`
      }`
    if (loss.fields !== undefined) return checkFields(loss, outputs, targets)
    if (outputSpec === undefined) return [missing("output", output, outputs)]
    if (Object.keys(targets).length === 0)
      return [`${loss.name} compares outputs with targets, but the data has none; without targets, only predict works`]
    if (targetSpec === undefined) return [missing("target", target, targets)]
    return loss.check?.(outputSpec, targetSpec) ?? []
  },
  ...(loss.checkTargets === undefined
    ? {}
    : {
        checkTargets: (targets, outputs) => {
          const [outputSpec, values] = [pickSpec(outputs, output), pickSpec(targets, target)]
          return outputSpec === undefined || values === undefined ? [] : (loss.checkTargets?.(values, outputSpec) ?? [])
        }
      })
})

/**
 * Several models, losses and metrics, put together freely. Inputs and targets are single tensors unless `forward` says
 * otherwise: `forward: (scene: Task.Scene<{ image: tf.Tensor; age: tf.Tensor }>) => …`.
 */
export const make = <
  const Models extends { readonly [name: string]: Model<any, any> },
  Out extends TensorOrRecord,
  In extends TensorOrRecord = tf.Tensor,
  Target extends TensorOrRecord = tf.Tensor,
  Metrics extends { readonly [name: string]: AnyMetric } = {},
  EvaluationMetrics extends { readonly [name: string]: AnyMetric } = {},
  const LossName extends string = never
>(options: {
  readonly name: string
  readonly models: Models
  readonly forward: (scene: Scene<In, Target, Models>) => Out
  readonly objectives: { readonly [name in LossName]: Objective<In, Target, Out, Models> } & {
    readonly [name: string]: Objective<In, Target, Out, Models>
  }
  readonly metrics?: Metrics
  readonly evaluationMetrics?: EvaluationMetrics
  readonly groups?: ReadonlyArray<ParameterGroup>
}): Task<In, Target, Out, keyof Metrics & string, keyof EvaluationMetrics & string> & LossNames<Known<LossName>> => ({
  ...options,
  metrics: metricsOf(options.metrics),
  evaluationMetrics: metricsOf(options.evaluationMetrics),
  groups: options.groups ?? []
})

/** One model, its outputs compared with targets by one loss, or by several under their names. */
export const supervised = <
  In extends TensorOrRecord,
  Out extends TensorOrRecord,
  Target extends TensorOrRecord = tf.Tensor,
  Metrics extends { readonly [name: string]: AnyMetric } = {},
  EvaluationMetrics extends { readonly [name: string]: AnyMetric } = {},
  const LossName extends string = never
>(options: {
  readonly name: string
  readonly model: Model<In, Out>
  readonly loss: Loss<Out & tf.Tensor, Target & tf.Tensor> | { readonly [name in LossName]: NamedLoss }
  readonly metrics?: Metrics
  readonly evaluationMetrics?: EvaluationMetrics
  readonly groups?: ReadonlyArray<ParameterGroup>
}): Task<In, Target, Out, keyof Metrics & string, keyof EvaluationMetrics & string> & LossNames<Known<LossName>> => {
  const { loss } = options
  const named: { readonly [name: string]: NamedLoss } =
    "values" in loss && typeof loss.values === "function"
      ? { loss: { loss: loss as Loss<any, any> } }
      : (loss as { readonly [name: string]: NamedLoss })
  return {
    name: options.name,
    models: { "": options.model },
    forward: (scene) => scene.models[""]!(scene.batch.inputs),
    objectives: Object.fromEntries(Object.entries(named).map(([name, one]) => [name, objectiveOf(one)])),
    metrics: metricsOf(options.metrics),
    evaluationMetrics: metricsOf(options.evaluationMetrics),
    groups: options.groups ?? []
  }
}
