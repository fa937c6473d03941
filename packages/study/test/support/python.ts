/** The Python of tests that ask Optuna: `ETUDE_PYTHON`, else `python3`. */
import { execFileSync } from "node:child_process"

export const python = process.env["ETUDE_PYTHON"] ?? "python3"

const found = (): string | undefined => {
  try {
    return execFileSync(python, ["-c", "import optuna; print(optuna.__version__)"], { encoding: "utf8" }).trim()
  } catch {
    return undefined
  }
}

/** Optuna's version; undefined where Python or Optuna is missing. */
export const optunaVersion = found()
