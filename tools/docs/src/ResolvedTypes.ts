/**
 * Types that are made by schemas, shown with their fields. Of `type Config = typeof Config.Type` TypeDoc shows just that,
 * and leaves out what is declared in other packages, which the tag of a tagged struct is.
 */
import {
  type Application,
  type Context,
  Converter,
  DeclarationReflection,
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

/** Whether something stands inside of a type that is written out, where nothing of it may be missing. */
const isInType = (reflection: DeclarationReflection): boolean =>
  reflection.parent?.kindOf(ReflectionKind.TypeLiteral) === true

/** Gives aliases their types, and takes out what other packages declare, as `excludeExternals` does, except from types that are written out. */
const finish = (context: Context): void => {
  for (const [reflection, type] of pending) reflection.type = type()
  pending.clear()
  for (const reflection of Object.values(context.project.reflections)) {
    if (!(reflection instanceof DeclarationReflection) || !reflection.flags.isExternal || isInType(reflection)) continue
    context.project.removeReflection(reflection)
  }
}

export const install = (app: Application): void => {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, note)
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, finish)
}
