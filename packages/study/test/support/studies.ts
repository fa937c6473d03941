import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Database from "../../src/Database.ts"
import * as Study from "../../src/Study.ts"
import * as StudyConfig from "../../src/StudyConfig.ts"
import type { StudyRegistry } from "../../src/StudyRegistry.ts"
import type { TrialCommand } from "../../src/Supervisor.ts"

/** A study from a document as study.yaml has it. */
export const studyOf = (
  name: string,
  document: Partial<StudyConfig.StudyConfigEncoded>,
  registry?: StudyRegistry
): Study.Study =>
  Study.make(
    name,
    Effect.runSync(
      StudyConfig.decode({ config: "./config.yaml", lease: "2 seconds", ...document }, "study.yaml", registry)
    ),
    registry
  )

/** The store and the queue in a database. */
export const engine = (database: string, lease: Duration.Duration = Duration.seconds(2)) =>
  Database.engine(database, { lease, poll: Duration.millis(100) })

export type FakeOptions = {
  readonly epochs?: number
  readonly stepsPerEpoch?: number
  /** Rounds of a slow hash in each step. */
  readonly work?: number
  readonly bits?: string
  readonly fails?: string
  readonly exits?: number
  /** Where each process leaves a file that stays. */
  readonly log?: string
  /** Where each process leaves a file with its number. */
  readonly pids?: string
  /** A file with the number of epochs that trials may end; they wait at the end of the next one. None where it is absent. */
  readonly gate?: string
}

/** A folder that goes with the test's scope. */
export const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "etude-study-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
)

/** A process that trains nothing. */
export const fakeTrial = (options: FakeOptions = {}): TrialCommand => ({
  module: path.join(path.dirname(fileURLToPath(import.meta.url)), "fakeTrial.mjs"),
  args: [JSON.stringify(options)],
  nodeArgs: []
})
