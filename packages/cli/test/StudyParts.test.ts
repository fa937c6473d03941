/** The pure parts of the commands of studies. */
import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import type { Trial } from "@etude/study/Trial"
import * as StudyFile from "../src/StudyFile.ts"
import * as StudyFolder from "../src/StudyFolder.ts"
import * as StudyLine from "../src/StudyLine.ts"
import * as StudyScreen from "../src/StudyScreen.ts"
import * as StudyTemplates from "../src/StudyTemplates.ts"
import * as StudyWatch from "../src/StudyWatch.ts"
import * as StudyWork from "../src/StudyWork.ts"

const trial = (changes: Partial<Trial> = {}): Trial => ({
  number: 3,
  setting: 1,
  parameters: {},
  seed: 7,
  state: "complete",
  reports: [{ step: 8, epoch: 1, values: { "train/loss": 0.5, "validation/loss": 0.25 } }],
  test: { accuracy: 0.5 },
  reason: null,
  attempts: 1,
  preemptions: 0,
  failures: 0,
  seconds: 12.34,
  folder: "trials/0003",
  ...changes
})

describe("a trial's line", () => {
  it("has the test's values first and those of training last", () => {
    assert.strictEqual(
      StudyLine.of(trial()),
      "trial 3 (setting 1, seed 7) complete; test/accuracy 0.5, validation/loss 0.25, train/loss 0.5 (12.3 s)"
    )
  })

  it("has the objectives alone where it has them", () => {
    assert.include(StudyLine.of(trial(), ["validation/loss"]), "complete; validation/loss 0.25 (")
  })

  it("has the first line of why it failed", () => {
    const failed = trial({ state: "failed", reason: "The data is gone.\n  at somewhere", reports: [], test: null })
    assert.strictEqual(StudyLine.of(failed), "trial 3 (setting 1, seed 7) failed: The data is gone. (12.3 s)")
  })
})

describe("what is new of trials", () => {
  const seen = (...trials: ReadonlyArray<Trial>) => new Map(trials.map((one) => [one.number, StudyWatch.telling(one)]))

  it("is a state, an attempt or a preemption, but no report", () => {
    const running = trial({ state: "running", reports: [] })
    assert.deepStrictEqual(StudyWatch.changed(seen(running), [trial({ state: "running" })]), [])
    for (const changes of [{ state: "complete" }, { attempts: 2 }] as const) {
      const next = { ...running, ...changes }
      assert.deepStrictEqual(StudyWatch.changed(seen(running), [next]), [next])
    }
  })

  it("is no trial that only waits to be begun", () => {
    assert.deepStrictEqual(StudyWatch.changed(seen(), [trial({ state: "waiting" }), trial({ number: 4 })]), [
      trial({ number: 4 })
    ])
  })
})

describe("lines drawn over their earlier state", () => {
  it("go up by as many rows as the terminal had made of them", () => {
    assert.strictEqual(StudyScreen.rowsOf(["", "x".repeat(80), "x".repeat(81)], 80), 4)
    assert.strictEqual(StudyScreen.frame(4, ["a", "b"]), "\r\u001b[4A\u001b[Ja\nb\n")
    assert.strictEqual(StudyScreen.frame(0, []), "\r\u001b[J")
  })
})

describe("names", () => {
  it("of studies are those of their files", () => {
    assert.deepStrictEqual(["papers/a/seeds.yaml", "x.study.yml", "y.json"].map(StudyFile.nameOf), ["seeds", "x", "y"])
  })

  it("of folders hold nothing that leads elsewhere", () => {
    assert.deepStrictEqual(["a b/c", "../up", "..", "lenet-5.2"].map(StudyFolder.nameOf), [
      "a-b-c",
      "up",
      "study",
      "lenet-5.2"
    ])
  })

  it("of keys in space and set are one key with dots", () => {
    const [inSet, other] = StudyFile.inSections([
      { path: ["set", "train", "batchSize"], value: 8 },
      { path: ["search", "_tag"], value: "Sobol" }
    ])
    assert.deepStrictEqual(inSet?.path, ["set", "train.batchSize"])
    assert.deepStrictEqual(other?.path, ["search", "_tag"])
  })
})

describe("workers", () => {
  it("are as many as the cores have room for, and at least one", () => {
    assert.deepStrictEqual(
      [
        [2, 8],
        [2, 2],
        [4, 2],
        [3, 8]
      ].map(([threads = 1, cores]) => StudyWork.usualWorkers(threads, cores)),
      [4, 1, 1, 2]
    )
  })
})

describe("templates", () => {
  const words = { name: "n", label: "etude-n", directory: "/d", study: "studies/n", threads: "2", last: "9" }

  for (const kind of StudyTemplates.kinds) {
    it(`have no word left in ${kind}, and requeue on 75`, () => {
      const file = new URL(`../templates/study/${StudyTemplates.files[kind]}`, import.meta.url)
      const text = StudyTemplates.fill(readFileSync(file, "utf8"), words)
      assert.notMatch(text, /__/)
      assert.include(text, "75")
    })
  }
})
