#!/usr/bin/env node
/**
 * The `etude` command. Its modules are loaded only where they can be: an older Node gets a message with the required
 * version.
 */
import { readFileSync } from "node:fs"
import { refusal } from "./NodeVersion.ts"

const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8")
const { engines } = JSON.parse(manifest) as { readonly engines: { readonly node: string } }
const refused = refusal(process.versions, engines.node)

if (refused === undefined) void import("./Startup.ts").then(({ start }) => start())
else {
  process.stderr.write(`${refused}\n`)
  process.exitCode = 2
}
