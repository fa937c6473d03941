/** Whether links lead somewhere: those of documents in this repository, and those of the pages of a site. */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"
import { filesBelow, root } from "./Places.ts"

/** The anchor that a heading of Markdown gets where documents are read. */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[`*]/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-")

/** Without what is shown as code, where brackets mean something else. */
const prose = (text: string): string => text.replace(/^(`{3,})[^\n]*\n.*?^\1/gms, "").replace(/`[^`\n]*`/g, "``")

/** Links of a Markdown text: to where. */
export const linksOf = (text: string): ReadonlyArray<string> =>
  Array.from(prose(text).matchAll(/\]\(([^()\s]+(?:\([^()\s]*\))?)\)/g), ([, target]) => target!)

const anchorsOf = (text: string): ReadonlySet<string> =>
  new Set(Array.from(text.matchAll(/^#{1,6} (.+)$/gm), ([, heading]) => anchorOf(heading!)))

/** Links of a document to what isn't there; `file` is relative to the root. Other hosts are not asked. */
export const brokenIn = (file: string, from = root): ReadonlyArray<string> =>
  linksOf(readFileSync(path.join(from, file), "utf8")).flatMap((link) => {
    if (/^[a-z]+:/.test(link)) return []
    const [to = "", anchor] = link.split("#")
    const target = to === "" ? path.join(from, file) : path.resolve(from, path.dirname(file), decodeURI(to))
    if (!existsSync(target)) return [`${file}: ${link} is not there`]
    if (anchor === undefined || !target.endsWith(".md") || anchorsOf(readFileSync(target, "utf8")).has(anchor))
      return []
    return [`${file}: ${link} has no such heading`]
  })

/** The documents of this repository, but for what is written for others: templates, changelogs, changesets. */
export const documents = (): ReadonlyArray<string> =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
    cwd: root,
    encoding: "utf8"
  })
    .split("\n")
    .filter((file) => file !== "" && existsSync(path.join(root, file)))
    .filter((file) => !/^\.changeset\/|CHANGELOG\.md$|\/templates\//.test(file))

const attributes = (text: string, name: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g")), ([, value]) => value!)

/** Links within a site to pages and places that it doesn't have. */
export const brokenInSite = (folder: string): ReadonlyArray<string> => {
  const pages = new Map(
    filesBelow(folder, ".html").map((page) => [page, readFileSync(path.join(folder, page), "utf8")])
  )
  const places = new Map([...pages].map(([page, text]) => [page, new Set(attributes(text, "id"))]))
  return [...pages].flatMap(([page, text]) =>
    [...new Set([...attributes(text, "href"), ...attributes(text, "src")])].flatMap((link) => {
      if (/^([a-z]+:|\/\/)/.test(link)) return []
      const [to = "", anchor] = decodeURI(link.replaceAll("&amp;", "&")).split("#")
      const target =
        to === "" ? page : path.posix.normalize(path.posix.join(path.posix.dirname(page), to.split("?")[0]!))
      if (!pages.has(target) && !existsSync(path.join(folder, target))) return [`${page}: ${link} is not there`]
      if (anchor === undefined || anchor === "" || places.get(target)?.has(anchor) !== false) return []
      return [`${page}: ${link} has no such place`]
    })
  )
}
