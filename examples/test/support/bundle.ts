/** Bundles for browsers, from the sources. A module of Node in it is an error of the bundler. */
import path from "node:path"
import { build, type Plugin } from "esbuild"

/** Modules whose text is given instead of looked up, by the name that imports them. */
export type Given = Readonly<Record<string, string>>

const given = (modules: Given): Plugin => ({
  name: "given",
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /.*/ }, ({ path: name }) => (name in modules ? { path: name, namespace: "given" } : undefined))
    onLoad({ filter: /.*/, namespace: "given" }, ({ path: name }) => ({
      contents: modules[name]!,
      resolveDir: path.join(import.meta.dirname, "..", "..", "src")
    }))
  }
})

/** The bundle of one program, whose imports are looked up from the examples, and what it still asks the platform for. */
export const bundle = async (
  contents: string,
  modules: Given = {}
): Promise<{ readonly script: string; readonly external: ReadonlyArray<string> }> => {
  const { metafile, outputFiles } = await build({
    stdin: { contents, loader: "ts", resolveDir: path.join(import.meta.dirname, "..", "..", "src") },
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["@etude/source"],
    plugins: [given(modules)],
    logLevel: "silent",
    metafile: true,
    write: false
  })
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  const external = imports.flatMap((one) => (one.external === true && one.path !== "<runtime>" ? [one.path] : []))
  return { script: outputFiles[0]!.text, external }
}
