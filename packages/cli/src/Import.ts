/** Imports a module that a config names, as if a file of a given folder imported it. */
import { existsSync } from "node:fs"
import * as NodeModule from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"

/** Whether a name is a path and not that of a package. */
export const isPath = (use: string): boolean => /^(\.{1,2}[/\\]|[/\\]|[A-Za-z]:[/\\])/.test(use)

/** A package's name and what follows it: `@me/plugins/noise` is `@me/plugins` and `./noise`. */
export const partsOf = (use: string): { readonly name: string; readonly subpath: string } => {
  const name = /^(@[^/]+\/)?[^/]+/.exec(use)?.[0] ?? use
  return { name, subpath: name === use ? "." : `.${use.slice(name.length)}` }
}

/**
 * Why a name is none that a config may import, with advice: only installed packages and files of this machine are
 * code that someone put there. A URL could contain code, and Node's modules are not experiments.
 */
export const refusal = (use: string): readonly [reason: string, advice: string] | undefined => {
  const advice = "Use the name of an installed package, or a path that starts with ./ or /."
  if (isPath(use)) return undefined
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(use)?.[1]
  if (scheme !== undefined) return [`it is a URL (${scheme}:); only packages and paths are imported`, advice]
  return NodeModule.isBuiltin(use) ? ["it is a built-in module of Node", advice] : undefined
}

const scheme = "etude-import:"

/** The module; or why there is none: it is not found, or it throws while it is loaded. */
export type Imported = { readonly module: object } | { readonly missing: unknown } | { readonly broken: unknown }

const withoutHooks = async (specifier: string, parentURL: string): Promise<Imported> => {
  let url: string
  try {
    const isUrl = specifier.startsWith("file:")
    url = isUrl ? specifier : pathToFileURL(NodeModule.createRequire(parentURL).resolve(specifier)).href
    if (isUrl && !existsSync(new URL(url))) throw new Error(`there is no file ${specifier}`)
  } catch (missing) {
    return { missing }
  }
  try {
    return { module: (await import(url)) as object }
  } catch (broken) {
    return { broken }
  }
}

/** What `import(use)` gives in a file of the folder `folder`. */
export const from = async (use: string, folder: string): Promise<Imported> => {
  const specifier = isPath(use) ? pathToFileURL(path.resolve(folder, use)).href : use
  const parentURL = pathToFileURL(path.join(folder, "_")).href
  // Bun has no such hooks; it finds packages as `require` does.
  if (NodeModule.registerHooks === undefined) return withoutHooks(isPath(use) ? specifier : use, parentURL)
  let missing: { readonly missing: unknown } | undefined
  const hooks = NodeModule.registerHooks({
    resolve: (specifier, context, next) => {
      if (!specifier.startsWith(scheme)) return next(specifier, context)
      try {
        return next(specifier.slice(scheme.length), { ...context, parentURL })
      } catch (cause) {
        missing = { missing: cause }
        throw cause
      }
    }
  })
  try {
    return { module: (await import(`${scheme}${specifier}`)) as object }
  } catch (broken) {
    return missing ?? { broken }
  } finally {
    hooks.deregister()
  }
}

/** What a module exports, for messages. */
export const exportsOf = (module: object): string => {
  const names = Object.keys(module)
  return names.length === 0 ? "nothing" : names.slice(0, 8).join(", ") + (names.length > 8 ? ", …" : "")
}
