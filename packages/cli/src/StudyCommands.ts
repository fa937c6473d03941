/** `etude study`, what is below it, and `etude worker`: what each command takes, and which module does it. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ConfigFile from "./ConfigFile.ts"
import { json, load, set } from "./Flags.ts"

const file = Argument.String("study").pipe(Argument.withDescription("A study in YAML or JSON, such as study.yaml"))
const folder = Flag.String("folder").pipe(
  Flag.withDescription("The study's folder; default: its name in studies"),
  Flag.optional
)
const database = Flag.String("database").pipe(
  Flag.withMetavar("url"),
  Flag.withDescription(
    "PostgreSQL, as postgres://user@host/name. Give one with a password in ETUDE_DATABASE, where nobody sees it. " +
      "Default: a SQLite file in the study's folder"
  ),
  Flag.optional
)
const workersFrom = (least: number) =>
  Flag.Int("workers").pipe(
    Flag.filter(
      (count) => count >= least,
      (count) => `expected a whole number of workers from ${least} on, found ${count}`
    )
  )
const target = Argument.String("study").pipe(
  Argument.withDescription("A study's folder, file or name, or a database's URL; default: the only study in studies"),
  Argument.optional
)
const nameOnServer = Flag.String("name").pipe(
  Flag.withDescription("Which of a database's studies, where a URL names it"),
  Flag.optional
)
const markdown = Flag.Boolean("markdown").pipe(
  Flag.withDescription("Print the table as Markdown, for a README"),
  Flag.withDefault(false)
)
const rows = Flag.Int("rows").pipe(
  Flag.filter(
    (count) => count > 0,
    (count) => `expected a whole number of settings above 0, found ${count}`
  ),
  Flag.withDescription("How many settings are shown, the best first; default: 20"),
  Flag.withDefault(20)
)
const printing = { json, markdown, rows }
const printingOf = (args: { readonly json: boolean; readonly markdown: boolean; readonly rows: number }) => {
  const format: "json" | "markdown" | "table" = args.json ? "json" : args.markdown ? "markdown" : "table"
  return { format, rows: args.rows }
}

/** What names a study that was begun. */
const begun = { target, name: nameOnServer, database, folder }
const namedOf = (args: { readonly [key in keyof typeof begun]: Option.Option<string> }) => ({
  target: Option.getOrUndefined(args.target),
  name: Option.getOrUndefined(args.name),
  database: Option.getOrUndefined(args.database),
  folder: Option.getOrUndefined(args.folder)
})

const planned = { file, set, folder }
const plannedOf = (args: {
  readonly file: string
  readonly set: ReadonlyArray<string>
  readonly folder: Option.Option<string>
}) => ({ file: args.file, overrides: ConfigFile.overridesOf(args.set), folder: Option.getOrUndefined(args.folder) })

const check = Command.make(
  "check",
  { file, set, json },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./StudyCheck.ts"))
    yield* module.check(args.file, ConfigFile.overridesOf(args.set), args.json)
  })
).pipe(
  Command.withDescription("Check a study and the config that it varies, and print it with all defaults."),
  Command.withExamples([{ command: "etude study check papers/lenet-5/seeds.yaml" }])
)

const run = Command.make(
  "run",
  {
    ...planned,
    workers: workersFrom(0).pipe(
      Flag.withDescription(
        "How many trials train at a time; default: as many as the cores have room for. 0 begins the study for workers elsewhere"
      ),
      Flag.optional
    ),
    database,
    json
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./StudyRun.ts"))
    yield* module.run({
      ...plannedOf(args),
      workers: Option.getOrUndefined(args.workers),
      database: Option.getOrUndefined(args.database),
      json: args.json
    })
  })
).pipe(
  Command.withDescription(
    "Begin a study in its folder or continue it there, train all its trials, and print the table over seeds."
  ),
  Command.withExamples([
    { command: "etude study run papers/lenet-5/seeds.yaml" },
    { command: "etude study run study.yaml --workers 4 --set seeds=10" }
  ])
)

const showModule = () => load(() => import("./StudyShow.ts"))
const show = Command.make(
  "show",
  {
    ...begun,
    follow: Flag.Boolean("follow").pipe(
      Flag.withDescription("Show how it goes until all trials have ended"),
      Flag.withDefault(false)
    ),
    ...printing
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* showModule()
    yield* args.follow ? module.follow(namedOf(args), printingOf(args)) : module.show(namedOf(args), printingOf(args))
  })
).pipe(
  Command.withDescription("Print a study's table: a row for each setting, with the mean over its seeds."),
  Command.withExamples([
    { command: "etude study show studies/lenet-5-seeds" },
    { command: "etude study show --markdown" }
  ])
)

const list = Command.make(
  "list",
  { json },
  Effect.fnUntraced(function* (args) {
    yield* (yield* showModule()).list(args.json)
  })
).pipe(Command.withDescription("List the studies in studies, with how many of their trials have ended."))

const exported = Command.make(
  "export",
  {
    ...begun,
    format: Flag.Literals("format", ["trials", "reports", "json", "optuna"]).pipe(
      Flag.withDescription(
        "trials: CSV, a row each; reports: CSV, a row for each value that was reported; json: all; optuna: a journal for " +
          "Optuna and its dashboard"
      ),
      Flag.withDefault("trials" as const)
    )
  },
  Effect.fnUntraced(function* (args) {
    yield* (yield* showModule()).exportTo(namedOf(args), args.format)
  })
).pipe(Command.withDescription("Print a study's trials for other programs."))

const trial = Command.make(
  "trial",
  {
    ...planned,
    index: Flag.Int("index").pipe(Flag.withDescription("The trial's number, from 0")),
    json
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./StudyTrial.ts"))
    yield* module.trial({ ...plannedOf(args), index: args.index, json: args.json })
  })
).pipe(
  Command.withDescription(
    "Train one trial of a study without any database, or continue it: the body of a task of an array, or of a CI job."
  ),
  Command.withExamples([{ command: 'etude study trial study.yaml --index "$SLURM_ARRAY_TASK_ID"' }])
)

const gather = Command.make(
  "gather",
  { ...begun, ...printing },
  Effect.fnUntraced(function* (args) {
    yield* (yield* showModule()).gather(namedOf(args), printingOf(args))
  })
).pipe(
  Command.withDescription("Print a study's table and write it into the study's folder, from the files of its trials.")
)

const server = Command.make(
  "database",
  {
    folder: Flag.String("folder").pipe(
      Flag.withDescription("Where its data are; default: etude-postgres"),
      Flag.withDefault("etude-postgres")
    ),
    port: Flag.Int("port").pipe(Flag.withDescription("Default: a free one, which it keeps"), Flag.optional)
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./StudyServer.ts"))
    yield* module.database({ folder: args.folder, port: Option.getOrUndefined(args.port) })
  })
).pipe(Command.withDescription("Run a PostgreSQL for this machine until Ctrl-C, to try a study with several workers."))

const template = Command.make(
  "template",
  {
    kind: Argument.Literals("kind", ["slurm", "slurm-static", "kubernetes", "systemd"]).pipe(
      Argument.withDescription(
        "slurm: workers; slurm-static: a task for each trial, without a database; kubernetes; systemd"
      )
    ),
    ...planned
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./StudyTemplates.ts"))
    yield* module.print(args.kind, plannedOf(args))
  })
).pipe(
  Command.withDescription("Print what starts workers of a study elsewhere, filled in for it."),
  Command.withExamples([{ command: "etude study template slurm study.yaml > workers.sh" }])
)

/** `etude study`. */
export const study = Command.make("study").pipe(
  Command.withDescription("Train one experiment with many seeds and many settings."),
  Command.withSubcommands([run, show, list, check, exported, trial, gather, template, server])
)

/** `etude worker`. */
export const worker = Command.make(
  "worker",
  {
    study: Flag.String("study").pipe(
      Flag.withDescription("A study's folder, file or name, or its database's URL; default: the only study in studies"),
      Flag.optional
    ),
    name: nameOnServer,
    database,
    folder,
    workers: workersFrom(1).pipe(
      Flag.withDescription("How many trials train at a time; default: 1"),
      Flag.withDefault(1)
    ),
    once: Flag.Boolean("once").pipe(Flag.withDescription("End after one trial"), Flag.withDefault(false))
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./StudyWorker.ts"))
    yield* module.worker({
      ...namedOf({ ...args, target: args.study }),
      workers: args.workers,
      once: args.once
    })
  })
).pipe(
  Command.withDescription(
    "Work on a study that was begun, on this or another machine, until it has no trial left. Exits with 75 when it is asked to stop."
  ),
  Command.withExamples([{ command: "etude worker --study studies/lenet-5-seeds" }])
)
