import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import { OptunaUnavailable } from "../src/Errors.ts"
import * as Searchers from "../src/Searchers.ts"
import { rate, space } from "./support/study.ts"

const suggest = (python: string) =>
  Searchers.optuna({ sampler: "CmaEsSampler", options: {}, python }).suggest(space(rate), [], 0, Rng.key(1))

const failureOf = (python: string): OptunaUnavailable => {
  try {
    suggest(python)
  } catch (error) {
    assert.instanceOf(error, OptunaUnavailable)
    return error as OptunaUnavailable
  }
  return assert.fail("it answered")
}

describe("a searcher that asks Optuna", () => {
  it("says where Python is missing, and what to do", () => {
    const advice =
      "Install Optuna (pip install optuna), name the Python that has it (search: { _tag: Optuna, python: … }), or take a searcher of Etude's, such as Tpe."
    assert.strictEqual(
      failureOf("./no-such-python").message,
      `Optuna can't be asked with ./no-such-python: there is no such program. ${advice}`
    )
  })

  // A program in the place of Python, which reads the question and prints an answer.
  const answering = (answer: string, check: (python: string) => void): void => {
    const folder = mkdtempSync(path.join(tmpdir(), "etude-python-"))
    const python = path.join(folder, "python")
    writeFileSync(python, `#!/bin/sh\ncat > /dev/null\necho '${answer}'\n`)
    chmodSync(python, 0o755)
    try {
      check(python)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it("gives the parameters of the answer", () =>
    answering('{"parameters": {"train.learningRate": 0.01}}', (python) =>
      assert.deepStrictEqual(suggest(python), { "train.learningRate": 0.01 })
    ))

  it("passes on why there is no answer", () =>
    answering('{"problem": "this Python has no module optuna"}', (python) =>
      assert.strictEqual(failureOf(python).problem, "this Python has no module optuna")
    ))

  it("takes no other answer", () =>
    answering("hello", (python) => assert.strictEqual(failureOf(python).problem, 'it answered "hello"')))
})
