/** The command on a Node that is too old for it. */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { stripTypeScriptTypes } from "node:module"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { refusal } from "../src/NodeVersion.ts"
import { temporary } from "./support/etude.ts"

const here = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const { engines } = JSON.parse(readFileSync(here("../package.json"), "utf8")) as { engines: { node: string } }

/** A Node of the machine that is older than needed, if there is one. */
const oldNode = ["/usr/bin/node", "/usr/local/bin/node"].find((program) => {
  try {
    const version = execFileSync(program, ["--version"], { encoding: "utf8" })
    return refusal({ node: version.trim().slice(1) }, engines.node) !== undefined
  } catch {
    return false
  }
})

describe("the Node that runs the command", () => {
  for (const node of ["22.19.0", "22.20.1", "23.0.0", "24.1.0", "100.0.0"]) {
    it(`${node} is new enough for >=22.19`, () => assert.isUndefined(refusal({ node }, ">=22.19")))
  }
  for (const node of ["22.18.9", "22.9.0", "20.20.2", "18.0.0", "9.99.99"]) {
    it(`${node} is too old for >=22.19, which one line says`, () => {
      const told = refusal({ node }, ">=22.19")!
      assert.match(told, /^etude needs Node 22\.19 or later; this is Node /)
      assert.notInclude(told, "\n")
    })
  }
  it("says nothing of Bun and Deno, which call themselves some Node", () => {
    assert.isUndefined(refusal({ node: "20.0.0", bun: "1.0.0" }, ">=22.19"))
    assert.isUndefined(refusal({ node: "20.0.0", deno: "2.0.0" }, ">=22.19"))
  })
  it.live("gets one line on standard error and exit code 2 when it is too old", ({ skip }) =>
    Effect.gen(function* () {
      if (oldNode === undefined) return skip("no older Node is on this machine")
      const folder = yield* temporary
      mkdirSync(path.join(folder, "dist"))
      writeFileSync(path.join(folder, "package.json"), JSON.stringify({ type: "module", engines }))
      for (const name of ["bin", "NodeVersion"]) {
        const text = stripTypeScriptTypes(readFileSync(here(`../src/${name}.ts`), "utf8")).replaceAll('.ts"', '.js"')
        writeFileSync(path.join(folder, "dist", `${name}.js`), text)
      }
      const { status, stdout, stderr } = spawnSync(oldNode, [path.join(folder, "dist", "bin.js"), "--help"], {
        encoding: "utf8"
      })
      assert.deepStrictEqual([status, stdout], [2, ""])
      assert.match(stderr, /^etude needs Node 22\.19 or later; this is Node [^\n]+\n$/)
    }).pipe(Effect.scoped)
  )
})
