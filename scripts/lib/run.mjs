/** Starts other programs: their output streams through, Ctrl-C reaches them, and their exit code comes back. */
import { spawn } from "node:child_process"
import { constants } from "node:os"
import { environment, root } from "./machine.mjs"

/** What a shell would report of a process that a signal ended. */
const codeOf = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 1)

/**
 * Runs a program to its end and gives its exit code. A terminal sends Ctrl-C to every process by itself; other senders
 * reach this one only, so it passes signals on. `stdout` is a place as in `stdio`; what goes into a `"pipe"` comes back.
 */
export const run = (program, args, { cwd = root, env = environment(), stdout = "inherit" } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["inherit", stdout, "inherit"] })
    let output = ""
    child.stdout?.setEncoding("utf8").on("data", (part) => {
      output += part
    })
    const pass = (signal) => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal)
    }
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"]
    for (const signal of signals) process.on(signal, pass)
    const settled = () => {
      for (const signal of signals) process.off(signal, pass)
    }
    child.on("error", (error) => {
      settled()
      reject(error)
    })
    child.on("close", (code, signal) => {
      settled()
      resolve({ code: codeOf(code, signal), output })
    })
  })

/** The codes with which programs end that were interrupted. */
export const interrupted = (code) => code === 130 || code === 143 || code === 129
