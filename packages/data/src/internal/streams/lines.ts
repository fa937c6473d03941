/** Text line by line. */
import { DataError } from "@etude/core/Errors"
import * as Bytes from "./bytes.ts"

const tooLong = (file: string, line: number, longest: number) =>
  new DataError({
    source: file,
    found: `more than ${longest} characters in line ${line}`,
    expected: `${longest} at most`,
    advice: "Is it a text file with line ends? Raise `longest` where it is."
  })

const trimmed = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line)

/** The lines of a file that are not empty. */
export async function* linesOf(file: string, longest: number): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true })
  const bytes = Bytes.open(file)
  let [rest, number] = ["", 1]
  try {
    for await (const chunk of bytes) {
      const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split("\n")
      rest = parts.pop() ?? ""
      for (const part of parts) {
        if (part.length > longest) throw tooLong(file, number, longest)
        number++
        const line = trimmed(part)
        if (line !== "") yield line
      }
      if (rest.length > longest) throw tooLong(file, number, longest)
    }
    const line = trimmed(rest + decoder.decode())
    if (line !== "") yield line
  } catch (cause) {
    throw await Bytes.errorOf(file, cause)
  } finally {
    bytes.destroy()
  }
}
