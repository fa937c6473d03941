/** From a study's file to the study in its folder. */
import * as path from "node:path"
import * as Study from "@etude/study/Study"
import * as Effect from "effect/Effect"
import type * as ConfigFile from "./ConfigFile.ts"
import * as StudyFile from "./StudyFile.ts"
import * as StudyFolder from "./StudyFolder.ts"
import * as StudyPlugins from "./StudyPlugins.ts"

export interface Named {
  /** study.yaml. */
  readonly file: string
  readonly overrides: ReadonlyArray<ConfigFile.Override>
  /** Default: the study's name in `studies`. */
  readonly folder: string | undefined
}

export interface Planned {
  /** Absolute. */
  readonly folder: string
  /** As people name it. */
  readonly shown: string
  readonly study: Study.Study
  /** The absolute path of the config that trials train. */
  readonly config: string
}

/** Reads and checks a study. In its definition the config's path is relative to the study's folder, so that both may be moved. */
export const plan = ({ file, overrides, folder }: Named) =>
  Effect.gen(function* () {
    const read = yield* StudyFile.read(file, overrides)
    const shown = folder ?? path.join(StudyFolder.studies, StudyFolder.nameOf(read.name))
    const plugins = StudyPlugins.moved(read.study.plugins, path.dirname(file), shown)
    const config = { ...read.study, plugins, config: StudyFolder.relativeTo(shown, read.config) }
    const study = Study.make(read.name, config, read.registry)
    return { folder: path.resolve(shown), shown, study, config: read.config } satisfies Planned
  })
