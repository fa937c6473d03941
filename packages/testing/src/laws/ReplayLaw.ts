/** Law 12: what is worked out from a run's events is the same whenever and however it is worked out. */
import type { Backend } from "@etude/core/Backend"
import { canonical } from "@etude/core/Config"
import * as Event from "@etude/core/Event"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Recorder from "../doubles/Events.ts"
import * as Subjects from "../subjects/Subjects.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"
import { LawSkipped } from "./LawSkipped.ts"

export interface ReplayOptions {
  readonly name: string
  /**
   * What is worked out from the events of a run, as plain data: a report, the rows of a table, the decisions of a controller.
   * Without seconds, dates and attempts, which differ between equal runs.
   */
  readonly fold: (events: ReadonlyArray<Event.Event>) => unknown
  /** The run; `Subjects.everything` when absent. */
  readonly subject?: Trajectory.Subject
}

const firstDifference = (a: string, b: string): number => {
  let index = 0
  while (index < a.length && a[index] === b[index]) index++
  return index
}
/** Some of a long text, around a place. */
const excerpt = (text: string, around: number): string => {
  const [from, to] = [Math.max(0, around - 40), around + 40]
  return `${from > 0 ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`
}

/**
 * Compares the fold of a run's events with that of the same events again, of the events written as JSON and read, and of the
 * events of every run that was cut after a step and resumed, whose later events supersede those of the attempt before.
 */
export const check = ({
  name,
  fold,
  subject = Subjects.everything
}: ReplayOptions): Effect.Effect<void, LawBroken | LawSkipped, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const broken = (found: string, reproduce: string) =>
      new LawBroken({ law: "replay", subject: name, found, reproduce })
    const folded = (events: ReadonlyArray<Event.Event>, reproduce: string) =>
      ranOr(
        Effect.try(() => canonical(fold(events)) ?? "nothing"),
        (found) => broken(found, reproduce)
      )
    const run = Effect.fnUntraced(function* (options: Trajectory.RecordOptions, reproduce: string) {
      const { events, layer } = Recorder.recorder()
      const recorded = Trajectory.record(subject, options).pipe(Effect.provide(layer))
      return { events, trajectory: yield* ranOr(recorded, (found) => broken(found, reproduce)) }
    })
    const same = Effect.fnUntraced(function* (
      what: string,
      events: ReadonlyArray<Event.Event>,
      expected: string,
      reproduce: string
    ) {
      const found = yield* folded(events, reproduce)
      if (found === expected) return
      const from = firstDifference(found, expected)
      return yield* broken(`${what} it gives ${excerpt(found, from)} instead of ${excerpt(expected, from)}`, reproduce)
    })
    const whole = yield* run({}, "train it")
    const expected = yield* folded(whole.events, "fold the events of a run")
    if (expected === (yield* folded([], "fold no events"))) {
      const reason = "it gives the same for the events of this run as for none; give it a subject that it uses"
      return yield* new LawSkipped({ law: "replay", subject: name, reason })
    }
    yield* same("the second time", whole.events, expected, "fold the same events twice")
    const written = "write the events as JSON, read them, and fold"
    const read = yield* ranOr(
      Effect.try(() =>
        whole.events.map((event) => Event.decode(JSON.parse(JSON.stringify(Event.encode(event)))) as Event.Event)
      ),
      (found) => broken(found, written)
    )
    yield* same("of events that were written and read back", read, expected, written)
    const steps = whole.trajectory.batches.filter(({ what }) => what === "updated").length
    for (let step = 1; step < steps; step++) {
      const reproduce = `train it until { steps: ${step} }, resume from its state, and fold the events of both`
      const first = yield* run({ config: { until: { steps: step } } }, reproduce)
      const second = yield* run({ state: Trajectory.throughJson(first.trajectory.state) }, reproduce)
      yield* same(
        `of a run that was stopped after step ${step}`,
        [...first.events, ...second.events],
        expected,
        reproduce
      )
    }
  })
