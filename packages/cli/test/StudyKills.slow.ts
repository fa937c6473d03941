/** Studies of real runs, whose workers and trials are really killed, against the same studies left in peace. */

import { type ChildProcess, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import * as Rng from "@etude/core/Rng"
import * as PostgresServer from "@etude/study/PostgresServer"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { command, etude, line, temporary } from "./support/etude.ts"

const seeds = 4

/** A study of lines that take their time. */
const written = (folder: string, name: string): string => {
  const file = path.join(folder, `${name}.yaml`)
  const document = {
    config: line,
    set: { "train.until.epochs": 40, "options.slow": 10 },
    seeds,
    lease: "1 second",
    threads: 1,
    attempts: 1000,
    objective: "validation/loss"
  }
  fs.writeFileSync(file, JSON.stringify(document))
  return file
}

/** The SHA-256 of what each trial came to. */
const models = (folder: string): ReadonlyArray<string> =>
  Array.from({ length: seeds }, (_, number) => {
    const file = path.join(folder, "trials", String(number).padStart(4, "0"), "model.safetensors")
    return createHash("sha256").update(fs.readFileSync(file)).digest("hex")
  })

/** How often the runs of trials were resumed: checkpoints are named by the attempt that saved them. */
const resumptions = (folder: string): number =>
  fs
    .readdirSync(path.join(folder, "trials"), { recursive: true, encoding: "utf8" })
    .filter((name) => /checkpoints\/[^/]*-attempt-(?!01$)\d+$/.test(name)).length

interface Results {
  readonly rows: ReadonlyArray<{ readonly counts: unknown; readonly values: unknown }>
}

/** The table of the study: how its trials ended, and every mean, deviation and interval. */
const table = (folder: string): unknown =>
  (JSON.parse(fs.readFileSync(path.join(folder, "results.json"), "utf8")) as Results).rows.map(
    ({ counts, values }) => ({
      counts,
      values
    })
  )

const isAlive = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null

const start = (args: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, [...command, ...args], { stdio: "ignore" })

/** The processes that a worker has begun. */
const childrenOf = (child: ChildProcess): ReadonlyArray<number> => {
  const file = `/proc/${child.pid}/task/${child.pid}/children`
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number) : []
}

const killOne = (child: ChildProcess, what: number): void => {
  const [trial] = childrenOf(child)
  if (what < 0.4) child.kill("SIGKILL")
  else if (what < 0.6) child.kill("SIGTERM")
  else if (trial !== undefined) {
    try {
      process.kill(trial, "SIGKILL")
    } catch {
      // It has just ended.
    }
  }
}

/** Three processes work on the study; one after another is killed, and others come. Then it is run to its end. */
const disturbed = Effect.fnUntraced(function* (args: ReadonlyArray<string>, kills: number) {
  const key = Rng.named(Rng.key(18), "kills")
  const running: Array<ChildProcess> = []
  yield* Effect.addFinalizer(() => Effect.sync(() => running.map((child) => child.kill("SIGKILL"))))
  for (let count = 0; count < kills; count++) {
    for (let at = 0; at < 3; at++) {
      if (running[at] === undefined || !isAlive(element(running, at))) running[at] = start([...args, "--workers", "1"])
    }
    yield* Effect.sleep(Duration.millis(1000 + 2000 * Rng.uniform(key, 3 * count)))
    killOne(element(running, Math.floor(3 * Rng.uniform(key, 3 * count + 1))), Rng.uniform(key, 3 * count + 2))
  }
  const last = yield* etude([...args, "--workers", "2"])
  assert.strictEqual(last.code, 0, last.stderr)
})

const run = (file: string, folder: string) => ["study", "run", file, "--folder", folder]

describe("a study of real runs whose processes are killed", () => {
  const ends = (kills: number, database: Effect.Effect<ReadonlyArray<string>, unknown, never>) =>
    Effect.gen(function* () {
      const folder = yield* temporary
      const [quiet, loud] = [path.join(folder, "quiet"), path.join(folder, "loud")]
      const peace = yield* etude([...run(written(folder, "quiet"), quiet), "--workers", "2"])
      assert.strictEqual(peace.code, 0, peace.stderr)
      yield* disturbed([...run(written(folder, "loud"), loud), ...(yield* database)], kills)
      assert.isAbove(resumptions(loud), 0)
      assert.deepStrictEqual(models(loud), models(quiet))
      assert.deepStrictEqual(table(loud), table(quiet))
    }).pipe(Effect.scoped)

  it.live("ends with the same bits and the same table, in SQLite", () => ends(15, Effect.succeed([])), 300_000)

  it.live.skipIf(Effect.runSync(PostgresServer.programs) === undefined)(
    "ends with the same bits and the same table, in PostgreSQL (skipped where it isn't installed)",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        fs.chmodSync(folder, 0o755)
        const { url } = yield* PostgresServer.run({ folder: path.join(folder, "data"), isDurable: false })
        yield* ends(8, Effect.succeed(["--database", url]))
      }).pipe(Effect.scoped),
    300_000
  )
})

describe("a population of real runs", () => {
  it.live(
    "continues from copies of the checkpoints of others, several trials in one process",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporary
        const file = path.join(folder, "population.yaml")
        const document = {
          config: line,
          set: { "train.until.epochs": 4 },
          space: { "train.learningRate": { log: [0.001, 0.5] } },
          settings: 4,
          trialsPerProcess: 20,
          threads: 1,
          objective: "validation/loss",
          pruner: { _tag: "Population", every: { epochs: 2 }, fraction: 0.5 }
        }
        fs.writeFileSync(file, JSON.stringify(document))
        const trials = path.join(folder, "study", "trials")
        const { code, stderr } = yield* etude([...run(file, path.join(folder, "study")), "--workers", "2"])
        assert.strictEqual(code, 0, stderr)
        assert.isAbove(fs.readdirSync(trials).filter((name) => /^\d{4}-\d+$/.test(name)).length, 0)
        const [row] = (JSON.parse(fs.readFileSync(path.join(folder, "study", "results.json"), "utf8")) as Results).rows
        assert.deepInclude(row?.counts, { complete: 1, failed: 0 })
      }).pipe(Effect.scoped),
    300_000
  )
})
