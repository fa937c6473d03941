/**
 * Where text for people goes: the contract. `NodeTerminal` is the process's own, `TestTerminal` a double with a screen.
 */
import * as Context from "effect/Context"

export interface TerminalService {
  /** Puts text out at once. Must not throw and not wait: it is called between two steps of training. */
  readonly write: (text: string) => void
  /** Cells in a line now; a window can change. */
  readonly columns: () => number
  /** False where lines cannot be rewritten: files, pipes, logs of a job. */
  readonly isTerminal: boolean
  /** Whether text may be coloured; not when absent. */
  readonly colors?: boolean
}

export class Terminal extends Context.Service<Terminal, TerminalService>()("@etude/reports/Terminal") {}
