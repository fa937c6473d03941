/**
 * Loads tfjs-node's kernels and backend class around our own compiled binding. The package's main file is not run: it
 * would look for a binding in its own folder, and pull in all of `@tensorflow/tfjs` with two more backends.
 */
import * as NodeModule from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import util from "node:util"
import type { Binding, NativeBackend } from "@etude/core/kernels/TfjsNode"
import { element } from "@etude/core/Lookup"
import * as tf from "@tensorflow/tfjs-core"
import { hushed } from "./Hush.ts"
import * as Signals from "./Signals.ts"
import { requireFromHere } from "./TfjsNode.ts"

/** The name under which tfjs knows the native backend. */
export const tfjsName = "tensorflow"

/** tfjs-node calls two functions that Node 23 removed, and that warn of it in Node 22. */
const restoreUtil = (): void => {
  const isNullOrUndefined = (value: unknown) => value === null || value === undefined
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray })
}

/** Whether this runtime can load the backend: Bun, and Node before 22.15, cannot lead one module to another's place. */
export const canLoad = (): boolean => NodeModule.registerHooks !== undefined

/** The message where it cannot. */
export const cannotLoad = {
  reason: "this runtime has no `registerHooks` in node:module, which loading its library needs",
  advice:
    "Use Node 22.15 or later, or Deno; or the WASM backend, which runs everywhere (`Wasm.layer`, ETUDE_BACKEND=wasm)."
}

/** Requires a file of tfjs-node's; what it asks of `@tensorflow/tfjs` is the `tfjs-core` that this program uses. */
const requireWithCore = <A>(files: ReadonlyArray<string>): ReadonlyArray<A> => {
  const core = pathToFileURL(requireFromHere.resolve("@tensorflow/tfjs-core")).href
  const hooks = NodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "@tensorflow/tfjs" || specifier === "@tensorflow/tfjs-core"
        ? { url: core, format: "commonjs", shortCircuit: true }
        : next(specifier, context)
  })
  try {
    return files.map((file) => requireFromHere(file) as A)
  } finally {
    hooks.deregister()
  }
}

interface BackendModule {
  readonly NodeJSKernelBackend: new (binding: Binding, packageName: string) => NativeBackend
}

/** The native backend, if this process has loaded it. */
export const loaded = (): NativeBackend | undefined => (tf.findBackend(tfjsName) as NativeBackend | null) ?? undefined

/**
 * Registers the native backend with tfjs, once in a process; later calls give the one that is there.
 *
 * @param tfjsNode folder of the package
 * @param bindingFile the compiled binding
 */
export const load = (tfjsNode: string, bindingFile: string): NativeBackend => {
  if (loaded() === undefined) {
    restoreUtil()
    // Otherwise TensorFlow writes greetings to standard error. Read once, when the library is loaded.
    process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2"
    // Before the library makes threads.
    Signals.divert(bindingFile)
    const binding = hushed(bindingFile, () => requireFromHere(bindingFile) as Binding)
    const modules = requireWithCore<BackendModule>([
      path.join(tfjsNode, "dist", "nodejs_kernel_backend.js"),
      path.join(tfjsNode, "dist", "register_all_kernels.js")
    ])
    const { NodeJSKernelBackend } = element(modules, 0)
    tf.registerBackend(tfjsName, () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node"), 3)
  }
  return loaded()!
}
