import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { promisify } from "node:util"
import "@tensorflow/tfjs-backend-cpu"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Rng } from "@etude/core"
import { Layer } from "@etude/layers"
import { transformerLayer } from "../src/networks/transformer.ts"
import { problemOf, samplesFor } from "../src/Problem.ts"
import * as Files from "../src/peers/Files.ts"
import * as Flags from "../src/peers/Flags.ts"
import * as Flops from "../src/peers/Flops.ts"
import { peers } from "../src/peers/Protocol.ts"
import type { Results } from "../src/peers/Report.ts"

const main = path.join(import.meta.dirname, "..", "src", "peers", "main.ts")
const folder = mkdtempSync(path.join(tmpdir(), "etude-peers-test-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("a quick comparison where there is no Python", () => {
  const output = path.join(folder, "peers.json")
  let results: Results
  let printed: string

  beforeAll(async () => {
    const chosen = ["--models", "logistic", "--peers", "etude,bareLoop,fit,keras,pytorch", "--backend", "cpu"]
    const args = ["--conditions=@etude/source", main, "--quick", "--markdown", "--output", output, ...chosen]
    const env = { ...process.env, ETUDE_PYTHON: path.join(folder, "no-python") }
    printed = (await promisify(execFile)(process.execPath, args, { env })).stdout
    results = JSON.parse(readFileSync(output, "utf8")) as Results
  }, 300_000)

  it("measures the peers of TensorFlow.js, whose losses are equal", () => {
    const measured = results.cells[0]!.rows.filter(({ figures }) => figures !== undefined)
    assert.deepStrictEqual(
      measured.map(({ peer }) => peer),
      ["etude", "bareLoop", "fit"]
    )
    for (const { figures } of measured) {
      assert.isAbove(figures!.stepsPerSecond.median, 0)
      assert.isAbove(figures!.peakMegabytes, 0)
      assert.isBelow(figures!.lossesDifferBy, 1e-5)
      const { firstStepSeconds, firstStepSecondsWithoutImports } = figures!
      assert.isAbove(firstStepSecondsWithoutImports.median, 0)
      assert.isAbove(firstStepSeconds.median, firstStepSecondsWithoutImports.median)
    }
  })

  it("says why the others were left out", () => {
    const reason = `no Python with venv was found (tried ${path.join(folder, "no-python")}); install one, or name it in ETUDE_PYTHON`
    const others = results.cells[0]!.rows.filter(({ figures }) => figures === undefined)
    assert.deepStrictEqual(others, [
      { peer: "keras", reason },
      { peer: "pytorch", reason }
    ])
    assert.include(printed, `Left out, what needs torch: ${reason}`)
  })

  it("measures the peak of matrix multiplication, and memory over more steps", () => {
    assert.isAbove(results.matmul.tensorflow!, 0)
    const { liveTensors } = results.endurance!
    assert.strictEqual(liveTensors.least, liveTensors.most)
  })

  it("lists every aim, and prints tables for a README", () => {
    assert.isAbove(results.aims.length, 0)
    for (const { aim } of results.aims) assert.include(printed, aim)
    assert.include(printed, "|  | batch | Etude, eager | TensorFlow.js, bare loop | TensorFlow.js, model.fit |")
  })
})

describe("floating-point operations of a step", () => {
  // Forward, gradient of the kernel and gradient of the input, the last not in the first layer; two for each multiplication.
  it("are those of its matrix products in logistic regression", () => {
    assert.strictEqual(Flops.ofStep(problemOf("logistic regression", 32)), 32 * 2 * 2 * 784 * 10)
  })

  it("count a convolution's kernel at every position in LeNet-5", () => {
    const [first, second] = [24 * 24 * 5 * 5 * 6, 8 * 8 * 5 * 5 * 6 * 16]
    const dense = 256 * 120 + 120 * 84 + 84 * 10
    assert.strictEqual(Flops.ofStep(problemOf("LeNet-5", 1)), 2 * (2 * first + 3 * (second + dense)))
  })
})

describe("a transformer", () => {
  const problem = problemOf("transformer", 1)

  it("has the parameters that its layers are initialized with", () => {
    const layer = Layer.model("transformer", transformerLayer(0), { inputs: { shape: problem.shape, dtype: "int32" } })
    const { parameters } = layer.init(Rng.key(0))
    assert.deepStrictEqual(
      Object.entries(parameters)
        .map(([path, { shape }]) => `${path} ${shape}`)
        .sort(),
      Object.entries(problem.parameters)
        .map(([path, { shape }]) => `${path} ${shape}`)
        .sort()
    )
  })

  it("takes texts, in which each target is the next input", () => {
    const { inputs, labels } = samplesFor(problem, 2)
    assert.strictEqual(inputs.length, 2 * problem.shape[0]!)
    assert.deepStrictEqual(Array.from(inputs.slice(1)), Array.from(labels.slice(0, -1)))
  })

  it("counts the products of its attention three times, as those of kernels", () => {
    const [width, context] = [384, 128]
    const kernels = 6 * 12 * width * width + 65 * width
    assert.strictEqual(Flops.ofStep(problem), 6 * context * (kernels + 6 * 2 * context * width))
  })
})

describe("a problem's files", () => {
  it("give back the values and batches that were written", () => {
    const written = Files.write(path.join(folder, "problem"), "ResNet", 2, 3)
    const { problem, samples } = Files.read(path.join(folder, "problem"))
    assert.deepStrictEqual(problem.initial, written.initial)
    assert.deepStrictEqual(samples, samplesFor(written, 6))
    assert.strictEqual(problem.batchSize, 2)
  })
})

describe("the flags", () => {
  const mlp: Flags.ModelChoice = { problem: "MLP 784-300-100-10", batches: 32 }

  it("are all reported that are wrong", () => {
    assert.deepStrictEqual(Flags.read(["--models", "vgg", "--rounds", "0", "--batches", "32,x"]), {
      problem: [
        "--models: vgg; expected logistic, mlp, lenet-5, resnet, transformer, transformer-dropout",
        "--batches: x; expected a whole number from 1",
        "--rounds: 0; expected a whole number from 1"
      ].join("\n")
    })
  })

  it("measure everything when there are none", () => {
    const flags = Flags.read([])
    assert.isFalse("problem" in flags)
    const { batches, whole, peersAt } = flags as Flags.Flags
    assert.deepStrictEqual({ batches, whole }, { batches: [32, 64, 256], whole: true })
    assert.deepStrictEqual(peersAt(mlp, 64), peers)
  })

  it("measure a transformer at one batch size, by those who have its parts", () => {
    const flags = Flags.read(["--models", "transformer", "--batches", "32,64"]) as Flags.Flags
    const [model] = flags.models
    assert.deepStrictEqual(Flags.batchesOf(model!, flags), [8])
    assert.deepStrictEqual(flags.peersAt(model!, 8), [
      "etudeNative",
      "etudeWasm",
      "keras",
      "kerasJit",
      "pytorch",
      "torchCompile",
      "lightning"
    ])
  })

  it("leave out torch.compile at other batches than of 64, unless it is named", () => {
    const peersAt = (...args: ReadonlyArray<string>) => (Flags.read(args) as Flags.Flags).peersAt(mlp, 32)
    assert.notInclude(peersAt(), "torchCompile")
    assert.deepStrictEqual(peersAt("--peers", "torchCompile"), ["torchCompile"])
  })
})
