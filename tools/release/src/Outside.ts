/** A folder outside this repository whose packages come from tarballs, as a user's would. */
import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import path from "node:path"
import { promisify } from "node:util"
import type { Tarball } from "./Pack.ts"

/** A program's output; fails with all of it. The settings that npm hands on to what it starts are those of this repository. */
export const run = async (cwd: string, program: string, args: ReadonlyArray<string>): Promise<string> => {
  const outside = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|pnpm_|NODE_PATH|INIT_CWD|VITEST|NODE_ENV)/i.test(name)
  )
  const env = {
    ...Object.fromEntries(outside),
    PATH: [path.dirname(process.execPath), process.env["PATH"]].join(path.delimiter),
    ETUDE_BACKEND: "wasm",
    NO_COLOR: "1",
    FORCE_COLOR: "0"
  }
  const { stdout } = await promisify(execFile)(program, args, { cwd, env, maxBuffer: 2 ** 26 }).catch(
    (error: { readonly stdout?: string; readonly stderr?: string }) => {
      throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout}\n${error.stderr}`)
    }
  )
  return stdout
}

/** Takes this repository's packages from the tarballs, whatever of them is asked for, and whoever asks. */
export const useTarballs = (directory: string, tarballs: ReadonlyArray<Tarball>): void =>
  writeFileSync(
    path.join(directory, "pnpm-workspace.yaml"),
    JSON.stringify({
      overrides: Object.fromEntries(tarballs.map(({ file, name }) => [name, `file:${file}`])),
      strictDepBuilds: false,
      pmOnFail: "ignore"
    })
  )
