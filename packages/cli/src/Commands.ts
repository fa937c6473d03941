/** The command line: what it takes, and which module does it. Modules with tensors are loaded only when they are needed. */

import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ConfigFile from "./ConfigFile.ts"
import * as ExitCode from "./ExitCode.ts"
import { backend, config, executor, json, load, run, set } from "./Flags.ts"
import { study, worker } from "./StudyCommands.ts"
import { resume, train, trialProcess } from "./TrainCommands.ts"

const batchSize = Flag.Int("batch-size").pipe(
  Flag.filter(
    (size) => size > 0,
    (size) => `expected a whole number of samples above 0, found ${size}`
  ),
  Flag.withDescription("Samples per batch; default 256"),
  Flag.optional
)

const weights = Flag.Literals("weights", ["best", "last"]).pipe(
  Flag.withDescription("Which weights to use: the best or the last; default: those the run ended with"),
  Flag.optional
)

const evaluate = (kind: "validate" | "test", description: string) =>
  Command.make(
    kind,
    { run, overrides: set, backend, batchSize, weights, json },
    Effect.fnUntraced(function* (args) {
      const module = yield* load(() => import("./Evaluate.ts"))
      yield* module.evaluate(kind, {
        run: args.run,
        overrides: ConfigFile.overridesOf(args.overrides),
        backend: Option.getOrUndefined(args.backend),
        batchSize: Option.getOrUndefined(args.batchSize),
        weights: Option.getOrUndefined(args.weights),
        json: args.json
      })
    })
  ).pipe(Command.withDescription(description))

const predict = Command.make(
  "predict",
  {
    run,
    backend,
    batchSize,
    weights,
    json,
    overrides: set,
    set: Flag.String("on").pipe(
      Flag.withDescription("Which data: test, train, validation or a validation set's name; default: test"),
      Flag.optional
    ),
    output: Flag.String("output").pipe(
      Flag.withDescription("The file to write; default: predictions.jsonl in the run folder"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./Evaluate.ts"))
    yield* module.predict({
      run: args.run,
      overrides: ConfigFile.overridesOf(args.overrides),
      backend: Option.getOrUndefined(args.backend),
      batchSize: Option.getOrUndefined(args.batchSize),
      weights: Option.getOrUndefined(args.weights),
      set: Option.getOrUndefined(args.set),
      output: Option.getOrUndefined(args.output),
      json: args.json
    })
  })
).pipe(
  Command.withDescription(
    "Write a run's predictions, one JSON document per line: sample, output, and for classifications class and name."
  )
)

const runCommands = () => load(() => import("./RunCommands.ts"))

const runsFolder = Flag.String("runs").pipe(
  Flag.withDescription("The parent folder of run folders"),
  Flag.withDefault("runs")
)
const listRuns = Command.make(
  "list",
  {
    runs: runsFolder,
    sort: Flag.String("sort").pipe(
      Flag.withDescription("newest, oldest, longest, or a value such as validation/loss (best first)"),
      Flag.withDefault("newest")
    ),
    all: Flag.Boolean("all").pipe(Flag.withDescription("Include runs of --fast-dev-run"), Flag.withDefault(false)),
    json
  },
  Effect.fnUntraced(function* (args) {
    yield* (yield* runCommands()).listRuns(args)
  })
).pipe(Command.withDescription("List runs: how each ended, how far it got, and its results."))
const showRun = Command.make(
  "show",
  { run },
  Effect.fnUntraced(function* (args) {
    yield* (yield* runCommands()).showRun(args.run)
  })
).pipe(Command.withDescription("Print a run's report as JSON."))

const checkpoint = (name: string) =>
  Argument.String(name).pipe(Argument.withDescription("A checkpoint's name, from `etude checkpoint list`"))
const listCheckpoints = Command.make(
  "list",
  { run, json },
  Effect.fnUntraced(function* (args) {
    yield* (yield* runCommands()).listCheckpoints(args.run, args.json)
  })
).pipe(Command.withDescription("List a run's checkpoints with their values."))
const verifyCheckpoints = Command.make(
  "verify",
  { run, json },
  Effect.fnUntraced(function* (args) {
    yield* (yield* runCommands()).verifyCheckpoints(args.run, args.json)
  })
).pipe(Command.withDescription("Compare every byte of a run's checkpoints with their manifests."))
const diffCheckpoints = Command.make(
  "diff",
  { run, first: checkpoint("first"), second: checkpoint("second"), json },
  Effect.fnUntraced(function* (args) {
    yield* (yield* runCommands()).diffCheckpoints(args.run, args.first, args.second, args.json)
  })
).pipe(Command.withDescription("Show which tensors of two checkpoints differ, and by how much."))
const exportCheckpoint = Command.make(
  "export",
  {
    run,
    output: Argument.String("output").pipe(
      Argument.withDescription("The file (safetensors) or folder (layers) to write")
    ),
    checkpoint: Flag.String("checkpoint").pipe(
      Flag.withDescription("Which checkpoint; default: the newest intact one"),
      Flag.optional
    ),
    format: Flag.Literals("format", ["safetensors", "layers"]).pipe(
      Flag.withDescription("One safetensors file with plain names, or a folder that tf.loadLayersModel reads"),
      Flag.withDefault("safetensors" as const)
    )
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* runCommands()
    yield* module.exportCheckpoint(args.run, Option.getOrUndefined(args.checkpoint), args.format, args.output)
  })
).pipe(Command.withDescription("Write the model of a checkpoint for other tools."))

const schema = Command.make(
  "schema",
  {
    document: Argument.String("document").pipe(
      Argument.withDescription(
        "run: config.json and config files (the default); events: a line of events.jsonl; report: report.json; study: study.yaml; " +
          "or a config file: with the options of its experiment and with all that its plugins add"
      ),
      Argument.withDefault("run")
    ),
    use: Flag.String("use").pipe(
      Flag.withDescription("Include the options of this experiment: a package, or a module's path"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ document, use }) {
    const { printSchema } = yield* load(() => import("./ConfigCommands.ts"))
    yield* printSchema(document, Option.getOrUndefined(use))
  })
).pipe(Command.withDescription("Print the JSON Schema of a document, for editors and other programs."))

const check = Command.make(
  "check",
  { config, set, json },
  Effect.fnUntraced(function* (args) {
    const overrides = ConfigFile.overridesOf(args.set)
    const { checkConfig } = yield* load(() => import("./ConfigCommands.ts"))
    yield* checkConfig(args.config, overrides, args.json)
  })
).pipe(Command.withDescription("Check a config, and print it with all defaults."))

const checkData = Command.make(
  "check",
  {
    config,
    set,
    strict: Flag.Boolean("strict").pipe(
      Flag.withDescription("Exit with code 3 if anything odd is found"),
      Flag.withDefault(false)
    ),
    json
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./DataCheck.ts"))
    const overrides = ConfigFile.overridesOf(args.set)
    yield* module.check({ config: args.config, overrides, strict: args.strict, json: args.json })
  })
).pipe(
  Command.withDescription(
    "Read a config's data once: ranges, classes, missing values, and samples that come twice or in two sets."
  ),
  Command.withExamples([{ command: "etude data check papers/lenet-5/config.yaml" }])
)

const showData = Command.make(
  "show",
  {
    config,
    overrides: set,
    set: Flag.String("on").pipe(
      Flag.withDescription("Which data: train, test, validation or a validation set's name; default: train"),
      Flag.withDefault("train")
    ),
    samples: Flag.Int("samples").pipe(
      Flag.filter(
        (samples) => samples > 0,
        (samples) => `expected a whole number of samples above 0, found ${samples}`
      ),
      Flag.withDescription("How many samples, drawn by the config's seed"),
      Flag.withDefault(64)
    ),
    epoch: Flag.Int("epoch").pipe(
      Flag.filter(
        (epoch) => epoch >= 0,
        (epoch) => `expected an epoch from 0 on, found ${epoch}`
      ),
      Flag.withDescription("The epoch whose augmentation is shown; without it nothing is augmented"),
      Flag.optional
    ),
    output: Flag.String("output").pipe(
      Flag.withDescription("The page to write; default: data.html"),
      Flag.withDefault("data.html")
    )
  },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./DataShow.ts"))
    yield* module.show({
      ...args,
      overrides: ConfigFile.overridesOf(args.overrides),
      epoch: Option.getOrUndefined(args.epoch)
    })
  })
).pipe(
  Command.withDescription(
    "Write a page with samples of a config's data as the model gets them; a terminal that shows colours shows pictures too."
  ),
  Command.withExamples([{ command: "etude data show papers/lenet-5/config.yaml --epoch 3" }])
)

const rate = (name: string, description: string, byDefault: number) =>
  Flag.Finite(name).pipe(
    Flag.filter(
      (rate) => rate > 0,
      (rate) => `expected a learning rate above 0, found ${rate}`
    ),
    Flag.withDescription(description),
    Flag.withDefault(byDefault)
  )
const findRate = Command.make(
  "find-rate",
  {
    config,
    set,
    from: rate("from", "The rate of the first update", 1e-7),
    to: rate("to", "The rate of the last update", 10),
    steps: Flag.Int("steps").pipe(
      Flag.filter(
        (steps) => steps > 2,
        (steps) => `expected a whole number of updates above 2, found ${steps}`
      ),
      Flag.withDescription("Updates in all"),
      Flag.withDefault(100)
    ),
    backend,
    executor,
    output: Flag.String("output").pipe(Flag.withDescription("Write the picture to this SVG file"), Flag.optional),
    json
  },
  Effect.fnUntraced(function* ({ backend, executor, output, ...args }) {
    const flags: ReadonlyArray<readonly [string, Option.Option<string>]> = [
      ["backend", backend],
      ["executor", executor]
    ]
    const overrides = [
      ...ConfigFile.overridesOf(args.set),
      ...flags.flatMap(([key, value]) => (Option.isNone(value) ? [] : [{ path: [key], value: value.value }]))
    ]
    const module = yield* load(() => import("./FindRate.ts"))
    yield* module.findRate({ ...args, overrides, output: Option.getOrUndefined(output) })
  })
).pipe(
  Command.withDescription(
    "Look for a learning rate: a short run whose rate rises from update to update, and that leaves nothing behind."
  ),
  Command.withExamples([
    { command: "etude find-rate config.yaml" },
    { command: "etude find-rate config.yaml --from 1e-5 --to 1 --output rate.svg" }
  ])
)

const doctor = Command.make(
  "doctor",
  { json },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./BackendCommands.ts"))
    yield* module.doctor(args.json)
  })
).pipe(Command.withDescription("Report which backend runs here, why, and how to get a faster one."))

const install = Command.make(
  "install",
  { json },
  Effect.fnUntraced(function* (args) {
    const module = yield* load(() => import("./BackendCommands.ts"))
    yield* module.install(args.json)
  })
).pipe(Command.withDescription("Set up the native backend: downloads 270 MB, shared by all projects of this user."))

const scaffold = Command.make(
  "new",
  {
    kind: Argument.Literals("kind", ["plugin", "paper", "metric"]).pipe(
      Argument.withDescription("A callback, an experiment that a config trains, or a metric")
    ),
    name: Argument.String("name").pipe(
      Argument.withDescription("The package's name, such as etude-target or @me/target")
    ),
    data: Flag.Literals("data", ["csv", "images", "text"]).pipe(
      Flag.withDescription("What a paper reads: a table, a folder of images, or a text; default: points that it draws"),
      Flag.optional
    ),
    folder: Flag.String("folder").pipe(
      Flag.withDescription("Where to write it; default: a new folder named after the package"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ folder, kind, name, data }) {
    const module = yield* load(() => import("./Scaffold.ts"))
    yield* module.create({ kind, name, data: Option.getOrUndefined(data), folder: Option.getOrUndefined(folder) })
  })
).pipe(
  Command.withDescription("Write a new package: sources, tests with the laws, docs, a changeset and a script for CI."),
  Command.withExamples([{ command: "etude new plugin etude-target" }, { command: "etude new paper adam --data csv" }])
)

/** `etude`, with everything below it. */
export const etude = Command.make("etude").pipe(
  Command.withDescription(
    `Train neural networks that a config describes.\n\nExit codes:\n${Object.entries(ExitCode.meanings)
      .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
      .join("\n")}`
  ),
  Command.withSubcommands([
    train,
    resume,
    evaluate("validate", "Evaluate a run's model on its validation data."),
    evaluate("test", "Evaluate a run's model on its test data."),
    predict,
    Command.make("runs").pipe(
      Command.withDescription("List and show runs."),
      Command.withSubcommands([listRuns, showRun])
    ),
    Command.make("checkpoint").pipe(
      Command.withDescription("List, verify, compare and export checkpoints."),
      Command.withSubcommands([listCheckpoints, verifyCheckpoints, diffCheckpoints, exportCheckpoint])
    ),
    Command.make("config").pipe(
      Command.withDescription("Check configs and print schemas."),
      Command.withSubcommands([schema, check])
    ),
    Command.make("data").pipe(
      Command.withDescription("Check and show a config's data."),
      Command.withSubcommands([checkData, showData])
    ),
    findRate,
    study,
    worker,
    trialProcess,
    scaffold,
    doctor,
    Command.make("backend").pipe(Command.withDescription("Set up backends."), Command.withSubcommands([install]))
  ])
)
