import { assert, it } from "@effect/vitest"
import { describe, featuresIn } from "../src/native/InstructionSet.ts"

/** As Linux writes it, shortened. */
const x86 = `processor\t: 0
model name\t: AMD EPYC
flags\t\t: fpu vme sse4_2 avx f16c fma avx2 avx512f avx512bw avx512_vnni
bugs\t\t: spectre_v1
processor\t: 1
flags\t\t: fpu
`
const arm = `processor\t: 0
BogoMIPS\t: 243.75
Features\t: fp asimd evtstrm aes asimdhp asimddp sve i8mm bf16
`

it("finds what libraries choose code by, in an order of its own", () => {
  assert.deepStrictEqual(featuresIn(x86), ["avx", "avx2", "fma", "avx512f", "avx512bw", "avx512_vnni"])
  assert.deepStrictEqual(featuresIn(arm), ["asimd", "asimddp", "asimdhp", "bf16", "i8mm", "sve"])
  assert.deepStrictEqual(featuresIn(""), [])
})

it("names the architecture, the features and the model", () => {
  assert.strictEqual(describe("x64", "AMD EPYC ", x86), "x64 avx avx2 fma avx512f avx512bw avx512_vnni (AMD EPYC)")
  assert.strictEqual(describe("arm64", "Apple M4", ""), "arm64 (Apple M4)")
  assert.strictEqual(describe("arm64", undefined, arm), "arm64 asimd asimddp asimdhp bf16 i8mm sve")
})
