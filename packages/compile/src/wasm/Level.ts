/**
 * What the engine's vectors can do. Multiply-add rounds once only in relaxed SIMD, and there only where the hardware does; a
 * probe decides. Elsewhere a product is rounded before its sum, which gives other bits: such a run has another name.
 */

import * as WebAssembly from "../runtime/WebAssembly.ts"
import { Assembler } from "./Assembler.ts"
import type { Body } from "./Body.ts"

/** `fused`: vectors, and multiply-adds that round once. `split`: vectors without. `scalar`: neither. */
export type Level = "fused" | "split" | "scalar"

const probe = (fill: (body: Body) => void): Uint8Array => {
  const module = new Assembler()
  module.export(
    "probe",
    module.function("probe", { parameters: [], results: ["f32"] }, (body) => {
      fill(body)
      body.lane("f32x4.extract_lane", 0)
    })
  )
  return module.encode()
}

const constant = (body: Body, value: number): void => body.v128("f32", [value, value, value, value])

/** (1 + 2⁻¹²)² − (1 + 2⁻¹¹): 2⁻²⁴ where it is rounded once, else 0. */
const fusion = (): Uint8Array =>
  probe((body) => {
    constant(body, 1 + 2 ** -12)
    constant(body, 1 + 2 ** -12)
    constant(body, -(1 + 2 ** -11))
    body.do("f32x4.relaxed_madd")
  })

const isFused = (): boolean => {
  const bytes = fusion()
  if (!WebAssembly.validate(bytes)) return false
  const run = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports["probe"]
  return typeof run === "function" && run() === 2 ** -24
}

const hasVectors = (): boolean => WebAssembly.validate(probe((body) => constant(body, 0)))

/** The best that this engine on this machine can do. */
export const detect = (): Level => (isFused() ? "fused" : hasVectors() ? "split" : "scalar")
