import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Results } from "../src/Report.ts"

const main = path.join(import.meta.dirname, "..", "src", "main.ts")
const run = (...flags: ReadonlyArray<string>) =>
  promisify(execFile)(process.execPath, ["--conditions=@etude/source", main, ...flags])

describe("a quick benchmark", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "etude-benchmark-"))
  const output = path.join(folder, "results.json")
  let results: Results
  let printed: string

  beforeAll(async () => {
    printed = (await run("--quick", "--output", output)).stdout
    results = JSON.parse(readFileSync(output, "utf8")) as Results
  }, 300_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  it("times Etude, the bare loop, model.fit and fitDataset", () => {
    const competitors = results.speed.map(({ problem, backend, timings }) => [
      `${problem} ${backend}`,
      timings.map(({ competitor }) => competitor)
    ])
    assert.deepStrictEqual(competitors, [
      ["LeNet-5 wasm", ["etude", "bareLoop", "bareLoopOnEtudesKernels", "fit", "fitDataset"]],
      ["MLP cpu", ["etude", "bareLoop", "fit", "fitDataset"]]
    ])
    for (const { timings } of results.speed) for (const { step } of timings) assert.isAbove(step.median, 0)
  })

  it("finds the same loss in all competitors after equal steps from equal weights", () => {
    for (const { lossesDifferBy } of results.speed) assert.isBelow(lossesDifferBy, 1e-4)
  })

  it("trains in every competitor", () => {
    for (const { timings } of results.speed) for (const { loss } of timings) assert.isBelow(loss, Math.log(10))
  })

  it("compares 0, 1 and 5 idle callbacks", () => {
    assert.deepStrictEqual(
      results.idleCallbacks.flatMap(({ costs }) => costs.map(({ callbacks }) => callbacks)),
      [0, 1, 5]
    )
  })

  it("counts the same live tensors throughout", () => {
    for (const { liveTensors } of results.memory) assert.strictEqual(liveTensors.least, liveTensors.most)
  })

  it("says what machine and versions the figures belong to, and judges each aim", () => {
    assert.isString(results.description.machine.processor)
    assert.strictEqual(results.description.versions.node, process.versions.node)
    for (const { aim } of results.aims) assert.include(printed, aim)
  })
})

describe("the benchmark of callbacks", () => {
  it("measures all observers together and each transform alone, and judges the aim", async () => {
    const file = path.join(import.meta.dirname, "..", "src", "callbacks.ts")
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--conditions=@etude/source",
      file,
      "--quick",
      "--backend",
      "wasm"
    ])
    for (const name of ["none, a second time", "all observers", "mixup", "moving average", "gradient norms"])
      assert.match(stdout, new RegExp(`^  ${name} +wall +-?[\\d.]+ (ms|%)`, "m"))
    assert.match(stdout, /aim, under 3 %: (met|missed|undecided)/)
  }, 120_000)
})

describe("a wrong flag", () => {
  it("ends with exit code 2 and a sentence", async () => {
    const wrong = await run("--backends", "gpu").catch((error: { code: number; stderr: string }) => error)
    assert.deepInclude(wrong, { code: 2 })
    assert.include(wrong.stderr, "--backends: gpu; expected native, wasm, cpu")
  })
})
