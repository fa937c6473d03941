import { assert, describe, it } from "vitest"
import * as Audit from "../src/Audit.ts"
import * as Licences from "../src/Licences.ts"

describe("licences", () => {
  it("what users get with the packages is permissive", async () => {
    assert.deepStrictEqual(Licences.problemsOf(await Licences.installed("users"), "users"), [])
  })

  it("what is run here may be", async () => {
    assert.deepStrictEqual(Licences.problemsOf(await Licences.installed("tools"), "tools"), [])
  })

  it("of a choice one allowed licence is enough, of a sum all must be", () => {
    const allows = (expression: string) => Licences.isAllowed(expression, ["MIT", "ISC"])
    assert.deepStrictEqual(
      ["MIT", "GPL-3.0", "(MIT OR GPL-3.0)", "MIT AND GPL-3.0", "(MIT AND ISC)", "Unknown"].map(allows),
      [true, false, true, false, true, false]
    )
  })

  it("one that isn't allowed is told with the packages that have it", () => {
    const found = { MIT: [{ name: "a" }], "AGPL-3.0": [{ name: "b" }, { name: "c" }], "MPL-2.0": [{ name: "d" }] }
    assert.deepStrictEqual(
      Licences.problemsOf(found, "tools").map((text) => text.slice(0, 15)),
      ["AGPL-3.0: b, c."]
    )
    assert.strictEqual(Licences.problemsOf(found, "users").length, 2)
  })
})

describe("vulnerabilities", () => {
  const advisory = { module_name: "a", severity: "high", title: "It leaks", url: "https://example.org/1" }

  it("are told by package, severity and where to read on", () => {
    const answer = Audit.read(JSON.stringify({ advisories: { 1: advisory } }), "")
    assert.deepStrictEqual(answer, { _tag: "Reached", advisories: [advisory] })
    assert.deepStrictEqual(Audit.problemsOf([advisory]), ["a (high): It leaks, https://example.org/1"])
  })

  it("an endpoint that doesn't answer is no vulnerability, and is told by its code", () => {
    const errors = "Error: ERR_PNPM_AUDIT_BAD_RESPONSE\n  responded with 405"
    assert.deepStrictEqual(Audit.read("", errors), { _tag: "OutOfReach", reason: "ERR_PNPM_AUDIT_BAD_RESPONSE" })
  })
})
