/** How workers start the process of a trial: this same command, as it runs here. */
import { fileURLToPath } from "node:url"
import type { TrialCommand } from "@etude/study/Supervisor"

const bin = import.meta.url.endsWith(".ts") ? "./bin.ts" : "./bin.js"

export const here: TrialCommand = {
  module: fileURLToPath(new URL(bin, import.meta.url)),
  args: ["trial-process"],
  nodeArgs: process.execArgv
}
