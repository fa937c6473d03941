import { assert, describe, it } from "vitest"
import { publicModules } from "../src/ApiReport.ts"
import { declarations } from "../src/Declarations.ts"
import { handedOn } from "../src/HandedOn.ts"
import { defaultsOf } from "../src/TypeDefaults.ts"

/** Declarations as TypeScript emits them: lines of a file. */
const file = (...lines: ReadonlyArray<string>): string => `${lines.join("\n")}\n`

describe("API reports", () => {
  it("hold what the index exports and what these export in turn, once", () => {
    const texts: Readonly<Record<string, string>> = {
      index: 'export * as A from "./A.ts";\nexport { b } from "./B.ts";\n',
      A: 'export * from "./inner/C.ts";\nexport type { D } from "../src/D.ts";\n',
      B: 'import { hidden } from "./Hidden.ts";\nexport { c } from "./inner/C.ts";\n',
      "inner/C": "export declare const c: number;\n",
      Named: ""
    }
    const isEntry = (module: string) => module !== "inner/C"
    const modules = publicModules((module) => texts[module] ?? "", ["Named", "B"], isEntry)
    assert.deepStrictEqual(
      modules.map(({ module }) => module),
      ["index", "A", "inner/C", "B", "Named"]
    )
  })

  it("hold of a module that can't be imported the names that others export of it", () => {
    const texts: Readonly<Record<string, string>> = {
      index: 'export * as A from "./A.ts";\nexport { b } from "./inner/C.ts";\n',
      A: 'export { a } from "./inner/C.ts";\n',
      "inner/C": ""
    }
    const modules = publicModules(
      (module) => texts[module] ?? "",
      [],
      (module) => module === "A"
    )
    assert.deepStrictEqual(modules.at(-1), { module: "inner/C", names: new Set(["a", "b"]) })
  })

  it("hold what a module imports in order to export it", () => {
    const text = 'import { a, type B } from "./Inner.ts";\nimport { c } from "./Other.ts";\nexport { type B };\n'
    assert.deepStrictEqual(handedOn(text), [{ module: "Inner", names: new Set(["B"]) }])
  })

  it("hold of a module's names those that are public, and what these refer to", () => {
    const text = file(
      "interface Used {",
      "    readonly a: number;",
      "}",
      "export interface Unused {",
      "}",
      "export declare const a: Used;",
      "export declare const b: Unused;"
    )
    assert.strictEqual(
      declarations(text, { names: new Set(["a"]) }),
      "declare interface Used {\n  a: number\n}\nconst a: Used"
    )
  })

  it("hold declarations only, indented by two", () => {
    const text = file(
      'import * as A from "./A.ts";',
      "import {",
      "    B",
      '} from "./B.ts";',
      "export interface C extends B {",
      "    readonly a: {",
      "        readonly b: A.A;",
      "    };",
      "}",
      "declare const hidden: unique symbol;",
      "export {};"
    )
    assert.strictEqual(
      declarations(text),
      "interface C extends B {\n  a: { b: A }\n}\ndeclare const hidden: unique symbol"
    )
  })

  it("hold object types on lines of their own where they are long", () => {
    const long = "x".repeat(100)
    const text = file("export declare const a: {", `    readonly ${long}: 1;`, "};")
    assert.strictEqual(declarations(text), `const a: {\n  ${long}: 1\n}`)
  })

  it("hold what a class extends instead of the constant that the emitter makes of it, and not an error's message", () => {
    const text = file(
      "declare const Failed_base: Schema.Class<Failed, {",
      "    readonly path: Schema.String;",
      "}>;",
      "export declare class Failed extends Failed_base {",
      "    get message(): string;",
      "}"
    )
    assert.strictEqual(declarations(text), "class Failed extends Schema.Class<Failed, { path: Schema.String }> {}")
  })

  it("hold the fields of an error that is tagged with its class's name", () => {
    const text = (tag: string) =>
      declarations(
        file(
          `declare const Failed_base: Schema.Class<Failed, Schema.TaggedStruct<"${tag}", {`,
          "    readonly path: Schema.String;",
          '}>, import("effect/Cause").YieldableError>;',
          "export declare class Failed extends Failed_base {",
          "}"
        )
      )
    assert.strictEqual(text("Failed"), "class Failed extends Schema.TaggedError<{ path: Schema.String }> {}")
    const other = 'Schema.Class<Failed, Schema.TaggedStruct<"Other", { path: Schema.String }>, YieldableError>'
    assert.strictEqual(text("Other"), `class Failed extends ${other} {}`)
  })

  it("mark members that can be assigned, in types that are declared", () => {
    const text = file(
      "export interface A {",
      "    readonly a: number;",
      "    b: string;",
      "    c(): void;",
      "}",
      "export declare const a: {",
      "    b: string;",
      "};"
    )
    assert.strictEqual(
      declarations(text),
      "interface A {\n  a: number\n  -readonly b: string\n  c(): void\n}\nconst a: { b: string }"
    )
  })

  it("hold type arguments up to the last that isn't the default", () => {
    const types = file(
      "export interface Codec<T, Encoded = T, R = never> {",
      "}",
      "export interface Pair<A = number, B = string> {",
      "}"
    )
    const text = file(
      "export declare const a: Codec<string, string, never>;",
      "export declare const b: Codec<string, number, never>;",
      "export declare const c: Pair<number, string>;",
      "export declare const d: Pair<boolean, string>;",
      "export declare const e: Pair<number, boolean>;"
    )
    assert.deepStrictEqual(declarations(text, { defaults: defaultsOf([types]) }).split("\n"), [
      "const a: Codec<string>",
      "const b: Codec<string, number>",
      "const c: Pair",
      "const d: Pair<boolean>",
      "const e: Pair<number, boolean>"
    ])
  })

  it("name the namespaces that an index makes of modules of their names, and print those of other names", () => {
    const text = file(
      'export * as A from "./A.ts";',
      'export * as B from "./inner/B.ts";',
      'export * as C from "./Other.ts";'
    )
    assert.strictEqual(declarations(text), '// Namespaces of modules: A, B\nexport * as C from "./Other.ts"')
  })
})
