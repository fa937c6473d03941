/** What a reader of the loop has to hold, in numbers. */
import { execFileSync } from "node:child_process"
import path from "node:path"
import { type Casts, castsIn } from "./Casts.ts"
import { type FunctionSize, functionsIn } from "./Functions.ts"
import { packageSources, root } from "./Sources.ts"

export interface House {
  /** Functions of the loop and the step that are longer than 40 lines. */
  readonly long: ReadonlyArray<FunctionSize>
  /** Functions of the loop and the step that capture more than five names. */
  readonly capturing: ReadonlyArray<FunctionSize>
  /** The files of core that one plain step runs through, and how many lines of code run in each. */
  readonly step: ReadonlyArray<{ readonly file: string; readonly lines: number }>
  readonly casts: Casts
  /** Those of the compiler, which reads tables of numbers by index in most of its lines. */
  readonly compilerCasts: Casts
}

const engine = /^packages\/core\/src\/(?:internal\/(?:loop|step)\/|Trainer\.ts|Step\.ts)/

/** What one plain step goes through: counted by a program of its own, in the sources as Node runs them. */
const stepPath = (): House["step"] => {
  const program = path.join(import.meta.dirname, "step.ts")
  const args = ["--conditions=@etude/source", "--disable-warning=ExperimentalWarning", program]
  return JSON.parse(execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" }))
}

/** Counts in the sources of all packages. */
export const measure = (): House => {
  const files = packageSources()
  const functions = files.filter((file) => engine.test(file)).flatMap(functionsIn)
  return {
    long: functions.filter(({ lines }) => lines > 40),
    capturing: functions.filter(({ captures }) => captures.length > 5),
    step: stepPath(),
    casts: castsIn(files),
    compilerCasts: castsIn(files.filter((file) => file.startsWith("packages/compile/")))
  }
}

const listed = (functions: ReadonlyArray<FunctionSize>, what: (one: FunctionSize) => string): string =>
  functions.map((one) => `\n  ${what(one)}  ${one.name}  ${one.file}:${one.line}`).join("")

/** The numbers as text, for people. */
export const text = ({ long, capturing, step, casts, compilerCasts }: House): string => {
  const total = (files: House["step"]) =>
    `${files.reduce((sum, { lines }) => sum + lines, 0)} lines in ${files.length} files`
  const inner = step.filter(({ file }) => file.includes("/internal/"))
  return [
    `Functions of the loop and the step over 40 lines: ${long.length}${listed(long, ({ lines }) => `${lines} lines`)}`,
    `Functions that capture more than 5 names: ${capturing.length}${listed(capturing, ({ captures }) => captures.join(" "))}`,
    `One plain step: ${total(step)}, of which the loop and the step themselves: ${total(inner)}` +
      step.map(({ file, lines }) => `\n  ${String(lines).padStart(4)}  ${file}`).join(""),
    `Casts: ${casts.never} as never, ${casts.unknown} as unknown as, ${casts.nonNull} ! (${compilerCasts.nonNull} of them in the compiler)`
  ].join("\n\n")
}
