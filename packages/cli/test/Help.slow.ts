/** What the command says of itself and of what it does not understand. */
import { assert, describe, it } from "@effect/vitest"
import { hasColors } from "@etude/reports/NodeTerminal"
import * as Effect from "effect/Effect"
import * as Help from "../src/Help.ts"
import { widthOf } from "../src/internal/width.ts"
import { etude, line } from "./support/etude.ts"

const commands = [
  [],
  ["train"],
  ["resume"],
  ["test"],
  ["predict"],
  ["runs"],
  ["runs", "list"],
  ["checkpoint"],
  ["checkpoint", "export"],
  ["config", "schema"],
  ["new"]
]

describe.concurrent("--help", () => {
  for (const path of commands) {
    it.live(`of ${["etude", ...path].join(" ")} fits into 80 columns`, () =>
      Effect.gen(function* () {
        const { code, stdout } = yield* etude([...path, "--help"])
        assert.strictEqual(code, 0)
        assert.include(stdout, "USAGE")
        assert.deepStrictEqual(
          stdout.split("\n").filter((text) => widthOf(text) > 80),
          []
        )
        // The flags of every command are told once.
        assert.strictEqual(stdout.includes("GLOBAL FLAGS"), path.length === 0)
      })
    )
  }

  it.live("is never asked for flag by flag", () =>
    Effect.gen(function* () {
      assert.notInclude((yield* etude(["--help"])).stdout, "wizard")
      const { code, stderr } = yield* etude(["train", "--wizard"])
      assert.strictEqual(code, 2)
      assert.include(stderr, "--wizard")
    })
  )
})

const misunderstood: ReadonlyArray<readonly [what: string, args: ReadonlyArray<string>, says: string, help: string]> = [
  ["an unknown command", ["trian"], "train", "For help: etude --help"],
  ["an unknown command below another", ["runs", "lst"], "list", "For help: etude runs --help"],
  ["an unknown flag", ["train", line, "--sed", "1"], "--sed", "For help: etude train --help"],
  ["an argument that is missing", ["test"], "Missing required argument: run", "For help: etude test --help"],
  ["an argument too many", ["test", "a", "b"], '"b"', "For help: etude test --help"],
  ["a value that is no choice", ["train", line, "--backend", "tpu"], '"tpu"', "For help: etude train --help"],
  ["a flag without its value", ["train", line, "--seed"], "--seed", "For help: etude train --help"]
]

describe.concurrent("a command line that can't be understood", () => {
  for (const [what, args, says, help] of misunderstood) {
    it.live(`says first what is wrong, then where the help is: ${what}`, () =>
      Effect.gen(function* () {
        const { code, stderr, stdout } = yield* etude(args)
        assert.deepStrictEqual([code, stdout], [2, ""])
        const lines = stderr.trimEnd().split("\n")
        assert.isAtMost(lines.length, 6, stderr)
        assert.include(lines.slice(0, -1).join("\n"), says)
        assert.strictEqual(lines.at(-1), help)
      })
    )
  }
})

describe("problems of a command line", () => {
  it("are told one after the other, each once", () => {
    const errors = [{ message: "first" }, { message: "second\n\n  hint" }, { message: "first" }]
    assert.strictEqual(Help.problems(errors, ["etude", "train"]), "first\nsecond\n  hint\nFor help: etude train --help")
  })
})

describe("colours", () => {
  it("are for terminals only, and follow NO_COLOR, FORCE_COLOR and TERM", () => {
    const cases = [
      [true, {}, true],
      [false, {}, false],
      [undefined, {}, false],
      [true, { NO_COLOR: "1" }, false],
      [true, { NO_COLOR: "" }, true],
      [true, { TERM: "dumb" }, false],
      [false, { FORCE_COLOR: "1" }, true],
      [true, { FORCE_COLOR: "0" }, false],
      [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, false]
    ] as const
    for (const [isTTY, env, wanted] of cases) {
      assert.strictEqual(hasColors({ isTTY }, env), wanted, JSON.stringify([isTTY, env]))
    }
  })
})
