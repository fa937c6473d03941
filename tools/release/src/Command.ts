/** Starts other programs and gives their output; what fails is told with all that it printed. */
import { execFile } from "node:child_process"
import path from "node:path"
import { promisify } from "node:util"

export class CommandFailed extends Error {
  readonly output: string
  constructor(command: string, cwd: string, output: string) {
    super(`${command} failed in ${cwd}:\n${output.trim()}`)
    this.name = "CommandFailed"
    this.output = output
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

/** This process's environment without what npm, pnpm and Vitest hand on to what they start; this Node comes first. */
export const outside = (more: Environment = {}): Environment => {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|NODE_PATH|NODE_OPTIONS|NODE_ENV|INIT_CWD|VITEST|TURBO_)/i.test(name)
  )
  return {
    ...Object.fromEntries(own),
    PATH: [path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    CI: "true",
    ...more
  }
}

/** Runs a program to its end. Its standard output; standard error is told where it fails. */
export const run = async (
  cwd: string,
  [program, ...args]: readonly [string, ...ReadonlyArray<string>],
  env: Environment = outside()
): Promise<string> => {
  const running = promisify(execFile)(program, args, { cwd, env: { ...env }, maxBuffer: 2 ** 27 })
  const { stdout } = await running.catch((error: { readonly stdout?: string; readonly stderr?: string }) => {
    const output = [error.stdout, error.stderr].filter(Boolean).join("\n")
    throw new CommandFailed([path.basename(program), ...args].join(" "), cwd, output === "" ? String(error) : output)
  })
  return stdout
}
