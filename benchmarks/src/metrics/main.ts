/**
 * Throughput and memory of every metric, beside torchmetrics: 1,000,000 predictions of 10 classes in batches of 1,024, each on
 * the device already. Native only. torchmetrics gets a virtual environment of its own in the user's cache; without Python, or
 * with `--no-peer`, the rest is measured.
 *
 * Flags: `--samples 1000000`, `--rounds 3`, `--seconds 4` (a round of a slow metric ends then, and says how many samples it had),
 * `--threads 2`, `--metrics accuracy,F1` (by name; all by default), `--markdown`, `--quick` (a smoke test), `--output FILE`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import * as os from "node:os"
import path from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { Rng } from "@etude/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Child from "../Child.ts"
import * as Machine from "../Machine.ts"
import * as Python from "../peers/Python.ts"
import { type Answer, batchSize, type Competitor, competitors, distinct, type Job, type Request } from "./Protocol.ts"
import * as Report from "./Report.ts"
import { type Subject, subjects } from "./Subjects.ts"

const { values: flags } = parseArgs({
  allowNegative: true,
  options: {
    samples: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    threads: { type: "string" },
    metrics: { type: "string" },
    peer: { type: "boolean", default: true },
    markdown: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    output: { type: "string" }
  }
})
const samples = Number(flags.samples ?? (flags.quick ? 65_536 : 1_000_000))
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3))
const seconds = Number(flags.seconds ?? (flags.quick ? 1 : 4))
const threads = Number(flags.threads ?? os.availableParallelism())
const asked = flags.metrics?.split(",")
const unknown = asked?.filter((name) => !subjects.some((subject) => subject.name === name)) ?? []
if (unknown.length > 0) {
  process.stderr.write(
    `no metric is called ${unknown.join(", ")}; there are ${subjects.map(({ name }) => name).join(", ")}\n`
  )
  process.exit(2)
}
const chosen = subjects.filter(({ name }) => asked === undefined || asked.includes(name))

/** The same data for everybody: logits that are right in most cases. */
const writeData = (folder: string): void => {
  const count = distinct * batchSize
  const labels = Int32Array.from(Rng.uniforms(Rng.key(1), count, 0, 10), Math.floor)
  const logits = Rng.normals(Rng.key(2), count * 10).map(
    (value, at) => value + (at % 10 === labels[Math.floor(at / 10)] ? 2 : 0)
  )
  const sets = Int32Array.from(Rng.uniforms(Rng.key(3), count * 10, -1, 1), (value, at) =>
    value + logits[at]! > 0 ? 1 : 0
  )
  const x = Rng.normals(Rng.key(4), count, 5, 2)
  const y = Rng.normals(Rng.key(5), count).map((value, at) => value + x[at]!)
  for (const [name, values] of Object.entries({
    "labels.i32": labels,
    "classes.f32": logits,
    "sets.i32": sets,
    "x.f32": x,
    "y.f32": y
  }))
    writeFileSync(path.join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
}

type Process = { readonly competitor: Competitor; readonly child: Child.Child<Request, Answer> }

const own = fileURLToPath(new URL("worker.ts", import.meta.url))
const python = fileURLToPath(new URL("../peers/python/metrics.py", import.meta.url))

/** Starts a competitor; says why where it can't take part. */
const start = (
  competitor: Competitor,
  folder: string,
  interpreters: Python.Interpreters
): Effect.Effect<Process | string, Child.ChildLost, Scope.Scope> =>
  Effect.gen(function* () {
    const isOwn = competitor === "etude" || competitor === "compiled"
    const { torch } = interpreters
    if (!isOwn && !("interpreter" in torch)) return `${competitor}: ${torch.message}`
    const job: Job = { competitor, folder, batches: distinct, threads }
    const child = yield* Child.open<Request, Answer>({
      file: isOwn ? own : python,
      argument: job,
      ...(isOwn || !("interpreter" in torch) ? {} : { interpreter: torch.interpreter }),
      flags: isOwn ? [...Child.flags, "--expose-gc"] : [],
      env: { OMP_NUM_THREADS: String(threads), TF_NUM_INTRAOP_THREADS: String(threads) }
    })
    const ready = yield* child.first
    if (ready._tag === "Unavailable") return `${competitor}: ${ready.message}`
    yield* say(`${competitor}: ${ready._tag === "Ready" ? ready.on : ""}`)
    return { competitor, child }
  })

const say = (text: string) => Effect.sync(() => process.stderr.write(`${text}\n`))

/** All rounds of one metric, the competitors in turn. */
const measure = (subject: Subject, processes: ReadonlyArray<Process>) =>
  Effect.gen(function* () {
    const all: { [name in Competitor]?: Array<Extract<Answer, { readonly _tag: "Round" }>> } = {}
    for (let round = 0; round < rounds; round++) {
      const turn = [...processes.slice(round % processes.length), ...processes.slice(0, round % processes.length)]
      for (const { competitor, child } of turn) {
        const answer = yield* child.ask({ metric: subject.name, samples, seconds })
        if (answer._tag === "Round") all[competitor] = [...(all[competitor] ?? []), answer]
      }
    }
    return Report.rowOf(subject, all)
  })

const print = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  if (flags.markdown) {
    const [head, ...body] = rows.map((row) => `| ${row.join(" | ")} |`)
    return [head, `|${rows[0]!.map((_, at) => (at === 0 ? " --- " : " ---: ")).join("|")}|`, ...body].join("\n")
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!))).join("  "))
    .join("\n")
}

const program = (folder: string) =>
  Effect.gen(function* () {
    writeData(folder)
    const description = Machine.describe()
    const interpreters = yield* Python.setUp(new Set(flags.peer ? (["torch"] as const) : []))
    const started = yield* Effect.forEach(competitors, (competitor) =>
      flags.peer || competitor === "etude" || competitor === "compiled"
        ? start(competitor, folder, interpreters)
        : Effect.succeed("")
    )
    const leftOut = started.filter((one) => typeof one === "string" && one !== "")
    const processes = started.filter((one): one is Process => typeof one !== "string")
    const rows: Array<Report.Row> = []
    for (const subject of chosen) {
      yield* say(subject.name)
      rows.push(yield* measure(subject, processes))
    }
    const aims = Report.aims(rows)
    const disagreements = rows.flatMap((row) => Report.disagreement(row) ?? [])
    const lines = [
      `Millions of samples a second, and bytes that the state holds at the end; ${samples.toLocaleString("en")} samples in batches of ${batchSize}, ${rounds} rounds, ${threads} threads each.`,
      "The ratio is the better of Etude's by the better of torchmetrics': above 1 Etude is faster.",
      "",
      print(Report.table(rows)),
      "",
      ...leftOut.map((text) => `Left out: ${text}`),
      ...disagreements.map((text) => `Not the same: ${text}`),
      ...aims.map(({ aim, met, missed }) => `${met ? "met" : "missed"}: ${aim}${met ? "" : ` (${missed.join(", ")})`}`)
    ]
    process.stdout.write(`${lines.join("\n")}\n`)
    if (flags.output !== undefined)
      writeFileSync(flags.output, `${JSON.stringify({ ...description, samples, batchSize, rows, aims }, null, 2)}\n`)
    return disagreements.length === 0
  })

const folder = mkdtempSync(path.join(os.tmpdir(), "etude-metrics-"))
process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
if (!(await Effect.runPromise(Effect.scoped(program(folder))))) process.exitCode = 1
