/**
 * What a study costs besides training: trials that do nothing, from the queue to their row, in SQLite and, where it is installed,
 * PostgreSQL; with a process for each and with many in one.
 *
 *     node --conditions=@etude/source packages/study/scripts/overhead.ts [TRIALS]
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Database from "../src/Database.ts"
import * as PostgresServer from "../src/PostgresServer.ts"
import * as Study from "../src/Study.ts"
import * as StudyConfig from "../src/StudyConfig.ts"
import { StudyStore } from "../src/StudyStore.ts"
import * as Worker from "../src/Worker.ts"

const trials = Number(process.argv[2] ?? 1000)
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "etude-overhead-"))
const command = {
  module: path.join(path.dirname(fileURLToPath(import.meta.url)), "emptyTrial.mjs"),
  args: [],
  nodeArgs: []
}

/** Milliseconds for each trial, to create them and to have them done. */
const measure = Effect.fnUntraced(function* (database: string, count: number, trialsPerProcess: number) {
  const name = `${trialsPerProcess} in a process`
  const config = yield* StudyConfig.decode({ config: "config.yaml", seeds: count, trialsPerProcess }, "study.yaml")
  const study = Study.make(name, config)
  return yield* Effect.gen(function* () {
    const begun = performance.now()
    yield* Study.open(study, {})
    const opened = performance.now()
    yield* Worker.run({ study, folder, config: "config.yaml", command, versions: {} })
    const ended = performance.now()
    const { complete } = yield* (yield* StudyStore).counts(name)
    return { complete, create: (opened - begun) / count, run: (ended - opened) / count }
  }).pipe(Effect.provide(Database.engine(database, { lease: config.lease }), { local: true }))
})

const line = (where: string, { complete, create, run }: { complete: number; create: number; run: number }) =>
  process.stdout.write(
    `${where}: ${complete} trials, ${create.toFixed(2)} ms each to create, ${run.toFixed(2)} ms each to run\n`
  )

const both = Effect.fnUntraced(function* (name: string, database: string) {
  line(`${name}, one process for all`, yield* measure(database, trials, trials))
  line(`${name}, one process for each`, yield* measure(database, Math.ceil(trials / 10), 1))
})

const program = Effect.gen(function* () {
  yield* both("SQLite", path.join(folder, "study.sqlite"))
  if ((yield* PostgresServer.programs) === undefined) return
  fs.chmodSync(folder, 0o755)
  const { url } = yield* PostgresServer.run({ folder: path.join(folder, "postgres") })
  yield* both("PostgreSQL", url)
}).pipe(Effect.scoped, Effect.ensuring(Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))))

await Effect.runPromise(program)
