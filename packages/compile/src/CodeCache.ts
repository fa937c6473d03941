/** The folder for native code: in the cache that all of a user's projects share. */

/**
 * `ETUDE_CACHE`, else `etude` in `XDG_CACHE_HOME`, else the platform's place: `~/.cache/etude` (Linux),
 * `~/Library/Caches/etude` (macOS), `%LOCALAPPDATA%\etude\Cache` (Windows); there the folder `code`.
 */
export const folder = (): string => {
  const { env, platform } = process
  const { join, resolve } = process.getBuiltinModule("node:path")
  const home = process.getBuiltinModule("node:os").homedir()
  const named = (variable: string) => (env[variable] === "" ? undefined : env[variable])
  const [own, xdg] = [named("ETUDE_CACHE"), named("XDG_CACHE_HOME")]
  if (own !== undefined) return join(resolve(own), "code")
  if (xdg !== undefined) return join(xdg, "etude", "code")
  if (platform === "darwin") return join(home, "Library", "Caches", "etude", "code")
  if (platform !== "win32") return join(home, ".cache", "etude", "code")
  return join(named("LOCALAPPDATA") ?? join(home, "AppData", "Local"), "etude", "Cache", "code")
}
