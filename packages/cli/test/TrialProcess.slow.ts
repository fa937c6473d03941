/** `etude trial-process`, with a worker that is part of the test. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { element } from "@etude/core/Lookup"
import type { Decision } from "@etude/study/Pruner"
import {
  type Began,
  type Begin,
  decodeFromTrial,
  encodeToTrial,
  type Finished,
  type Reported,
  type ToTrial
} from "@etude/study/TrialProtocol"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { etude, line, start, temporary } from "./support/etude.ts"

const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex")

const go: Decision = { _tag: "Continue" }

interface Heard {
  readonly began: ReadonlyArray<Began>
  readonly reports: ReadonlyArray<Reported>
  readonly finished: Finished
}

const beginOf = (folder: string, change: Partial<Begin> = {}): Begin => ({
  _tag: "Begin",
  folder,
  config: line,
  overrides: [
    { path: ["train", "until"], value: { epochs: 6 } },
    { path: ["console", "verbosity"], value: "minimal" }
  ],
  seed: 7,
  fence: 1,
  threads: null,
  ...change
})

/** Runs trials one after another in one process, with answers to their reports; gives what each of them said. */
const run = (trials: ReadonlyArray<Begin>, answer: (report: Reported) => Decision | "End" = () => go) =>
  Effect.gen(function* () {
    const { child, ended, printed } = yield* start(["trial-process"], true)
    const heard: Array<Heard> = []
    let [began, reports, next] = [[] as Array<Began>, [] as Array<Reported>, 0]
    const send = (message: ToTrial) => child.connected && child.send(encodeToTrial(message) as object, () => {})
    const begin = () => send(trials[next++] ?? { _tag: "End" })
    child.on("message", (sent) => {
      const message = Result.getOrThrow(decodeFromTrial(sent))
      if (message._tag === "Began") began.push(message)
      else if (message._tag === "Reported") {
        reports.push(message)
        const decision = answer(message)
        send(decision === "End" ? { _tag: "End" } : { _tag: "Decided", step: message.step, decision })
      } else {
        heard.push({ began, reports, finished: message })
        ;[began, reports] = [[], []]
        begin()
      }
    })
    begin()
    assert.deepStrictEqual(yield* ended, { code: 0, signal: null }, printed())
    return heard
  })

const only = (heard: ReadonlyArray<Heard>): Heard => {
  assert.lengthOf(heard, 1)
  return element(heard, 0)
}
const stepsOf = ({ reports }: Heard) => reports.map(({ step }) => step)

describe("trials in one process", () => {
  it.live("report each epoch, end with the bits of each other, and leave no tensor", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const names = ["a", "b", "a again"]
      const counts = path.join(root, "tensors")
      const counted = [...beginOf("").overrides, { path: ["options", "tensors"], value: counts }]
      const seedOf = (name: string) => (name === "b" ? 8 : 7)
      const heard = yield* run(
        names.map((name) => beginOf(path.join(root, name), { seed: seedOf(name), overrides: counted }))
      )
      const [a, b, again] = [element(heard, 0), element(heard, 1), element(heard, 2)]
      assert.deepStrictEqual(stepsOf(a), [8, 16, 24, 32, 40, 48])
      assert.deepStrictEqual(
        a.reports.map(({ epoch }) => epoch),
        [1, 2, 3, 4, 5, 6]
      )
      assert.containsAllKeys(element(a.reports, 0).values, ["train/loss", "validation/loss"])
      assert.include(a.finished, { outcome: "complete", step: 48, epoch: 6 })
      assert.containsAllKeys(a.finished.test, ["loss"])
      assert.match(a.finished.sha256 ?? "", /^[0-9a-f]{64}$/)
      assert.strictEqual(again.finished.sha256, a.finished.sha256)
      assert.deepStrictEqual(again.reports, a.reports)
      assert.notStrictEqual(b.finished.sha256, a.finished.sha256)
      const [first, ...others] = readFileSync(counts, "utf8").trim().split("\n")
      assert.deepStrictEqual(others, [first, first])
      // And those of a process of its own.
      const own = path.join(root, "own")
      const sets = ["train.until={ epochs: 6 }", `options.tensors=${counts}`].flatMap((set) => ["--set", set])
      const alone = yield* etude(["train", line, "--run", own, "--seed", "7", "--verbosity", "minimal", ...sets])
      assert.strictEqual(alone.code, 0, alone.stderr)
      assert.strictEqual(sha256(path.join(own, "model.safetensors")), a.finished.sha256)
    }).pipe(Effect.scoped)
  )

  it.live("report validations between epochs once, with the values of all sets", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      const begin = beginOf(folder)
      const often = { path: ["train", "validation"], value: { every: { steps: 4 } } }
      const heard = only(yield* run([{ ...begin, overrides: [...begin.overrides, often] }]))
      assert.deepStrictEqual(stepsOf(heard).slice(0, 4), [4, 8, 12, 16])
      assert.strictEqual(element(heard.reports, 0).epoch, 0.5)
      assert.containsAllKeys(element(heard.reports, 0).values, ["validation/loss"])
    }).pipe(Effect.scoped)
  )

  it.live("go on after one that can't begin, and say of it why", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const broken = (name: string, value: string) => {
        const begin = beginOf(path.join(root, name))
        return { ...begin, overrides: [...begin.overrides, { path: ["options", name], value }] }
      }
      const heard = yield* run([broken("unknown", "x"), broken("broken", "throws"), beginOf(path.join(root, "good"))])
      const [unknown, throws, good] = heard.map(({ finished }) => finished)
      assert.include(unknown, { outcome: "failed", isHopeless: true, step: 0 })
      assert.include(unknown?.reason, "options.unknown")
      assert.include(throws, { outcome: "failed", isHopeless: true })
      assert.include(throws?.reason, "the option is not what it seems")
      assert.include(good, { outcome: "complete" })
      assert.deepStrictEqual(readdirSync(root).sort(), ["broken", "good"])
    }).pipe(Effect.scoped)
  )
})

describe("a decision", () => {
  const pauseAt =
    (step: number) =>
    (report: Reported): Decision =>
      report.step === step ? { _tag: "Pause", reason: "the rung" } : go

  it.live("to pause saves exactly that point; resumed, the trial says each step once and has the same bits", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const whole = only(yield* run([beginOf(path.join(root, "whole"))]))
      const folder = path.join(root, "paused")
      const first = only(yield* run([beginOf(folder)], pauseAt(24)))
      assert.include(first.finished, { outcome: "paused", reason: "the rung", step: 24, epoch: 3, sha256: null })
      assert.include(readdirSync(path.join(folder, "checkpoints")).sort().at(-1), "epoch-0003-batch-00000-step-0000024")
      const second = only(yield* run([beginOf(folder, { fence: 2 })]))
      assert.include(element(second.began, 0), { step: 24, epoch: 3 })
      assert.deepStrictEqual([...first.reports, ...second.reports], whole.reports)
      assert.strictEqual(second.finished.sha256, whole.finished.sha256)
    }).pipe(Effect.scoped)
  )

  it.live("to stop ends the trial with its model, and it stays stopped", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      const stop = ({ step }: Reported): Decision => (step === 16 ? { _tag: "Stop", reason: "pruned" } : go)
      const stopped = only(yield* run([beginOf(folder)], stop)).finished
      assert.include(stopped, { outcome: "stopped", reason: "pruned", step: 16 })
      const again = only(yield* run([beginOf(folder, { fence: 2 })]))
      assert.lengthOf(again.reports, 0)
      assert.include(again.finished, { outcome: "stopped", reason: "pruned", step: 16, sha256: stopped.sha256 })
    }).pipe(Effect.scoped)
  )

  it.live("that no more trials come saves the one that runs", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const whole = only(yield* run([beginOf(path.join(root, "whole"))]))
      const folder = path.join(root, "returned")
      const returned = only(yield* run([beginOf(folder)], ({ step }) => (step === 16 ? "End" : go)))
      assert.include(returned.finished, { outcome: "returned", step: 16 })
      const resumed = only(yield* run([beginOf(folder, { fence: 2 })]))
      assert.strictEqual(resumed.finished.sha256, whole.finished.sha256)
    }).pipe(Effect.scoped)
  )

  it.live("to continue from another's checkpoint with another config leaves that one as it is", () =>
    Effect.gen(function* () {
      const root = yield* temporary
      const donor = path.join(root, "donor")
      yield* run([beginOf(donor)], pauseAt(24))
      // Who it continues from may have gone on before.
      const own = only(yield* run([beginOf(donor, { fence: 2 })]))
      const startFrom = donor
      const rate = { path: ["train", "learningRate"], value: 0.1 }
      const begin = beginOf(path.join(root, "exploiting"), { startFrom, overrides: [...beginOf("").overrides, rate] })
      const first = only(yield* run([begin], ({ step }) => (step === 32 ? "End" : go)))
      assert.include(element(first.began, 0), { step: 24, epoch: 3 })
      const second = only(yield* run([{ ...begin, fence: 2 }]))
      assert.include(element(second.began, 0), { step: 32 })
      assert.include(second.finished, { outcome: "complete", step: 48 })
      const straight = only(yield* run([{ ...begin, folder: path.join(root, "straight"), startFrom: donor }]))
      assert.strictEqual(straight.finished.sha256, second.finished.sha256)
      assert.notStrictEqual(own.finished.sha256, straight.finished.sha256)
    }).pipe(Effect.scoped)
  )
})

describe("a folder", () => {
  it.live("that was given to somebody else is left alone, and so is one whose bits would change", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      yield* run([beginOf(folder, { fence: 3 })], ({ step }) => (step === 16 ? "End" : go))
      const late = only(yield* run([beginOf(folder, { fence: 2 })]))
      assert.include(late.finished, { outcome: "superseded", step: 0 })
      const wasm = [...beginOf("").overrides, { path: ["backend"], value: "wasm" }]
      const elsewhere = only(yield* run([beginOf(folder, { fence: 4, overrides: wasm })]))
      assert.include(elsewhere.finished, { outcome: "refused" })
      assert.include(elsewhere.finished.reason, "backend.name")
      const allowed = only(yield* run([beginOf(folder, { fence: 5, overrides: wasm, allowAlterations: true })]))
      assert.include(allowed.finished, { outcome: "complete" })
    }).pipe(Effect.scoped)
  )

  it.live("of a trial that is complete gives its results without training", () =>
    Effect.gen(function* () {
      const folder = path.join(yield* temporary, "run")
      const first = only(yield* run([beginOf(folder)]))
      const again = only(yield* run([beginOf(folder, { fence: 2 })]))
      assert.lengthOf(again.began, 0)
      assert.deepStrictEqual({ ...again.finished, seconds: 0 }, { ...first.finished, seconds: 0 })
    }).pipe(Effect.scoped)
  )
})
