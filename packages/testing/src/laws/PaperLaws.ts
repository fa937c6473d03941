/** The laws of a paper, or of any task with its data: that it learns, can be resumed, and is what it seems in every way of training. */
import type { Backend } from "@etude/core/Backend"
import type { Experiment, Setup } from "@etude/core/Experiment"
import type { StepExecutor } from "@etude/core/StepExecutor"
import type { TrainConfigInput } from "@etude/core/TrainConfig"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Trajectory from "../subjects/Trajectory.ts"
import * as ConfigLaw from "./ConfigLaw.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"
import { LawSkipped } from "./LawSkipped.ts"
import * as MicrobatchLaw from "./MicrobatchLaw.ts"
import * as ResumeLaw from "./ResumeLaw.ts"
import type { Statement } from "./Statement.ts"
import * as TensorLaw from "./TensorLaw.ts"
import * as ValidationLaw from "./ValidationLaw.ts"

/** What is trained and on what, or what makes it; few samples of few numbers keep the tests short. */
export type Paper = Setup | Effect.Effect<Setup, unknown, Backend | Scope.Scope>

export interface PaperOptions {
  /** The task's name when absent. */
  readonly name?: string
  /**
   * How the paper trains: optimizer, schedule, clipping. The laws choose seed and lengths themselves: three batches of four
   * samples at most. Adam with 0.01 when absent.
   */
  readonly config?: TrainConfigInput
  /** Updates on the same batch after which the loss must be below half of what it was; 60 when absent. */
  readonly learnsWithin?: number
}

/** Laws 1, 4, 9 and 10 for a task, and that it can overfit four samples. */
export const of = (paper: Paper, options: PaperOptions = {}): ReadonlyArray<Statement> => {
  const { config = { optimizer: { _tag: "Adam" }, learningRate: 0.01 }, learnsWithin = 60 } = options
  const law = (
    name: string,
    statement: string,
    check: (
      subject: Trajectory.Subject,
      broken: (found: string, reproduce: string) => LawBroken
    ) => Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>
  ): Statement => ({
    statement,
    check: Effect.gen(function* () {
      let subject = options.name ?? "a paper"
      const broken = (found: string, reproduce: string) => new LawBroken({ law: name, subject, found, reproduce })
      const { task, data } = yield* ranOr(Effect.isEffect(paper) ? paper : Effect.succeed(paper), (found) =>
        broken(found, "make its task and data")
      )
      subject = options.name ?? task.name
      const { train, validation } = data
      const batches = Math.min(3, Math.max(1, Math.ceil(train.length / 4)))
      yield* check(
        {
          name: subject,
          task,
          config: { ...config, seed: 1, until: { epochs: Math.ceil(3 / batches) }, batchSize: 4, limitTrainBatches: 3 },
          data: { train, ...(validation === undefined ? {} : { validation }) }
        },
        broken
      )
    }).pipe(Effect.scoped)
  })
  return [
    law("learning", "it can overfit one batch", (subject, broken) =>
      Effect.gen(function* () {
        const { validation: _, ...data } = subject.data
        const { limitTrainBatches: __, ...rest } = subject.config ?? {}
        const config = { ...rest, overfitBatches: 1, until: { steps: learnsWithin } }
        const reproduce = `train it with overfitBatches 1 and batchSize 4 until { steps: ${learnsWithin} }`
        const { batches } = yield* ranOr(Trajectory.record({ ...subject, data, config: config }), (found) =>
          broken(found, reproduce)
        )
        const [first, last] = [batches.at(0)?.values["loss"], batches.at(-1)?.values["loss"]]
        if (first === undefined || last === undefined) return yield* broken("it trained on no batch", reproduce)
        if (last < first / 2) return
        return yield* broken(
          `the loss of the same four samples was ${first} at first and is ${last} at last`,
          reproduce
        )
      })
    ),
    law("resume", "a run stopped after any step and resumed equals the uninterrupted run, bit for bit", (subject) =>
      ResumeLaw.check(subject)
    ),
    law("tensors", "no tensor is left once the scope has closed, on all four exits", (subject) =>
      TensorLaw.check(subject)
    ),
    law("validation", "validation, however often, changes nothing in training", (subject) =>
      ValidationLaw.check(subject)
    ),
    law("microbatches", "microbatches give the update of the whole batch", (subject) =>
      Object.values(subject.task.models).some(({ crossSample }) => crossSample === true)
        ? new LawSkipped({
            law: "microbatches",
            subject: subject.name,
            reason:
              "samples of a batch influence each other in its model (batch normalization does that), so microbatches change the result"
          })
        : MicrobatchLaw.check({
            ...subject,
            // Adam would enlarge the rounding.
            config: { ...subject.config, optimizer: { _tag: "Sgd" }, learningRate: 0.01 },
            sizes: [2, 3]
          })
    )
  ]
}

/** The same for what a package exports for the command line, and law 11 for its options. */
export const ofExperiment = <Options, Encoded>(
  experiment: Experiment<Options, Encoded>,
  options: Options,
  more: PaperOptions = {}
): ReadonlyArray<Statement> => [
  {
    statement: "its options, written to a file and read back, are the same",
    check: ConfigLaw.check({ name: experiment.name, schema: experiment.options as Schema.Codec<any, any> })
  },
  ...of(
    Effect.suspend(() => experiment.make(options, 1, ".")),
    { name: experiment.name, ...more }
  )
]
