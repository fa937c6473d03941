/**
 * A PostgreSQL server on the loopback, started as an ordinary user from the system's package: to try a study with several worker
 * processes, and for tests. It is no installation: it listens to this machine only, and ends with its scope.
 */

import { type ChildProcess, execFile, spawn } from "node:child_process"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import * as net from "node:net"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"

/** Raised where no server can be started. */
export class PostgresUnavailable extends Schema.TaggedError<PostgresUnavailable>()("PostgresUnavailable", {
  reason: Schema.String
}) {
  override get message(): string {
    return `PostgreSQL can't be started: ${this.reason}`
  }
}

export interface PostgresServer {
  /** The database, as studies name it; it holds a password. */
  readonly url: string
  /** Ends the server: `fast` closes its connections and writes all; `crash` kills it as a lost machine would. */
  readonly stop: (how: "fast" | "crash") => Effect.Effect<void>
  /** Starts it again, at the same port. */
  readonly start: Effect.Effect<void, PostgresUnavailable>
}

export interface ServerOptions {
  /** Where its data are: made where there is none, used again where there is one. */
  readonly folder: string
  /** Default: a free one, or that of the time before. */
  readonly port?: number
  /** Whether each commit waits for the disk. Default: true. */
  readonly isDurable?: boolean
}

const packages = "/usr/lib/postgresql"

const byVersion = (one: string, other: string): number => Number(one) - Number(other)

/** Debian keeps each version's programs in a folder of its own, outside the path. */
const folders = (): ReadonlyArray<string> => {
  const versions = fs.existsSync(packages) ? fs.readdirSync(packages).sort(byVersion).reverse() : []
  return [
    ...versions.map((version) => path.join(packages, version, "bin")),
    ...(process.env["PATH"] ?? "").split(path.delimiter)
  ]
}

/** The folder of PostgreSQL's programs; undefined where it isn't installed. */
export const programs: Effect.Effect<string | undefined> = Effect.sync(() =>
  folders().find((folder) => ["initdb", "postgres"].every((name) => fs.existsSync(path.join(folder, name))))
)

interface User {
  readonly uid: number
  readonly gid: number
}

/** The server refuses to run as root: the user of Debian's package, else nobody. */
const ordinaryUser = (): User | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const users = fs
    .readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
  const found = ["postgres", "nobody"].flatMap((name) => users.filter(([known]) => known === name))[0]
  return found === undefined ? undefined : { uid: Number(found[2]), gid: Number(found[3]) }
}

const unavailable = (reason: string) => new PostgresUnavailable({ reason })

const execute = (file: string, args: ReadonlyArray<string>, user: User | undefined) =>
  Effect.callback<void, PostgresUnavailable>((resume) => {
    execFile(file, args, { ...user, cwd: "/" }, (error, _, stderr) =>
      resume(error === null ? Effect.void : Effect.fail(unavailable(stderr.trim() || error.message)))
    )
  })

const freePort = Effect.callback<number, PostgresUnavailable>((resume) => {
  const server = net.createServer()
  server.on("error", (error) => resume(Effect.fail(unavailable(error.message))))
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 5432)))
  })
})

const Kept = Schema.fromJsonString(Schema.Struct({ port: Schema.Int, password: Schema.String }))
const keptFile = "etude.json"

/** Makes the data folder; a password keeps out the other users of the machine. */
const initialize = Effect.fnUntraced(function* (bin: string, { folder, port }: ServerOptions, user: User | undefined) {
  const password = crypto.randomBytes(18).toString("hex")
  const passwordFile = path.join(path.dirname(folder), `.${path.basename(folder)}.password`)
  yield* Effect.try({
    try: () => {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
      fs.writeFileSync(passwordFile, password, { mode: 0o600 })
      if (user === undefined) return
      fs.chownSync(folder, user.uid, user.gid)
      fs.chownSync(passwordFile, user.uid, user.gid)
    },
    catch: (error) => unavailable(String(error))
  })
  const args = ["--pgdata", folder, "--username", "etude", "--pwfile", passwordFile, "--auth", "scram-sha-256"]
  yield* execute(path.join(bin, "initdb"), [...args, "--encoding", "UTF8", "--no-locale", "--no-sync"], user).pipe(
    Effect.ensuring(Effect.sync(() => fs.rmSync(passwordFile, { force: true })))
  )
  const kept = { port: port ?? (yield* freePort), password }
  fs.writeFileSync(path.join(folder, keptFile), Schema.encodeSync(Kept)(kept), { mode: 0o600 })
  return kept
})

const ready = /database system is ready to accept connections/

/** Starts the server and waits until it takes connections. */
const launch = (bin: string, { folder, isDurable = true }: ServerOptions, port: number, user: User | undefined) =>
  Effect.callback<ChildProcess, PostgresUnavailable>((resume) => {
    const settings = [
      "listen_addresses=127.0.0.1",
      "unix_socket_directories=",
      "max_connections=200",
      "log_min_messages=log"
    ]
    const risky = isDurable ? [] : ["fsync=off", "full_page_writes=off"]
    const args = [...settings, ...risky].flatMap((setting) => ["-c", setting])
    const child = spawn(path.join(bin, "postgres"), ["-D", folder, "-p", String(port), ...args], {
      ...user,
      cwd: "/",
      env: { ...process.env, LC_ALL: "C" },
      // A signal from the terminal is for the command, which stops the server itself.
      detached: true,
      stdio: ["ignore", "ignore", "pipe"]
    })
    let output = ""
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-4000)
      if (ready.test(text)) resume(Effect.succeed(child))
    })
    child.on("error", (error) => resume(Effect.fail(unavailable(error.message))))
    child.on("exit", () => resume(Effect.fail(unavailable(output.trim()))))
  })

const end = (child: ChildProcess, signal: NodeJS.Signals) =>
  Effect.callback<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill(signal)
  })

const install = "Install it (Debian and Ubuntu: apt-get install postgresql), or name a server that is there."

/** Runs a server until the scope closes. Fails with `PostgresUnavailable` where it isn't installed or doesn't start. */
export const run = (options: ServerOptions): Effect.Effect<PostgresServer, PostgresUnavailable, Scope.Scope> =>
  Effect.gen(function* () {
    const bin = yield* programs
    if (bin === undefined)
      return yield* unavailable(`its programs are neither in ${packages} nor in the path. ${install}`)
    const user = ordinaryUser()
    const keptPath = path.join(options.folder, keptFile)
    const kept = fs.existsSync(keptPath)
      ? Schema.decodeSync(Kept)(fs.readFileSync(keptPath, "utf8"))
      : yield* initialize(bin, options, user)
    const port = options.port ?? kept.port
    let child: ChildProcess | undefined
    const start = Effect.map(launch(bin, options, port, user), (launched) => {
      child = launched
    })
    const stop = (how: "fast" | "crash") =>
      Effect.suspend(() => (child === undefined ? Effect.void : end(child, how === "fast" ? "SIGINT" : "SIGQUIT")))
    yield* Effect.acquireRelease(start, () => stop("fast"))
    return { url: `postgres://etude:${kept.password}@127.0.0.1:${port}/postgres`, stop, start }
  })
