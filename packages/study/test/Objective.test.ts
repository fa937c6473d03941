/** What a study wants, and what trials have come to by it. */
import { assert, describe, it } from "@effect/vitest"
import type { Monitors } from "@etude/core/Monitors"
import * as Objective from "../src/Objective.ts"
import type { State, Trial } from "../src/Trial.ts"

const trial = (
  number: number,
  setting: number,
  state: State,
  losses: ReadonlyArray<number>,
  test: Trial["test"] = null
): Trial => ({
  number,
  setting,
  parameters: { rate: setting },
  seed: number,
  state,
  reports: losses.map((loss, index) => ({
    step: 10 * (index + 1),
    epoch: index + 1,
    values: { "validation/loss": loss, "validation/accuracy": 1 - loss }
  })),
  test,
  reason: null,
  attempts: 1,
  preemptions: 0,
  failures: 0,
  seconds: 1,
  folder: `trials/000${number}`
})

const monitors: Monitors = {
  "train/loss": { set: "train", metric: "loss", better: "lower" },
  "validation/accuracy": { set: "validation", metric: "accuracy", better: "higher" },
  "validation/count": { set: "validation", metric: "count", better: "neither" }
}

describe("the direction of an objective", () => {
  const direction = (monitor: string, better?: "higher" | "lower") =>
    Objective.directionOf({ monitor, of: "best", ...(better && { better }) }, monitors)

  it("is its own, else its metric's, of a test that of the same metric elsewhere, and for losses lower", () => {
    assert.strictEqual(direction("validation/accuracy"), "higher")
    assert.strictEqual(direction("test/accuracy"), "higher")
    assert.strictEqual(direction("other/loss"), "lower")
    assert.strictEqual(direction("validation/count", "lower"), "lower")
    assert.isUndefined(direction("validation/count"))
    assert.isUndefined(direction("test/unknown"))
  })

  it("is filled in, and what no run reports is a problem", () => {
    const wanted = ["validation/accuracy", "test/loss", "validation/acuracy", "validation/count"]
    const { objectives, problems } = Objective.resolve(
      wanted.map((monitor) => ({ monitor, of: "last" })),
      monitors
    )
    assert.deepStrictEqual(
      objectives.map(({ better }) => better),
      ["higher", "lower", undefined, undefined]
    )
    assert.deepStrictEqual(
      problems.map(({ path }) => path),
      ["objective.2", "objective.3"]
    )
    assert.include(problems[0]?.message ?? "", 'did you mean "validation/accuracy"?')
  })
})

describe("what a trial has come to", () => {
  const accuracy: Objective.Objective = { monitor: "validation/accuracy", better: "higher", of: "best" }

  it("is the best or the last of its values, turned so that lower is better, and back", () => {
    const one = trial(0, 0, "complete", [0.5, 0.25, 0.75])
    assert.strictEqual(Objective.reached(accuracy, one), -0.75)
    assert.strictEqual(Objective.reached({ ...accuracy, of: "last" }, one), -0.25)
    assert.strictEqual(Objective.reached({ monitor: "validation/loss", of: "best" }, one), 0.25)
    assert.strictEqual(Objective.valueOf(accuracy, -0.75), 0.75)
    assert.isUndefined(Objective.reached(accuracy, trial(0, 0, "running", [])))
  })

  it("is worst where a value is no number, and of a test known at the end", () => {
    assert.strictEqual(Objective.reached(accuracy, trial(0, 0, "complete", [Number.NaN])), Number.POSITIVE_INFINITY)
    const test: Objective.Objective = { monitor: "test/accuracy", better: "higher", of: "best" }
    assert.isUndefined(Objective.reached(test, trial(0, 0, "running", [0.5])))
    assert.strictEqual(Objective.reached(test, trial(0, 0, "complete", [0.5], { accuracy: 0.9 })), -0.9)
    assert.deepStrictEqual(Objective.pointsOf(test, trial(0, 0, "complete", [0.5], { accuracy: 0.9 })), [])
  })
})

describe("settings as searchers see them", () => {
  const objective: Objective.Objective = { monitor: "validation/loss", of: "best" }
  const observe = (trials: ReadonlyArray<Trial>, objectives = [objective]) =>
    Objective.observationsOf(trials, objectives).map(({ setting, state, objectives, epoch }) => [
      setting,
      state,
      objectives,
      epoch
    ])

  it("have the means over their seeds, as soon as none of these runs", () => {
    const trials = [
      trial(0, 1, "complete", [3, 1]),
      trial(1, 0, "complete", [2]),
      trial(2, 1, "pruned", [2]),
      trial(3, 0, "running", [1]),
      trial(4, 2, "failed", [5]),
      trial(5, 2, "complete", [4, 6, 7]),
      trial(6, 3, "failed", [])
    ]
    assert.deepStrictEqual(observe(trials), [
      [0, "running", null, 1],
      [1, "pruned", [1.5], 2],
      [2, "complete", [4], 3],
      [3, "failed", null, 0]
    ])
  })

  it("have no values where one of several objectives has none", () => {
    assert.deepStrictEqual(observe([trial(0, 0, "complete", [1])], [objective, { monitor: "test/loss", of: "best" }]), [
      [0, "complete", null, 1]
    ])
    assert.deepStrictEqual(observe([trial(0, 0, "complete", [1])], []), [[0, "complete", null, 1]])
  })
})
