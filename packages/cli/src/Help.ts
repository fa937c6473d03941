/**
 * The command's help, as wide as the terminal but at most 100 columns; for an invalid command, its problems and the
 * command that prints the help.
 */

import { element } from "@etude/core/Lookup"
import * as Console from "effect/Console"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import type { FlagDoc, HelpDoc } from "effect/cli/HelpDoc"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Colors from "./Colors.ts"
import { padEnd, widthOf, wrap } from "./internal/width.ts"

export interface Options {
  /** Cells of a line. */
  readonly columns: number
  readonly palette: Colors.Palette
}

const widest = 100
const indent = "  "
/** A name that is wider has its description on the next line. */
const widestName = 26

interface Entry {
  readonly name: string
  readonly description: string
}

const paragraph = (text: string, columns: number): ReadonlyArray<string> =>
  // Lines that start with spaces are tables and stay unchanged.
  text
    .split("\n")
    .flatMap((line) =>
      line.startsWith(" ") ? [indent + line] : wrap(line, columns - 2).map((wrapped) => indent + wrapped)
    )

const listed = (entries: ReadonlyArray<Entry>, columns: number): ReadonlyArray<string> => {
  const width = Math.min(widestName, Math.max(...entries.map(({ name }) => widthOf(name))))
  const gap = " ".repeat(width + 4)
  return entries.flatMap(({ name, description }) => {
    const lines = wrap(description, Math.max(20, columns - width - 4)).map((line) => line.trimStart())
    if (widthOf(name) > width) return [indent + name, ...lines.map((line) => gap + line)]
    return lines.map((line, index) => (index === 0 ? `${indent}${padEnd(name, width)}  ${line}` : gap + line))
  })
}

/** Choices are in the description only, where they can wrap. */
const typeOf = (type: string): string => (type === "boolean" || type.includes("|") ? "" : ` ${type}`)

const flagEntry = ({ name, aliases, type, description }: FlagDoc): Entry => ({
  name: [`--${name}`, ...aliases].join(", ") + typeOf(type),
  description: Option.getOrElse(description, () => "")
})

/** The help of a command. Global flags are shown for the top command only. */
export const render = (doc: HelpDoc, { columns: available, palette }: Options): string => {
  const columns = Math.min(available, widest)
  const section = (title: string, lines: ReadonlyArray<string>) =>
    lines.length === 0 ? [] : ["", palette.heading(title), ...lines]
  const entries = (title: string, all: ReadonlyArray<Entry>) =>
    section(title, all.length === 0 ? [] : listed(all, columns))
  const args = (doc.args ?? []).map(({ name, type, description, required }) => ({
    name: `${name}${required ? "" : " (optional)"}${typeOf(type)}`,
    description: Option.getOrElse(description, () => "")
  }))
  const below = (doc.subcommands ?? []).flatMap(({ commands }) =>
    commands.map(({ name, description, shortDescription }) => ({
      name,
      description: element((shortDescription ?? description).split("\n"), 0)
    }))
  )
  const isRoot = (doc.commandPath ?? []).length <= 1
  const everywhere = isRoot ? entries("GLOBAL FLAGS", (doc.globalFlags ?? []).map(flagEntry)) : []
  const examples = (doc.examples ?? []).map(({ command }) => indent + command)
  return [
    ...section("DESCRIPTION", paragraph(doc.description, columns)).slice(1),
    ...section("USAGE", [indent + doc.usage]),
    ...entries("ARGUMENTS", args),
    ...entries("FLAGS", doc.flags.map(flagEntry)),
    ...entries("SUBCOMMANDS", below),
    ...everywhere,
    ...section("EXAMPLES", examples)
  ].join("\n")
}

/** What is wrong with a command line, each problem on its own, and where the help is. */
export const problems = (
  errors: ReadonlyArray<{ readonly message: string }>,
  commandPath: ReadonlyArray<string>
): string => {
  const messages = [...new Set(errors.map(({ message }) => message.trim().replace(/\n{2,}/g, "\n")))]
  return [...messages, `For help: ${commandPath.join(" ")} --help`].join("\n")
}

/** How the command presents help, its version, and what it can't understand. */
export const layer = (options: Options): Layer.Layer<never> =>
  Layer.mergeAll(
    // The wizard would prompt for every flag, and for the config last: `--help` and messages are more useful.
    CliConfig.layer({ builtIns: GlobalFlag.BuiltIns.filter((flag) => flag !== GlobalFlag.Wizard) }),
    CliOutput.layerPresenter({
      present: (event) => {
        switch (event._tag) {
          case "Help":
            return Console.log(render(event.helpDoc, options))
          case "InvalidInvocation":
            return Console.error(problems(event.errors, event.commandPath))
          case "Version":
            return Console.log(`${event.name} v${event.version}`)
          default:
            return Effect.void
        }
      }
    })
  )
