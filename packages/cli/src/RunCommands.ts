/** `etude runs` and `etude checkpoint`: inspect, verify, compare and export runs and checkpoints. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as FileStore from "@etude/checkpoint/FileStore"
import * as Safetensors from "@etude/checkpoint/Safetensors"
import { Checkpoints, type Loaded } from "@etude/core/Checkpoints"
import { ConfigInvalid } from "@etude/core/Errors"
import { element } from "@etude/core/Lookup"
import type { TensorData } from "@etude/core/TrainState"
import * as Report from "@etude/reports/Report"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Colors from "./Colors.ts"
import * as ConfigFile from "./ConfigFile.ts"
import { RunUnusable } from "./Errors.ts"
import { fileReason } from "./FileReason.ts"
import * as LayersExport from "./LayersExport.ts"
import * as Load from "./Load.ts"
import * as Output from "./Output.ts"
import * as RunFolder from "./RunFolder.ts"
import * as RunList from "./RunList.ts"
import * as RunLookup from "./RunLookup.ts"
import * as Table from "./Table.ts"

const reportOf = (folder: string): Effect.Effect<Option.Option<Report.Report>> =>
  Effect.try({ try: () => fs.readFileSync(RunFolder.reportFile(folder), "utf8"), catch: fileReason }).pipe(
    Effect.flatMap(Report.decode),
    Effect.option
  )

/** A run that only tried whether everything runs. */
const isDevRun = (folder: string): Effect.Effect<boolean> =>
  ConfigFile.read(RunFolder.configFile(folder)).pipe(
    Effect.map((config) => (config as { train?: { fastDevRun?: unknown } } | null)?.train?.fastDevRun === true),
    Effect.orElseSucceed(() => false)
  )

export interface ListArguments {
  readonly runs: string
  readonly sort: string
  /** Include runs of --fast-dev-run. */
  readonly all: boolean
  readonly json: boolean
}

/** Prints a line for each run: how it ended, how far it came, what it reached. */
export const listRuns = ({ runs, sort, all, json }: ListArguments) =>
  Effect.gen(function* () {
    const folders = yield* RunLookup.runsIn(runs)
    const kept = all ? folders : yield* Effect.filter(folders, (folder) => Effect.map(isDevRun(folder), (dev) => !dev))
    const listed = yield* Effect.forEach(kept, (folder) =>
      Effect.map(reportOf(folder), (report) => ({ folder, report: Option.getOrUndefined(report) }))
    )
    const ordered = RunList.sorted(listed, sort)
    if ("problem" in ordered) {
      return yield* new ConfigInvalid({
        source: "The command",
        problems: [{ path: "--sort", message: ordered.problem }]
      })
    }
    if (json) {
      return yield* Output.json(
        ordered.runs.map(({ folder, report }) => ({
          run: folder,
          report: report === undefined ? null : JSON.parse(Report.encode(report))
        }))
      )
    }
    const leftOut = folders.length - kept.length
    if (kept.length === 0) yield* Output.note(`There are no runs in ${runs}.`)
    else {
      const { stdout } = process
      yield* Output.result(
        RunList.render(ordered.runs, sort, { columns: Output.columns(), palette: Colors.of(stdout) })
      )
    }
    if (leftOut > 0) yield* Output.note(`Runs of --fast-dev-run are not listed: ${leftOut}. use --all.`)
  })

/** Prints a run's report as JSON. */
export const showRun = (run: string) =>
  Effect.gen(function* () {
    const report = yield* reportOf(run)
    if (Option.isSome(report)) return yield* Output.result(Report.encode(report.value))
    yield* RunLookup.locate(run)
    return yield* new RunUnusable({ path: run, problems: ["it has no readable report.json; did the run end?"] })
  })

const within = <A, E>(run: string, body: Effect.Effect<A, E, Checkpoints>) =>
  Effect.gen(function* () {
    const folder = RunFolder.checkpointsFolder(path.resolve(run))
    if (!fs.existsSync(folder)) {
      yield* RunLookup.locate(run)
      return yield* new RunUnusable({ path: run, problems: ["it has no folder `checkpoints`: nothing was saved"] })
    }
    return yield* Effect.provide(body, FileStore.layer({ folder: folder.replaceAll(path.sep, "/") }))
  })

/** The named checkpoint, or the newest intact one. */
const loadOf = (run: string, id: string | undefined) =>
  Effect.gen(function* () {
    const store = yield* Checkpoints
    if (id !== undefined) return yield* store.load(id)
    const latest = yield* store.latest
    if (Option.isSome(latest)) return latest.value
    return yield* new RunUnusable({ path: run, problems: ["nothing was saved in it"] })
  })

/** Prints a line for each checkpoint of a run. */
export const listCheckpoints = (run: string, json: boolean) =>
  within(
    run,
    Effect.gen(function* () {
      const saved = yield* (yield* Checkpoints).list
      if (json) return yield* Output.json(saved)
      const rows = saved.map(({ id, epoch, step, bytes, values }) => [
        id,
        String(epoch),
        String(step),
        `${(bytes / 1e6).toFixed(2)} MB`,
        Object.entries(values)
          .map(([name, value]) => `${name} ${Table.number(value)}`)
          .join(", ")
      ])
      yield* Output.result(Table.render(["checkpoint", "epoch", "step", "size", "values"], rows))
    })
  )

/** Compares every byte of a run's checkpoints with their manifests; fails when one is damaged. */
export const verifyCheckpoints = (run: string, json: boolean) =>
  within(
    run,
    Effect.gen(function* () {
      const store = yield* Checkpoints
      // The store does not list damaged manifests, so every folder is checked.
      const ids = fs
        .readdirSync(RunFolder.checkpointsFolder(path.resolve(run)))
        .filter((name) => !name.startsWith("."))
        .sort()
      const results = yield* Effect.forEach(ids, (id) =>
        Effect.map(Effect.result(store.verify(id)), (result) => ({
          id,
          problem: Result.isSuccess(result) ? null : result.failure.message
        }))
      )
      yield* json
        ? Output.json(results)
        : Output.result(results.map(({ id, problem }) => `${id}  ${problem ?? "intact"}`).join("\n"))
      const damaged = results.flatMap(({ problem }) => (problem === null ? [] : [problem]))
      if (damaged.length > 0) return yield* new RunUnusable({ path: run, problems: damaged })
    })
  )

const difference = (a: TensorData | undefined, b: TensorData | undefined): string | undefined => {
  if (a === undefined || b === undefined) return a === undefined ? "only in the second" : "only in the first"
  if (a.shape.join() !== b.shape.join()) return `[${a.shape.join(", ")}] and [${b.shape.join(", ")}]`
  let [largest, count] = [0, 0]
  for (const [index, value] of a.values.entries()) {
    const other = element(b.values, index)
    if (Object.is(value, other)) continue
    count++
    largest = Math.max(largest, Math.abs(value - other))
  }
  return count === 0 ? undefined : `${count} of ${a.values.length} values differ, by at most ${Table.number(largest)}`
}

/** What two checkpoints differ in, tensor by tensor. */
const differences = (first: Loaded["data"], second: Loaded["data"]) =>
  [...new Set([...Object.keys(first.tensors), ...Object.keys(second.tensors)])].sort().flatMap((path) => {
    const text = difference(first.tensors[path], second.tensors[path])
    return text === undefined ? [] : [{ path, what: text }]
  })

/** Prints what two checkpoints of a run differ in. */
export const diffCheckpoints = (run: string, first: string, second: string, json: boolean) =>
  within(
    run,
    Effect.gen(function* () {
      const [a, b] = [yield* loadOf(run, first), yield* loadOf(run, second)]
      const changed = differences(a.data, b.data)
      if (json) return yield* Output.json(changed)
      yield* Output.result(
        changed.length === 0
          ? "All tensors are equal, bit for bit."
          : Table.render(
              ["tensor", "difference"],
              changed.map(({ path, what }) => [path, what])
            )
      )
    })
  )

/** Loads the experiment that a run was of. */
const experimentOf = (run: string) =>
  Effect.gen(function* () {
    const document = yield* ConfigFile.read(RunFolder.configFile(run))
    return yield* Load.fromDocument(document, RunFolder.configFile(run), path.resolve(run))
  })

/** Writes a checkpoint's model for other tools: one safetensors file with plain names, or a folder that tf.js loads. */
export const exportCheckpoint = (
  run: string,
  id: string | undefined,
  format: "safetensors" | "layers",
  output: string
) =>
  within(
    run,
    Effect.gen(function* () {
      const { saved, data, description } = yield* loadOf(run, id)
      const model: Record<string, TensorData> = {}
      for (const [name, tensor] of Object.entries(data.tensors)) {
        if (name.startsWith("parameters/")) model[name.slice("parameters/".length)] = tensor
        if (name.startsWith("statistics/")) model[name.slice("statistics/".length)] = tensor
      }
      if (format === "safetensors") {
        yield* RunFolder.write(output, Safetensors.encode(model, { format: "etude", checkpoint: saved.id }))
      } else {
        // Layers of an author's own are known when the experiment's module has been loaded.
        if (LayersExport.unknownClasses(description.topology).length > 0) yield* Effect.ignore(experimentOf(run))
        yield* LayersExport.write(output, description.topology, model)
      }
      yield* Output.result(`${saved.id} → ${output}`)
    })
  )
