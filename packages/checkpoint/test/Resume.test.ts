import { assert, describe, it } from "@effect/vitest"
import type { Checkpoints } from "@etude/core"
import * as Resume from "../src/Resume.ts"

const description = (config: Record<string, unknown>): Checkpoints.RunDescription => ({
  task: "toy",
  config: config as never,
  configHash: JSON.stringify(config),
  backend: { name: "cpu", version: "4.22.0", device: "CPU", threads: 1 },
  executor: "eager",
  topology: {}
})
const config = { seed: 1, until: { epochs: 2 }, batchSize: 32, optimizer: { _tag: "Adam", beta1: 0.9 } }

describe("comparing a stored run with a given one", () => {
  it("finds nothing in equal runs", () => {
    assert.deepStrictEqual(Resume.compare(description(config), description({ ...config })), [])
  })
  it("lists each difference with its path and consequence", () => {
    const given = { ...config, until: { epochs: 5 }, batchSize: 64, optimizer: { _tag: "Sgd", momentum: 0.9 } }
    assert.deepStrictEqual(Resume.compare(description(config), description(given)), [
      { path: "config.until.epochs", stored: 2, given: 5, consequence: "safe" },
      { path: "config.batchSize", stored: 32, given: 64, consequence: "alters" },
      { path: "config.optimizer._tag", stored: "Adam", given: "Sgd", consequence: "incompatible" },
      { path: "config.optimizer.beta1", stored: 0.9, given: null, consequence: "alters" },
      { path: "config.optimizer.momentum", stored: null, given: 0.9, consequence: "alters" }
    ])
  })
  it("counts another library, thread count or executor as altering the trajectory", () => {
    const stored = description(config)
    const given = { ...stored, backend: { ...stored.backend, threads: 2 }, executor: "compiled" }
    assert.deepStrictEqual(
      Resume.compare(stored, given).map(({ path, consequence }) => [path, consequence]),
      [
        ["backend.threads", "alters"],
        ["executor", "alters"]
      ]
    )
  })
  it("refuses with advice that says what to do", () => {
    const differences = Resume.compare(description(config), description({ ...config, batchSize: 64 }))
    assert.strictEqual(
      new Resume.ResumeRefused({ checkpoint: "runs/a/checkpoints/x", differences }).message,
      "The run cannot be resumed from runs/a/checkpoints/x as it is; nothing was trained.\n" +
        "  config.batchSize: 32 in the checkpoint, 64 now (alters the trajectory)\n" +
        "Give the run the stored values, or allow the run to be altered (allowAlterations: true, --allow-alterations)."
    )
  })
})
