/**
 * How fast datasets are read, beside PyTorch's `DataLoader` (with torchvision) and Hugging Face's `datasets`: the same files, opened
 * and read once in a shuffled order, each reader in a process of its own, one after another in every round. The peers get a
 * virtual environment in the user's cache; without Python, or with `--no-peer`, the rest is measured.
 *
 * Flags: `--cases csv,parquet,mnist,jpeg`, `--rows 1000000` (of the tables), `--jpeg FOLDER` (with a folder of JPEG files for each
 * class; the case is left out without it), `--batch 64`, `--workers 2` (of PyTorch), `--rounds 3`, `--quick` (a smoke test),
 * `--output FILE` (figures as JSON).
 */
import { execFile } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs, promisify } from "node:util"
import * as Effect from "effect/Effect"
import * as Machine from "../Machine.ts"
import * as Python from "../peers/Python.ts"
import { median } from "../Statistics.ts"
import * as Files from "./Files.ts"
import { type Answer, type Case, cases, type Job, type Reader, readers } from "./Protocol.ts"

const { values: flags } = parseArgs({
  allowNegative: true,
  options: {
    cases: { type: "string" },
    rows: { type: "string" },
    jpeg: { type: "string" },
    batch: { type: "string" },
    workers: { type: "string" },
    rounds: { type: "string" },
    peer: { type: "boolean", default: true },
    quick: { type: "boolean", default: false },
    output: { type: "string" }
  }
})
const rows = Number(flags.rows ?? (flags.quick ? 2000 : 1_000_000))
const rounds = Number(flags.rounds ?? (flags.quick ? 1 : 3))
const wanted = (flags.cases?.split(",") ?? cases) as ReadonlyArray<Case>
const say = (text: string) => process.stderr.write(`${text}\n`)

const data = path.join(import.meta.dirname, "..", "peers", "python", "data.py")
const program = path.join(import.meta.dirname, "reader.ts")
const nodeFlags = ["--conditions=@etude/source", "--disable-warning=ExperimentalWarning"]

/** One process reads one case once. */
const read = async (job: Job, python: string | undefined): Promise<Answer | string> => {
  const [command, args] =
    job.reader === "etude" ? [process.execPath, [...nodeFlags, program]] : [python ?? "python3", [data]]
  try {
    const { stdout } = await promisify(execFile)(command, [...args, JSON.stringify(job)], { maxBuffer: 2 ** 24 })
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Answer
  } catch (cause) {
    const { stderr, message } = cause as { readonly stderr?: string; readonly message: string }
    return stderr?.trim().split("\n").at(-1) ?? message
  }
}

const interpreters = flags.peer
  ? await Effect.runPromise(Python.setUp(new Set<Python.Collection>(["torch", "data"])))
  : undefined
const interpreter = interpreters?.data
const python = interpreter !== undefined && "interpreter" in interpreter ? interpreter.interpreter : undefined
if (interpreter !== undefined && "message" in interpreter) say(`Left out, what needs Python: ${interpreter.message}`)

const folder = path.join(os.tmpdir(), "etude-bench-data")
fs.mkdirSync(folder, { recursive: true })
const files: Files.Files = { folder, rows, jpeg: flags.jpeg, python }

interface Row {
  readonly case: Case
  readonly reader: Reader
  readonly rowsPerSecond: number
  readonly openSeconds: number
  readonly epochRowsPerSecond: number
  /** Times as many rows a second as this reader, opening and epoch together, that Etude reads. */
  etudeTimes?: number
}

const measure = async (name: Case, place: string): Promise<ReadonlyArray<Row>> => {
  const answers = new Map<Reader, Array<Answer>>()
  const job = { case: name, path: place, batch: Number(flags.batch ?? 64), workers: Number(flags.workers ?? 2) }
  for (let round = 0; round < rounds; round++) {
    for (const reader of readers) {
      if (reader !== "etude" && python === undefined) continue
      const answer = await read({ ...job, reader }, python)
      if (typeof answer === "string") say(`Left out: ${name} by ${reader}: ${answer}`)
      else answers.set(reader, [...(answers.get(reader) ?? []), answer])
    }
  }
  const measured = [...answers].map(([reader, all]): Row => {
    const middle = (of: (answer: Answer) => number) => median(all.map(of))
    return {
      case: name,
      reader,
      rowsPerSecond: middle((answer) => answer.rows / (answer.openSeconds + answer.epochSeconds)),
      openSeconds: middle((answer) => answer.openSeconds),
      epochRowsPerSecond: middle((answer) => answer.rows / answer.epochSeconds)
    }
  })
  const own = measured.find(({ reader }) => reader === "etude")
  return measured.map((row) => (own ? { ...row, etudeTimes: own.rowsPerSecond / row.rowsPerSecond } : row))
}

const results: Array<Row> = []
for (const name of wanted) {
  const place = Files.place(name, files)
  if (place === undefined) say(`Left out: ${name}: its files are not here`)
  else results.push(...(await measure(name, place)))
}

const description = Machine.describe()
process.stdout.write(
  `${description.machine.processor}, ${description.machine.processors} processors, load ${description.machine.loadBefore.toFixed(1)}\n`
)
for (const row of results) {
  const whole = (value: number) => Math.round(value).toLocaleString("en-US").padStart(12)
  const times = row.etudeTimes === undefined ? "" : `${row.etudeTimes.toFixed(2)} ×`.padStart(10)
  process.stdout.write(
    `${row.case.padEnd(8)} ${row.reader.padEnd(9)} ${whole(row.rowsPerSecond)} rows/s` +
      ` (opened in ${row.openSeconds.toFixed(2)} s, then ${whole(row.epochRowsPerSecond).trim()} rows/s)${times}\n`
  )
}
if (flags.output !== undefined) {
  fs.writeFileSync(flags.output, `${JSON.stringify({ ...description, rows, rounds, results }, null, 2)}\n`)
}
