/** Lines of code that ran, out of V8's counts for a file. */
import type { Profiler } from "node:inspector"
import { stripTypeScriptTypes } from "node:module"

const blankComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, " "))

/** How many lines hold code, not only brackets, that ran at least once; what runs when a module is loaded is not counted. */
export const linesRun = (source: string, functions: ReadonlyArray<Profiler.FunctionCoverage>): number => {
  const ran = new Uint8Array(source.length)
  // Ranges of a function come outermost first, functions in the order of their beginnings: the innermost range is last.
  for (const { functionName, ranges, isBlockCoverage } of functions) {
    const whole = ranges[0]!
    const isModule = functionName === "" && whole.startOffset === 0 && whole.endOffset >= source.length
    for (const { startOffset, endOffset, count } of ranges) {
      if (isModule) continue
      if (!isBlockCoverage && count === 0) ran.fill(0, startOffset, endOffset)
      else ran.fill(count > 0 ? 1 : 0, startOffset, endOffset)
    }
  }
  const code = blankComments(stripTypeScriptTypes(source))
  let [lines, offset] = [0, 0]
  for (const line of code.split("\n")) {
    const hasCode = Array.from(line).some((char, column) => /[^\s(){}[\];,]/.test(char) && ran[offset + column] === 1)
    if (hasCode) lines++
    offset += line.length + 1
  }
  return lines
}
