/** Whole studies by the command, with real processes: run, interrupted, killed, without a database, on PostgreSQL. */
import { spawn } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as PostgresServer from "@etude/study/PostgresServer"
import * as Effect from "effect/Effect"
import { command, type Ended, etude, line, temporary } from "./support/etude.ts"

const studyText = (settings: object = {}) =>
  JSON.stringify({
    config: line,
    set: { "train.until": { epochs: 4 }, "options.slow": 30 },
    seeds: 2,
    space: { "train.learningRate": { choice: [0.1, 0.3] } },
    objective: "validation/loss",
    lease: "2 seconds",
    ...settings
  })

/** A working folder with a study's file. */
const project = (settings?: object) =>
  Effect.map(temporary, (folder) => {
    writeFileSync(path.join(folder, "study.yaml"), studyText(settings))
    return folder
  })

/** What two ways to run a study must agree in: the rows of its table. */
const rowsOf = (folder: string, study = "study") =>
  JSON.parse(readFileSync(path.join(folder, "studies", study, "results.json"), "utf8")).rows as ReadonlyArray<object>

const trialsOf = (folder: string) =>
  JSON.parse(readFileSync(path.join(folder, "studies/study/results.json"), "utf8")).trials as ReadonlyArray<{
    readonly state: string
    readonly failures: number
    readonly preemptions: number
    readonly folder: string
  }>

const assertEnded = ({ code, stderr }: Ended, expected: number) => assert.strictEqual(code, expected, stderr)

/** The rows of the study, run without disturbance. */
const undisturbed = Effect.gen(function* () {
  const folder = yield* project()
  assertEnded(yield* etude(["study", "run", "study.yaml", "--workers", "2"], { cwd: folder }), 0)
  return rowsOf(folder)
}).pipe(Effect.scoped, Effect.cached, Effect.runSync)

/** Sends a signal once something has been printed. */
const once = (pattern: RegExp, signal: NodeJS.Signals) => {
  let sent = false
  return (send: (signal: NodeJS.Signals) => void, printed: string) => {
    if (sent || !pattern.test(printed)) return
    sent = true
    send(signal)
  }
}

const minutes = 5 * 60_000

describe("etude study", () => {
  it.live(
    "run prints the table over seeds, and writes it into the study's folder beside a run folder for each trial",
    () =>
      Effect.gen(function* () {
        const folder = yield* project()
        const ended = yield* etude(["study", "run", "study.yaml", "--workers", "2"], { cwd: folder })
        assertEnded(ended, 0)
        assert.match(ended.stdout, /^study: 2 settings with 2 seeds each; trials: 4 complete$/m)
        assert.match(ended.stdout, /^1 ● +0\.3 +2\/2 +0\.\d+ ± /m)
        assert.match(ended.stderr, /^trial 3 \(setting 1, seed 2\) complete; validation\/loss 0\.\d+/m)
        assert.lengthOf(rowsOf(folder), 2)
        const { stdout } = yield* etude(["runs", "list", "--runs", "studies/study/trials", "--json"], { cwd: folder })
        assert.lengthOf(JSON.parse(stdout).runs ?? JSON.parse(stdout), 4)
        const again = yield* etude(["study", "run", "study.yaml"], { cwd: folder })
        assertEnded(again, 0)
        assert.strictEqual(again.stdout, ended.stdout)
        assert.notMatch(again.stderr, /running/)
      }).pipe(Effect.scoped),
    minutes
  )

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 75]
  ] as const) {
    it.live(
      `run that gets ${signal} saves its trials, exits with ${code}, and comes to the same table when it is continued`,
      () =>
        Effect.gen(function* () {
          const folder = yield* project()
          const left = yield* etude(["study", "run", "study.yaml", "--workers", "2"], {
            cwd: folder,
            watch: once(/trial \d .* running/, signal)
          })
          assertEnded(left, code)
          assert.match(
            left.stderr,
            /trials have ended, the others are saved\. Continue with:\n +etude study run study\.yaml/
          )
          assertEnded(yield* etude(["study", "run", "study.yaml", "--workers", "2"], { cwd: folder }), 0)
          assert.deepStrictEqual(rowsOf(folder), yield* undisturbed)
          assert.isTrue(trialsOf(folder).every(({ failures }) => failures === 0))
        }).pipe(Effect.scoped),
      minutes
    )
  }

  it.live(
    "run trains a population, whose worst continue from copies of the best, to the same table with one worker and with two",
    () =>
      Effect.gen(function* () {
        const population = {
          set: { "train.until": { epochs: 3 } },
          seeds: 1,
          space: { "train.learningRate": { log: [0.001, 1] } },
          settings: 4,
          pruner: { _tag: "Population", every: { epochs: 1 }, fraction: 0.25 }
        }
        const [one, two] = [yield* project(population), yield* project(population)]
        assertEnded(yield* etude(["study", "run", "study.yaml", "--workers", "1"], { cwd: one }), 0)
        assertEnded(yield* etude(["study", "run", "study.yaml", "--workers", "2"], { cwd: two }), 0)
        assert.isTrue(trialsOf(one).every(({ state, failures }) => state === "complete" && failures === 0))
        assert.isTrue(trialsOf(one).some(({ folder }) => folder.includes("-")))
        assert.deepStrictEqual(rowsOf(one), rowsOf(two))
      }).pipe(Effect.scoped),
    minutes
  )

  it.live(
    "trial and gather need no database, and come to the same table in any order",
    () =>
      Effect.gen(function* () {
        const folder = yield* project()
        const one = (index: number) =>
          etude(["study", "trial", "study.yaml", "--index", String(index)], { cwd: folder })
        const ended = yield* Effect.forEach([3, 0, 2, 1], one, { concurrency: 2 })
        for (const trial of ended) assertEnded(trial, 0)
        const gathered = yield* etude(["study", "gather", "study.yaml"], { cwd: folder })
        assertEnded(gathered, 0)
        assert.deepStrictEqual(rowsOf(folder), yield* undisturbed)
      }).pipe(Effect.scoped),
    minutes
  )

  it.live(
    "trial that gets SIGTERM exits with 75, and the same command continues it",
    () =>
      Effect.gen(function* () {
        const folder = yield* project({
          seeds: 1,
          space: {},
          set: { "train.until": { epochs: 40 }, "options.slow": 20 }
        })
        const file = path.join(folder, "studies/study/trials/0000/events.jsonl")
        const args = ["study", "trial", "study.yaml", "--index", "0"]
        let sent = false
        const timer = (send: (signal: NodeJS.Signals) => void) => {
          const look = setInterval(() => {
            const hasBegun = (() => {
              try {
                return readFileSync(file, "utf8").includes("ValidationEnded")
              } catch {
                return false
              }
            })()
            if (!hasBegun || sent) return
            sent = true
            clearInterval(look)
            send("SIGTERM")
          }, 50)
          look.unref()
        }
        let begun = false
        const left = yield* etude(args, {
          cwd: folder,
          watch: (send) => {
            if (begun) return
            begun = true
            timer(send)
          }
        })
        assertEnded(left, 75)
        const continued = yield* etude([...args, "--json"], { cwd: folder })
        assertEnded(continued, 0)
        const trial = JSON.parse(continued.stdout)
        assert.deepInclude(trial, { state: "complete", preemptions: 1, failures: 0, attempts: 2 })
        assert.lengthOf(trial.reports, 40)
      }).pipe(Effect.scoped),
    minutes
  )

  it.live(
    "template slurm-static prints a script that saves its trial on SIGTERM and puts its task back into the queue",
    () =>
      Effect.gen(function* () {
        const folder = yield* project({
          seeds: 1,
          space: {},
          set: { "train.until": { epochs: 40 }, "options.slow": 20 }
        })
        const bin = path.join(folder, "bin")
        mkdirSync(bin)
        const own = [process.execPath, ...command].map((word) => `'${word}'`).join(" ")
        writeFileSync(path.join(bin, "npx"), `#!/bin/sh\nshift\nexec ${own} "$@"\n`, { mode: 0o755 })
        writeFileSync(path.join(bin, "scontrol"), '#!/bin/sh\necho "$@" > requeued\n', { mode: 0o755 })
        const template = yield* etude(["study", "template", "slurm-static", "study.yaml"], { cwd: folder })
        assertEnded(template, 0)
        assert.include(template.stdout, "#SBATCH --array=0-0\n")
        writeFileSync(path.join(folder, "trials.sh"), template.stdout)
        const task = { SLURM_ARRAY_TASK_ID: "0", SLURM_ARRAY_JOB_ID: "17", PATH: `${bin}:${process.env["PATH"]}` }
        const script = spawn("bash", ["trials.sh"], { cwd: folder, env: { ...process.env, ...task }, stdio: "ignore" })
        const code = Effect.callback<number | null>(
          (resume) => void script.on("close", (one) => resume(Effect.succeed(one)))
        )
        const log = path.join(folder, "studies/study/trials/0000/events.jsonl")
        const hasBegun = Effect.sync(() => existsSync(log) && readFileSync(log, "utf8").includes("ValidationEnded"))
        yield* hasBegun.pipe(Effect.delay("50 millis"), Effect.repeat({ until: (begun) => begun }))
        script.kill("SIGTERM")
        assert.strictEqual(yield* code, 75)
        assert.strictEqual(readFileSync(path.join(folder, "requeued"), "utf8"), "requeue 17_0\n")
        const { state, preemptions } = JSON.parse(
          readFileSync(path.join(folder, "studies/study/trials/0000.json"), "utf8")
        )
        assert.deepStrictEqual([state, preemptions], ["waiting", 1])
      }).pipe(Effect.scoped),
    minutes
  )

  it.live(
    "refuses a study that is wrong before anything starts: all that is wrong at once",
    () =>
      Effect.gen(function* () {
        const folder = yield* project({
          space: { "train.learningrate": { choice: [1] }, "train.batchSize": { choice: [8, -8] } },
          threads: 0
        })
        const ended = yield* etude(["study", "run", "study.yaml"], { cwd: folder })
        assertEnded(ended, 2)
        assert.strictEqual(
          ended.stderr,
          "study.yaml has 3 problems; nothing was started.\n" +
            "  threads: expected a whole number of threads above 0\n" +
            '  space.train.learningrate: unknown key; did you mean "learningRate"?\n' +
            "  space.train.batchSize: expected a whole number of samples above 0 (at -8)\n"
        )
      }).pipe(Effect.scoped),
    minutes
  )

  it.live(
    "refuses a monitor that trials would not report, and another definition of a study that was begun",
    () =>
      Effect.gen(function* () {
        const folder = yield* project()
        const run = (...args: ReadonlyArray<string>) => etude(["study", "run", "study.yaml", ...args], { cwd: folder })
        const unknown = yield* run("--set", "objective=validation/los")
        assertEnded(unknown, 2)
        assert.include(unknown.stderr, 'did you mean "validation/loss"?')
        assertEnded(yield* run("--workers", "0"), 0)
        const other = yield* run("--set", "space.train.learningRate={ choice: [0.2] }")
        assertEnded(other, 2)
        assert.include(other.stderr, "space.train.learningRate.choice: it was begun with [0.1,0.3], and is now [0.2]")
      }).pipe(Effect.scoped),
    minutes
  )
})

const hasPostgres = (await Effect.runPromise(PostgresServer.programs)) !== undefined

describe.skipIf(!hasPostgres)("etude worker", () => {
  it.live(
    "works in three processes on PostgreSQL, and when some are killed the table is that of one machine",
    () =>
      Effect.gen(function* () {
        const folder = yield* project()
        // A server that root starts runs as another user, who has to come in.
        chmodSync(folder, 0o755)
        const server = yield* PostgresServer.run({ folder: path.join(folder, "postgres"), isDurable: false })
        const options = { cwd: folder, env: { ETUDE_DATABASE: server.url } }
        const begun = yield* etude(["study", "run", "study.yaml", "--workers", "0"], options)
        assertEnded(begun, 0)
        const work = (watch?: ReturnType<typeof once>) =>
          etude(["worker", "--study", "studies/study"], watch === undefined ? options : { ...options, watch })
        const [killed, another] = yield* Effect.all(
          [work(once(/trial \d .* running/, "SIGKILL")), work(once(/trial \d .* complete/, "SIGKILL")), work()],
          { concurrency: "unbounded" }
        )
        assert.strictEqual(killed.code, null)
        assert.strictEqual(another.code, null)
        const ended = yield* etude(["study", "gather", "studies/study"], options)
        assertEnded(ended, 0)
        assert.deepStrictEqual(rowsOf(folder), yield* undisturbed)
        const trials = trialsOf(folder)
        assert.isTrue(trials.every(({ state, failures }) => state === "complete" && failures === 0))
        assert.isAbove(
          trials.reduce((sum, { preemptions }) => sum + preemptions, 0),
          0
        )
        const password = new URL(server.url).password
        for (const { stdout, stderr } of [begun, killed, another, ended]) assert.notInclude(stdout + stderr, password)
        assert.notInclude(readFileSync(path.join(folder, "studies/study/study.json"), "utf8"), password)
      }).pipe(Effect.scoped),
    minutes
  )
})
