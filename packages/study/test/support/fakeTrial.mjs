/**
 * A trial that trains nothing: each step hashes what the steps before have come to, so that its end proves that no step was lost
 * or done twice. Speaks the trial's side of TrialProtocol, and keeps the fence as a run folder's lock does.
 */
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"

const hash = (text) => crypto.createHash("sha256").update(text).digest("hex")
const say = (message) => new Promise((resolve) => process.send(message, () => resolve()))
const options = JSON.parse(process.argv[2] ?? "{}")
const { epochs = 3, stepsPerEpoch = 5, work = 0, bits = "fake" } = options

if (options.log !== undefined) fs.writeFileSync(path.join(options.log, String(process.pid)), "")
if (options.pids !== undefined) fs.writeFileSync(path.join(options.pids, String(process.pid)), "")
process.on("exit", () => options.pids !== undefined && fs.rmSync(path.join(options.pids, String(process.pid))))

let answer
let leaving = false
const inbox = []
let wake = () => {}
process.on("message", (message) => {
  if (message._tag === "Decided") answer?.(message.decision)
  else inbox.push(message)
  wake()
})
const leave = () => {
  leaving = true
  answer?.({ _tag: "Leave" })
  wake()
}
process.on("disconnect", leave)
process.on("SIGTERM", leave)

const write = (file, text) => {
  fs.writeFileSync(`${file}.${process.pid}`, text)
  fs.renameSync(`${file}.${process.pid}`, file)
}
const read = (file) => (fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : undefined)

/** A test lets trials go on by what it has done, however fast the machine is. */
const gateMilliseconds = 10
const isOpen = (epoch) => {
  try {
    return Number(fs.readFileSync(options.gate, "utf8")) >= epoch
  } catch {
    return true
  }
}
const passGate = async (epoch) => {
  while (options.gate !== undefined && !leaving && !isOpen(epoch))
    await new Promise((resolve) => setTimeout(resolve, gateMilliseconds))
}

/** What a run's trained state would be: for a test to compute without any process. */
const step = (state, seed, overrides) => hash(`${state} ${seed} ${JSON.stringify(overrides)}`)

const finished = (outcome, state, more = {}) => ({
  _tag: "Finished",
  outcome,
  reason: null,
  step: state.step,
  epoch: state.step / stepsPerEpoch,
  test: null,
  seconds: 0.001,
  sha256: null,
  ...more
})

const run = async ({ folder, overrides, seed, fence, startFrom }) => {
  fs.mkdirSync(folder, { recursive: true })
  const files = { fence: path.join(folder, "fence.json"), state: path.join(folder, "state.json") }
  const held = read(files.fence) ?? -1
  let state = read(files.state)
  if (state === undefined && startFrom !== undefined) state = read(path.join(startFrom, "state.json"))
  state ??= { step: 0, hash: "" }
  if (held > fence) return finished("superseded", state)
  write(files.fence, String(fence))
  const isHeld = () => read(files.fence) === fence
  const save = () => isHeld() && write(files.state, JSON.stringify(state))
  await say({ _tag: "Began", step: state.step, epoch: state.step / stepsPerEpoch, bits })
  if (options.fails) return finished("failed", state, { reason: options.fails })
  if (options.exits !== undefined) process.exit(options.exits)
  while (state.step < epochs * stepsPerEpoch) {
    if (leaving) {
      save()
      return finished("returned", state)
    }
    if ((state.step + 1) % stepsPerEpoch === 0) {
      await passGate((state.step + 1) / stepsPerEpoch)
      if (leaving) continue
    }
    if (work > 0) crypto.pbkdf2Sync("work", "salt", work, 32, "sha256")
    state = { step: state.step + 1, hash: step(state.hash, seed, overrides) }
    if (state.step % stepsPerEpoch !== 0) {
      await new Promise((resolve) => setImmediate(resolve))
      continue
    }
    const value = Number.parseInt(state.hash.slice(0, 8), 16) / 2 ** 32
    const decided = new Promise((resolve) => {
      answer = resolve
    })
    if (leaving) continue
    await say({
      _tag: "Reported",
      step: state.step,
      epoch: state.step / stepsPerEpoch,
      values: { "validation/loss": value }
    })
    const decision = await decided
    if (!isHeld()) return finished("superseded", state)
    // The report was not answered: it is made again after a resume.
    if (decision._tag === "Leave") return finished("returned", state)
    save()
    if (decision._tag === "Stop") return finished("stopped", state, { reason: decision.reason })
    if (decision._tag === "Pause") return finished("paused", state, { reason: decision.reason })
  }
  save()
  return finished("complete", state, { test: { accuracy: seed / 10 }, sha256: state.hash })
}

while (true) {
  while (inbox.length === 0 && !leaving) {
    await new Promise((resolve) => {
      wake = resolve
    })
  }
  const message = inbox.shift()
  if (message === undefined || message._tag === "End") break
  const last = await run(message)
  if (process.connected) await say(last)
  if (leaving) process.exit(75)
}
if (process.connected) process.disconnect()
