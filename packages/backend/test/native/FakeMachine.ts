/** A machine whose programs are functions, and a tfjs-node package of three files, in temporary folders. */
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { type Command, CommandMissing, type CommandResult, Machine } from "../../src/native/Machine.ts"
import { TfjsNodePackage } from "../../src/native/TfjsNode.ts"

/** Answers a command, or is `undefined` where the program is not on the machine. */
export type Programs = (command: Command) => Effect.Effect<CommandResult> | undefined

export const ok = (output = ""): Effect.Effect<CommandResult> => Effect.succeed({ exitCode: 0, output })
export const failing = (output: string): Effect.Effect<CommandResult> => Effect.succeed({ exitCode: 1, output })

/** A temporary folder, removed with the scope. */
export const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(tmpdir(), "etude-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true }))
)

export const machine = (programs: Programs, env: Machine["env"] = {}): Machine => ({
  platform: "linux",
  arch: "x64",
  env,
  home: "/home/someone",
  glibc: () => "2.36",
  run: (command) =>
    programs(command) ??
    Effect.fail(new CommandMissing({ program: command.program, reason: "there is no such program on the PATH" }))
})

/** Runs with the fake machine and package. */
export const onMachine =
  (fake: Machine, tfjsNode?: string) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    self.pipe(
      Effect.provideService(Machine, fake),
      Effect.provideService(TfjsNodePackage, () => {
        if (tfjsNode !== undefined) return path.join(tfjsNode, "package.json")
        throw Object.assign(new Error("not found"), { code: "MODULE_NOT_FOUND" })
      })
    )

/** Writes a package that looks like tfjs-node; gives its folder. */
export const writeTfjsNode = (root: string): string => {
  const directory = path.join(root, "tfjs-node")
  fs.mkdirSync(path.join(directory, "binding"), { recursive: true })
  fs.writeFileSync(path.join(directory, "package.json"), JSON.stringify({ version: "4.22.0" }))
  fs.writeFileSync(path.join(directory, "binding", "b.cc"), "int b;")
  fs.writeFileSync(path.join(directory, "binding", "a.cc"), "int a;")
  fs.writeFileSync(path.join(directory, "binding", "a.h"), "// a")
  return directory
}

/** The value after an option of a command line. */
export const after = (command: Command, option: string): string =>
  command.arguments[command.arguments.indexOf(option) + 1]!

/** All that lies in a folder, hidden files too. */
export const contents = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder) ? fs.readdirSync(folder).sort() : []
