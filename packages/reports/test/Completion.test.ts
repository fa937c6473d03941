import { assert, describe, it } from "@effect/vitest"
import type * as Event from "@etude/core/Event"
import * as TrainState from "@etude/core/TrainState"
import * as Option from "effect/Option"
import * as Completion from "../src/Completion.ts"
import * as EventsFile from "../src/EventsFile.ts"
import * as Report from "../src/Report.ts"

const setting = {
  task: "toy",
  seed: 1,
  config: {},
  parameters: 1,
  trainSamples: 8,
  batchesPerEpoch: 4,
  monitors: {
    "train/loss": { set: "train", metric: "loss", better: "lower" },
    "val/clean/loss": { set: "val/clean", metric: "loss", better: "lower" }
  },
  backend: { name: "cpu", version: "1", device: "CPU", reason: "" },
  executor: "eager"
} as const

const progressAt = (epoch: number, batch: number) => {
  const step = 4 * epoch + batch
  return { epoch, batch, step, samples: 2 * step, elapsedSeconds: step }
}
const learningRate = 0.1

/** Three epochs of four steps, validated in the middle and at the end of each on a set with a "/" in its name. */
const epochEvents = (epoch: number): ReadonlyArray<Event.Known> => {
  const validation = (batch: number, value: number): ReadonlyArray<Event.Known> => [
    { version: 1, _tag: "ValidationStarted", progress: progressAt(epoch, batch), name: "val/clean", batches: 1 },
    {
      version: 1,
      _tag: "ValidationEnded",
      progress: progressAt(epoch, batch),
      name: "val/clean",
      samples: 2,
      learningRate,
      values: { "val/clean/loss": value },
      seconds: 0
    }
  ]
  return [
    { version: 1, _tag: "EpochStarted", progress: progressAt(epoch, 0) },
    ...validation(2, 10 - epoch),
    ...validation(4, 5 - epoch),
    {
      version: 1,
      _tag: "EpochEnded",
      progress: progressAt(epoch + 1, 0),
      values: { "train/loss": 3 - epoch, "val/clean/loss": 5 - epoch },
      learningRate,
      seconds: 4
    }
  ]
}
const log: ReadonlyArray<Event.Known> = [
  { version: 1, _tag: "RunStarted", progress: progressAt(0, 0), ...setting },
  ...[0, 1, 2].flatMap(epochEvents)
]
const plain: TrainState.Plain = {
  ...TrainState.initialPlain(1),
  progress: progressAt(3, 0),
  history: [0, 1, 2].flatMap((epoch) => [
    { epoch, step: 4 * epoch + 2, samples: 8 * epoch + 4, learningRate, values: { "val/clean/loss": 10 - epoch } },
    {
      epoch: epoch + 1,
      step: 4 * epoch + 4,
      samples: 8 * epoch + 8,
      learningRate,
      values: { "train/loss": 3 - epoch, "val/clean/loss": 5 - epoch }
    }
  ])
}
const complete = (events: ReadonlyArray<Event.Known>) => Completion.complete(events, plain, setting.monitors)
const resumed: Event.Known = { version: 1, _tag: "Resumed", progress: progressAt(3, 0), attempt: 2, ...setting }
const told = (events: ReadonlyArray<Event.Known>) => {
  const { history, best } = Option.getOrThrow(Report.fold([...events, resumed]))
  return { history: history.map(({ seconds: _, ...row }) => row), best }
}

describe("a log that lacks something is completed by the checkpoint's history", () => {
  it("and nothing is added to one that is whole", () => {
    assert.deepStrictEqual(complete(log), { events: log, added: [] })
  })

  it("wherever it was cut off, so that a report has every row and the best values", () => {
    for (let length = 0; length <= log.length; length++) {
      assert.deepStrictEqual(told(complete(log.slice(0, length)).events), told(log), `cut after ${length} events`)
    }
  })

  it("whichever event is missing in its middle", () => {
    for (let index = 0; index < log.length; index++) {
      const events = complete(log.filter((_, at) => at !== index)).events
      assert.deepStrictEqual(told(events), told(log), `without ${log[index]!._tag} ${index}`)
    }
  })

  it("in the batches that were skipped, each once", () => {
    const skip = (reason: "empty" | "controller", batch: number): Event.Known => {
      return { version: 1, _tag: "BatchSkipped", progress: progressAt(1, batch), reason, detail: "" }
    }
    const whole = [...log.slice(0, 8), skip("empty", 1), skip("controller", 2), skip("empty", 3), ...log.slice(8)]
    const skipped = { empty: 2, controller: 1, nonFinite: 0, nonFiniteInARow: 0 }
    for (let length = 0; length <= whole.length; length++) {
      const { events } = Completion.complete(whole.slice(0, length), { ...plain, skipped }, setting.monitors)
      const { counts } = Option.getOrThrow(Report.fold([...events, resumed]))
      assert.deepStrictEqual(counts.skipped, { empty: 2, controller: 1, nonFinite: 0 }, `cut after ${length} events`)
    }
  })

  it("also where it goes further than the checkpoint: what comes after is superseded", () => {
    const early = { ...plain, progress: progressAt(2, 0), history: plain.history.slice(0, 4) }
    const { events, added } = Completion.complete(log, early, setting.monitors)
    assert.deepStrictEqual([added, events.at(-1)?._tag, events.at(-1)?.progress.epoch], [[], "EpochEnded", 2])
  })
})

describe("a damaged events file", () => {
  const text = EventsFile.textOf(log)
  it("gives all events of its whole lines, and names the others", () => {
    const lines = text.split("\n")
    const damaged = [lines[0], `x${lines[1]}`, "\0\0\0", ...lines.slice(2)].join("\n")
    const { events, problems } = EventsFile.recover(damaged)
    assert.deepStrictEqual(events, [log[0]!, ...log.slice(2)])
    assert.deepStrictEqual(problems, ["lines 2, 3 cannot be read"])
  })
  it("that ends in the middle of a line is not damaged: so a process leaves it that dies", () => {
    assert.deepStrictEqual(EventsFile.recover(text.slice(0, -20)), { events: log.slice(0, -1), problems: [] })
  })
})
