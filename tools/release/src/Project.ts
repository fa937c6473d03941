/** An empty project of a user's: the quick start in it, and the packages installed by a client of theirs. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { outside, run } from "./Command.ts"
import { pnpm } from "./Pack.ts"
import type { Registry } from "./Registry.ts"
import { root } from "./Workspace.ts"

export type Client = "npm" | "pnpm" | "yarn"

const yarn = path.join(root, "tools", "release", "node_modules", "@yarnpkg", "cli-dist", "bin", "yarn.js")

/** What is written into the project, and the command that adds packages. What was published a second ago is not too young. */
const clients: {
  readonly [client in Client]: {
    readonly files: (registry: Registry) => Readonly<Record<string, string>>
    readonly add: readonly [string, ...ReadonlyArray<string>]
  }
} = {
  // Everything comes through the local registry, which gets what it lacks from where npm gets it.
  npm: { files: ({ npmrc }) => ({ ".npmrc": npmrc }), add: ["npm", "install", "--no-audit", "--no-fund"] },
  pnpm: {
    files: ({ npmrcOfScope }) => ({
      ".npmrc": npmrcOfScope,
      "pnpm-workspace.yaml": "minimumReleaseAge: 0\nstrictDepBuilds: false\npmOnFail: ignore\n"
    }),
    add: [pnpm(), "add"]
  },
  yarn: {
    files: ({ url }) => ({
      ".yarnrc.yml": JSON.stringify({
        nodeLinker: "node-modules",
        enableTelemetry: false,
        npmPreapprovedPackages: ["@etude/*"],
        unsafeHttpWhitelist: ["127.0.0.1"],
        npmScopes: { etude: { npmRegistryServer: url } }
      }),
      "yarn.lock": ""
    }),
    add: [process.execPath, yarn, "add"]
  }
}

/** What the README tells to install for its program. */
export const quickStart = [
  "@etude/core",
  "@etude/backend",
  "@etude/compile",
  "@etude/data",
  "effect",
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-layers"
]

const program = path.join(root, "examples", "src", "regression.ts")

/** Says which backend is chosen here, and why. */
const which = `
import { Auto } from "@etude/backend"
import { Backend } from "@etude/core/Backend"
import * as Effect from "effect/Effect"
const { name, reason } = await Effect.runPromise(Effect.provide(Backend.use(Effect.succeed), Auto.layer))
console.log(JSON.stringify({ name, reason }))
`

/** Makes the project without packages. */
export const create = (directory: string, client: Client, registry: Registry): void => {
  mkdirSync(directory, { recursive: true })
  const manifest = { name: "quick-start", private: true, type: "module" }
  const files = { ...clients[client].files(registry), "package.json": JSON.stringify(manifest), "which.ts": which }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text)
  copyFileSync(program, path.join(directory, "regression.ts"))
}

export const add = async (directory: string, client: Client, packages: ReadonlyArray<string>): Promise<void> =>
  void (await run(directory, [...clients[client].add, ...packages]))

/** The version of a package that is installed in the project. */
export const versionOf = (directory: string, name: string): string =>
  JSON.parse(readFileSync(path.join(directory, "node_modules", name, "package.json"), "utf8")).version

export interface Trained {
  /** What the quick start printed; its own check holds, or it would have failed. */
  readonly line: string
  readonly backend: string
  readonly reason: string
  /** Whether TensorFlow's native package is there. */
  readonly hasTfjsNode: boolean
}

/** Runs the quick start as on a machine that never had a native library. */
export const train = async (directory: string): Promise<Trained> => {
  const env = outside({ ETUDE_CACHE: path.join(directory, "no-cache"), ETUDE_BACKEND: undefined })
  const line = (await run(directory, [process.execPath, "regression.ts"], env)).trim().split("\n").at(-1)!
  const { name, reason } = JSON.parse(await run(directory, [process.execPath, "which.ts"], env))
  return {
    line,
    backend: name,
    reason,
    hasTfjsNode: existsSync(path.join(directory, "node_modules", "@tensorflow", "tfjs-node"))
  }
}

/** The reason why a module that a package keeps to itself cannot be imported; `undefined` when it can be. */
export const refusal = async (directory: string, specifier: string): Promise<string | undefined> => {
  const code = `import(${JSON.stringify(specifier)}).then(() => console.log("open"), ({ code }) => console.log(code))`
  const printed = (await run(directory, [process.execPath, "--input-type=module", "--eval", code])).trim()
  return printed === "open" ? undefined : printed
}
