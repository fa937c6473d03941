/** The command in a real terminal, narrow, with Ctrl-C: `script` of util-linux gives it one. */
import { spawn, spawnSync } from "node:child_process"
import * as path from "node:path"
import { assert, it } from "@effect/vitest"
import { Terminal } from "@etude/reports/Terminal"
import * as TestTerminal from "@etude/reports/TestTerminal"
import * as Effect from "effect/Effect"
import { command, fixtures, line, temporary } from "./support/etude.ts"

const hasTerminal = spawnSync("script", ["--version"]).status === 0
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** Runs the command in a terminal of so many columns; what is printed goes to `see`, which may type. */
const inTerminal = (
  columns: number,
  args: ReadonlyArray<string>,
  see: (text: string, type: (keys: string) => void) => void
) =>
  Effect.callback<number | null>((resume) => {
    const own = [process.execPath, ...command, ...args].map(quoted).join(" ")
    const child = spawn("script", ["-qefc", `stty cols ${columns} rows 24; exec ${own}`, "/dev/null"], {
      cwd: fixtures,
      env: { ...process.env, TERM: "xterm" },
      stdio: ["pipe", "pipe", "ignore"]
    })
    child.stdout.setEncoding("utf8").on("data", (text: string) => see(text, (keys) => void child.stdin.write(keys)))
    child.on("close", (code) => resume(Effect.succeed(code)))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

it.live.skipIf(!hasTerminal)("a narrow terminal is left in order after Ctrl-C", () =>
  Effect.gen(function* () {
    const runs = path.join(yield* temporary, "runs")
    const columns = 34
    const terminal = TestTerminal.make({ columns })
    const { write } = yield* Effect.provide(Terminal, terminal.layer)
    let [printed, typed, bars, wide] = ["", false, 0, 0]
    const code = yield* inTerminal(
      columns,
      ["train", line, "--runs", runs, "--set", "options.slow=60", "--set", "train.until.epochs=50"],
      (text, type) => {
        write(text)
        printed += text
        const bar = terminal.screen().at(-1)!
        if (/^epoch +\d+\/50 /.test(bar)) bars += 1
        if (bar.length > columns) wide += 1
        if (typed || !/epoch +3\/50/.test(printed)) return
        typed = true
        type("\u0003")
      }
    )
    assert.strictEqual(code, 130, printed)
    assert.isAbove(bars, 3)
    assert.strictEqual(wide, 0)
    const screen = terminal.screen()
    assert.isTrue(terminal.isCursorVisible())
    // Where the bar stood there is the sentence that the run was interrupted; no bar is left behind.
    assert.deepStrictEqual(
      screen.filter((one) => /^epoch +\d+\/\d+ +batch/.test(one)),
      []
    )
    assert.match(screen.join("\n"), /^interrupted in epoch \d+/m)
  })
)
