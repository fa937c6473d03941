/** What may be in a tarball: sources, what is built from them, and what people read. Nothing of development. */
import type { Tarball } from "./Pack.ts"

const people = /^(README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
const built = /^dist\/(.+?)(\.js|\.d\.ts|\.js\.map|\.d\.ts\.map)$/
const source = /^src\/.+\.ts$/

/** Names of folders and files that belong to development wherever they are. */
const development = /(^|\/)(test|tests|typetest|fixtures|scripts|node_modules|reports|coverage)\/|\.(test|slow|tst)\./

/** All that is wrong with what is in a tarball. `more` are further files that the package means to publish. */
export const problemsOf = ({ files, manifest, textOf }: Tarball, more: RegExp = /^$/): ReadonlyArray<string> => {
  const problems: Array<string> = []
  for (const required of ["README.md", "LICENSE", "package.json"]) {
    if (!files.includes(required)) problems.push(`${required} is missing`)
  }
  for (const file of files) {
    if (people.test(file) || more.test(file)) continue
    const [, module] = built.exec(file) ?? []
    if (development.test(file) || (module === undefined && !source.test(file))) {
      problems.push(`${file} is no source, nothing built and nothing to read: leave it out by "files"`)
    } else if (module !== undefined && !files.includes(`src/${module}.ts`)) {
      problems.push(`${file} has no source any more: delete dist and build again`)
    }
  }
  for (const file of files.filter((name) => source.test(name))) {
    const module = file.slice("src/".length, -".ts".length)
    for (const ending of [".js", ".d.ts"]) {
      if (!files.includes(`dist/${module}${ending}`)) problems.push(`${file} is not built: dist/${module}${ending}`)
    }
  }
  const ranges = { ...manifest.dependencies, ...manifest.peerDependencies }
  for (const [name, range] of Object.entries(ranges)) {
    if (/^(workspace|catalog|link|file):/.test(range)) problems.push(`${name} is asked for as "${range}"`)
  }
  for (const [name, file] of Object.entries(manifest.bin ?? {})) {
    if (!textOf(file.replace(/^\.\//, "")).startsWith("#!/usr/bin/env node\n")) {
      problems.push(`the command ${name}, ${file}, doesn't begin with "#!/usr/bin/env node"`)
    }
  }
  return problems
}
