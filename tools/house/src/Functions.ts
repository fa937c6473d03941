/**
 * How long functions are, and how much they capture. A capture is a name that a function uses and an enclosing function
 * declares: whoever reads the inner function has to know the outer one. Names of the module and the functions' own names
 * are no captures.
 */
import ts from "typescript"
import { parse } from "./Sources.ts"

export interface FunctionSize {
  readonly file: string
  readonly name: string
  readonly line: number
  /** From its first to its last line, both included. */
  readonly lines: number
  readonly captures: ReadonlyArray<string>
}

type Scope = Map<string, ts.Node>

const isFunction = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionDeclaration(node) ||
  ts.isFunctionExpression(node) ||
  ts.isArrowFunction(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isGetAccessor(node) ||
  ts.isConstructorDeclaration(node)

/** What a reader would call it: its own name, or that of what it is assigned to or handed to. */
const nameOf = (node: ts.FunctionLikeDeclaration): string => {
  if (node.name !== undefined) return node.name.getText()
  for (let outer: ts.Node = node.parent; outer !== undefined; outer = outer.parent) {
    if (ts.isVariableDeclaration(outer) || ts.isPropertyAssignment(outer)) return outer.name.getText()
    if (isFunction(outer) || ts.isStatement(outer)) break
  }
  return "(function)"
}

const declaredNames = (name: ts.BindingName): ReadonlyArray<string> =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : declaredNames(element.name)))

/** The names that a function declares for what is inside of it: parameters, variables, inner functions. */
const declarationsOf = (owner: ts.FunctionLikeDeclaration): Scope => {
  const scope: Scope = new Map()
  for (const parameter of owner.parameters) {
    for (const name of declaredNames(parameter.name)) scope.set(name, parameter)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node)) for (const name of declaredNames(node.name)) scope.set(name, node)
    if (ts.isFunctionDeclaration(node) && node.name !== undefined) scope.set(node.name.text, node)
    if (ts.isCatchClause(node) && node.variableDeclaration !== undefined) {
      for (const name of declaredNames(node.variableDeclaration.name)) scope.set(name, node)
    }
    if (!isFunction(node)) ts.forEachChild(node, visit)
  }
  if (owner.body !== undefined) visit(owner.body)
  return scope
}

/** Whether an identifier is a use of a variable, and not the name of a member, a type or a declaration. */
const isUse = (node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return !ts.isPropertyAccessExpression(parent) || parent.expression === node
  }
  if (ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) return parent.name !== node
  if (ts.isBindingElement(parent)) return parent.initializer === node
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node
  return !ts.isTypeNode(parent) && !ts.isPropertySignature(parent)
}

const capturesOf = (owner: ts.FunctionLikeDeclaration, enclosing: ReadonlyArray<Scope>): ReadonlyArray<string> => {
  const captured = new Set<string>()
  const visit = (node: ts.Node, inner: ReadonlyArray<Scope>): void => {
    const scopes = isFunction(node) ? [...inner, declarationsOf(node)] : inner
    if (ts.isIdentifier(node) && isUse(node) && !scopes.some((scope) => scope.has(node.text))) {
      if (enclosing.some((scope) => scope.has(node.text))) captured.add(node.text)
    }
    ts.forEachChild(node, (child) => visit(child, scopes))
  }
  visit(owner, [])
  return [...captured].sort()
}

/**
 * The generator inside `Effect.gen(function* () { … })` is how its surrounding function is written: it sees that function's
 * variables as its own.
 */
const isBodyOf = (node: ts.FunctionLikeDeclaration): boolean =>
  ts.isFunctionExpression(node) &&
  ts.isCallExpression(node.parent) &&
  node.parent.expression.getText() === "Effect.gen" &&
  node.parent.arguments[0] === node

/** All functions of a file. */
export const functionsIn = (file: string): ReadonlyArray<FunctionSize> => {
  const source = parse(file)
  const sizes: Array<FunctionSize> = []
  const visit = (node: ts.Node, enclosing: ReadonlyArray<Scope>): void => {
    let scopes = enclosing
    if (isFunction(node)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line
      const end = source.getLineAndCharacterOfPosition(node.getEnd()).line
      sizes.push({
        file,
        name: nameOf(node),
        line: line + 1,
        lines: end - line + 1,
        captures: capturesOf(node, isBodyOf(node) ? enclosing.slice(0, -1) : enclosing)
      })
      scopes = [...enclosing, declarationsOf(node)]
    }
    ts.forEachChild(node, (child) => visit(child, scopes))
  }
  visit(source, [])
  return sizes
}
