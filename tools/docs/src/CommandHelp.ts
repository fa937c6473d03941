/** The help of the `etude` command and of everything below it, as one page. */

import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Colors from "@etude/cli/Colors"
import { etude } from "@etude/cli/Commands"
import * as Help from "@etude/cli/Help"
import * as Stopping from "@etude/cli/Stopping"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestConsole from "effect/testing/TestConsole"

/** What `etude … --help` prints, without colours. */
export const helpOf = (path: ReadonlyArray<string>): Promise<string> =>
  Effect.gen(function* () {
    yield* Command.runWith(etude, { version: "" })([...path, "--help"])
    return (yield* TestConsole.logLines).join("\n").trimEnd()
  }).pipe(
    Effect.provide(
      Layer.mergeAll(
        NodeServices.layer,
        TestConsole.layer,
        Stopping.none,
        Help.layer({ columns: 80, palette: Colors.none })
      )
    ),
    Effect.runPromise
  )

/** The names below SUBCOMMANDS in a help text. */
export const subcommands = (help: string): ReadonlyArray<string> => {
  const [, list = ""] = /^SUBCOMMANDS\n((?: +.*\n?)*)/m.exec(help) ?? []
  return Array.from(list.matchAll(/^ {2}(\S+)/gm), ([, name]) => name!.replace(/,$/, ""))
}

const sectionsOf = async (path: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const help = await helpOf(path)
  const section = `## ${["etude", ...path].join(" ")}\n\n\`\`\`\n${help}\n\`\`\`\n`
  const below: Array<string> = []
  for (const name of subcommands(help)) below.push(...(await sectionsOf([...path, name])))
  return [section, ...below]
}

export const page = async (): Promise<string> =>
  `# The etude command\n\nWhat \`--help\` says of each command. Made by \`npm run generate\`.\n\n${(await sectionsOf([])).join("\n")}`
