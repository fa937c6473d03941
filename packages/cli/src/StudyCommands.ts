/** `etude study` and what is below it: what each command takes, and which module does it. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as ConfigFile from "./ConfigFile.ts"
import { json, load, set } from "./Flags.ts"

const file = Argument.String("study").pipe(Argument.withDescription("A study in YAML or JSON, such as study.yaml"))

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

/** `etude study`. */
export const study = Command.make("study").pipe(
  Command.withDescription("Train one experiment with many seeds and many settings."),
  Command.withSubcommands([check])
)
