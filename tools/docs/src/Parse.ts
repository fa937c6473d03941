import ts from "typescript"

/** The syntax of a declaration file, every node with its parent. */
export const parse = (text: string): ts.SourceFile =>
  ts.createSourceFile("module.d.ts", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
