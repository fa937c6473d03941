/**
 * The second way: tfjs-node's own install script, which fetches libtensorflow and a prebuilt binding. It writes into its
 * own package, so it runs on a copy, and it may wait long for unreachable hosts, so it has a time limit.
 */
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { listFiles, nodeApi } from "./Install.ts"
import { keyOf } from "./Key.ts"
import type { Machine } from "./Machine.ts"
import type { TfjsNode } from "./TfjsNode.ts"
import * as Way from "./Way.ts"

/** Long enough for 400 MB at 2 MB/s. */
const defaultLimit = Duration.seconds(200)

/** The files of the package that the script needs. */
const copied = ["package.json", "binding.gyp", "binding", "scripts"]

/** Makes a `node-pre-gyp` command that the script finds on its PATH, as npm would. */
const writeCommand = (folder: string, script: string): void => {
  fs.mkdirSync(folder, { recursive: true })
  const body = `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`
  fs.writeFileSync(path.join(folder, "node-pre-gyp"), body, { mode: 0o755 })
  fs.writeFileSync(path.join(folder, "node-pre-gyp.cmd"), `@"${process.execPath}" "${script}" %*\r\n`)
}

export const ownInstallerWay = (
  machine: Machine,
  tfjsNode: TfjsNode,
  limit: Duration.Duration = defaultLimit
): Way.Way => ({
  name: "tfjs-node's installer",
  key: keyOf([`tfjs-node-${tfjsNode.version}`, machine.platform, machine.arch, `napi${nodeApi}`], [tfjsNode.sources]),
  build: Effect.fnUntraced(function* ({ directory, scratch, onProgress }) {
    const commands = path.join(scratch, "bin")
    const modules = yield* Way.step("copying tfjs-node's installer", () => {
      for (const part of copied) {
        fs.cpSync(path.join(tfjsNode.directory, part), path.join(directory, part), {
          recursive: true,
          dereference: true
        })
      }
      const { resolve } = createRequire(path.join(tfjsNode.directory, "package.json"))
      const preGyp = path.dirname(resolve("@mapbox/node-pre-gyp/package.json"))
      writeCommand(commands, path.join(preGyp, "bin", "node-pre-gyp"))
      return resolve.paths("rimraf") ?? []
    })
    const label = "trying tfjs-node's own installer"
    onProgress(label)
    const seconds = Duration.toSeconds(limit)
    const { exitCode, output } = yield* machine
      .run({
        program: process.execPath,
        arguments: [path.join("scripts", "install.js")],
        directory,
        env: {
          NODE_PATH: modules.join(path.delimiter),
          PATH: [commands, machine.env["PATH"] ?? ""].join(path.delimiter)
        }
      })
      .pipe(
        (installing) =>
          Way.ticking(installing, (elapsed) => onProgress(`${label}, ${elapsed} s of at most ${seconds} s`)),
        Effect.mapError(({ message }) => new Way.WayFailed({ reason: message })),
        Effect.timeoutOrElse({
          duration: limit,
          orElse: () => Effect.fail(new Way.WayFailed({ reason: `it was not finished after ${seconds} s` }))
        })
      )
    const binding = yield* Way.step("looking for the binding", () => {
      for (const part of copied) fs.rmSync(path.join(directory, part), { recursive: true })
      return listFiles(directory).find((file) => file.endsWith("/tfjs_binding.node"))
    })
    if (exitCode === 0 && binding !== undefined) return binding
    return yield* new Way.WayFailed({ reason: `it ended with exit code ${exitCode}: ${Way.gist(output)}` })
  })
})
