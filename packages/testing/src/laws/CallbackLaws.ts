/** The laws of a callback, whatever its kind: which ones it must keep follows from what it registers. */
import type { Backend } from "@etude/core/Backend"
import { CallbackRegistry, type Definition } from "@etude/core/Callback"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Tensors from "@etude/core/Tensors"
import { initialWeights } from "@etude/core/Trainer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Plugins from "../doubles/Plugins.ts"
import * as Subjects from "../subjects/Subjects.ts"
import * as Tiny from "../subjects/Tiny.ts"
import type { Plugins as CallbackLayer, Subject } from "../subjects/Trajectory.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import * as FinalizerLaw from "./FinalizerLaw.ts"
import * as InterferenceLaw from "./InterferenceLaw.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"
import { LawSkipped } from "./LawSkipped.ts"
import * as MicrobatchLaw from "./MicrobatchLaw.ts"
import * as ResumeLaw from "./ResumeLaw.ts"
import type { Statement } from "./Statement.ts"
import * as TensorLaw from "./TensorLaw.ts"
import * as ValidationLaw from "./ValidationLaw.ts"

export interface CallbackOptions {
  /** How messages call it; its id when absent. */
  readonly name?: string
  /**
   * What differs in the run: a task with the monitor that it watches, more epochs until it does something. By default
   * two epochs of `Subjects.everything`, with dropout, microbatches, validation every third step, and callbacks of all
   * kinds.
   */
  readonly subject?: Partial<Omit<Subject, "name" | "callbacks">>
}

const ids = {
  impatient: "~laws/impatient",
  meddler: "~laws/meddler",
  averaging: "~laws/averaging",
  noise: "~laws/noise"
}
/** The other callbacks beside which it is tried, of all kinds, under unique ids. */
const others = {
  [ids.impatient]: Plugins.impatient(2, ids.impatient),
  [ids.averaging]: Plugins.averaging(ids.averaging),
  [ids.noise]: Plugins.noise(ids.noise)
}
const company = Layer.mergeAll(Plugins.meddler(ids.meddler), ...Object.values(others))

/** The callbacks that a layer registers. */
const registered = (layer: CallbackLayer) =>
  Effect.suspend(() => {
    const definitions: Array<Definition> = []
    const registry = Layer.succeed(CallbackRegistry, {
      register: (definition) => Effect.sync(() => void definitions.push(definition))
    })
    return Effect.as(Effect.scoped(Layer.build(Layer.fresh(Layer.provide(layer, registry)))), definitions)
  })

/** Whether it can change nothing that training comes to by what it sees of validation. */
const isDeafToValidation = ({ kind, hooks }: Definition): boolean =>
  kind === "observer" || (kind === "transform" && Object.keys(hooks ?? {}).length === 0)

const skipped = (law: string, { name }: { readonly name: string }, reason: string) =>
  Effect.fail(new LawSkipped({ law, subject: name, reason }))

/** Skips a law that could only hold: where the run with the callbacks is the run without them. */
const mustChange = (law: string, subject: Omit<Subject, "callbacks">, layer: CallbackLayer) =>
  Effect.gen(function* () {
    const run = (callbacks?: CallbackLayer) =>
      ranOr(
        Trajectory.record(callbacks === undefined ? subject : { ...subject, callbacks }),
        (found) => new LawBroken({ law, subject: subject.name, found, reproduce: "train with it" })
      )
    if (Trajectory.difference(yield* run(layer), yield* run()) !== undefined) return
    const paths = Tensors.tidy(() => Object.keys(initialWeights(subject.task, 0).parameters).join(", "))
    const reason =
      `it changes nothing in this run of ${subject.task.name}, whose parameters are ${paths}; give the law a ` +
      "`subject` that it changes: a task with its paths, or a config under which it starts"
    return yield* skipped(law, subject, reason)
  })

/**
 * Laws 1, 2, 4, 6, 9 and 10 for the callback (or the merged ones) of a layer. An observer must not be noticed by the run; a
 * transform must be indifferent to microbatches, and as long as it has no hooks, like an observer, to validation.
 */
export const of = (layer: CallbackLayer, options: CallbackOptions = {}): ReadonlyArray<Statement> => {
  const { callbacks: _, ...everything } = Subjects.everything
  const base = { ...everything, ...options.subject, config: { ...everything.config, ...options.subject?.config } }
  const law = (
    name: string,
    statement: string,
    check: (
      subject: Omit<Subject, "callbacks">,
      callbacks: ReadonlyArray<Definition>
    ) => Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor>
  ): Statement => ({
    statement,
    check: Effect.gen(function* () {
      const broken = (found: string) =>
        new LawBroken({ law: name, subject: options.name ?? "a callback", found, reproduce: "build its layer" })
      const callbacks = yield* ranOr(registered(layer), broken)
      if (callbacks.length === 0) return yield* broken("its layer registers no callback")
      yield* check({ ...base, name: options.name ?? callbacks.map(({ id }) => id).join(", ") }, callbacks)
    })
  })
  return [
    law("resume", "a run with it, stopped anywhere and resumed, equals the uninterrupted run, bit for bit", (subject) =>
      ResumeLaw.check({ ...subject, callbacks: Layer.merge(company, layer) })
    ),
    law(
      "interference",
      "it and others don't interfere, in whatever order; an observer is not noticed",
      (subject, all) => {
        const ids = all.map(({ id }) => id)
        const mine = { [ids.join(", ")]: layer }
        if (all.length === 1 && all[0]?.kind === "observer")
          return InterferenceLaw.check({ ...subject, callbacks: others, bystanders: mine })
        const law = InterferenceLaw.check({ ...subject, callbacks: { ...others, ...mine } })
        return all.some(({ kind }) => kind !== "transform")
          ? law
          : Effect.andThen(mustChange("interference", subject, layer), law)
      }
    ),
    law("tensors", "it leaves no tensor once the scope has closed, on all four exits", (subject) =>
      TensorLaw.check({ ...subject, callbacks: layer })
    ),
    law("finalizers", "finalizers run once, in reverse order, on all four exits", (subject) =>
      FinalizerLaw.check({ ...subject, callbacks: layer })
    ),
    law(
      "validation",
      "validation, however often, changes nothing in training, unless it decides by it",
      (subject, all) =>
        all.every(isDeafToValidation)
          ? ValidationLaw.check({ ...subject, callbacks: layer })
          : skipped("validation", subject, "it observes validation, and may decide by it")
    ),
    law("microbatches", "microbatches give the update of the whole batch", ({ name, data, config }, all) =>
      Effect.gen(function* () {
        const subject = {
          name,
          data,
          // No running statistics, since microbatches change them, and no Adam, since it amplifies rounding.
          task: options.subject?.task ?? Tiny.perceptron({ dropout: 0.3 }),
          config: { ...config, optimizer: { _tag: "Sgd" }, learningRate: 0.05, until: { epochs: 1 } }
        } as const
        if (all.every(({ kind }) => kind !== "transform"))
          return yield* skipped("microbatches", subject, "it changes nothing inside a step")
        yield* mustChange("microbatches", subject, layer)
        yield* MicrobatchLaw.check({ ...subject, callbacks: layer, sizes: [1, 3] })
      })
    )
  ]
}
