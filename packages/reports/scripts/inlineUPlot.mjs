// Writes src/internal/generated/uPlot.ts from the installed uPlot (1.6.32, MIT): reports are read without a network.
import { readFileSync, writeFileSync } from "node:fs"

const read = (path) => readFileSync(new URL(`../node_modules/uplot/${path}`, import.meta.url), "utf8").trim()
const { version } = JSON.parse(read("package.json"))
const text = `// Made by scripts/inlineUPlot.mjs from uPlot ${version} (MIT, Leon Sorokin, https://github.com/leeoniya/uPlot). Not to be edited.

export const version = ${JSON.stringify(version)}

export const script =
  ${JSON.stringify(read("dist/uPlot.iife.min.js"))}

export const style =
  ${JSON.stringify(read("dist/uPlot.min.css"))}
`
writeFileSync(new URL("../src/internal/generated/uPlot.ts", import.meta.url), text)
