/** Type arguments that say nothing: those at the end of a list that are their parameters' defaults. */
import ts from "typescript"
import { parse } from "./Parse.ts"

/** What type parameters are by default, by the name of their type: a text, or the name of an earlier parameter. */
export type Defaults = ReadonlyMap<string, ReadonlyArray<Parameter>>

interface Parameter {
  readonly name: string
  readonly byDefault: string | undefined
}

/** The defaults of the types that these modules declare. A name that two of them use for different things has none. */
export const defaultsOf = (modules: Iterable<string>): Defaults => {
  const all = new Map<string, ReadonlyArray<Parameter>>()
  for (const text of modules) {
    const file = parse(text)
    for (const statement of file.statements) {
      const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
      if (!isType || statement.typeParameters === undefined) continue
      const parameters = statement.typeParameters.map(({ name, default: byDefault }) => ({
        name: name.text,
        byDefault: byDefault?.getText(file)
      }))
      const before = all.get(statement.name.text)
      all.set(statement.name.text, before === undefined || same(before, parameters) ? parameters : [])
    }
  }
  return all
}

const same = (a: ReadonlyArray<Parameter>, b: ReadonlyArray<Parameter>): boolean =>
  a.length === b.length && a.every(({ byDefault }, index) => byDefault === b[index]?.byDefault)

/** How many of a type's arguments say something: those at the end that are the default don't. */
export const argumentsSaid = (parameters: ReadonlyArray<Parameter>, texts: ReadonlyArray<string>): number => {
  const isDefault = (index: number): boolean => {
    const byDefault = parameters[index]?.byDefault
    const earlier = parameters.findIndex(({ name }) => name === byDefault)
    return byDefault !== undefined && texts[index] === (earlier === -1 ? byDefault : texts[earlier])
  }
  let said = texts.length
  while (said > 0 && isDefault(said - 1)) said -= 1
  return said
}
