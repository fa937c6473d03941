/**
 * The reference as a site: pages made by TypeDoc from the public modules of all packages, with the guides, the schemas and
 * the command's help beside them, and a search over all of it. It is built where it is looked at, and not committed.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"
import { Application } from "typedoc"
import { filesBelow, publicPackages, root } from "./Places.ts"
import * as ResolvedTypes from "./ResolvedTypes.ts"

/** Beside this package, where TypeDoc's assets are. */
export const site = path.join(import.meta.dirname, "..", "site")

const guides = path.join(root, "docs", "guides")
const generated = path.join(root, "docs", "generated")

/** In the order in which they are read; guides that are not named come after those that are. */
const reading = [
  "concepts",
  "from-tfjs",
  "from-keras",
  "from-lightning",
  "trained-model",
  "pretrained",
  "paper",
  "callback",
  "metric",
  "optimizer",
  "checkpoint-store",
  "backend",
  "browser"
]

const documents = (): ReadonlyArray<string> => {
  const place = (file: string) =>
    (reading.indexOf(file.replace(/\.md$/, "")) + reading.length + 1) % (reading.length + 1)
  const inOrder = readdirSync(guides)
    .filter((file) => file.endsWith(".md"))
    .sort((a, b) => place(a) - place(b) || a.localeCompare(b))
  return [
    ...inOrder.map((file) => path.join(guides, file)),
    path.join(generated, "command.md"),
    path.join(generated, "documents.md")
  ]
}

/** What is exported and what refers to it is seen in the API reports; a link to nothing is an error. */
const validation = { notExported: false, invalidLink: true, rewrittenLink: true, notDocumented: false }

/** Blocks that name no language are what programs print; TypeDoc would colour them as TypeScript. */
const asText = (part: { text: string }): void => {
  let inside = false
  part.text = part.text
    .split("\n")
    .map((line) => {
      if (!/^ *```/.test(line)) return line
      inside = !inside
      return inside && /^ *```$/.test(line) ? `${line}text` : line
    })
    .join("\n")
}

const convert = async (out: string): Promise<void> => {
  const app = await Application.bootstrapWithPlugins({
    name: "Etude",
    entryPointStrategy: "packages",
    entryPoints: publicPackages().map(({ directory }) => directory),
    packageOptions: {
      entryPoints: ["src/index.ts"],
      tsconfig: path.join(import.meta.dirname, "..", "tsconfig.site.json"),
      excludeInternal: true,
      excludePrivate: true,
      excludeExternals: true,
      // Types are checked by TypeScript 7, as everywhere.
      skipErrorChecking: true,
      disableSources: true,
      validation
    },
    readme: path.join(root, "README.md"),
    projectDocuments: [...documents()],
    highlightLanguages: ["typescript", "json", "yaml", "bash", "python"],
    validation,
    searchInComments: true,
    searchInDocuments: true,
    // Its summary lacks places that other pages link to, and few types here have a hierarchy.
    includeHierarchySummary: false,
    // A date would make two builds differ.
    hideGenerator: true,
    customCss: path.join(import.meta.dirname, "site.css"),
    sort: ["documents-first", "source-order"],
    logLevel: "Error",
    out
  })
  ResolvedTypes.install(app)
  const broken: Array<string> = []
  app.logger.validationWarning = (text: string) => {
    // Folders of the repository are no pages: these links are mended below.
    if (!/is not a file and will not be copied/.test(text)) broken.push(text)
  }
  const project = await app.convert()
  if (project === undefined) throw new Error("TypeDoc could not read the sources; what it printed above says why.")
  for (const document of project.documents ?? []) {
    // A document is called by its heading, not by its file.
    const [, heading] = /^# (.+)\n/.exec(document.content[0]?.text ?? "") ?? []
    document.name = heading ?? document.name
    document.content.forEach(asText)
  }
  // The home page has its title already.
  const [first] = project.readme ?? []
  if (first !== undefined) first.text = first.text.replace(/^# .+\n/, "")
  project.readme?.forEach(asText)
  app.validate(project)
  await app.generateOutputs(project)
  if (app.logger.hasErrors()) throw new Error("TypeDoc found errors; they are printed above.")
  if (broken.length > 0) throw new Error(`Docstrings refer to what isn't there:\n${broken.join("\n")}`)
}

/** The page of a folder that a document refers to as a reader of the repository would. */
const pageOf = (target: string): string | undefined => {
  const relative = path.relative(root, target)
  if (relative === "") return "index.html"
  const found = publicPackages().find(({ directory }) => directory === target)
  return found === undefined ? undefined : `modules/_etude_${found.folder}.html`
}

/** Where the document lies whose text is on a page: README files are the pages of their packages. */
const sourceOf = (page: string): string => {
  const [, folder] = /^modules\/_etude_([a-z]+)\.html$/.exec(page) ?? []
  if (folder !== undefined) return path.join(root, "packages", folder)
  return page.startsWith("documents/") ? guides : root
}

/**
 * Documents refer to folders of the repository, which TypeDoc leaves as they are. Those that have a page lead there; the
 * others keep their text only, since the site has no such thing.
 */
const repairLinks = (out: string): void => {
  for (const page of filesBelow(out, ".html")) {
    const file = path.join(out, page)
    const text = readFileSync(file, "utf8")
    const repaired = text.replace(
      /<a href="([^"#:]+)"([^>]*)>(.*?)<\/a>/gs,
      (whole, href: string, more: string, inner: string) => {
        if (existsSync(path.join(path.dirname(file), decodeURI(href)))) return whole
        const target = pageOf(path.resolve(sourceOf(page), href))
        if (target === undefined) return `<span>${inner}</span>`
        return `<a href="${path.posix.relative(path.posix.dirname(page), target)}"${more}>${inner}</a>`
      }
    )
    if (repaired !== text) writeFileSync(file, repaired)
  }
}

/** Builds the site anew. */
export const build = async (out = site): Promise<void> => {
  rmSync(out, { recursive: true, force: true })
  await convert(out)
  const schemas = path.join(generated, "schemas")
  mkdirSync(path.join(out, "schemas"), { recursive: true })
  for (const file of readdirSync(schemas)) copyFileSync(path.join(schemas, file), path.join(out, "schemas", file))
  repairLinks(out)
}
