import { describe } from "@effect/vitest"
import * as laws from "@etude/testing/Laws"
import * as Suites from "@etude/testing/Suites"
import * as Subjects from "@etude/testing/subjects/Subjects"
import * as Cpu from "../src/Cpu.ts"
import * as Native from "../src/Native.ts"
import * as Wasm from "../src/Wasm.ts"
import { isInstalled } from "./native/Installed.ts"

const native = isInstalled ? { native: Native.layer } : {}

describe("backends train alike", () => {
  Suites.backends({ ...Subjects.images, backends: { cpu: Cpu.layer, wasm: Wasm.layer, ...native } })
  Suites.backends({ ...Subjects.dropout, backends: { cpu: Cpu.layer, wasm: Wasm.layer, ...native } })
})

for (const [name, backend] of Object.entries({ wasm: Wasm.layer, ...native })) {
  laws.backend(backend, { name, reference: Cpu.layer })
}
