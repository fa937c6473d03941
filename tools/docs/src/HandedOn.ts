/** What modules export of other modules. */
import ts from "typescript"
import { parse } from "./Parse.ts"

/** A module whose declarations another one hands on: all of them, or these names. */
export interface HandedOn {
  readonly module: string
  readonly names?: ReadonlySet<string>
}

/** The module behind a specifier, if it is below this one's folder. */
export const relative = (specifier: ts.Expression | undefined): string | undefined =>
  specifier !== undefined && ts.isStringLiteral(specifier) ? /^\.\/(.+)\.ts$/.exec(specifier.text)?.[1] : undefined

const importedName = (element: ts.ImportSpecifier | ts.ExportSpecifier): string =>
  (element.propertyName ?? element.name).text

/** What a module exports from others, be it directly or by importing it first. */
export const handedOn = (text: string): ReadonlyArray<HandedOn> => {
  const { statements } = parse(text)
  const exports = statements.filter((statement) => ts.isExportDeclaration(statement))
  const direct = exports.flatMap(({ moduleSpecifier, exportClause }): ReadonlyArray<HandedOn> => {
    const module = relative(moduleSpecifier)
    if (module === undefined) return []
    if (exportClause === undefined || ts.isNamespaceExport(exportClause)) return [{ module }]
    return [{ module, names: new Set(exportClause.elements.map(importedName)) }]
  })
  const bare = new Set(
    exports.flatMap(({ moduleSpecifier, exportClause }) =>
      moduleSpecifier === undefined && exportClause !== undefined && ts.isNamedExports(exportClause)
        ? exportClause.elements.map(importedName)
        : []
    )
  )
  const imported = statements.flatMap((statement): ReadonlyArray<HandedOn> => {
    if (!ts.isImportDeclaration(statement)) return []
    const module = relative(statement.moduleSpecifier)
    const bindings = statement.importClause?.namedBindings
    if (module === undefined || bindings === undefined || !ts.isNamedImports(bindings)) return []
    const names = bindings.elements.filter(({ name }) => bare.has(name.text)).map(importedName)
    return names.length === 0 ? [] : [{ module, names: new Set(names) }]
  })
  return [...direct, ...imported]
}
