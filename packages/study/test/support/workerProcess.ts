/** A worker as a process of its own, for tests that kill it: `workerProcess.ts DATABASE STUDY FOLDER TRIAL-OPTIONS`. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Database from "../../src/Database.ts"
import * as Study from "../../src/Study.ts"
import * as Worker from "../../src/Worker.ts"
import { engine, fakeTrial } from "./studies.ts"

const [database = "", name = "", folder = "", options = "{}"] = process.argv.slice(2)

const loaded = Study.load(name).pipe(Effect.provide(Database.store(database)))
const work = Effect.flatMap(loaded, (study) =>
  Worker.run({ study, folder, config: "config.yaml", command: fakeTrial(JSON.parse(options)), versions: {} }).pipe(
    Effect.provide(engine(database, study.config.lease))
  )
)
const fiber = Effect.runFork(work.pipe(Effect.provide(Logger.layer([]))))
process.on("SIGTERM", () => Effect.runFork(Fiber.interrupt(fiber)))
fiber.addObserver((exit) => {
  if (exit._tag === "Failure" && !Cause.hasInterruptsOnly(exit.cause))
    process.stderr.write(`${Cause.pretty(exit.cause)}\n`)
  process.exit(exit._tag === "Success" ? 0 : 1)
})
