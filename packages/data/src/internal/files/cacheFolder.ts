/** Where Etude keeps what can be made or downloaded again. */
import * as os from "node:os"
import * as path from "node:path"

/**
 * `ETUDE_CACHE`, else `etude` in `XDG_CACHE_HOME`, else the platform's place: `~/.cache/etude` (Linux),
 * `~/Library/Caches/etude` (macOS), `%LOCALAPPDATA%\etude\Cache` (Windows); there the folder `kind`.
 */
export const cacheFolder = (kind: string): string => {
  const { env, platform } = process
  const named = (variable: string) => (env[variable] === "" ? undefined : env[variable])
  const [etudeCache, xdg, home] = [named("ETUDE_CACHE"), named("XDG_CACHE_HOME"), os.homedir()]
  if (etudeCache !== undefined) return path.resolve(etudeCache, kind)
  if (xdg !== undefined) return path.join(xdg, "etude", kind)
  if (platform === "darwin") return path.join(home, "Library", "Caches", "etude", kind)
  if (platform !== "win32") return path.join(home, ".cache", "etude", kind)
  return path.join(named("LOCALAPPDATA") ?? path.join(home, "AppData", "Local"), "etude", "Cache", kind)
}
