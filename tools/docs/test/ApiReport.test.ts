import { assert, describe, it } from "vitest"
import { compact, publicModules, reexports } from "../src/ApiReport.ts"

describe("API reports", () => {
  it("hold what the index exports and what these export in turn, once", () => {
    const texts: Readonly<Record<string, string>> = {
      index: 'export * as A from "./A.ts";\nexport { b } from "./B.ts";\n',
      A: 'export * from "./inner/C.ts";\nexport type { D } from "../src/D.ts";\n',
      B: 'import { hidden } from "./Hidden.ts";\nexport { c } from "./inner/C.ts";\n',
      "inner/C": "export declare const c: number;\n",
      Named: ""
    }
    const modules = publicModules((module) => texts[module] ?? "", ["Named", "B"])
    assert.deepStrictEqual(modules.slice(0, 4), ["index", "A", "inner/C", "B"])
    assert.include(modules, "Named")
    assert.notInclude(modules, "Hidden")
  })

  it("hold what a module imports in order to export it", () => {
    const text = 'import { a, type B } from "./Inner.ts";\nimport { c } from "./Other.ts";\nexport { type B };\n'
    assert.deepStrictEqual(reexports(text), ["Inner"])
  })

  it("hold declarations only, indented by two", () => {
    const text =
      'import * as A from "./A.ts";\nimport {\n    B\n} from "./B.ts";\nexport interface C {\n    readonly a: {\n        b: 1;\n    };\n}\nexport {};\n'
    assert.strictEqual(compact(text), "export interface C {\n  readonly a: {\n    b: 1;\n  };\n}")
  })
})
