/**
 * Types that are made by schemas, shown with their fields. Of `type Config = typeof Config.Type` TypeDoc shows just that,
 * and leaves out what is declared in other packages, which the tag of a tagged struct is.
 */
import {
  type Application,
  type Context,
  Converter,
  type DeclarationReflection,
  ReflectionKind,
  type SomeType
} from "typedoc"
import type ts from "typescript"

/** `typeof Config.Type`, `typeof Config.Encoded`, and the like of records and arrays of them. */
const ofSchema = /\btypeof [\w.]+\.(Type|Encoded)\b/

/** Types that aliases get when all declarations have been made: until then TypeDoc sets them itself. */
const pending = new Map<DeclarationReflection, () => SomeType>()

/** An alias for a type that a schema makes gets the type itself. */
const note = (context: Context, reflection: DeclarationReflection): void => {
  if (!reflection.kindOf(ReflectionKind.TypeAlias)) return
  const symbol = context.getSymbolFromReflection(reflection)
  const node = symbol?.declarations?.find(
    (declaration): declaration is ts.TypeAliasDeclaration => "type" in declaration && "typeParameters" in declaration
  )
  if (symbol === undefined || node === undefined || !ofSchema.test(node.type.getText())) return
  const type = context.checker.getDeclaredTypeOfSymbol(symbol)
  // Not by its alias, which would refer to itself.
  const bare = Object.assign(Object.create(Object.getPrototypeOf(type)), type, { aliasSymbol: undefined }) as ts.Type
  pending.set(reflection, () => context.converter.convertType(context.withScope(reflection), bare))
}

/** Gives aliases their types. */
const finish = (): void => {
  for (const [reflection, type] of pending) reflection.type = type()
  pending.clear()
}

/** The tag of tagged structs is declared in the package effect, and would be left out with all else of other packages. */
const keepTags = (converter: Converter): void => {
  const { shouldIgnore } = converter
  converter.shouldIgnore = (symbol, checker) => symbol.name !== "_tag" && shouldIgnore.call(converter, symbol, checker)
}

export const install = (app: Application): void => {
  keepTags(app.converter)
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, note)
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, finish)
}
