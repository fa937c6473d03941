/** What the package.json of everything that is published must say. */
import type { Manifest } from "./Workspace.ts"

const source = "@etude/source"

/** How a module is opened: from its source here, from what is built of it elsewhere. */
const entryOf = (module: string) => ({
  [source]: `./src/${module}.ts`,
  types: `./dist/${module}.d.ts`,
  default: `./dist/${module}.js`
})

/**
 * What is wrong with the ways into a package. They are its package.json, its index, and modules by name: no pattern, which would
 * make a promise of every file, and nothing that is internal.
 */
const exportProblems = ({ exports = {} }: Manifest): ReadonlyArray<string> => {
  const { "./package.json": manifest, ...modules } = exports
  const problems = manifest === "./package.json" ? [] : ['"exports" does not open "./package.json"']
  if (modules["."] === undefined) problems.push('"exports" does not open ".", the index')
  for (const [entry, conditions] of Object.entries(modules)) {
    const module = entry === "." ? "index" : entry.slice(2)
    if (entry.includes("*")) problems.push(`"exports" opens ${entry}: name the modules that are meant for others`)
    else if (module.split("/").includes("internal")) problems.push(`"exports" opens ${entry}, which is internal`)
    else if (JSON.stringify(conditions) !== JSON.stringify(entryOf(module))) {
      problems.push(
        `"exports" has ${JSON.stringify(conditions)} for ${entry}, expected ${JSON.stringify(entryOf(module))}`
      )
    }
  }
  return problems
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
  problems.push(...exportProblems(manifest))
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
