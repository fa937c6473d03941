/** All that is generated and committed: made in memory, written by `npm run generate`, compared by a test. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { reports } from "./ApiReport.ts"
import * as CommandHelp from "./CommandHelp.ts"
import { filesBelow, root } from "./Places.ts"
import { ranges } from "./Ranges.ts"
import { schemas } from "./Schemas.ts"

/** What is in this folder is generated, all of it. */
const generated = "docs/generated"

/** Contents by path from the repository's root. */
export type Documents = ReadonlyMap<string, string>

/** What the packages' versions are in: made again by each release. */
export const ofVersions = (): Documents => new Map([["packages/cli/templates/ranges.json", ranges()]])

export const documents = async (): Promise<Documents> =>
  new Map([
    ...[...(await reports()), ...schemas(), ["command.md", await CommandHelp.page()] as const].map(
      ([file, text]) => [`${generated}/${file}`, text] as const
    ),
    ...ofVersions()
  ])

const noLongerMade = (all: Documents): ReadonlyArray<string> =>
  filesBelow(path.join(root, generated), "")
    .filter((file) => path.extname(file) !== "")
    .map((file) => `${generated}/${file}`)
    .filter((file) => !all.has(file))

/** Removes generated files that are not among these. */
export const removeOthers = (all: Documents): void => {
  for (const file of noLongerMade(all)) rmSync(path.join(root, file))
}

export const write = (all: Documents): void => {
  for (const [file, text] of all) {
    const target = path.join(root, file)
    mkdirSync(path.dirname(target), { recursive: true })
    writeFileSync(target, text)
  }
}

/** The first line in which two texts differ, for people. */
const difference = (committed: string, made: string): string => {
  const [before, after] = [committed.split("\n"), made.split("\n")]
  const at = after.findIndex((line, index) => line !== before[index])
  const line = at === -1 ? after.length : at
  return `line ${line + 1}: ${before[line] ?? "(the end)"}  →  ${after[line] ?? "(the end)"}`
}

/** What is committed and isn't what the sources give, by file. */
export const differences = (all: Documents): ReadonlyArray<string> => [
  ...noLongerMade(all).map((file) => `${file} is no longer made`),
  ...[...all].flatMap(([file, text]) => {
    const target = path.join(root, file)
    if (!existsSync(target)) return [`${file} is new`]
    const committed = readFileSync(target, "utf8")
    return committed === text ? [] : [`${file}, ${difference(committed, text)}`]
  })
]
