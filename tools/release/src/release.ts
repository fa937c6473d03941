/**
 * `npm run release -- plan | version | publish`: what the changesets amount to, the new versions with their changelogs, and
 * the packages on their way to the registry. `--registry URL` publishes elsewhere, for rehearsals, and `--as-built` takes
 * what was built for an earlier one of them.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import { parseArgs } from "node:util"
import { run } from "./Command.ts"
import * as ExportRules from "./ExportRules.ts"
import * as ManifestRules from "./ManifestRules.ts"
import { packAll } from "./Pack.ts"
import * as PeerRanges from "./PeerRanges.ts"
import * as TarballRules from "./TarballRules.ts"
import { publicPackages, root } from "./Workspace.ts"

const bin = (name: string): string => path.join(root, "node_modules", ".bin", name)

/** Ends with all problems, each on a line. */
const stop = (what: string, problems: ReadonlyArray<string>): never => {
  console.error(`${what}\n${problems.map((problem) => `- ${problem}`).join("\n")}`)
  process.exit(1)
}

const plan = async (): Promise<void> => {
  const problems = await PeerRanges.check()
  if (problems.length > 0) stop("Nothing was released: plugins would go out with a range that moved.", problems)
  for (const { name, newVersion, oldVersion, type } of (await PeerRanges.planOf()).releases) {
    if (type !== "none") console.log(`${name}: ${oldVersion} → ${newVersion} (${type})`)
  }
}

const version = async (): Promise<void> => {
  await plan()
  await run(root, [bin("changeset"), "version"])
  await run(root, [bin("pnpm"), "install", "--lockfile-only", "--ignore-scripts"])
  await run(root, [
    process.execPath,
    "--conditions=@etude/source",
    path.join("tools", "docs", "src", "generate.ts"),
    "--versions"
  ])
  console.log("The versions, changelogs and generated files are written. Look at them, commit them, then publish.")
}

/** Where npm makes a statement of provenance: in a workflow that may ask for an identity. */
const mayProve = (): boolean =>
  process.env["ACTIONS_ID_TOKEN_REQUEST_URL"] !== undefined || process.env["SIGSTORE_ID_TOKEN"] !== undefined

const isLoopback = (registry: string | undefined): boolean =>
  registry !== undefined && ["127.0.0.1", "localhost", "[::1]"].includes(new URL(registry).hostname)

const problemsBeforePublishing = async (rehearsal: boolean): Promise<ReadonlyArray<string>> => {
  const pending = (await PeerRanges.planOf()).changesets.map(({ id }) => id)
  const changed = await run(root, ["git", "status", "--porcelain"])
  return [
    ...(pending.length > 0 ? [`changesets wait (${pending.join(", ")}): npm run release -- version`] : []),
    ...(changed !== "" ? ["the clone has changes that are not committed, which no tag would name"] : []),
    ...(rehearsal || mayProve()
      ? []
      : ["there is no identity to prove who publishes: publish from a workflow with `id-token: write`"]),
    ...publicPackages().flatMap(({ manifest, name }) =>
      rehearsal || manifest.repository !== undefined
        ? []
        : [`${name}: "repository" is missing in package.json, and npm compares it with the workflow's`]
    )
  ]
}

const problemsOfPackages = async (): Promise<ReadonlyArray<string>> => {
  const folder = mkdtempSync(path.join(tmpdir(), "etude-publish-"))
  try {
    const found: Array<string> = []
    for (const { manifest, name } of publicPackages()) {
      found.push(...ManifestRules.problemsOf(manifest).map((problem) => `${name}: ${problem}`))
    }
    for (const tarball of await packAll(publicPackages(), folder)) {
      const templates = tarball.name === "@etude/cli" ? /^templates\// : undefined
      const problems = [...TarballRules.problemsOf(tarball, templates), ...(await ExportRules.publintProblems(tarball))]
      found.push(...problems.map((problem) => `${tarball.name}: ${problem}`))
    }
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Built from nothing, so that no file of a deleted source is in it. */
const build = async (): Promise<void> => {
  for (const { directory } of publicPackages()) rmSync(path.join(directory, "dist"), { recursive: true, force: true })
  await run(root, [bin("turbo"), "run", "build", "--filter={./packages/*}", "--output-logs=errors-only"])
}

const publish = async (registry: string | undefined, asBuilt: boolean): Promise<void> => {
  const rehearsal = isLoopback(registry)
  const before = await problemsBeforePublishing(rehearsal)
  if (before.length > 0) stop("Nothing was published.", before)
  if (!(rehearsal && asBuilt)) await build()
  const problems = await problemsOfPackages()
  if (problems.length > 0) stop("Nothing was published.", problems)
  const env = {
    ...process.env,
    PATH: [path.join(root, "node_modules", ".bin"), process.env["PATH"]].join(path.delimiter),
    ...(registry === undefined ? {} : { npm_config_registry: registry, pnpm_config_registry: registry }),
    ...(rehearsal ? { npm_config_provenance: "false", pnpm_config_provenance: "false" } : {})
  }
  console.log(await run(root, [bin("changeset"), "publish"], env))
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { registry: { type: "string" }, "as-built": { type: "boolean", default: false } }
})
const [step = "plan"] = positionals
const steps: Readonly<Record<string, () => Promise<void>>> = {
  plan,
  version,
  publish: () => publish(values.registry, values["as-built"])
}
const chosen = steps[step] ?? stop(`There is no step "${step}".`, ["expected plan, version or publish"])
await chosen().catch((error: Error) => stop(`${step} failed.`, [error.message]))
