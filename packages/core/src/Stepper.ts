/** One training step from the host's side: upload, run the programs, read what was measured, judge, commit. */

import * as tf from "@tensorflow/tfjs-core"
import type { Dataset, HostBatch } from "./Dataset.ts"
import { DataError, NonFiniteFound } from "./Errors.ts"
import * as Live from "./internal/loop/Live.ts"
import { nonFiniteData } from "./internal/preflight/DataCheck.ts"
import * as TargetCheck from "./internal/preflight/TargetCheck.ts"
import * as LearningRate from "./LearningRate.ts"
import { batchAfter } from "./Progress.ts"
import * as Rng from "./Rng.ts"
import * as Scores from "./Scores.ts"
import * as Step from "./Step.ts"
import type { StepExecutor } from "./StepExecutor.ts"
import type { SpecOf } from "./Task.ts"
import * as Tensors from "./Tensors.ts"
import type { TrainConfig } from "./TrainConfig.ts"
import { decoder, isEmpty, samplesOf, upload } from "./Upload.ts"

export interface StepperOptions {
  readonly plan: Step.StepPlan
  readonly config: TrainConfig
  readonly executor: StepExecutor["Service"]
  readonly dataset: Dataset
  readonly batchesPerEpoch: number
  /** Specs of the model's outputs, to check labels against. */
  readonly outputs: SpecOf
  readonly live: Live.Live
}

export type Outcome =
  | {
      readonly _tag: "Updated"
      readonly samples: number
      readonly scores: Scores.Scores
      readonly learningRate: number
    }
  | { readonly _tag: "Empty" }
  | { readonly _tag: "NonFinite"; readonly error: NonFiniteFound }

export interface Stepper {
  /** Trains on one batch; `indices` name its samples in errors. Throws `DataError` and what operations throw. */
  readonly train: (batch: HostBatch, indices: () => Int32Array) => Outcome
  /** The learning rate of the first parameter group at the present position. */
  readonly learningRate: () => number
  /** The learning rates of all parameter groups, at the present position or when so many steps had been done. */
  readonly learningRates: (step?: number) => ReadonlyArray<number>
  /** The names of the groups, in the same order. */
  readonly groups: ReadonlyArray<string>
}

/** Makes the function that trains on one batch. It changes the run's tensors and nothing else. */
export const make = ({ plan, config, executor, dataset, batchesPerEpoch, outputs, live }: StepperOptions): Stepper => {
  const { task } = plan
  const stream = Rng.named(Rng.key(config.seed), "step")
  const rates = plan.groups.map((group) => LearningRate.resolve(group.learningRate, batchesPerEpoch, live.plain.pace))

  /** The controls of the present step; with `ahead`, those that a later step might have. */
  const controlsAt = (ahead: number): Step.Controls => {
    const { epoch, batch, step } = live.plain.progress
    const own = Rng.fold(Rng.fold(stream, epoch), batch + ahead)
    const groups: Record<string, Tensors.Tensors> = {}
    const transforms: Record<string, Tensors.Tensors> = {}
    for (const [at, group] of plan.groups.entries()) {
      const rate = (rates[at]!(step + ahead) * live.plain.learningRateScale) / (1 + ahead)
      groups[group.name] = Tensors.scalars(group.optimizer.hyper(step + ahead + 1, rate))
    }
    for (const { id, transform } of plan.transforms) {
      if (transform.hyper !== undefined) transforms[id] = Tensors.scalars(transform.hyper(step + ahead + 1))
    }
    return { key: tf.tensor1d([own.hi, own.lo], "int32"), groups, transforms }
  }

  /** The inputs with the controls of another step, for as long as `use` takes. */
  const elsewhere =
    <In extends { readonly controls: Step.Controls }>() =>
    <A>(inputs: In, use: (others: In) => A): A => {
      try {
        return tf.tidy(() => use({ ...inputs, controls: controlsAt(1) }) as never) as A
      } finally {
        // Whoever keeps a number of the controls aside has that of the present step again.
        tf.tidy(() => void controlsAt(0))
      }
    }

  const decode = decoder(dataset.spec)
  const step = Step.step(plan)
  const whole = executor.compile(
    "step",
    (inputs: Step.StepInputs) => step({ ...inputs, batch: decode(inputs.batch) }),
    elsewhere<Step.StepInputs>()
  )
  const gradient = executor.compile("gradient", Step.gradient(plan), elsewhere<Step.GradientInputs>())
  const update = executor.compile("update", Step.update(plan), elsewhere<Step.UpdateInputs>())
  const prepare = executor.compile(
    "prepare",
    Step.prepare(plan),
    elsewhere<Pick<Step.GradientInputs, "batch" | "controls">>()
  )
  const weigh = executor.compile("weigh", Step.weigh(plan))

  /** The gradient over parts of the batch, summed, then one update. */
  const inParts = (batch: Step.GradientInputs["batch"], controls: Step.Controls, samples: number, size: number) => {
    const { parameters, slots, callbacks } = live.tensors
    const prepared = Step.transformsBatches(plan) ? prepare({ batch, controls }) : batch
    const weights = weigh({ batch: prepared })
    const cut = (value: Tensors.TensorOrRecord, begin: number, length: number): Tensors.TensorOrRecord =>
      Tensors.isTensor(value)
        ? tf.slice(value, begin, length)
        : Tensors.map(value, (tensor) => tf.slice(tensor, begin, length))
    let statistics = live.tensors.statistics
    let accumulated: Tensors.Tensors | undefined
    const parts: Array<Scores.Scores> = []
    const changed = () => Tensors.filter(statistics, (path) => statistics[path] !== live.tensors.statistics[path])
    const part = (begin: number): void => {
      const length = Math.min(size, samples - begin)
      const pieceOf = (whole: Step.GradientInputs["batch"]) =>
        Object.fromEntries(
          Object.entries(whole).map(([name, value]) => [name, cut(value as Tensors.TensorOrRecord, begin, length)])
        ) as unknown as Step.GradientInputs["batch"]
      const piece = pieceOf(prepared)
      const untransformed = prepared === batch ? undefined : pieceOf(batch)
      const positions = Int32Array.from({ length }, (_, at) => begin + at)
      const result = gradient({
        parameters,
        statistics,
        batch: piece,
        ...(untransformed === undefined ? {} : { untransformed }),
        controls,
        part: { samples: tf.tensor1d(positions, "int32"), share: tf.scalar(length / samples), weights },
        ...(accumulated === undefined ? {} : { accumulated })
      })
      // A batch is split to save memory: what an earlier part left behind goes at once.
      tf.dispose([accumulated, piece, untransformed ?? {}] as never)
      for (const path in result.statistics) {
        if (statistics[path] !== live.tensors.statistics[path]) statistics[path]!.dispose()
      }
      accumulated = result.gradients
      statistics = { ...statistics, ...result.statistics }
      parts.push(Scores.read(task, result.measured, length))
    }
    try {
      for (let begin = 0; begin < samples; begin += size) part(begin)
      const scores = parts.reduce((a, b) => Scores.combine(task, a, b))
      const updated = update({ parameters, slots, callbacks, gradients: accumulated!, controls })
      return { ...updated, statistics: changed(), scores }
    } catch (error) {
      Tensors.dispose(changed())
      throw error
    }
  }

  /** Which tensor is not finite: found by taking the gradient of the same batch again. */
  const nameNonFinite = (
    batch: Step.GradientInputs["batch"],
    controls: Step.Controls
  ): { tensor: string; found: string } | undefined =>
    tf.tidy(() => {
      const { parameters } = live.tensors
      const { gradients, measured, ...made } = Step.gradient(plan)({
        parameters,
        statistics: live.tensors.statistics,
        batch,
        controls
      })
      const bad = (tensor: tf.Tensor): string | undefined => {
        const value = tensor.dataSync<"float32">().find((one) => !Number.isFinite(one))
        return value === undefined ? undefined : String(value)
      }
      const named: Array<readonly [string, tf.Tensor]> = [
        ...Object.entries(measured.losses).map(
          ([name, { sum }]) => [name === "loss" ? "the loss" : `the loss ${name}`, sum] as const
        ),
        ...(measured.penalty === undefined ? [] : [["the penalty", measured.penalty] as const]),
        ...Object.entries(gradients).map(([path, tensor]) => [`the gradient of ${path}`, tensor] as const),
        ...Object.entries(Step.treat(plan)(gradients, controls, live.tensors.parameters)).map(
          ([path, tensor]) => [`the gradient of ${path} after transforms and clipping`, tensor] as const
        )
      ]
      let result: { tensor: string; found: string } | undefined
      for (const [tensor, values] of named) {
        const found = bad(values)
        if (found !== undefined) {
          result = { tensor, found }
          break
        }
      }
      Step.dispose({ measured, statistics: made.statistics })
      return result as never
    })

  const train = (host: HostBatch, indices: () => Int32Array): Outcome => {
    const samples = samplesOf(dataset.spec, host)
    if (isEmpty(host, samples)) return { _tag: "Empty" }
    TargetCheck.checkBatch(task, dataset, outputs, host, samples, indices, batchAfter(live.plain.progress))
    const size = config.microbatchSize ?? samples
    const rate = learningRate()
    let nonFinite: { tensor: string; found: string } | undefined
    let refused: "Empty" | DataError | undefined
    // Everything that is not handed out is given back here, also when something throws.
    const result = tf.tidy(() => {
      const controls = controlsAt(0)
      const batch = upload(dataset, host, samples) as Step.GradientInputs["batch"]
      const { parameters, statistics, slots, callbacks } = live.tensors
      let outcome: Omit<Step.StepOutputs, "measured"> & { readonly scores: Scores.Scores }
      if (size >= samples) {
        const { measured, ...rest } = whole({ parameters, statistics, slots, callbacks, batch, controls })
        outcome = { ...rest, scores: Scores.read(task, measured, samples) }
      } else outcome = inParts(decode(batch), controls, samples, size)
      const { scores, gradientSum, ...changed } = outcome
      // Class weights may be zero for all of a batch, which only the step knows.
      refused = Scores.weightProblem(dataset.name, scores) ?? (Scores.isEmpty(scores) ? "Empty" : undefined)
      if (refused !== undefined) return { changed, scores } as never
      const finite = Number.isFinite(gradientSum.dataSync()[0]) && Number.isFinite(Scores.totalLoss(task, scores))
      if (!finite) nonFinite = nameNonFinite(decode(batch), controls)
      return { changed, scores } as never
    }) as { readonly changed: Omit<Step.StepOutputs, "measured" | "gradientSum">; readonly scores: Scores.Scores }
    const { parameters, slots, callbacks, statistics } = result.changed
    if (nonFinite !== undefined || refused !== undefined) {
      for (const group of [parameters, slots, callbacks, statistics]) Tensors.disposeTree(group)
    }
    if (refused instanceof DataError) throw refused
    if (refused === "Empty") return { _tag: "Empty" }
    if (nonFinite !== undefined) {
      const { epoch, batch, step } = live.plain.progress
      const samples = [...indices()]
      const data = nonFiniteData(dataset, host, indices())
      const where = { epoch, batch, step, samples, ...(data === undefined ? {} : { data }) }
      return { _tag: "NonFinite", error: new NonFiniteFound({ ...nonFinite, ...where, policy: "" }) }
    }
    Live.replace(live, "parameters", parameters)
    Live.replaceOwned(live, "slots", slots)
    Live.replace(live, "statistics", statistics)
    Live.replaceOwned(live, "callbacks", callbacks)
    return { _tag: "Updated", samples, scores: result.scores, learningRate: rate }
  }
  const learningRates = (step = live.plain.progress.step) =>
    rates.map((rate) => rate(step) * live.plain.learningRateScale)
  const learningRate = () => learningRates()[0] ?? Number.NaN
  return { train, learningRate, learningRates, groups: plan.groups.map(({ name }) => name) }
}

/** The slots that all groups' optimizers begin with. */
export const initialSlots = (groups: Step.StepPlan["groups"], parameters: Tensors.Tensors): Tensors.Owned => {
  const slots: Record<string, Record<string, tf.Tensor>> = {}
  for (const { optimizer, paths } of groups) {
    for (const path of paths) {
      const own = optimizer.init(parameters[path]!.shape)
      for (const slot of optimizer.slotNames) {
        if (!Object.hasOwn(slots, slot)) slots[slot] = {}
        slots[slot]![path] = own[slot]!
      }
    }
  }
  return slots
}
