/**
 * Declarations as a report shows them: as TypeScript emits them, less what nearly all have and what only its emitter needs, so
 * that the rest is seen. What can't be imported is marked (`declare`), and so is what can be assigned (`-readonly`), instead of
 * all that is exported and read-only. Imports, modules' names before types of the same name, type arguments that are the default,
 * the constants that emitted classes extend and semicolons are left out; a short object type stands on one line.
 */
import ts from "typescript"
import { relative } from "./HandedOn.ts"
import { parse } from "./Parse.ts"
import { argumentsSaid, type Defaults } from "./TypeDefaults.ts"

/** The width up to which an object type stands on one line. */
const line = 100

/** Names of modules that are also types: `Effect.Effect` is `Effect`. */
const doubled = /\b([A-Z]\w*)\.\1\b/g

const printer = ts.createPrinter({ removeComments: true })

const printed = (node: ts.Node, file: ts.SourceFile): string => printer.printNode(ts.EmitHint.Unspecified, node, file)

const lastOf = (name: ts.EntityName): string => (ts.isIdentifier(name) ? name.text : name.right.text)

const expressionOf = (name: ts.EntityName): ts.Expression =>
  ts.isIdentifier(name) ? name : ts.factory.createPropertyAccessExpression(expressionOf(name.left), name.right)

type Bases = ReadonlyMap<string, ts.TypeReferenceNode>

/** The constants that emitted classes extend, with their types. */
const basesOf = (file: ts.SourceFile): Bases =>
  new Map(
    file.statements.flatMap((statement) => {
      if (!ts.isVariableStatement(statement)) return []
      const [declaration] = statement.declarationList.declarations
      if (declaration === undefined || !ts.isIdentifier(declaration.name)) return []
      const { type, name } = declaration
      return name.text.endsWith("_base") && type !== undefined && ts.isTypeReferenceNode(type)
        ? [[name.text, type] as const]
        : []
    })
  )

/** A node as a report shows it. */
const shown = (file: ts.SourceFile, bases: Bases, defaults: Defaults): ((node: ts.Node) => ts.Node) => {
  const onOneLine = <N extends ts.TypeLiteralNode | ts.MappedTypeNode | ts.TupleTypeNode>(node: N): N => {
    const single = ts.setEmitFlags(node, ts.EmitFlags.SingleLine)
    const text = printed(single, file)
    return text.length <= line && !text.includes("\n") ? single : ts.setEmitFlags(node, ts.EmitFlags.None)
  }

  const reference = (node: ts.TypeReferenceNode): ts.TypeReferenceNode => {
    const all = node.typeArguments ?? []
    const texts = all.map((type) => printed(type, file))
    const said = argumentsSaid(defaults.get(lastOf(node.typeName)) ?? [], texts)
    if (said === all.length) return node
    return ts.factory.createTypeReferenceNode(node.typeName, said === 0 ? undefined : all.slice(0, said))
  }

  const changed = (node: ts.Node): ts.Node => {
    if (ts.isImportTypeNode(node) && node.qualifier !== undefined) {
      return node.isTypeOf
        ? ts.factory.createTypeQueryNode(node.qualifier, node.typeArguments)
        : reference(ts.factory.createTypeReferenceNode(node.qualifier, node.typeArguments))
    }
    if (ts.isTypeReferenceNode(node)) return reference(node)
    if (ts.isTypeLiteralNode(node) || ts.isMappedTypeNode(node) || ts.isTupleTypeNode(node)) return onOneLine(node)
    return node
  }

  const visit = (node: ts.Node): ts.Node | undefined => {
    if (isExportOrDeclare(node) || isReadonly(node) || isMessage(node)) return undefined
    if (isAssignable(node)) return marked(node)
    const base = ts.isExpressionWithTypeArguments(node) ? bases.get(node.expression.getText(file)) : undefined
    if (base === undefined) return changed(ts.visitEachChild(node, visit, undefined))
    const type = visit(errorFields(base) ?? base) as ts.TypeReferenceNode | ts.TypeLiteralNode
    return ts.isTypeLiteralNode(type)
      ? ts.factory.createExpressionWithTypeArguments(taggedError, [type])
      : ts.factory.createExpressionWithTypeArguments(expressionOf(type.typeName), type.typeArguments)
  }

  /** A member that can be assigned. */
  const marked = (node: ts.PropertySignature): ts.Node => {
    const type = node.type === undefined ? undefined : (visit(node.type) as ts.TypeNode)
    const name = ts.factory.createIdentifier(`-readonly ${node.name.getText(file)}`)
    return ts.factory.createPropertySignature(node.modifiers, name, node.questionToken, type)
  }
  return (node) => visit(node) ?? node
}

const taggedError = ts.factory.createIdentifier("Schema.TaggedError")

/** The fields of an error that is tagged with its class's name, by the type of what it extends. */
const errorFields = ({ typeArguments }: ts.TypeReferenceNode): ts.TypeLiteralNode | undefined => {
  const [self, struct, error] = typeArguments ?? []
  if (self === undefined || error?.getText().endsWith("YieldableError") !== true) return undefined
  if (struct === undefined || !ts.isTypeReferenceNode(struct)) return undefined
  const [tag, fields] = struct.typeArguments ?? []
  const isNamed = tag?.getText() === `"${self.getText()}"`
  return isNamed && fields !== undefined && ts.isTypeLiteralNode(fields) ? fields : undefined
}

const isExportOrDeclare = (node: ts.Node): boolean =>
  node.kind === ts.SyntaxKind.ExportKeyword || node.kind === ts.SyntaxKind.DeclareKeyword

/** The word at a member of an object type. */
const isReadonly = ({ kind, parent }: ts.Node): boolean =>
  kind === ts.SyntaxKind.ReadonlyKeyword && (ts.isPropertySignature(parent) || ts.isIndexSignatureDeclaration(parent))

/** A property without that word, in a type that is declared, not in that of a constant. */
const isAssignable = (node: ts.Node): node is ts.PropertySignature =>
  ts.isPropertySignature(node) &&
  !modifiersOf(node).some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword) &&
  ts.findAncestor(node, (outer) => ts.isVariableStatement(outer) || ts.isClassDeclaration(outer)) === undefined

const modifiersOf = (node: ts.Node): ReadonlyArray<ts.ModifierLike> =>
  ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []

/** An error's own message: that it has one, every error says. */
const isMessage = (node: ts.Node): boolean =>
  ts.isGetAccessor(node) && node.name.getText() === "message" && node.type?.kind === ts.SyntaxKind.StringKeyword

const isExported = (node: ts.Node): boolean =>
  modifiersOf(node).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

/** The names that a statement declares. */
const namesOf = (statement: ts.Statement): ReadonlyArray<string> => {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText())
  }
  const { name } = statement as ts.Statement & { readonly name?: ts.Node }
  return name === undefined ? [] : [name.getText()]
}

const identifiersIn = (node: ts.Node): ReadonlyArray<string> => {
  const names: Array<string> = []
  const visit = (inner: ts.Node): void => {
    if (ts.isIdentifier(inner)) names.push(inner.text)
    inner.forEachChild(visit)
  }
  visit(node)
  return names
}

/** The statements that declare these names, and those that they refer to. */
const reachable = (file: ts.SourceFile, names: ReadonlySet<string>): ReadonlySet<ts.Statement> => {
  const included = new Set<ts.Statement>()
  const include = (wanted: ReadonlySet<string>): void => {
    for (const statement of file.statements) {
      if (included.has(statement) || !namesOf(statement).some((name) => wanted.has(name))) continue
      included.add(statement)
      include(new Set(identifiersIn(statement)))
    }
  }
  include(names)
  return included
}

const isNoise = (statement: ts.Statement, bases: Bases): boolean =>
  ts.isImportDeclaration(statement) ||
  (ts.isExportDeclaration(statement) && printed(statement, statement.getSourceFile()) === "export {};") ||
  (ts.isVariableStatement(statement) && namesOf(statement).every((name) => bases.has(name)))

/** The name of a namespace that an index makes of the module of this name, if the statement does that. */
const namespaceOf = (statement: ts.Statement): string | undefined => {
  if (!ts.isExportDeclaration(statement)) return undefined
  const { exportClause, moduleSpecifier } = statement
  if (exportClause === undefined || !ts.isNamespaceExport(exportClause)) return undefined
  const name = exportClause.name.text
  return relative(moduleSpecifier)?.split("/").at(-1) === name ? name : undefined
}

/** Words on lines of limited width, in a comment. */
const wrapped = (words: ReadonlyArray<string>): string => {
  const lines: Array<string> = []
  let last = "//"
  for (const word of words) {
    if (last.length + word.length < line) {
      last += ` ${word}`
      continue
    }
    lines.push(last)
    last = `// ${word}`
  }
  return [...lines, last].join("\n")
}

const namespaces = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.length === 0 ? [] : [wrapped(["Namespaces", "of", "modules:", ...names.join(", ").split(" ")])]

export interface ModuleOptions {
  /** The names that are public. Default: all. */
  readonly names?: ReadonlySet<string> | undefined
  readonly defaults?: Defaults
}

/** A module's declarations: all of them, or some names and what they refer to. */
export const declarations = (text: string, { names, defaults = new Map() }: ModuleOptions = {}): string => {
  const file = parse(text)
  const bases = basesOf(file)
  const show = shown(file, bases, defaults)
  const included = names === undefined ? undefined : reachable(file, names)
  const isShown = (statement: ts.Statement) =>
    !isNoise(statement, bases) && namespaceOf(statement) === undefined && included?.has(statement) !== false
  const statements = file.statements.filter(isShown).map((statement) => {
    const isHidden = !ts.isExportDeclaration(statement) && !ts.isModuleDeclaration(statement) && !isExported(statement)
    return `${isHidden ? "declare " : ""}${printed(show(statement), file)}`
  })
  return [...namespaces(file.statements.flatMap((statement) => namespaceOf(statement) ?? [])), ...statements]
    .join("\n")
    .replace(/\{\n\s*\}/g, "{}")
    .replace(/;( \})/g, "$1")
    .replace(/;$/gm, "")
    .replace(doubled, "$1")
    .replace(/^( {4})+/gm, (spaces) => spaces.slice(spaces.length / 2))
}
