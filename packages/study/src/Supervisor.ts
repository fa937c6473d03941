/**
 * The process of a trial, seen from its worker: begun, listened to, asked to leave, and killed where it doesn't. Training holds the
 * event loop of that process for seconds, never that of the worker, which renews its lease meanwhile.
 */

import { type ChildProcess, fork } from "node:child_process"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Decision } from "./Pruner.ts"
import {
  type Began,
  type Begin,
  decodeFromTrial,
  encodeToTrial,
  type Finished,
  type FromTrial,
  type Reported,
  type ToTrial
} from "./TrialProtocol.ts"

/** How to start a process that speaks the trial's side of `TrialProtocol`. */
export interface TrialCommand {
  /** A module that Node runs, with its arguments. */
  readonly module: string
  readonly args: ReadonlyArray<string>
  /** Options of Node, such as `--conditions=…`. Default: those of this process. */
  readonly nodeArgs?: ReadonlyArray<string>
  readonly env?: { readonly [name: string]: string }
}

export interface SupervisorOptions {
  readonly command: TrialCommand
  /** How many trials a process runs, one after another. */
  readonly trialsPerProcess: number
  /** How long a process that was asked to leave may take to save. Default: a minute. */
  readonly grace?: Duration.Duration
}

/** How a trial's time in a process ended: by its own word, or with the process. */
export type Ending =
  | Finished
  | {
      readonly _tag: "Exited"
      readonly code: number | null
      readonly signal: NodeJS.Signals | null
      /** Whether the worker had asked it to leave. */
      readonly wasAsked: boolean
      /** The end of what it wrote to its standard error. */
      readonly output: string
    }

export interface Listener<E, R> {
  readonly began: (message: Began) => Effect.Effect<void, E, R>
  /** The trial waits for the answer. */
  readonly reported: (message: Reported) => Effect.Effect<Decision, E, R>
}

export interface Supervisor {
  /**
   * Runs a trial in a process, the same as the last one's where that may run another. Interrupted, or where a listener fails, it
   * has the process leave, and waits for that.
   */
  readonly run: <E, R>(begin: Begin, listener: Listener<E, R>) => Effect.Effect<Ending, E, R>
  /** Asks the process to save and leave (SIGTERM), and kills it where it takes longer than the grace. `run` gives how it ended. */
  readonly leave: Effect.Effect<void>
}

type Exited = Extract<Ending, { readonly _tag: "Exited" }>
type Heard = FromTrial | Exited

interface Running {
  readonly child: ChildProcess
  readonly heard: Queue.Queue<Heard>
  wasAsked: boolean
  trials: number
  /** Whether the newest trial has said that it begins. */
  hasBegun: boolean
}

const outputLength = 4000

const start = ({ module, args, nodeArgs, env }: TrialCommand): Effect.Effect<Running> =>
  Effect.map(Queue.make<Heard>(), (heard) => {
    const child = fork(module, [...args], {
      ...(nodeArgs === undefined ? {} : { execArgv: [...nodeArgs] }),
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      // A signal from the terminal reaches the worker, which asks its trials to leave.
      detached: true
    })
    const running: Running = { child, heard, wasAsked: false, trials: 0, hasBegun: false }
    listen(running)
    return running
  })

/** Messages come before the end of the channel; the process has ended when it has exited and its channel is closed. */
const listen = (running: Running): void => {
  const { child, heard } = running
  let output = ""
  let exit: Pick<Exited, "code" | "signal"> | undefined
  const end = () => {
    if (exit === undefined || child.connected) return
    Queue.offerUnsafe(heard, { _tag: "Exited", ...exit, wasAsked: running.wasAsked, output: output.trim() })
  }
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output = (output + text).slice(-outputLength)
  })
  child.on("message", (message) => {
    const decoded = decodeFromTrial(message)
    if (Result.isSuccess(decoded)) Queue.offerUnsafe(heard, decoded.success)
  })
  child.on("error", (error) => {
    output = `${output}\n${error.message}`
    if (child.pid === undefined) {
      exit = { code: null, signal: null }
      end()
    }
  })
  child.on("disconnect", end)
  child.on("exit", (code, signal) => {
    exit = { code, signal }
    end()
  })
}

const isAlive = ({ child }: Running): boolean => child.exitCode === null && child.signalCode === null && child.connected

/** What a dead process doesn't hear is of no use any more. */
const send = ({ child }: Running, message: ToTrial): Effect.Effect<void> =>
  Effect.sync(() => {
    if (child.connected) child.send(encodeToTrial(message) as object, () => {})
  })

const kill = ({ child }: Running): Effect.Effect<void> =>
  Effect.sync(() => {
    child.kill("SIGKILL")
  })

const ended = (running: Running): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    if (!isAlive(running)) return resume(Effect.void)
    running.child.once("exit", () => resume(Effect.void))
  })

const killAfter = (running: Running, grace: Duration.Duration): Effect.Effect<void> =>
  Effect.raceFirst(ended(running), Effect.andThen(Effect.sleep(grace), kill(running)))

/** Answers what the trial says until its time ends. */
const converse = Effect.fnUntraced(function* <E, R>(running: Running, { began, reported }: Listener<E, R>) {
  while (true) {
    const message = yield* Queue.take(running.heard)
    switch (message._tag) {
      case "Began":
        running.hasBegun = true
        yield* began(message)
        break
      case "Reported":
        yield* send(running, { _tag: "Decided", step: message.step, decision: yield* reported(message) })
        break
      default:
        return message
    }
  }
})

/** A supervisor of one process at a time; what still runs when its scope closes is killed. */
export const make = ({
  command,
  trialsPerProcess,
  grace = Duration.minutes(1)
}: SupervisorOptions): Effect.Effect<Supervisor, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    let current: Running | undefined
    yield* Effect.addFinalizer(() => Effect.suspend(() => (current === undefined ? Effect.void : kill(current))))
    const acquire = Effect.suspend(() =>
      current !== undefined && isAlive(current) && !current.wasAsked && current.trials < trialsPerProcess
        ? Effect.succeed(current)
        : Effect.tap(start(command), (running) =>
            Effect.sync(() => {
              current = running
            })
          )
    )
    const dismiss = (running: Running) =>
      Effect.andThen(send(running, { _tag: "End" }), Effect.forkIn(killAfter(running, grace), scope))
    const leave = Effect.suspend(() => {
      if (current === undefined || !isAlive(current)) return Effect.void
      current.wasAsked = true
      current.child.kill("SIGTERM")
      return killAfter(current, grace)
    })
    return {
      leave: Effect.asVoid(Effect.forkIn(leave, scope)),
      run: Effect.fnUntraced(function* (begin, listener) {
        while (true) {
          const running = yield* acquire
          running.trials++
          running.hasBegun = false
          yield* send(running, begin)
          const ending = yield* Effect.onError(converse(running, listener), () => leave)
          if (running.trials >= trialsPerProcess) yield* dismiss(running)
          // A process that was there already may have died before it heard of this trial: that is no failure of it.
          const isUnheard = ending._tag === "Exited" && !running.hasBegun && running.trials > 1 && !running.wasAsked
          if (!isUnheard) return ending
        }
      })
    }
  })
