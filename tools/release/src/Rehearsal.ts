/**
 * A release from a clean clone to a trained model in an empty project, on a registry of this machine: the first release, a
 * breaking change of the core with its plugins, and one plugin alone. Each step ends with a line of the report.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { type CommandFailed, outside, run } from "./Command.ts"
import * as Project from "./Project.ts"
import * as Registry from "./Registry.ts"
import { type Package, publicPackages, root } from "./Workspace.ts"

export interface Step {
  readonly name: string
  readonly found: string
  readonly seconds: number
}

class Unexpected extends Error {}

const expect = (holds: boolean, found: string): void => {
  if (!holds) throw new Unexpected(found)
}

type Bump = "patch" | "minor" | "major"

/** The clone, and what is done in it by the same commands that release. */
const cloneAt = (directory: string, folder: string, registry: Registry.Registry) => {
  const userConfig = path.join(folder, "publisher.npmrc")
  writeFileSync(userConfig, registry.npmrc)
  const bin = path.join(directory, "node_modules", ".bin")
  const node = path.join(bin, "node")
  const env = outside({
    NPM_CONFIG_USERCONFIG: userConfig,
    PATH: [bin, process.env["PATH"]].join(path.delimiter)
  })
  const release = (...args: ReadonlyArray<string>) =>
    run(directory, [node, path.join("tools", "release", "src", "release.ts"), ...args], env)
  const commit = async (message: string): Promise<void> => {
    const identity = ["-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@localhost", "-c", "commit.gpgsign=false"]
    await run(directory, ["git", "add", "--all"])
    await run(directory, ["git", ...identity, "commit", "--quiet", "--no-verify", "--message", message])
  }
  return {
    directory,
    release,
    packages: () => publicPackages(directory),
    changeset: (id: string, bumps: Readonly<Record<string, Bump>>, summary: string): void => {
      const lines = Object.entries(bumps).map(([name, bump]) => `"${name}": ${bump}`)
      const file = path.join(directory, ".changeset", `${id}.md`)
      writeFileSync(file, `---\n${lines.join("\n")}\n---\n\n${summary}\n`)
    },
    /** Versions, a commit, and what was published. */
    publish: async (...flags: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
      await release("version")
      await commit("Release")
      const output = await release("publish", "--registry", registry.url, ...flags)
      return [...new Set(output.match(/^@etude\/\S+@\d\S*$/gm))].sort()
    },
    commit
  }
}

const specifiers = (all: ReadonlyArray<Package>): ReadonlyArray<string> =>
  all.map(({ name, manifest }) => `${name}@${manifest.version}`).sort()

const same = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean => a.join() === b.join()

/** Rehearses in `folder`, which is removed afterwards; `onStep` hears each step as it ends. Fails at the first that is not as expected. */
export const rehearse = async (folder: string, onStep: (step: Step) => void): Promise<void> => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  let registry: Registry.Registry | undefined
  const step = async <A>(name: string, body: () => Promise<readonly [string, A]>): Promise<A> => {
    const begin = performance.now()
    try {
      const [found, value] = await body()
      onStep({ name, found, seconds: (performance.now() - begin) / 1000 })
      return value
    } catch (error) {
      const what = error instanceof Unexpected ? `not as expected: ${error.message}` : String(error)
      throw new Error(`The rehearsal ended in the step "${name}". ${what}`)
    }
  }

  try {
    const clone = await step("clone", async () => {
      const directory = path.join(folder, "clone")
      await run(folder, ["git", "clone", "--quiet", "--no-hardlinks", root, directory])
      const { packageManager } = JSON.parse(readFileSync(path.join(directory, "package.json"), "utf8"))
      await run(directory, ["npx", "--yes", packageManager, "install", "--frozen-lockfile"])
      const commit = (await run(directory, ["git", "rev-parse", "--short", "HEAD"])).trim()
      registry = await Registry.start(path.join(folder, "registry"))
      return [`commit ${commit}, packages installed`, cloneAt(directory, folder, registry)]
    })

    await step("first release", async () => {
      const published = await clone.publish()
      const expected = specifiers(clone.packages())
      expect(same(published, expected), `published ${published.join(", ")}; expected ${expected.join(", ")}`)
      return [published.join(", "), undefined]
    })

    for (const client of ["npm", "pnpm", "yarn"] as const) {
      await step(`quick start, ${client}`, async () => {
        const directory = path.join(folder, client)
        Project.create(directory, client, registry!)
        await Project.add(directory, client, Project.quickStart)
        const { backend, hasTfjsNode, line, reason } = await Project.train(directory)
        expect(!hasTfjsNode, "@tensorflow/tfjs-node was installed, which nobody asked for")
        expect(backend === "wasm", `it chose ${backend}: ${reason}`)
        return [`${line}, on ${backend}`, undefined]
      })
    }

    await step("internal modules", async () => {
      const refused = await Project.refusal(path.join(folder, "npm"), "@etude/data/internal/readFile")
      const open = await Project.refusal(path.join(folder, "npm"), "@etude/data/Arrays")
      expect(refused === "ERR_PACKAGE_PATH_NOT_EXPORTED", `@etude/data/internal/readFile: ${refused ?? "is open"}`)
      expect(open === undefined, `@etude/data/Arrays: ${open}`)
      return ["closed; modules by name are open", undefined]
    })

    const plugins = clone
      .packages()
      .filter(({ manifest }) => manifest.peerDependencies?.["@etude/core"] !== undefined)
      .map(({ name }) => name)

    await step("breaking core, plugins forgotten", async () => {
      clone.changeset("core-breaks", { "@etude/core": "major" }, "A contract is another one.")
      const refused = await clone.release("plan").then(
        () => undefined,
        (error: CommandFailed) => error.output
      )
      expect(refused !== undefined, "the plan was accepted")
      const named = Array.from(refused!.matchAll(/^- (@etude\/\S+): its peer range/gm), ([, name]) => name!).sort()
      expect(same(named, [...plugins].sort()), refused!)
      return [`refused, naming ${named.join(", ")}`, undefined]
    })

    await step("breaking core, with its plugins", async () => {
      const bumps = Object.fromEntries(plugins.map((name) => [name, "major" as const]))
      clone.changeset("plugins-follow", bumps, "For the new contract of @etude/core.")
      const published = await clone.publish("--as-built")
      expect(
        clone.packages().every(({ manifest }) => manifest.version.startsWith("1.")),
        specifiers(clone.packages()).join(", ")
      )
      expect(same(published, specifiers(clone.packages())), `published ${published.join(", ")}`)
      return [published.join(", "), undefined]
    })

    await step("one plugin alone", async () => {
      const readme = path.join(clone.directory, "packages", "data", "README.md")
      appendFileSync(readme, "\n")
      clone.changeset("data-alone", { "@etude/data": "patch" }, "A line more.")
      const published = await clone.publish("--as-built")
      expect(same(published, ["@etude/data@1.0.1"]), `published ${published.join(", ")}`)
      return [published.join(", "), undefined]
    })

    await step("quick start, updated", async () => {
      const directory = path.join(folder, "npm")
      const latest = Project.quickStart.filter((name) => name.startsWith("@etude/")).map((name) => `${name}@latest`)
      await Project.add(directory, "npm", latest)
      const versions = ["@etude/core", "@etude/backend", "@etude/data"].map((name) =>
        Project.versionOf(directory, name)
      )
      expect(same(versions, ["1.0.0", "1.0.0", "1.0.1"]), `versions ${versions.join(", ")}`)
      const { backend, line } = await Project.train(directory)
      return [`${line}, on ${backend}, with core ${versions[0]} and data ${versions[2]}`, undefined]
    })
  } finally {
    registry?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
