/**
 * The files that a guide writes: its blocks of TypeScript whose first line is a comment with a path, such as
 * `// src/TargetReached.ts`; and its programs, blocks with lines `// => …`, which `Readmes.slow.ts` runs.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"
import { root } from "./Places.ts"

export interface GuideFile {
  readonly file: string
  readonly text: string
}

export interface Guide {
  /** Such as `callback`. */
  readonly name: string
  readonly files: ReadonlyArray<GuideFile>
  /** Blocks of TypeScript that are neither files nor programs: their first lines. */
  readonly loose: ReadonlyArray<string>
}

const guides = path.join(root, "docs", "guides")

export const guideOf = (name: string, text: string): Guide => {
  const blocks = Array.from(text.matchAll(/^```ts\n(.*?)^```/gms), ([, block]) => block!)
  const files = blocks.flatMap((block) => {
    const [, file] = /^\/\/ ([\w/.-]+\.ts)\n/.exec(block) ?? []
    return file === undefined ? [] : [{ file, text: block }]
  })
  const isProgram = (block: string) => /^\/\/ => /m.test(block)
  const known = new Set(files.map((one) => one.text))
  const programs = blocks
    .filter((block) => !known.has(block) && isProgram(block))
    .map((text, at) => ({ file: `src/program-${at + 1}.ts`, text }))
  const loose = blocks.filter((block) => !known.has(block) && !isProgram(block)).map((block) => block.split("\n")[0]!)
  return { name, files: [...files, ...programs], loose }
}

/** All guides. */
export const allGuides = (): ReadonlyArray<Guide> =>
  readdirSync(guides)
    .filter((file) => file.endsWith(".md"))
    .map((file) => guideOf(file.replace(/\.md$/, ""), readFileSync(path.join(guides, file), "utf8")))

/** Writes a guide's files into a folder, as its reader would. */
export const write = ({ files }: Guide, folder: string): void => {
  for (const { file, text } of files) {
    const target = path.join(folder, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
}
