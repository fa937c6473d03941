/** What the package.json of everything that is published must say. */
import type { Manifest } from "./Workspace.ts"

const source = "@etude/source"

/** The only ways into a package: its index, its modules by name, its package.json; `internal/` is closed. */
const exportsOf = {
  "./package.json": "./package.json",
  "./internal/*": null,
  ".": { [source]: "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" },
  "./*": { [source]: "./src/*.ts", types: "./dist/*.d.ts", default: "./dist/*.js" }
}

/** What every user of a package must have once only, since two copies of it don't know each other. */
const shared = ["effect", "@etude/core", "@tensorflow/tfjs-core", "@tensorflow/tfjs-layers"]

/** All that is wrong with a manifest as it is in the repository, each with what to do. */
export const problemsOf = (manifest: Manifest): ReadonlyArray<string> => {
  const problems: Array<string> = []
  const expect = (key: keyof Manifest, expected: unknown): void => {
    const [found, wanted] = [JSON.stringify(manifest[key]), JSON.stringify(expected)]
    if (found !== wanted) problems.push(`"${key}" is ${found}, expected ${wanted}`)
  }
  expect("type", "module")
  expect("license", "MIT")
  expect("sideEffects", [])
  expect("exports", exportsOf)
  expect("publishConfig", { access: "public", provenance: true })
  if (manifest.description === undefined) problems.push('"description" is missing: one sentence for those who search')
  if (manifest.engines?.node === undefined) problems.push('"engines.node" is missing: the oldest Node it is tested on')
  if (manifest.files === undefined) problems.push('"files" is missing, so tests and fixtures would be published')
  for (const name of shared) {
    if (name === manifest.name) continue
    if (manifest.dependencies?.[name] !== undefined) {
      problems.push(`"${name}" is in dependencies: it must be in peerDependencies, or users get a second copy of it`)
    }
  }
  for (const [name, range] of Object.entries(manifest.peerDependencies ?? {})) {
    if (name.startsWith("@etude/") ? range !== "workspace:^" : range !== "catalog:peer") {
      const expected = name.startsWith("@etude/") ? "workspace:^" : "catalog:peer"
      problems.push(`the peer "${name}" is "${range}", expected "${expected}", from which the published range is made`)
    }
    if (manifest.devDependencies?.[name] === undefined && manifest.peerDependenciesMeta?.[name]?.optional !== true) {
      problems.push(`the peer "${name}" is not in devDependencies, so the tests here don't have it`)
    }
  }
  return problems
}
