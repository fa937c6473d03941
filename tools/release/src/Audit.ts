/** Known vulnerabilities of what is installed, as the registry's audit endpoint tells them. */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { pnpm } from "./Pack.ts"
import { root } from "./Workspace.ts"

export interface Advisory {
  readonly module_name: string
  readonly severity: string
  readonly title: string
  readonly url: string
}

export type Answer =
  | { readonly _tag: "Reached"; readonly advisories: ReadonlyArray<Advisory> }
  | { readonly _tag: "OutOfReach"; readonly reason: string }

/** What `pnpm audit --json` printed: one document, or nothing where no registry answered. */
export const read = (output: string, errors: string): Answer => {
  try {
    const { advisories } = JSON.parse(output) as { readonly advisories: Readonly<Record<string, Advisory>> }
    return { _tag: "Reached", advisories: Object.values(advisories) }
  } catch {
    const [reason = "no answer"] = /ERR_PNPM_\w+|E[A-Z]{4,}/.exec(errors) ?? []
    return { _tag: "OutOfReach", reason }
  }
}

/** Asks about what users get with the packages that are published. It ends with 1 both for findings and for no answer. */
export const audit = async (): Promise<Answer> => {
  const asked = promisify(execFile)(pnpm(), ["audit", "--prod", "--json"], { cwd: root, maxBuffer: 2 ** 26 })
  const { stdout = "", stderr = "" } = await asked.catch(
    (error: { readonly stdout?: string; readonly stderr?: string }) => error
  )
  return read(stdout, stderr)
}

export const problemsOf = (advisories: ReadonlyArray<Advisory>): ReadonlyArray<string> =>
  advisories.map(({ module_name, severity, title, url }) => `${module_name} (${severity}): ${title}, ${url}`)
