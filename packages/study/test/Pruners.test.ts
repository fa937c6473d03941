/** Pruners against Optuna's, against the algorithms of their papers, and on whole simulated studies. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Entry from "@etude/core/Entry"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as Schema from "effect/Schema"
import type { Course } from "../src/Pruner.ts"
import * as Pruners from "../src/Pruners.ts"
import * as Hyperband from "../src/pruners/Hyperband.ts"
import type { Searcher } from "../src/Searcher.ts"
import * as Simulation from "../src/Simulation.ts"
import type { Space } from "../src/Space.ts"

const fixtures = JSON.parse(readFileSync(new URL("../fixtures/pruners.json", import.meta.url), "utf8"))

interface MedianCase {
  readonly quantile: number
  readonly startup: number
  readonly warmup: number
  readonly interval: number
  readonly others: ReadonlyArray<ReadonlyArray<number | null>>
  readonly own: ReadonlyArray<number>
  readonly stops: ReadonlyArray<boolean>
}

const course = (number: number, state: Course["state"], values: ReadonlyArray<number | null>): Course => ({
  number,
  setting: number,
  seed: 1,
  parameters: {},
  state,
  points: values.map((value, index) => ({
    step: index + 1,
    epoch: index + 1,
    value: value ?? Number.POSITIVE_INFINITY
  }))
})

describe("Median", () => {
  it("stops the trials that Optuna's pruners stop, at the same reports", () => {
    const cases: ReadonlyArray<MedianCase> = fixtures.median
    for (const { others, own, stops, ...options } of cases) {
      const pruner = Pruners.median(options)
      const complete = others.map((values, number) => course(number, "complete", values))
      const found = own.map((_, index) => {
        const trial = course(others.length, "running", own.slice(0, index + 1))
        return pruner.decide(trial, [...complete, trial])._tag === "Stop"
      })
      assert.deepStrictEqual(found, stops, JSON.stringify(options))
    }
    assert.isTrue(cases.some(({ stops }) => stops.includes(true)))
  })

  it("says why", () => {
    const others = [1, 2, 3, 4, 5].map((value, number) => course(number, "complete", [value]))
    assert.deepStrictEqual(Pruners.median().decide(course(5, "running", [3.5]), others), {
      _tag: "Stop",
      reason: "worse than the median of 5 complete trials at epoch 1"
    })
    assert.deepStrictEqual(Pruners.median().decide(course(5, "running", [null]), others), {
      _tag: "Stop",
      reason: "has no finite value"
    })
  })
})

/** Settings 0, 1, 2, … themselves. */
const counting: Searcher = {
  suggest: (_space, _tried, setting) => ({ setting }),
  isSequential: false
}
const space: Space = { parameters: [{ key: "setting", range: { _tag: "Int", low: 0, high: 1000, log: false } }] }

/** A study of trials with these values at each epoch. */
const study = (
  pruner: Simulation.SimulationOptions<unknown>["pruner"],
  valueAt: (setting: number, epoch: number) => number,
  options: {
    readonly settings: number
    readonly epochs: number
    readonly workers?: number
    readonly seeds?: ReadonlyArray<number>
  }
) => {
  const reports: Array<readonly [setting: number, epoch: number]> = []
  const learner = Simulation.curve(({ setting }, epoch) => {
    reports.push([Number(setting), epoch])
    return valueAt(Number(setting), epoch)
  })
  const simulated = Simulation.simulate({ space, searcher: counting, learner, ...(pruner && { pruner }), ...options })
  return { ...simulated, reports }
}

const epochsOf = ({ trials }: Simulation.Simulated) => trials.map(({ reports }) => reports.at(-1)?.epoch ?? 0)
const statesOf = ({ trials }: Simulation.Simulated) => trials.map(({ state }) => state)

describe("Asha", () => {
  it("does the jobs of Algorithm 2 in its order, with one worker", () => {
    for (const { factor, rungs, losses, jobs } of fixtures.asha) {
      const whole: number = rungs.at(-1)
      const pruner = Pruners.asha({ rungs: { epochs: rungs.slice(0, -1) }, factor })
      const at = (setting: number, epoch: number) => losses[setting][rungs.indexOf(epoch)] ?? 99
      const { reports } = study(pruner, at, { settings: losses.length, epochs: whole })
      const found = reports.filter(([, epoch]) => rungs.includes(epoch)).map(([s, epoch]) => [s, rungs.indexOf(epoch)])
      assert.deepStrictEqual(found.slice(0, jobs.length), jobs)
      // What follows is one trial only, to the end of a run, where the algorithm would have ended with none there.
      const rest = found.slice(jobs.length)
      assert.isTrue(rest.every(([setting]) => setting === rest[0]?.[0]))
      assert.isTrue([...jobs, ...rest].some(([, rung]) => rung === rungs.length - 1))
    }
  })

  it("says which place a paused trial has", () => {
    const pruner = Pruners.asha()
    const others = [1, 2, 3].map((value, number) => course(number, "paused", [value]))
    assert.deepStrictEqual(pruner.decide(course(3, "running", [2.5]), others), {
      _tag: "Pause",
      reason: "place 3 of 4 at epoch 1, where the best 1 went on"
    })
    assert.deepStrictEqual(pruner.decide(course(3, "running", [0.5]), others), { _tag: "Continue" })
  })

  it("counts a rung that was passed between two reports", () => {
    const pruner = Pruners.asha({ first: { steps: 10 } })
    const at = (...steps: ReadonlyArray<number>): Course => ({
      ...course(0, "running", []),
      points: steps.map((step) => ({ step, epoch: step / 100, value: 1 }))
    })
    const decided = [at(9), at(9, 18), at(9, 18, 27), at(9, 18, 27, 36), at(40)].map(
      (one) => pruner.decide(one, [])._tag
    )
    assert.deepStrictEqual(decided, ["Continue", "Pause", "Continue", "Pause", "Pause"])
  })

  it("trains fewer epochs than all trials to their end, and finds the same best", () => {
    // Settings that get better one after another would all be among the best when they come.
    const rankOf = Rng.permutation(Rng.key(7), 81)
    const best = (setting: number, epoch: number) => rankOf(setting) + 30 / epoch
    const pruner = Pruners.asha({ until: { epochs: 27 } })
    const [halved, whole] = [pruner, undefined].map((one) => study(one, best, { settings: 81, epochs: 27, workers: 4 }))
    const lowest = (simulated: Simulation.Simulated | undefined) => simulated?.progress.at(-1)?.value
    assert.strictEqual(lowest(halved), lowest(whole))
    assert.isBelow((halved?.epochs ?? 0) * 4, whole?.epochs ?? 0)
  })
})

describe("SuccessiveHalving", () => {
  const pruner = Pruners.successiveHalving()
  /** The order of the settings changes from rung to rung. */
  const values = (setting: number, epoch: number) => (epoch < 9 ? setting : -setting)

  it("lets the best third go on from each rung, whoever was faster", () => {
    for (const workers of [1, 2, 5, 27]) {
      const simulated = study(pruner, values, { settings: 27, epochs: 27, workers })
      const counts = new Map(
        [1, 3, 9, 27].map((epoch) => [epoch, epochsOf(simulated).filter((one) => one === epoch).length])
      )
      assert.deepStrictEqual(
        [...counts],
        [
          [1, 18],
          [3, 6],
          [9, 2],
          [27, 1]
        ]
      )
      assert.deepStrictEqual(epochsOf(simulated).slice(0, 9), [9, 9, 27, 3, 3, 3, 3, 3, 3])
      assert.strictEqual(statesOf(simulated).filter((state) => state === "complete").length, 1)
    }
  })

  it("trains one trial to its end, and of two the better", () => {
    assert.deepStrictEqual(statesOf(study(pruner, values, { settings: 1, epochs: 5 })), ["complete"])
    assert.deepStrictEqual(statesOf(study(pruner, values, { settings: 2, epochs: 5 })), ["complete", "pruned"])
  })

  it("lets the next go on where a promoted trial fails", () => {
    const courses = [course(0, "failed", [1, 1, 1]), course(1, "paused", [2]), course(2, "paused", [3])]
    const context = { space, key: Rng.key(0), settled: true }
    assert.deepStrictEqual(pruner.promote?.(courses, context), [{ _tag: "Resume", trial: 1 }])
    assert.deepStrictEqual(pruner.promote?.(courses, { ...context, settled: false }), [])
  })
})

describe("Hyperband", () => {
  it("plans the brackets of the paper's Algorithm 1 (R = 81, η = 3)", () => {
    const plan = Hyperband.plan({ first: { epochs: 1 }, until: { epochs: 81 }, factor: 3 })
    assert.deepStrictEqual(
      plan.map(({ settings }) => settings),
      [81, 34, 15, 8, 5]
    )
    const rungs = plan.map((one) => one.rungs.map((rung) => Math.round(rung * 1e9) / 1e9))
    assert.deepStrictEqual(rungs, [[1, 3, 9, 27], [3, 9, 27], [9, 27], [27], []])
  })

  it("keeps in each bracket as many as the paper's Algorithm 1", () => {
    const pruner = Pruners.hyperband({ first: { epochs: 1 }, until: { epochs: 81 }, factor: 3 })
    const simulated = study(pruner, (setting, epoch) => setting + 1 / epoch, { settings: 143, epochs: 81, workers: 3 })
    const epochs = epochsOf(simulated)
    const [first, second, third, fourth, fifth] = [
      [0, 81],
      [81, 115],
      [115, 130],
      [130, 138],
      [138, 143]
    ].map(([from, to]) => Map.groupBy(epochs.slice(from, to), (epoch) => epoch))
    const countsOf = (bracket: Map<number, ReadonlyArray<number>> | undefined, at: ReadonlyArray<number>) =>
      at.map((epoch) =>
        [...(bracket ?? [])].filter(([reached]) => reached >= epoch).reduce((sum, [, all]) => sum + all.length, 0)
      )
    assert.deepStrictEqual(countsOf(first, [1, 3, 9, 27, 81]), [81, 27, 9, 3, 1])
    assert.deepStrictEqual(countsOf(second, [3, 9, 27, 81]), [34, 11, 3, 1])
    assert.deepStrictEqual(countsOf(third, [9, 27, 81]), [15, 5, 1])
    assert.deepStrictEqual(countsOf(fourth, [27, 81]), [8, 2])
    assert.deepStrictEqual(countsOf(fifth, [81]), [5])
  })

  it("begins another round of brackets after the first", () => {
    const options = { first: { epochs: 1 }, until: { epochs: 9 }, factor: 3 } as const
    const perRound = Hyperband.plan(options).reduce((sum, { settings }) => sum + settings, 0)
    const simulated = study(Pruners.hyperband(options), (setting) => setting, { settings: 2 * perRound, epochs: 9 })
    const epochs = epochsOf(simulated)
    assert.deepStrictEqual(epochs.slice(0, perRound), epochs.slice(perRound))
  })
})

describe("Population", () => {
  /** Jaderberg et al. 2017, §4.1 and Figure 2: θ is trained on a surrogate of Q, of which each member sees half. */
  const toy: Simulation.Learner<readonly [number, number]> = {
    begin: () => [0.9, 0.9],
    train: ([one, other], { h0, h1 }) => {
      const rate = 0.1
      const next = [one - 2 * rate * Number(h0) * one, other - 2 * rate * Number(h1) * other] as const
      return [next, -(1.2 - next[0] ** 2 - next[1] ** 2)]
    }
  }
  const toySpace: Space = {
    parameters: ["h0", "h1"].map((key) => ({ key, range: { _tag: "Float", low: 0, high: 1, log: false } }))
  }
  /** The paper's two members: [1, 0] and [0, 1]. */
  const halves: Searcher = {
    suggest: (_space, _tried, setting) => (setting % 2 === 0 ? { h0: 1, h1: 0 } : { h0: 0, h1: 1 }),
    isSequential: false
  }
  const run = (pruner: Simulation.SimulationOptions<unknown>["pruner"], workers: number, seed = 0) =>
    Simulation.simulate({
      space: toySpace,
      searcher: halves,
      learner: toy,
      settings: 10,
      epochs: 40,
      workers,
      seed,
      ...(pruner && { pruner })
    })

  it("reaches the optimum of the paper's example, which neither member reaches alone", () => {
    const pruner = Pruners.population({ every: { epochs: 4 }, vary: ["h0", "h1"] })
    assert.isAbove(run(undefined, 2).progress.at(-1)?.value ?? 0, -0.4)
    assert.isBelow(run(pruner, 2).progress.at(-1)?.value ?? 0, -1.15)
  })

  it("gives the same whoever is faster, and something else with another seed", () => {
    const pruner = Pruners.population({ every: { epochs: 4 }, vary: ["h0", "h1"] })
    const parametersOf = (workers: number, seed = 0) =>
      run(pruner, workers, seed).trials.map(({ parameters }) => parameters)
    assert.deepStrictEqual(parametersOf(1), parametersOf(10))
    assert.notDeepEqual(parametersOf(1), parametersOf(1, 1))
  })

  it("copies the best fifth over the worst, and varies only what may change", () => {
    const mixed: Space = {
      parameters: [
        { key: "train.learningRate", range: { _tag: "Float", low: 0.001, high: 1, log: true } },
        { key: "options.hidden", range: { _tag: "Int", low: 1, high: 100, log: false } }
      ]
    }
    const members = Array.from({ length: 10 }, (_, number) => ({
      ...course(number, "paused", [number]),
      parameters: { "train.learningRate": 0.01 * (number + 1), "options.hidden": number + 1 }
    }))
    const promotions = Pruners.population({ resample: 0 }).promote?.(members, {
      space: mixed,
      key: Rng.key(3),
      settled: true
    })
    const exploits = promotions?.flatMap((one) => (one._tag === "Exploit" ? [one] : [])) ?? []
    assert.deepStrictEqual(
      exploits.map(({ trial }) => trial),
      [8, 9]
    )
    assert.strictEqual(promotions?.length, 10)
    for (const { donor, parameters } of exploits) {
      assert.include([0, 1], donor)
      assert.strictEqual(parameters["options.hidden"], donor + 1)
      const ratio = Number(parameters["train.learningRate"]) / (0.01 * (donor + 1))
      assert.isTrue([0.8, 1.2].some((factor) => Math.abs(ratio - factor) < 1e-12))
    }
  })

  it("keeps populations of different seeds apart", () => {
    const members = Array.from({ length: 8 }, (_, number) => ({
      ...course(number, "paused", [number]),
      seed: 1 + (number % 2)
    }))
    const promotions = Pruners.population().promote?.(members, {
      space: { parameters: [] },
      key: Rng.key(0),
      settled: true
    })
    const exploits = promotions?.flatMap((one) => (one._tag === "Exploit" ? [one] : [])) ?? []
    assert.strictEqual(exploits.length, 2)
    for (const { trial, donor } of exploits) assert.strictEqual(trial % 2, donor % 2)
  })
})

it("every pruner is made from its bare name, where it needs no options", () => {
  for (const { tag } of Pruners.entries) {
    const document = tag === "Hyperband" ? { _tag: tag, until: { epochs: 9 } } : { _tag: tag }
    const options = Schema.decodeUnknownSync(Entry.union(Pruners.entries))(document)
    assert.isFunction(Entry.make(Pruners.entries, options).decide)
  }
  assert.strictEqual(element(Pruners.entries, 0).tag, "Median")
})
