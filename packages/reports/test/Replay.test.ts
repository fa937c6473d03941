import { assert, it } from "@effect/vitest"
import * as EarlyStopping from "@etude/callbacks/EarlyStopping"
import * as ExponentialMovingAverage from "@etude/callbacks/ExponentialMovingAverage"
import * as MaxTime from "@etude/callbacks/MaxTime"
import * as ReduceOnPlateau from "@etude/callbacks/ReduceOnPlateau"
import * as Callback from "@etude/core/Callback"
import * as Checkpoints from "@etude/core/Checkpoints"
import * as Decision from "@etude/core/Decision"
import * as Event from "@etude/core/Event"
import * as Trainer from "@etude/core/Trainer"
import * as TrainState from "@etude/core/TrainState"
import * as Plugins from "@etude/testing/doubles/Plugins"
import * as Tiny from "@etude/testing/subjects/Tiny"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Csv from "../src/Csv.ts"
import * as EventSinks from "../src/EventSinks.ts"
import * as EventsFile from "../src/EventsFile.ts"
import * as Replay from "../src/Replay.ts"
import * as Report from "../src/Report.ts"
import { folder, node, read } from "./support/folder.ts"
import { cpu } from "./support/tiny.ts"

const task = Tiny.perceptron()
const data = { train: Tiny.vectors(14), validation: { near: Tiny.vectors(6, 2), far: Tiny.vectors(5, 3) } }
const config = {
  seed: 4,
  until: { epochs: 6 },
  batchSize: 4,
  learningRate: 0.3,
  logEverySteps: 1,
  validation: { every: { steps: 3 } }
} as const

const skipping = Callback.controller({
  id: "skipping",
  hooks: {
    batchBegin: ({ progress, samples }) => (progress.batch === 2 && samples === 4 ? Decision.skipBatch : undefined)
  }
})
/** Saves after each epoch and each third step. */
const saving = Callback.controller({
  id: "saving",
  hooks: {
    epochEnd: () => Decision.saveNow,
    batchEnd: ({ progress }) => (progress.step % 3 === 0 ? Decision.saveNow : undefined)
  }
})
const controllers = Layer.mergeAll(
  EarlyStopping.layer({ monitor: "near/loss", patience: { evaluations: 4 }, restoreBest: true }),
  EarlyStopping.layer({ monitor: "train/accuracy", patience: { epochs: 4 } }),
  ReduceOnPlateau.layer({ monitor: "far/loss", patience: { evaluations: 1 }, factor: 0.7 }),
  ExponentialMovingAverage.layer({ decay: 0.5 }),
  MaxTime.layer({ minutes: 60 }),
  Plugins.impatient(1),
  skipping,
  saving
)

/** A store in memory. */
const store = () => {
  const states: Array<TrainState.TrainStateData> = []
  const none = Effect.die(new Error("this double only saves"))
  const layer = Layer.succeed(Checkpoints.Checkpoints, {
    save: (state) =>
      Effect.sync(() => {
        const { epoch, batch, step } = state.plain.progress
        const path = `checkpoint-${states.push(TrainState.toData(state))}`
        return { id: path, path, epoch, batch, step, attempt: state.plain.attempt, values: {}, bytes: 0 }
      }),
    load: () => none,
    latest: Effect.succeed(Option.none()),
    best: () => none,
    list: none,
    verify: () => none,
    delete: () => none,
    settled: Effect.void
  })
  return { states, layer }
}
const restored = (state: TrainState.TrainStateData) =>
  Effect.acquireRelease(
    Effect.sync(() => TrainState.fromData(state)),
    (own) => Effect.sync(() => TrainState.dispose(own))
  )
const reportOf = (events: ReadonlyArray<Event.Event>) => {
  const { seconds: _, history, attempts: __, warnings, ...report } = Option.getOrThrow(Report.fold(events))
  return { ...report, warnings, history: history.map(({ seconds: ___, ...row }) => row) }
}

/** Events as a file gives them back. */
const throughText = (events: ReadonlyArray<Event.Known>) =>
  EventsFile.parse(events.map((event) => `${JSON.stringify(Event.encode(event))}\n`).join(""), "events.jsonl")

it.layer(cpu)("a replay", (it) => {
  const record = (
    log: Array<Event.Known>,
    state?: TrainState.TrainState,
    callbacks: Layer.Layer<any, any, any> = controllers
  ) =>
    Trainer.train(task, {
      config,
      data,
      callbacks: callbacks as typeof controllers,
      ...(state === undefined ? {} : { state })
    }).pipe(Effect.provide(EventSinks.memory(log)))

  it.effect("takes every decision that the run took, and gives its report", () =>
    Effect.gen(function* () {
      const { states, layer } = store()
      const log: Array<Event.Known> = []
      yield* Effect.provide(record(log), layer)
      const { events } = yield* throughText(log)
      const { decisions, recorded, report } = yield* Replay.run(events, controllers)
      const who = new Set(recorded.map(({ callback }) => callback))
      for (const callback of [
        "impatient",
        "saving",
        "skipping",
        "reduceOnPlateau(far/loss)",
        "exponentialMovingAverage"
      ]) {
        assert.isTrue(who.has(callback), callback)
      }
      assert.deepStrictEqual(decisions, recorded)
      assert.deepStrictEqual(report, Report.fold(log))
      assert.isAbove(states.length, 4)
    }).pipe(Effect.scoped)
  )

  it.effect("of a run that was killed anywhere and taken up from a checkpoint is that of the unbroken run", () =>
    Effect.gen(function* () {
      const { states, layer } = store()
      const whole: Array<Event.Known> = []
      yield* Effect.provide(record(whole), layer)
      const unbroken = yield* Replay.run(whole, controllers)
      const saved = whole.flatMap((event, at) => (event._tag === "CheckpointSaved" ? [at] : []))
      for (const [index, at] of saved.entries()) {
        if (index % 2 === 1) continue
        const log = whole.slice(0, at + 1 + ((index * 7) % 12))
        const lastSaved = saved.filter((one) => one < log.length).length - 1
        const attempt: Array<Event.Known> = []
        const again = store()
        again.states.push(...states.slice(0, lastSaved + 1))
        const state = yield* restored(states[lastSaved]!)
        yield* Effect.provide(record(attempt, state), again.layer)
        const broken = yield* Replay.run([...log, ...attempt], controllers)
        assert.deepStrictEqual(broken.decisions, broken.recorded)
        assert.deepStrictEqual(broken.decisions, unbroken.decisions, `killed ${log.length} events in`)
        assert.deepStrictEqual(reportOf([...log, ...attempt]), reportOf(whole))
      }
    }).pipe(Effect.scoped)
  )

  it.effect("of a run that was interrupted inside a boundary counts what happened there once", () =>
    Effect.gen(function* () {
      const { layer } = store()
      const whole: Array<Event.Known> = []
      yield* Effect.provide(record(whole), layer)
      let cut: TrainState.TrainStateData | undefined
      const interrupting = Callback.observer({
        id: "~interrupting",
        hooks: {
          validationEnd: ({ progress, name }) =>
            progress.step === 6 && name === "far" ? Effect.interrupt : Effect.void,
          interrupted: ({ state }) => {
            cut = TrainState.toData(state())
          }
        }
      })
      const log: Array<Event.Known> = []
      const again = store()
      const first = record(log, undefined, Layer.mergeAll(controllers, interrupting))
      yield* Effect.exit(Effect.scoped(Effect.provide(first, again.layer)))
      yield* Effect.provide(record(log, yield* restored(cut!)), again.layer)
      const broken = yield* Replay.run(log, controllers)
      assert.deepStrictEqual(broken.decisions, broken.recorded)
      assert.deepStrictEqual(broken.decisions, (yield* Replay.run(whole, controllers)).decisions)
      assert.deepStrictEqual(reportOf(log), reportOf(whole))
    }).pipe(Effect.scoped)
  )

  it.effect("asks for every batch where a controller decides at batches, and only there", () =>
    Effect.gen(function* () {
      const log: Array<Event.Known> = []
      const run = Trainer.train(task, { config: { ...config, logEverySteps: 2 }, data })
      yield* Effect.provide(run, EventSinks.memory(log))
      const error = yield* Effect.flip(Replay.run(log, Plugins.impatient()))
      assert.strictEqual(error._tag, "ReplayIncomplete")
      assert.match(error.message, /^The log has no values of batch 1 of epoch 1, which impatient read: /)
      const plateau = ReduceOnPlateau.layer({ monitor: "far/loss", patience: { evaluations: 1 } })
      assert.isAbove((yield* Replay.run(log, plateau)).decisions.length, 0)
    }).pipe(Effect.scoped)
  )

  it.effect("makes files from a log", () =>
    Effect.gen(function* () {
      const path = yield* folder
      const log: Array<Event.Known> = []
      const csv = (name: string) => Layer.provide(Csv.layer({ path: `${path}/${name}` }), node)
      const run = Trainer.train(task, { config, data, callbacks: csv("run.csv") })
      yield* Effect.provide(run, EventSinks.memory(log))
      yield* Replay.run(log, csv("replay.csv"))
      assert.strictEqual(yield* read(`${path}/replay.csv`), yield* read(`${path}/run.csv`))
    }).pipe(Effect.scoped)
  )
})
