/** `etude worker`: works on a study that was begun, wherever its database can be reached. */
import * as Database from "@etude/study/Database"
import * as Effect from "effect/Effect"
import { Stopping } from "./Stopping.ts"
import * as StudyDatabase from "./StudyDatabase.ts"
import * as StudyPlace from "./StudyPlace.ts"
import * as StudyWork from "./StudyWork.ts"

export interface WorkerArguments extends StudyPlace.Named {
  readonly workers: number
  /** Ends after one trial. */
  readonly once: boolean
}

/** Takes trials until the study is settled. */
export const worker = (args: WorkerArguments) =>
  Effect.gen(function* () {
    yield* Stopping.use(({ givesBack }) => givesBack)
    const place = yield* StudyPlace.locate(args)
    if (place.database === undefined) {
      const asked = "a worker"
      return yield* new StudyDatabase.StudyElsewhere({ folder: place.folder, kept: "files of its trials", asked })
    }
    const layer = Database.engine(place.database, { lease: place.study.config.lease })
    yield* StudyWork.work(place, { ...args, shows: "own trials" }).pipe(
      Effect.provide(layer),
      StudyDatabase.explaining(place.database)
    )
  })
