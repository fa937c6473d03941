import { describe, expect, it } from "@effect/vitest"
import loadWabt from "wabt"
import * as WebAssembly from "../../src/runtime/WebAssembly.ts"
import { Assembler } from "../../src/wasm/Assembler.ts"
import type { Body } from "../../src/wasm/Body.ts"
import { Bytes } from "../../src/wasm/Bytes.ts"
import type { ValueType } from "../../src/wasm/Opcodes.ts"
import { type Random, random } from "../support/DrawnCode.ts"

const encoded = (fill: (into: Bytes) => void): ReadonlyArray<number> => {
  const bytes = new Bytes()
  fill(bytes)
  return [...bytes.view()]
}

const pick = (draw: Random, below: number): number => Math.floor(draw() * below)

const drawnNumber = (draw: Random): number => Math.floor((draw() - 0.5) * 2 ** pick(draw, 33)) | 0

/** Leaves one i32 on the stack, made of locals, branches, loops and calls. */
const value = (body: Body, draw: Random, locals: ReadonlyArray<number>, functions: number, depth: number): void => {
  const next = () => value(body, draw, locals, functions, depth - 1)
  const local = () => locals[pick(draw, locals.length)] ?? 0
  const choices: ReadonlyArray<() => void> = [
    () => body.i32(drawnNumber(draw)),
    () => body.get(local()),
    () => {
      next()
      next()
      body.do(draw() < 0.5 ? "i32.add" : "i32.xor")
    },
    () => {
      next()
      body.tee(local())
    },
    () => {
      const into = local()
      next()
      body.if(
        () => {
          next()
          body.set(into)
        },
        draw() < 0.5 ? undefined : () => body.block((label) => body.branch(label))
      )
      body.get(into)
    },
    () => {
      const turns = body.local("i32")
      body.i32(pick(draw, 4))
      body.set(turns)
      body.loop((again) => {
        next()
        body.set(local())
        body.get(turns)
        body.i32(1)
        body.do("i32.sub")
        body.tee(turns)
        body.i32(0)
        body.do("i32.gt_s")
        body.branchIf(again)
      })
      body.get(turns)
    },
    () => {
      if (functions === 0) return next()
      next()
      next()
      body.call(pick(draw, functions))
    }
  ]
  choices[pick(draw, depth > 0 ? choices.length : 2)]?.()
}

const drawnModule = (seed: number): Uint8Array => {
  const draw = random(seed)
  const module = new Assembler()
  const types: ReadonlyArray<ValueType> = ["i32", "f32", "v128"]
  for (let at = 0; at < 6; at++) {
    const index = module.function(`f${at}`, { parameters: ["i32", "i32"], results: ["i32"] }, (body) => {
      const locals = [0, 1]
      for (let more = pick(draw, 12); more > 0; more--) {
        const type = types[pick(draw, 3)] ?? "i32"
        const local = body.local(type)
        if (type === "i32") locals.push(local)
      }
      value(body, draw, locals, at, 6)
    })
    module.export(`f${at}`, index)
  }
  return module.encode()
}

describe("the assembler", () => {
  it("writes numbers as LEB128, in as few bytes as there can be", () => {
    expect(encoded((into) => into.unsigned(624485))).toStrictEqual([0xe5, 0x8e, 0x26])
    expect(encoded((into) => into.unsigned(2 ** 32 - 1))).toStrictEqual([0xff, 0xff, 0xff, 0xff, 0x0f])
    expect(encoded((into) => into.signed(-123456))).toStrictEqual([0xc0, 0xbb, 0x78])
    expect(encoded((into) => into.signed(63))).toStrictEqual([63])
    expect(encoded((into) => into.signed(64))).toStrictEqual([0xc0, 0])
    expect(encoded((into) => into.signed(-(2 ** 31)))).toStrictEqual([0x80, 0x80, 0x80, 0x80, 0x78])
  })

  it("keeps whole numbers and floats as they are", () => {
    const draw = random(1)
    const constants = Array.from({ length: 200 }, () => drawnNumber(draw))
    const floats = [0, -0, 1.1, 1e-45, -3.4e38, Infinity, -Infinity]
    const module = new Assembler()
    for (const [at, constant] of constants.entries()) {
      module.export(
        `i${at}`,
        module.function("i", { parameters: [], results: ["i32"] }, (body) => body.i32(constant))
      )
    }
    for (const [at, float] of floats.entries()) {
      module.export(
        `f${at}`,
        module.function("f", { parameters: [], results: ["f32"] }, (body) => body.f32(float))
      )
    }
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.encode()))
    const call = (name: string): unknown => {
      const exported = exports[name]
      return typeof exported === "function" ? exported() : undefined
    }
    expect(constants.map((_, at) => call(`i${at}`))).toStrictEqual(constants)
    expect(floats.map((_, at) => call(`f${at}`))).toStrictEqual(floats.map(Math.fround))
  })

  it("makes modules of drawn functions that wabt and the engine take, and wabt writes again byte for byte", async () => {
    const wabt = await loadWabt()
    for (let seed = 0; seed < 300; seed++) {
      const bytes = drawnModule(seed)
      expect(WebAssembly.validate(bytes), `seed ${seed}`).toBe(true)
      const read = wabt.readWasm(bytes, { readDebugNames: true })
      read.validate()
      const again = wabt.parseWat("again.wat", read.toText({}))
      const { buffer } = again.toBinary({})
      expect(bytes.subarray(0, buffer.length), `seed ${seed}`).toStrictEqual(buffer)
      for (const module of [read, again]) module.destroy()
    }
  })

  it("imports functions before it defines some", () => {
    const module = new Assembler()
    module.function("f", { parameters: [], results: [] }, () => undefined)
    expect(() => module.importFunction("etude", "wait", { parameters: [], results: [] })).toThrow(
      "Functions are imported before others are defined."
    )
  })
})
