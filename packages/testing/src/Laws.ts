/**
 * The laws in one line: what an author calls in a test file of Vitest, once for each thing that is published. Each registers
 * the tests of all laws that such a thing must keep, and each test fails with `LawBroken`: which law, where, and how to see
 * it again. The single laws as suites are in `Suites.ts`.
 *
 * ```ts
 * import * as laws from "@etude/testing/Laws"
 * import { layer } from "./MyCallback.ts"
 *
 * laws.callback(layer({ rate: 0.5 }))
 * ```
 *
 * They run on `CpuBackend` where no backend is given.
 */
import { describe, it } from "@effect/vitest"
import type { Backend } from "@etude/core/Backend"
import type { CallbackRegistry } from "@etude/core/Callback"
import { Checkpoints } from "@etude/core/Checkpoints"
import type { Dataset } from "@etude/core/Dataset"
import type { Experiment } from "@etude/core/Experiment"
import type { ScheduleEntry } from "@etude/core/LearningRate"
import type { Loss } from "@etude/core/Loss"
import type { Metric } from "@etude/core/Metric"
import type { Model } from "@etude/core/Model"
import type { Optimizer } from "@etude/core/Optimizer"
import type { DataSampler, Sampler } from "@etude/core/Sampler"
import { layerEager, type StepExecutor } from "@etude/core/StepExecutor"
import { Storage, type StorageService } from "@etude/core/Storage"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as CpuBackend from "./doubles/CpuBackend.ts"
import * as BackendLaw from "./laws/BackendLaw.ts"
import * as CallbackLaws from "./laws/CallbackLaws.ts"
import * as CheckpointsLaw from "./laws/CheckpointsLaw.ts"
import * as CrashLaw from "./laws/CrashLaw.ts"
import * as DatasetLaw from "./laws/DatasetLaw.ts"
import * as ExecutorLaw from "./laws/ExecutorLaw.ts"
import * as KernelLaw from "./laws/KernelLaw.ts"
import * as LossLaw from "./laws/LossLaw.ts"
import * as MetricLaw from "./laws/MetricLaw.ts"
import * as ModelLaw from "./laws/ModelLaw.ts"
import * as OptimizerLaw from "./laws/OptimizerLaw.ts"
import * as PaperLaws from "./laws/PaperLaws.ts"
import * as ReplayLaw from "./laws/ReplayLaw.ts"
import * as SamplerLaw from "./laws/SamplerLaw.ts"
import * as ScheduleLaw from "./laws/ScheduleLaw.ts"
import type { Statement } from "./laws/Statement.ts"
import * as StoreResumeLaw from "./laws/StoreResumeLaw.ts"
import * as Suites from "./Suites.ts"
import * as ExecutorRows from "./subjects/ExecutorRows.ts"
import * as KernelRows from "./subjects/KernelRows.ts"
import * as MetricSamples from "./subjects/MetricSamples.ts"
import * as Subjects from "./subjects/Subjects.ts"

/** Where laws run tensors: a layer of `@etude/backend`, say. */
export type BackendLayer = Layer.Layer<Backend | StepExecutor, unknown>

interface On {
  /** `CpuBackend` when absent. */
  readonly backend?: BackendLayer
}

const suite = (name: string, statements: ReadonlyArray<Statement>, backend: BackendLayer = CpuBackend.layer): void => {
  describe(`${name} keeps the laws`, () => {
    for (const { statement, check } of statements)
      it.effect(statement, (test) => Suites.orSkip(test, Effect.provide(check, backend)), Suites.timeout)
  })
}

/**
 * Laws 1, 2, 4, 6, 9 and 10 for a callback, in the company of callbacks of all kinds: resuming at every step, order and
 * presence, tensors, finalizers, validation, microbatches. Which of them apply follows from its kind.
 */
export const callback = <Out, E>(
  // What else a callback's layer needs, its author provides.
  layer: Layer.Layer<Out, E, CallbackRegistry | Backend | StepExecutor>,
  { backend, ...options }: CallbackLaws.CallbackOptions & On = {}
): void =>
  suite(
    options.name ?? "the callback",
    CallbackLaws.of(layer as Layer.Layer<any, any, CallbackRegistry>, options),
    backend
  )

export interface MetricOptions extends Partial<Omit<MetricLaw.MetricOptions, "metric">>, On {}

/** Law 3 for a metric, on `MetricSamples.classes` where no other samples are given. */
export const metric = (
  // any: a metric of whatever outputs, targets, state and value
  metric: Metric<any, any, any, any>,
  { backend, ...options }: MetricOptions = {}
): void => {
  const all = { name: metric.name, samples: MetricSamples.classes, ...options, metric }
  const statement = "any partition into batches, merged in any order, gives the result of the whole"
  suite(`the metric ${metric.name}`, [{ statement, check: MetricLaw.check(all) }], backend)
}

/**
 * That an optimizer is pure, keeps what it says of its slots, numbers and elements, learns, and goes through runs that are cut,
 * resumed or end badly: laws 1 and 4.
 */
export const optimizer = (
  optimizer: Optimizer,
  { backend, ...options }: OptimizerLaw.OptimizerOptions & On = {}
): void => suite(options.name ?? optimizer.name, OptimizerLaw.of(optimizer, options), backend)

/**
 * That a sampler's order is a function of key and length, known position by position, within the data, with `distinct` each
 * sample once at most; and law 1: a run can resume with it from any step.
 */
export const sampler = (
  sampler: Sampler | DataSampler,
  { backend, ...options }: SamplerLaw.SamplerOptions & On = {}
): void => suite(options.name ?? "the sampler", SamplerLaw.of(sampler, options), backend)

/**
 * That a loss has a finite value for each sample or element, is pure, that a sample's value depends on that sample alone (unless the loss
 * says `crossSample`), that gradients are those of finite differences, and that training with it obeys laws 4 and 10, with weights and
 * masks.
 *
 * ```ts
 * laws.loss(huber, { outputs: { values: Float32Array.of(0.1, 3, -2, 0.4), shape: [4] }, targets: { values: new Float32Array(4), shape: [4] } })
 * ```
 */
export const loss = (
  // any: a loss of whatever outputs and targets
  loss: Loss<any, any>,
  { backend, ...options }: LossLaw.LossOptions & On
): void => suite(options.name ?? loss.name, LossLaw.of(loss, options), backend)

/**
 * That a model's first variables depend on the key only, a pass is pure and leaves no tensor, evaluation does not draw (unless `draws`),
 * every trainable parameter has a gradient, a sample alone is the same as in a batch (unless the model says `crossSample`), and statistics
 * keep their names and shapes.
 *
 * ```ts
 * laws.model(Layer.model("my layer", myLayer(), { inputs: [8, 8, 3] }), { inputs: [8, 8, 3] })
 * ```
 */
export const model = (
  // any: a model of whatever inputs and outputs
  model: Model<any, any>,
  { backend, ...options }: ModelLaw.ModelOptions & On
): void => suite(options.name ?? model.name, ModelLaw.of(model, options), backend)

/**
 * That a schedule's rates are finite and at least 0, depend on the update only, are the same with spans in epochs and in updates, count
 * from where it begins, stay after `staysAfter` updates, and survive a file.
 *
 * ```ts
 * laws.schedule(cosine, { rate: 0.1, over: { steps: 20 } }, { staysAfter: 20 })
 * ```
 *
 * @param written the schedule's options as a config has them, without `_tag`
 */
export const schedule = (entry: ScheduleEntry, written: object, options: ScheduleLaw.ScheduleOptions = {}): void =>
  suite(options.name ?? entry.tag, ScheduleLaw.of(entry, written, options))

/**
 * That samples of a dataset, or of what an Effect makes, depend on index and draw alone, whatever is read before, with or at the same
 * time as them: what makes resumes exact, and runs the same with any batch size and any number of threads.
 */
export const dataset = (
  dataset: Dataset | Effect.Effect<Dataset, unknown, Scope.Scope>,
  options: DatasetLaw.DatasetOptions = {}
): void => suite(options.name ?? "the dataset", DatasetLaw.of(dataset, options), CpuBackend.layer)

export interface CheckpointsOptions extends On {
  /** How messages call it; `the store` when absent. */
  readonly name?: string
  /** For stores in files: its layer on a storage, and the folder in it, so that crashes at every operation can be tried. */
  readonly crash?: { readonly layer: Layer.Layer<Checkpoints, unknown, Storage>; readonly folder: string }
}

const storeOf = (layer: Layer.Layer<Checkpoints, unknown>) =>
  Effect.map(Layer.build(Layer.fresh(layer)), Context.get(Checkpoints))

/**
 * What every store of checkpoints has to do, law 1 through it, and, with `crash`, law 5: no crash, kill or full disk takes
 * what was saved. `store` is a layer that gives an empty store whenever it is built; or what opens an empty one, with the way to
 * open it again and to damage it, so that this is tried too.
 */
export const checkpoints = (
  store: Layer.Layer<Checkpoints, unknown> | CheckpointsLaw.StoreSubject["open"],
  { name = "the store", crash, backend = CpuBackend.layer }: CheckpointsOptions = {}
): void => {
  const open: CheckpointsLaw.StoreSubject["open"] = Layer.isLayer(store)
    ? Effect.map(storeOf(store as Layer.Layer<Checkpoints, unknown>), (built) => ({ store: built }))
    : (store as CheckpointsLaw.StoreSubject["open"])
  const laws = CheckpointsLaw.laws.map(({ statement, check }) => ({ statement, check: check({ name, open }) }))
  const resume = Effect.gen(function* () {
    const opened = yield* Effect.orDie(open)
    yield* StoreResumeLaw.check({ ...Subjects.everything, name, store: opened.store })
  })
  suite(
    name,
    [...laws, { statement: "what was saved after any step resumes bit for bit", check: Effect.scoped(resume) }],
    backend
  )
  if (crash === undefined) return
  const onStorage = (storage: StorageService) => storeOf(Layer.provide(crash.layer, Layer.succeed(Storage, storage)))
  it.effect(
    `${name}: a crash, a kill or a failing disk at any operation loses no checkpoint`,
    () => Effect.provide(CrashLaw.check({ name, folder: crash.folder, open: onStorage }), backend),
    Suites.timeout
  )
}

export interface BackendOptions {
  /** How messages call it; `the backend` when absent. */
  readonly name?: string
  /** The reference. Default: `CpuBackend`. */
  readonly reference?: BackendLayer
  /** Operations that it must have; `KernelRows.all` when absent. */
  readonly rows?: ReadonlyArray<KernelRows.Row>
}

/**
 * Law 7 for a backend: operations and their gradients within 1e-5 of the reference, ten steps within 1e-4. And on it laws 1,
 * 4, 9 and 10: resuming, tensors, validation, microbatches.
 */
export const backend = (
  layer: BackendLayer,
  { name = "the backend", reference = CpuBackend.layer, rows = KernelRows.all }: BackendOptions = {}
): void => {
  const kernels = rows.map((row) => ({
    statement: `${row.name}: values and gradients are those of the reference`,
    check: KernelLaw.check({ name, backend: layer, reference, row })
  }))
  const backends = { reference, [name]: layer }
  const training = [Subjects.images, Subjects.dropout].map((subject) => ({
    statement: `${subject.name} trains as on the reference`,
    check: BackendLaw.check({ ...subject, backends })
  }))
  describe(`${name} keeps the laws`, () => {
    for (const { statement, check } of [...kernels, ...training])
      it.effect(statement, (test) => Suites.orSkip(test, check), Suites.timeout)
    Suites.resume({ ...Subjects.everything, backend: layer })
    Suites.tensors({ ...Subjects.everything, backend: layer })
    Suites.validation({ ...Subjects.undecided, backend: layer })
    const { config } = Subjects.images
    Suites.microbatches({ ...Subjects.images, config: { ...config, until: { steps: 4 } }, backend: layer })
  })
}

export interface ExecutorOptions extends Omit<ExecutorLaw.ExecutorOptions, "row">, On {
  /** How the tests call it; `the executor` when absent. */
  readonly name?: string
  /** The rows to run. Default: `ExecutorRows.all`. */
  readonly rows?: ReadonlyArray<ExecutorRows.Row>
}

/**
 * Law 8 for a step executor, row by row: with each optimizer, schedule, loss, transform, clipping and layer it agrees with
 * the eager one within 1e-5 relative after one step, and each is equal to itself bit for bit when run twice. And under it
 * laws 1, 4, 9 and 10: resuming at every step (microbatches, dropout, batch normalization, validation, callbacks of every
 * kind), tensors, validation and microbatches.
 */
export const executor = (
  layer: Layer.Layer<StepExecutor, unknown, Backend> = layerEager,
  {
    backend: below = CpuBackend.layer,
    name = "the executor",
    rows = ExecutorRows.all,
    ...options
  }: ExecutorOptions = {}
): void => {
  const backend = Layer.provideMerge(layer, below)
  describe(`${name} keeps the laws`, () => {
    for (const row of rows) {
      it.effect(
        `${row.name}: equals eager, and is reproducible`,
        () => Effect.provide(ExecutorLaw.check({ ...options, row }), backend),
        Suites.timeout
      )
    }
    Suites.resume({ ...Subjects.everything, backend })
    Suites.tensors({ ...Subjects.everything, backend })
    Suites.validation({ ...Subjects.undecided, backend })
    const { config } = Subjects.images
    Suites.microbatches({ ...Subjects.images, config: { ...config, until: { steps: 4 } }, backend })
  })
}

/**
 * Laws 1, 4, 9 and 10 for a paper's task and data (or what makes them), and that it can overfit four samples: few
 * small samples keep it short.
 */
export const paper = (task: PaperLaws.Paper, { backend, ...options }: PaperLaws.PaperOptions & On = {}): void =>
  suite(options.name ?? "the paper", PaperLaws.of(task, options), backend)

/** The same for what a package exports for the command line, and law 11 for its options. */
export const experiment = <Options, Encoded>(
  experiment: Experiment<Options, Encoded>,
  options: NoInfer<Options>,
  { backend, ...more }: PaperLaws.PaperOptions & On = {}
): void => suite(experiment.name, PaperLaws.ofExperiment(experiment, options, more), backend)

/** Law 12 for what is worked out from events: the same again, from a file, and across an interruption. */
export const replay = ({ backend, ...options }: ReplayLaw.ReplayOptions & On): void =>
  suite(
    options.name,
    [
      {
        statement: "its events give the same when folded again, read back, or resumed",
        check: ReplayLaw.check(options)
      }
    ],
    backend
  )
