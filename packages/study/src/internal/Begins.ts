/** What the process of a trial is told: which config with which values, in which folder. */
import * as path from "node:path"
import type { Study } from "../Study.ts"
import type { Trial } from "../Trial.ts"
import type { Begin } from "../TrialProtocol.ts"

export interface Place {
  readonly study: Study
  /** The absolute folder in which the trials' folders are. */
  readonly folder: string
  /** The absolute path of the config that trials train. */
  readonly config: string
}

const pathOf = (key: string): ReadonlyArray<string> => key.split(".")

/** The beginning of a trial. `startFrom` is the folder, relative to the study's, from whose checkpoint it continues. */
export const beginOf = (
  { study, folder, config }: Place,
  trial: Pick<Trial, "folder" | "parameters" | "seed"> & { readonly fence: number; readonly startFrom: string | null }
): Begin => ({
  _tag: "Begin",
  folder: path.join(folder, trial.folder),
  config,
  overrides: Object.entries({ ...study.config.set, ...trial.parameters }).map(([key, value]) => ({
    path: pathOf(key),
    value
  })),
  seed: trial.seed,
  fence: trial.fence,
  threads: study.config.threads,
  allowAlterations: !study.config.exact,
  ...(trial.startFrom === null ? {} : { startFrom: path.join(folder, trial.startFrom) })
})
