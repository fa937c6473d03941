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
      { path: "config.until.epochs", stored: 2, current: 5, consequence: "safe" },
      { path: "config.batchSize", stored: 32, current: 64, consequence: "alters" },
      { path: "config.optimizer._tag", stored: "Adam", current: "Sgd", consequence: "incompatible" },
      { path: "config.optimizer.beta1", stored: 0.9, current: null, consequence: "alters" },
      { path: "config.optimizer.momentum", stored: null, current: 0.9, consequence: "alters" }
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
  it("compares what bits depend on: threads that change none are no difference, others are named once", () => {
    const of = (threads: number, bits?: string, executor = "graph") => {
      const { backend, ...rest } = description(config)
      return { ...rest, executor, backend: { ...backend, threads }, ...(bits === undefined ? {} : { bits }) }
    }
    const found = (stored: Checkpoints.RunDescription, current: Checkpoints.RunDescription) =>
      Resume.compare(stored, current).map(({ path, consequence }) => `${path} ${consequence}`)
    assert.deepStrictEqual(found(of(1, "plan"), of(8, "plan")), [])
    assert.deepStrictEqual(found(of(1, "1 thread"), of(2, "2 threads")), ["bits alters"])
    assert.deepStrictEqual(found(of(2, "2 threads, avx2"), of(2, "2 threads, avx512f")), ["bits alters"])
    assert.deepStrictEqual(found(of(2, "a", "graph"), of(2, "b", "eager")), ["executor alters"])
    // A checkpoint of earlier versions doesn't say.
    assert.deepStrictEqual(found(of(1), of(1, "1 thread")), [])
    assert.deepStrictEqual(found(of(1), of(2, "2 threads")), ["backend.threads alters"])
  })
  it("compares what the data are: length, content and spec of each set", () => {
    const set = (length: number, rows: string | null, shape = [2]) => ({ length, rows, spec: { inputs: { shape } } })
    const of = (data: Checkpoints.RunDescription["data"] & {}) => ({ ...description(config), data })
    const stored = of({ train: set(16, "a"), validation: { clean: set(4, "b") } })
    const found = (data: Checkpoints.RunDescription["data"] & {}) =>
      Resume.compare(stored, of(data)).map(({ path, consequence }) => [path, consequence])
    assert.deepStrictEqual(found({ train: set(16, "a"), validation: { clean: set(4, "b") } }), [])
    assert.deepStrictEqual(found({ train: set(8, "c", [3]), validation: { clean: set(4, "d"), noisy: set(4, "e") } }), [
      ["data.train.length", "alters"],
      ["data.train.rows", "alters"],
      ["data.train.spec.inputs.shape", "alters"],
      ["data.validation.clean.rows", "alters"],
      ["data.validation.noisy", "alters"]
    ])
    // What gives other values each time it is read cannot be compared.
    assert.deepStrictEqual(found({ train: set(16, null), validation: { clean: set(4, "b") } }), [])
  })
  it("compares the whole config: what decides alters, the rest is safe, and nothing is said twice", () => {
    const of = (decides: object, other: object) => ({
      ...description(config),
      setting: { decides: decides as never, other: other as never }
    })
    const stored = of(
      { options: { n: 150 }, callbacks: { ema: { decay: 0.9 } } },
      {
        options: { n: 150, slow: 0 },
        callbacks: { ema: { decay: 0.9 }, csv: { path: "a.csv" } },
        checkpoints: { keepLast: 2 }
      }
    )
    const given = of(
      { options: { n: 140 }, callbacks: { ema: { decay: 0.8 }, mixup: { alpha: 1 } } },
      {
        options: { n: 140, slow: 5 },
        callbacks: { ema: { decay: 0.8 }, mixup: { alpha: 1 }, csv: { path: "b.csv" } },
        checkpoints: { keepLast: 3 }
      }
    )
    assert.deepStrictEqual(
      Resume.compare(stored, given).map(({ path, consequence }) => [path, consequence]),
      [
        ["options.n", "alters"],
        ["callbacks.ema.decay", "alters"],
        ["callbacks.mixup", "alters"],
        ["options.slow", "safe"],
        ["callbacks.csv.path", "safe"],
        ["checkpoints.keepLast", "safe"]
      ]
    )
  })
  it("compares losses, metrics and groups of the task", () => {
    const of = (parts: Checkpoints.TaskParts) => ({ ...description(config), parts })
    const stored = of({ losses: { loss: 1 }, metrics: { mae: "lower" }, groups: [] })
    const given = of({ losses: { loss: 0.5 }, metrics: { accuracy: "higher" }, groups: [{ name: "head" }] })
    assert.deepStrictEqual(
      Resume.compare(stored, given).map(({ path, consequence }) => [path, consequence]),
      [
        ["parts.losses.loss", "alters"],
        ["parts.metrics.mae", "alters"],
        ["parts.metrics.accuracy", "alters"],
        ["parts.groups", "alters"]
      ]
    )
  })
  it("counts how validation measures as safe only where nothing in the run looks at it", () => {
    const changed = { ...config, validation: { batchSize: 64, limitBatches: 3 } }
    const consequences = (followsValidation: boolean) =>
      Resume.compare({ ...description(config), followsValidation }, description(changed)).map((one) => one.consequence)
    assert.deepStrictEqual(consequences(false), ["safe"])
    assert.deepStrictEqual(consequences(true), ["alters"])
  })
  it("refuses with advice that says what to do", () => {
    const differences = Resume.compare(description(config), description({ ...config, batchSize: 64 }))
    assert.strictEqual(
      new Resume.ResumeRefused({ checkpoint: "runs/a/checkpoints/x", differences }).message,
      "The run cannot be resumed from runs/a/checkpoints/x; nothing was trained.\n" +
        "  config.batchSize: 32 in the checkpoint, 64 now (alters the trajectory)\n" +
        "Use the stored values, or allow alterations (allowAlterations: true, --allow-alterations)."
    )
  })
})
