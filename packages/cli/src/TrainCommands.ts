/** `etude train`, `etude resume` and the process of a study's trials: the commands that train. */
import { ConfigInvalid } from "@etude/core/Errors"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ConfigFile from "./ConfigFile.ts"
import { backend, config, executor, json, load, run, set } from "./Flags.ts"
import { Stopping } from "./Stopping.ts"

const allowAlterations = Flag.Boolean("allow-alterations").pipe(
  Flag.withDescription(
    "Continue even if the config, data, backend or executor differs in a way that changes the result"
  ),
  Flag.withDefault(false)
)
const fence = Flag.Int("fence").pipe(
  Flag.filter(
    (fence) => fence >= 0,
    (fence) => `expected a whole number from 0 on, found ${fence}`
  ),
  Flag.withDescription("With --run: take the folder over from every process with a lower number"),
  Flag.optional
)

/** Refuses flags that only a run in a folder of its own can have. */
const needRun = (args: { readonly fence: Option.Option<number>; readonly allowAlterations: boolean }) => {
  const problems = [
    ...(Option.isSome(args.fence) ? [{ path: "--fence", message: "needs --run, the folder that it is about" }] : []),
    ...(args.allowAlterations ? [{ path: "--allow-alterations", message: "needs --run, the folder to resume in" }] : [])
  ]
  return problems.length === 0 ? Effect.void : Effect.fail(new ConfigInvalid({ source: "The command", problems }))
}

const verbosities = ["minimal", "standard", "verbose"] as const
export const train = Command.make(
  "train",
  {
    config,
    set,
    seed: Flag.Int("seed").pipe(Flag.withDescription("The seed of every random stream"), Flag.optional),
    backend,
    executor,
    threads: Flag.Int("threads").pipe(
      Flag.withDescription("Threads of operations and steps; default: as many as the machine has"),
      Flag.optional
    ),
    runs: Flag.String("runs").pipe(Flag.withDescription("The parent folder of run folders"), Flag.optional),
    run: Flag.String("run").pipe(
      Flag.withDescription(
        "The run's own folder: begins there, resumes what is saved there, or shows how it has ended"
      ),
      Flag.optional
    ),
    fence,
    allowAlterations,
    verbosity: Flag.Literals("verbosity", verbosities).pipe(
      Flag.withDescription("How much to show during training"),
      Flag.optional
    ),
    fastDevRun: Flag.Boolean("fast-dev-run").pipe(
      Flag.withDescription("Run one batch of everything, as a quick check"),
      Flag.withDefault(false)
    ),
    json
  },
  Effect.fnUntraced(function* (args) {
    const flags: ReadonlyArray<readonly [string, Option.Option<unknown>]> = [
      ["train.seed", args.seed],
      ["train.fastDevRun", args.fastDevRun ? Option.some(true) : Option.none()],
      ["backend", args.backend],
      ["executor", args.executor],
      ["threads", args.threads],
      ["runs", args.runs],
      ["console.verbosity", args.verbosity]
    ]
    const overrides = [
      ...ConfigFile.overridesOf(args.set),
      ...flags.flatMap(([key, value]) => (Option.isNone(value) ? [] : [{ path: key.split("."), value: value.value }]))
    ]
    const run = Option.match(args.run, {
      onNone: () => undefined,
      onSome: (folder) => ({
        folder,
        fence: Option.getOrUndefined(args.fence),
        allowAlterations: args.allowAlterations
      })
    })
    if (run === undefined) yield* needRun(args)
    else yield* Stopping.use(({ givesBack }) => givesBack)
    const { trainFrom } = yield* load(() => import("./Train.ts"))
    yield* trainFrom({ config: args.config, overrides, run, json: args.json })
  })
).pipe(
  Command.withDescription(
    "Train what a config describes. Writes a run folder with config.json, events.jsonl, report.json and model.safetensors."
  ),
  Command.withExamples([
    { command: "etude train papers/lenet-5/config.yaml" },
    { command: "etude train config.yaml --set 'train.until={ epochs: 3 }' --seed 7" },
    { command: "etude train config.yaml --run runs/seed-7 --seed 7" }
  ])
)

export const trialProcess = Command.make(
  "trial-process",
  {},
  Effect.fnUntraced(function* () {
    yield* Stopping.use(({ givesBack }) => givesBack)
    const [{ open }, { serve }] = yield* load(() =>
      Promise.all([import("./ParentChannel.ts"), import("./TrialProcess.ts")])
    )
    yield* Effect.scoped(Effect.flatMap(open, serve))
  })
).pipe(Command.withDescription("Run the trials that a worker sends; workers start it."), Command.unlisted)

export const resume = Command.make(
  "resume",
  {
    run,
    set,
    moreEpochs: Flag.Int("more-epochs").pipe(
      Flag.filter(
        (epochs) => epochs > 0,
        (epochs) => `expected a whole number of epochs above 0, found ${epochs}`
      ),
      Flag.withDescription("Train this many more epochs, whatever ended the run; an unfinished epoch counts as one"),
      Flag.optional
    ),
    beyondEnd: Flag.Boolean("beyond-end").pipe(
      Flag.withDescription("Continue a run that a callback ended, up to the run's limits"),
      Flag.withDefault(false)
    ),
    allowAlterations,
    json
  },
  Effect.fnUntraced(function* (args) {
    const overrides = ConfigFile.overridesOf(args.set)
    yield* Stopping.use(({ givesBack }) => givesBack)
    const module = yield* load(() => import("./Train.ts"))
    yield* module.resume({
      run: args.run,
      overrides,
      moreEpochs: Option.getOrUndefined(args.moreEpochs),
      beyondEnd: args.beyondEnd,
      allowAlterations: args.allowAlterations,
      json: args.json
    })
  })
).pipe(
  Command.withDescription(
    "Continue a run from its newest intact checkpoint, bit for bit as if it had not been interrupted."
  ),
  Command.withExamples([
    { command: "etude resume runs/lenet-5-20260131T120000Z-1a2b3c4" },
    { command: "etude resume runs/… --more-epochs 10" },
    { command: "etude resume runs/… --set 'train.until={ epochs: 20 }'" }
  ])
)
