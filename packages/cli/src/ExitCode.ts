/** The command's exit codes and their meanings. */
import { entry } from "@etude/core/Lookup"

/** The codes, as `etude --help` and the README tell them. */
export const meanings = {
  0: "success",
  1: "a run failed after it had started, or a defect",
  2: "the command, config, experiment or a path is unusable; nothing started",
  3: "the data is unreadable or unusable",
  4: "the backend is unavailable",
  5: "another process has taken the run over; this one wrote nothing more",
  75: "asked to stop (SIGTERM); saved, and the same command resumes it",
  130: "interrupted (Ctrl-C)"
} as const
export type ExitCode = keyof typeof meanings

const codes: { readonly [tag: string]: ExitCode } = {
  ShowHelp: 2,
  ConfigInvalid: 2,
  PreflightFailed: 2,
  FileUnreadable: 2,
  ExperimentNotLoaded: 2,
  PluginNotLoaded: 2,
  ExperimentFailed: 2,
  DataMissing: 2,
  RunUnusable: 2,
  RunInUse: 2,
  CheckpointMissing: 2,
  ResumeRefused: 2,
  NothingToResume: 2,
  EventsFileError: 2,
  StudyUnusable: 2,
  StudyUnknown: 2,
  StudyDiffers: 2,
  StudyElsewhere: 2,
  NotStatic: 2,
  TrialUnknown: 2,
  TrialFileUnusable: 2,
  VersionsDiffer: 2,
  DatabaseUnknown: 2,
  DatabaseNewer: 2,
  NetworkFileSystem: 2,
  PostgresMissing: 2,
  PostgresUnavailable: 2,
  NotScaffolded: 2,
  DataError: 3,
  DatasetInvalid: 3,
  DataQuestionable: 3,
  BackendUnavailable: 4,
  ExecutorUnavailable: 4,
  BackendUnknown: 4,
  BackendBusy: 4,
  NativeInstallFailed: 4,
  RunSuperseded: 5
}

/** The exit code of an error; 3 when a preflight found problems of the data only. */
export const of = (error: unknown): ExitCode => {
  if (typeof error !== "object" || error === null || !("_tag" in error)) return 1
  const { _tag, problems, errors, state } = error as {
    readonly _tag: unknown
    readonly state?: unknown
    readonly problems?: ReadonlyArray<{ readonly path?: unknown }>
    readonly errors?: ReadonlyArray<unknown>
  }
  if (_tag === "ShowHelp" && errors?.length === 0) return 0
  if (_tag === "PreflightFailed" && problems?.every(({ path }) => String(path).startsWith("data"))) return 3
  if (_tag === "TrialNotComplete" && state === "waiting") return 75
  if (_tag === "RunInUse" && state === "superseding") return 5
  return Object.hasOwn(codes, String(_tag)) ? entry(codes, String(_tag)) : 1
}
