/** The terminal of a Node process. It imports no module of Node, so that the index can be bundled for browsers. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { showCursor } from "./internal/ansi.ts"
import { Terminal } from "./Terminal.ts"

/** What of a `tty.WriteStream` is used; `isTTY` and `columns` are absent on files and pipes. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly write: (text: string) => boolean
  readonly on: (event: "error", listener: (error: Error) => void) => unknown
  readonly off: (event: "error", listener: (error: Error) => void) => unknown
}

const usualColumns = 80

interface Process {
  readonly env: { readonly [name: string]: string | undefined }
  readonly stdout: OutputStream
  readonly on: (event: "exit", listener: () => void) => unknown
  readonly off: (event: "exit", listener: () => void) => unknown
}

/** Node's process; a browser has none, and never uses this terminal. */
const nodeProcess = (): Process => Reflect.get(globalThis, "process")

/**
 * Whether text on a stream may be coloured: on a terminal that is not `dumb`, unless `NO_COLOR` is set; `FORCE_COLOR` asks for
 * colours anywhere. https://no-color.org, https://force-color.org
 */
export const hasColors = (
  stream: { readonly isTTY?: boolean | undefined },
  env: { readonly [name: string]: string | undefined } = nodeProcess().env
): boolean => {
  if ((env["NO_COLOR"] ?? "") !== "") return false
  const forced = env["FORCE_COLOR"] ?? ""
  if (forced !== "") return forced !== "0" && forced !== "false"
  return stream.isTTY === true && env["TERM"] !== "dumb"
}

/**
 * Writes to a stream, such as `process.stderr`. Output to a closed pipe is dropped; a terminal
 * called `dumb` is no terminal. A process that exits in the middle still leaves the cursor visible.
 */
export const layerOf = (stream: OutputStream): Layer.Layer<Terminal> =>
  Layer.effect(
    Terminal,
    Effect.acquireRelease(
      Effect.sync(() => {
        const process = nodeProcess()
        const isTerminal = stream.isTTY === true && process.env["TERM"] !== "dumb"
        const ignore = () => {}
        const write = (text: string): void => {
          try {
            stream.write(text)
          } catch {
            // Output must never end a run.
          }
        }
        const restore = () => write(showCursor)
        stream.on("error", ignore)
        if (isTerminal) process.on("exit", restore)
        return {
          terminal: {
            write,
            columns: () => stream.columns ?? usualColumns,
            isTerminal,
            colors: hasColors(stream, process.env)
          },
          release: () => {
            process.off("exit", restore)
            stream.off("error", ignore)
          }
        }
      }),
      ({ release }) => Effect.sync(release)
    ).pipe(Effect.map(({ terminal }) => terminal))
  )

/** Writes to the process's standard output. */
export const layer: Layer.Layer<Terminal> = Layer.suspend(() => layerOf(nodeProcess().stdout))
