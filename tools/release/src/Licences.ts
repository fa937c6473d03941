/** The licences of all that is installed, as pnpm reads them, against those that may be. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { pnpm } from "./Pack.ts"
import { root } from "./Workspace.ts"

/** Licences that ask for no more than to be named: what users get with our packages has these. */
const permissive = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Python-2.0",
  "Unlicense"
]

/** Those of tools that are run here and not handed on. */
// The LGPL's is libvips, which comes with sharp: an optional peer, here for its tests.
const forTools = [...permissive, "CC-BY-3.0", "CC-BY-4.0", "LGPL-3.0-or-later", "MPL-2.0", "WTFPL"]

/** Names of packages by licence expression. */
export type ByLicence = Readonly<Record<string, ReadonlyArray<{ readonly name: string }>>>

/** Whether an SPDX expression of names, AND, OR and parentheses is fulfilled by allowed licences. */
export const isAllowed = (expression: string, allowed: ReadonlyArray<string>): boolean => {
  const inner = /^\(([^()]*)\)$/.exec(expression.trim())?.[1] ?? expression.trim()
  if (inner.includes(" OR ")) return inner.split(" OR ").some((one) => isAllowed(one, allowed))
  if (inner.includes(" AND ")) return inner.split(" AND ").every((one) => isAllowed(one, allowed))
  return allowed.includes(inner)
}

export const problemsOf = (found: ByLicence, kind: "users" | "tools"): ReadonlyArray<string> =>
  Object.entries(found)
    .filter(([licence]) => !isAllowed(licence, kind === "users" ? permissive : forTools))
    .map(
      ([licence, all]) =>
        `${licence}: ${all.map(({ name }) => name).join(", ")}. Take another package, or allow the licence in ` +
        "tools/release/src/Licences.ts after reading it."
    )

/** `users`: what comes with the packages that are published and with the papers; `tools`: all that is installed here. */
export const installed = async (kind: "users" | "tools"): Promise<ByLicence> => {
  const args = ["licenses", "list", "--recursive", "--json", ...(kind === "users" ? ["--prod"] : [])]
  const { stdout } = await promisify(execFile)(pnpm(), args, { cwd: root, maxBuffer: 2 ** 26 })
  return JSON.parse(stdout) as ByLicence
}
