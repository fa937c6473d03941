import { assert, describe, it } from "@effect/vitest"
import { cacheDirectory } from "../src/NativeLocation.ts"

const of = (platform: string, env: Readonly<Record<string, string>> = {}, home = "/home/ada") =>
  cacheDirectory({ platform, env, home })

describe("the cache directory", () => {
  it("is ETUDE_CACHE where that is set", () =>
    assert.strictEqual(of("linux", { ETUDE_CACHE: "/big/disk", XDG_CACHE_HOME: "/xdg" }), "/big/disk"))
  it("is etude in XDG_CACHE_HOME where only that is set", () =>
    assert.strictEqual(of("linux", { XDG_CACHE_HOME: "/xdg" }), "/xdg/etude"))
  it("is ~/.cache/etude on Linux", () => assert.strictEqual(of("linux"), "/home/ada/.cache/etude"))
  it("is ~/Library/Caches/etude on macOS", () =>
    assert.strictEqual(of("darwin", {}, "/Users/ada"), "/Users/ada/Library/Caches/etude"))
  it("is below LOCALAPPDATA on Windows", () =>
    assert.strictEqual(
      of("win32", { LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local" }),
      "C:\\Users\\ada\\AppData\\Local\\etude\\Cache"
    ))
  it("an empty variable counts as not set", () =>
    assert.strictEqual(of("linux", { ETUDE_CACHE: "", XDG_CACHE_HOME: "" }), "/home/ada/.cache/etude"))
})
