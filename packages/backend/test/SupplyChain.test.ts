import { readFileSync } from "node:fs"
import { assert, it } from "@effect/vitest"
import { wheels } from "../src/native/Wheel.ts"

it("the note on what is downloaded tells every wheel with its version, size and checksum", () => {
  const note = readFileSync(new URL("../../../docs/guides/supply-chain.md", import.meta.url), "utf8")
  for (const { project, version, bytes, sha256 } of Object.values(wheels)) {
    assert.include(note, `\`${project}\` ${version}`)
    assert.include(note, `${bytes.toLocaleString("en-US")} bytes`)
    assert.include(note, sha256)
  }
})
