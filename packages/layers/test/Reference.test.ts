/** The docstring of each layer, which is its page in the reference: complete, and its examples true. */
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Rng from "@etude/core/Rng"
import { asRecord, sizeOf, tidy } from "@etude/core/Tensors"
import * as CpuBackend from "@etude/testing/doubles/CpuBackend"
import * as tf from "@tensorflow/tfjs-core"
import * as Effect from "effect/Effect"
import * as layers from "../src/index.ts"

const source = path.join(import.meta.dirname, "..", "src")

interface Page {
  readonly name: string
  readonly doc: string
}

/** What a docstring says, without its stars. */
const textOf = (doc: string): string => doc.replace(/^\s*\/?\*+\/? ?/gm, "").replace(/ \*\/$/, "")

/** The exported functions that give a layer, with their docstrings. */
const pages: ReadonlyArray<Page> = readdirSync(source)
  .filter((file) => file.endsWith(".ts") && !["Layer.ts", "index.ts"].includes(file))
  .flatMap((file) => {
    const text = readFileSync(path.join(source, file), "utf8")
    const functions = text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+) = \((?:(?!\n\n)[\s\S])*/g)
    return Array.from(functions, ([whole, doc = "", name = ""]) => ({ name, doc: textOf(doc), whole })).filter(
      ({ whole }) => /\): Layer\.Layer(<.*>)? =>/.test(whole)
    )
  })

interface Example {
  readonly code: string
  readonly inputs: layers.Layer.Specs
  readonly outputs: layers.Layer.Specs
  readonly parameters: number
}

/** `[28, 28, 3]`, `int32 [20]` or `{ x: [20, 8], mask: [20] }` */
const specsOf = (text: string): layers.Layer.Specs => {
  const fields = text.match(/^\{ (.*) \}$/)?.[1]?.match(/\w+: (int32 )?\[[^\]]*\]/g)
  if (fields !== undefined && fields !== null) {
    return Object.fromEntries(
      fields.map((field) => {
        const [name = "", ...rest] = field.split(": ")
        return [name, specsOf(rest.join(": ")) as layers.Layer.Spec]
      })
    )
  }
  const isIds = text.startsWith("int32 ")
  return { shape: JSON.parse(isIds ? text.slice(6) : text), dtype: isIds ? "int32" : "float32" }
}

const examplesOf = ({ doc }: Page): ReadonlyArray<Example> =>
  Array.from(
    doc.matchAll(/^(.+) \/\/ (.+) → (.+), (\d+) parameters$/gm),
    ([, code = "", inputs = "", outputs = "", parameters = ""]) => ({
      code,
      inputs: specsOf(inputs),
      outputs: specsOf(outputs),
      parameters: Number(parameters)
    })
  )

/** The layer that an example writes, with the names that a module imports. */
const made = (code: string): layers.Layer.Layer<any, any> => {
  const known: Record<string, unknown> = { ...layers, tf }
  return new Function(...Object.keys(known), `return ${code}`)(...Object.values(known))
}

const pathsOf = (one: layers.Layer.Layer<any, any>, inputs: layers.Layer.Specs) => {
  const { parameters, statistics } = one.initialize(Rng.key(1), inputs).variables
  return [...Object.keys(parameters), ...Object.keys(statistics)]
}

/** Without a paper: what is older than papers, or no more than a change of shape. */
const unattributed = ["dense", "maxPool", "averagePool", "globalMaxPool", "flatten", "reshape", "repeat", "overTime"]

describe("the reference", () => {
  it("has a page for every layer", () => {
    const given = Object.entries(layers).filter(([, value]) => typeof value === "function")
    // What takes and gives tensors, or a cache.
    const others = ["rotate", "gelu", "geluTanh", "silu", "emptyCache"]
    assert.sameMembers(
      pages.map(({ name }) => name),
      given.map(([name]) => name).filter((name) => !others.includes(name))
    )
  })

  for (const page of pages) {
    const { name, doc } = page
    it(`of ${name} has shapes, parameters and paper`, () => {
      assert.match(doc, /\[batch/, "the shapes of inputs and outputs, with their batch")
      assert.match(doc, /No\s+parameters|Parameters|Parts:/, "parameters by path, or parts, or that there are none")
      if (!unattributed.includes(name)) assert.match(doc, /[A-Z]\w+(.*\n?.*)\s(19|20)\d\d/, "authors and year")
      assert.isNotEmpty(examplesOf(page), "an example: dense(10) // [784] → [10], 7850 parameters")
    })
  }
})

layer(CpuBackend.layer)("an example of the reference", (it) => {
  for (const page of pages) {
    it.effect(`of ${page.name} gives what it says, with the parameters that the page names`, () =>
      Effect.sync(() =>
        tidy(() => {
          for (const { code, inputs, outputs, parameters } of examplesOf(page)) {
            const one = made(code)
            const initialized = one.initialize(Rng.key(1), inputs)
            const size = Object.values(asRecord(initialized.variables.parameters)).reduce(
              (sum, { shape }) => sum + sizeOf(shape),
              0
            )
            assert.deepStrictEqual([initialized.outputs, size], [outputs, parameters], code)
            if (!/No\s+parameters|Parameters and paths|Parts:/.test(page.doc) || /Parameters:/.test(page.doc)) {
              for (const path of pathsOf(one, inputs)) assert.include(page.doc, `\`${path}\``, code)
            }
          }
          return tf.scalar(0)
        })
      )
    )
  }
})

describe("an option", () => {
  for (const file of readdirSync(source).filter((name) => name.endsWith(".ts"))) {
    it(`of ${file} has its default`, () => {
      const text = readFileSync(path.join(source, file), "utf8")
      const interfaces = Array.from(
        text.matchAll(/export interface \w*Options[^{]*\{\n([\s\S]*?)\n\}/g),
        ([, body]) => body
      )
      for (const body of interfaces) {
        const fields = (body ?? "").matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?readonly (\w+)\?:/g)
        for (const [, doc = "", name] of fields) assert.match(doc, /efault|Not needed/, `${file}: ${name}`)
      }
    })
  }
})
