/** The rules find what they are there for. */
import { assert, describe, it } from "vitest"
import * as ExportRules from "../src/ExportRules.ts"
import * as ManifestRules from "../src/ManifestRules.ts"
import type { Tarball } from "../src/Pack.ts"
import * as PeerRanges from "../src/PeerRanges.ts"
import * as Sizes from "../src/Sizes.ts"
import * as TarballRules from "../src/TarballRules.ts"
import { type Manifest, type Package, publicPackages } from "../src/Workspace.ts"

const { manifest } = publicPackages().find(({ name }) => name === "@etude/metrics")!

const tarball = (files: Readonly<Record<string, string>>, more: Partial<Manifest> = {}): Tarball => ({
  name: "@etude/metrics",
  file: "metrics.tgz",
  data: new Uint8Array(),
  manifest: { ...manifest, dependencies: {}, peerDependencies: {}, ...more },
  files: Object.keys(files),
  textOf: (file) => files[file]!
})
const whole = { "README.md": "", LICENSE: "", "package.json": "", "src/a.ts": "", "dist/a.js": "", "dist/a.d.ts": "" }

describe("manifests", () => {
  it("an open internal folder, a copy of effect and a peer that tests lack are told together", () => {
    const { effect: _, ...devDependencies } = manifest.devDependencies!
    const problems = ManifestRules.problemsOf({
      ...manifest,
      exports: { ...manifest.exports, "./*": "./dist/*.js" },
      dependencies: { effect: "catalog:" },
      devDependencies
    })
    assert.strictEqual(problems.length, 3, problems.join("\n"))
    assert.match(problems[0]!, /^"exports" opens \.\/\*: name the modules/)
    assert.match(problems[1]!, /^"effect" is in dependencies: it must be in peerDependencies/)
    assert.match(problems[2]!, /^the peer "effect" is not in devDependencies/)
  })

  it("a peer range that is written by hand is named with the one that is made from the workspace", () => {
    const peerDependencies = { ...manifest.peerDependencies, "@etude/core": "^0.1.0" }
    assert.deepStrictEqual(ManifestRules.problemsOf({ ...manifest, peerDependencies }), [
      'the peer "@etude/core" is "^0.1.0", expected "workspace:^", from which the published range is made'
    ])
  })
})

describe("exports", () => {
  const entry = (module: string) => ({
    "@etude/source": `./src/${module}.ts`,
    types: `./dist/${module}.d.ts`,
    default: `./dist/${module}.js`
  })

  it("an internal module, a file that is another's and a missing index are told together", () => {
    const exports = { "./package.json": "./package.json", "./internal/A": entry("internal/A"), "./B": entry("C") }
    assert.deepStrictEqual(ManifestRules.problemsOf({ ...manifest, exports }), [
      '"exports" does not open ".", the index',
      '"exports" opens ./internal/A, which is internal',
      `"exports" has ${JSON.stringify(entry("C"))} for ./B, expected ${JSON.stringify(entry("B"))}`
    ])
  })
})

describe("tarballs", () => {
  it("one with sources, what is built of them and what people read has no problem", () => {
    assert.deepStrictEqual(TarballRules.problemsOf(tarball(whole)), [])
  })

  it.each(["test/a.test.ts", "test/a.slow.ts", "dist/fixtures/a.js", "tsconfig.json", ".turbo/turbo-build.log"])(
    "%s is left out",
    (file) => {
      assert.deepStrictEqual(TarballRules.problemsOf(tarball({ ...whole, [file]: "" })), [
        `${file} is no source, nothing built and nothing to read: leave it out by "files"`
      ])
    }
  )

  it("what is built of a source that was deleted, and a source that is not built, are named", () => {
    const files = { ...whole, "dist/old.js": "", "src/new.ts": "" }
    assert.deepStrictEqual(TarballRules.problemsOf(tarball(files)), [
      "dist/old.js has no source any more: delete dist and build again",
      "src/new.ts is not built: dist/new.js",
      "src/new.ts is not built: dist/new.d.ts"
    ])
  })

  it("ranges that only this workspace understands are named", () => {
    const broken = tarball(whole, { peerDependencies: { "@etude/core": "workspace:^" } })
    assert.deepStrictEqual(TarballRules.problemsOf(broken), ['@etude/core is asked for as "workspace:^"'])
  })

  it("modules that a package opens are looked at, its package.json is not", () => {
    const exports = { "./package.json": "./package.json", ".": "./dist/index.js", "./c/D": "./dist/c/D.js" }
    assert.deepStrictEqual(ExportRules.entries({ ...manifest, exports }), [".", "./c/D"])
  })
})

describe("sizes", () => {
  it("a package over budget is told by how much, and one that isn't named has the default", () => {
    const budgets = { default: { packed: 10, bundled: 5 }, big: { packed: 100, bundled: 50 } }
    assert.deepStrictEqual(Sizes.problemsOf("big", { packed: 100, bundled: 50 }, budgets), [])
    const [problem, ...others] = Sizes.problemsOf("small", { packed: 11, bundled: 5 }, budgets)
    assert.match(problem!, /^packed it has 11 kB, and 10 kB are allowed\. .*budgets\.json\.$/)
    assert.deepStrictEqual(others, [])
  })
})

describe("peer ranges", () => {
  const plugin = (name: string, version: string, peer = "@etude/core"): Package => ({
    name,
    directory: name,
    manifest: { name, version, peerDependencies: { [peer]: "workspace:^", effect: "catalog:peer" } }
  })
  const release = (name: string, type: "patch" | "minor" | "major", oldVersion: string, newVersion: string) => ({
    name,
    type,
    oldVersion,
    newVersion
  })
  const own = (name: string, type: "patch" | "minor" | "major") => ({ id: "one", releases: [{ name, type }] })
  const major = release("@etude/core", "major", "1.4.0", "2.0.0")

  it("a plugin without a changeset of its own is named when the core breaks", () => {
    const plan = { changesets: [own("@etude/core", "major")], releases: [major] }
    assert.deepStrictEqual(PeerRanges.problemsOf(PeerRanges.moved(plan, [plugin("csv", "1.0.0")])), [
      "csv: its peer range of @etude/core moves from ^1.4.0 to ^2.0.0, and its own changesets are missing. " +
        'Add a changeset "csv": major, which says what its users do now.'
    ])
  })

  it("a minor of the plugin is not enough for a major of the core, and a major is", () => {
    const of = (type: "minor" | "major") =>
      PeerRanges.problemsOf(
        PeerRanges.moved({ changesets: [own("csv", type)], releases: [major] }, [plugin("csv", "0.3.0")])
      )
    assert.match(of("minor")[0]!, /its own changesets reach minor only\. Add a changeset "csv": major/)
    assert.deepStrictEqual(of("major"), [])
  })

  it("a range that the new version is in does not move", () => {
    const plan = { changesets: [], releases: [release("@etude/core", "minor", "1.4.0", "1.5.0")] }
    assert.deepStrictEqual(PeerRanges.moved(plan, [plugin("csv", "1.0.0"), plugin("other", "1.0.0", "react")]), [])
  })

  it("at 0.x a minor of the core moves ranges: a minor of a plugin at 0.x lets it break, one at 1.x needs a major", () => {
    const plan = {
      changesets: [own("young", "minor"), own("old", "minor")],
      releases: [release("@etude/core", "minor", "0.1.0", "0.2.0")]
    }
    const moved = PeerRanges.moved(plan, [plugin("young", "0.1.0"), plugin("old", "1.0.0")])
    assert.deepStrictEqual(
      moved.map(({ name, needs, has }) => [name, needs, has]),
      [
        ["young", "minor", "minor"],
        ["old", "major", "minor"]
      ]
    )
    assert.strictEqual(PeerRanges.problemsOf(moved).length, 1)
  })

  it("the changesets that wait here let no plugin out with a range that moved", async () => {
    assert.deepStrictEqual(await PeerRanges.check(), [])
  })
})
