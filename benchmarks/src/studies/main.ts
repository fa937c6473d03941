/**
 * What asynchronous successive halving saves: LeNet-5 with the same 27 settings, each trained to its end, and under ASHA, which
 * trains a third of them three times as long. Epochs trained, the best validation loss, and the time of each study.
 *
 * Flags: `--settings 27`, `--batches 200` (of an epoch, so that the comparison takes minutes).
 */
import { execFile } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs, promisify } from "node:util"

const { values: flags } = parseArgs({ options: { settings: { type: "string" }, batches: { type: "string" } } })

const root = path.join(import.meta.dirname, "..", "..", "..")
const epochs = 9
const objective = "validation/loss"

const study = {
  config: path.join(root, "papers", "lenet-5", "config.yaml"),
  set: {
    "train.until": { epochs },
    "train.limitTrainBatches": Number(flags.batches ?? 200),
    "train.learningRate": { _tag: "Constant", rate: 0.01 },
    callbacks: {}
  },
  space: {
    "train.learningRate.rate": { log: [0.001, 0.5] },
    "train.optimizer.momentum": { from: 0.5, to: 0.99 },
    "train.batchSize": { choice: [32, 64, 128] }
  },
  search: { _tag: "Random" },
  settings: Number(flags.settings ?? 27),
  objective: { monitor: objective, of: "last" },
  trialsPerProcess: 30
}

const studies = {
  "each to its end": study,
  ASHA: { ...study, pruner: { _tag: "Asha", first: { epochs: 1 }, until: { epochs } } }
}

interface Exported {
  readonly trials: ReadonlyArray<{
    readonly reports: ReadonlyArray<{ readonly epoch: number; readonly values: { readonly [monitor: string]: number } }>
  }>
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "etude-studies-"))
const bin = path.join(root, "packages", "cli", "src", "bin.ts")
const etude = async (...args: ReadonlyArray<string>): Promise<string> => {
  const nodeFlags = ["--conditions=@etude/source", "--disable-warning=ExperimentalWarning"]
  const options = { cwd: folder, maxBuffer: 2 ** 26 }
  return (await promisify(execFile)(process.execPath, [...nodeFlags, bin, ...args], options)).stdout
}

const measure = async (name: string, document: object) => {
  const file = path.join(folder, `${name.replaceAll(" ", "-")}.yaml`)
  fs.writeFileSync(file, JSON.stringify(document))
  const begun = performance.now()
  await etude("study", "run", file, "--workers", "1")
  const seconds = (performance.now() - begun) / 1000
  const { trials } = JSON.parse(await etude("study", "export", file, "--format", "json")) as Exported
  const last = trials.flatMap(({ reports }) => reports.slice(-1))
  const best = Math.min(...last.map(({ values }) => values[objective] ?? Number.POSITIVE_INFINITY))
  return { trained: last.reduce((sum, { epoch }) => sum + epoch, 0), best, seconds }
}

try {
  process.stdout.write("| | epochs trained | best validation loss | seconds |\n| --- | ---: | ---: | ---: |\n")
  for (const [name, document] of Object.entries(studies)) {
    const { trained, best, seconds } = await measure(name, document)
    process.stdout.write(`| ${name} | ${trained} | ${best.toFixed(4)} | ${seconds.toFixed(0)} |\n`)
  }
} finally {
  fs.rmSync(folder, { recursive: true, force: true })
}
