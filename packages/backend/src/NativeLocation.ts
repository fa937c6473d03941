/**
 * Where native libraries are kept: a cache of the user's, shared by all projects, never `node_modules`. Below it,
 * each combination of TensorFlow version, platform, architecture, Node-API version and sources has its own folder.
 */
import * as path from "node:path"
import type { Machine } from "./native/Machine.ts"

/**
 * Etude's cache directory: `ETUDE_CACHE`, else `etude` in `XDG_CACHE_HOME`, else the platform's place:
 * `~/.cache/etude` (Linux), `~/Library/Caches/etude` (macOS), `%LOCALAPPDATA%\etude\Cache` (Windows).
 */
export const cacheDirectory = (machine: Pick<Machine, "platform" | "env" | "home">): string => {
  const { join, resolve } = machine.platform === "win32" ? path.win32 : path.posix
  const named = (variable: string) => (machine.env[variable] === "" ? undefined : machine.env[variable])
  const etudeCache = named("ETUDE_CACHE")
  if (etudeCache !== undefined) return resolve(etudeCache)
  const xdg = named("XDG_CACHE_HOME")
  if (xdg !== undefined) return join(xdg, "etude")
  if (machine.platform === "darwin") return join(machine.home, "Library", "Caches", "etude")
  if (machine.platform === "win32") {
    return join(named("LOCALAPPDATA") ?? join(machine.home, "AppData", "Local"), "etude", "Cache")
  }
  return join(machine.home, ".cache", "etude")
}

/** The part of the cache that holds native libraries, in folders named by the ways that made them. */
export const nativeDirectory = (cache: string): string => path.join(cache, "native")
