/** Working on a study, by as many workers in this process as are wanted: each has its trials trained in processes of their own. */
import { availableParallelism } from "node:os"
import { StudyStore } from "@etude/study/StudyStore"
import * as Worker from "@etude/study/Worker"
import * as Effect from "effect/Effect"
import type { Place } from "./StudyPlace.ts"
import * as StudyVersions from "./StudyVersions.ts"
import * as StudyWatch from "./StudyWatch.ts"
import * as TrialCommand from "./TrialCommand.ts"

/** As many workers as this machine has cores for, with the threads of each trial; at least one. */
export const usualWorkers = (threads: number, cores: number = availableParallelism()): number =>
  Math.max(1, Math.floor(cores / threads))

export interface Work {
  readonly workers: number
  /** Until each worker has ended one trial. */
  readonly once: boolean
  /** The whole study, read from its database again and again; or only the trials of these workers, which costs next to nothing. */
  readonly shows: "study" | "own trials"
}

/** Works until nothing is left to do and shows how it goes. */
export const work = (
  { study, folder, config }: Pick<Place, "study" | "folder" | "config">,
  { workers, once, shows }: Work
) =>
  Effect.gen(function* () {
    const store = yield* StudyStore
    if (shows === "study") yield* StudyWatch.watch(store.record(study.name), study.config)
    const tell = (trial: number) =>
      Effect.ignore(Effect.map(store.trials(study.name), StudyWatch.tell(study.config, trial)))
    const options = {
      ...{ study, folder, config, once, command: TrialCommand.here, versions: StudyVersions.here() },
      ...(shows === "study" ? {} : { changed: tell })
    }
    yield* Effect.forEach(Array.from({ length: workers }), () => Worker.run(options), {
      concurrency: "unbounded",
      discard: true
    })
  }).pipe(Effect.scoped)
