/** A registry of npm packages on this machine: Verdaccio on the loopback, with what it lacks from where npm gets it. */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import path from "node:path"
import { outside, run } from "./Command.ts"
import { root } from "./Workspace.ts"

export interface Registry {
  readonly url: string
  /** The lines of an .npmrc that let npm and pnpm use it for everything. */
  readonly npmrc: string
  /** The same for packages of this repository only; others come from where they always do. */
  readonly npmrcOfScope: string
  readonly close: () => void
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Packages of this repository are never looked for elsewhere: what is installed is what was published here. */
const settings = (folder: string, uplink: string): string =>
  JSON.stringify({
    storage: path.join(folder, "storage"),
    auth: { htpasswd: { file: path.join(folder, "htpasswd"), max_users: 10, algorithm: "bcrypt", rounds: 4 } },
    uplinks: { ordinary: { url: uplink, maxage: "60m", timeout: "60s", max_fails: 100 } },
    packages: {
      "@etude/*": { access: "$all", publish: "$authenticated" },
      "**": { access: "$all", publish: "$authenticated", proxy: "ordinary" }
    },
    server: { keepAliveTimeout: 60 },
    max_body_size: "100mb",
    middlewares: {},
    log: { type: "file", path: path.join(folder, "verdaccio.log"), level: "warn" }
  })

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

const ready = async (url: string, child: ChildProcess): Promise<void> => {
  const until = Date.now() + 60_000
  while (!ended(child) && Date.now() < until) {
    const answer = await fetch(`${url}-/ping`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error(`The local registry did not start at ${url} (exit code ${child.exitCode}).`)
}

/** A user of the registry; its token. */
const register = async (url: string): Promise<string> => {
  const user = { name: "rehearsal", password: "rehearsal", email: "rehearsal@localhost", type: "user" }
  const answer = await fetch(`${url}-/user/org.couchdb.user:${user.name}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...user, _id: `org.couchdb.user:${user.name}`, roles: [], date: new Date().toISOString() })
  })
  const { token } = (await answer.json()) as { readonly token?: string }
  if (token === undefined) throw new Error(`The local registry gave no token (${answer.status}).`)
  return token
}

export const start = async (folder: string): Promise<Registry> => {
  mkdirSync(folder, { recursive: true })
  const uplink = (await run(folder, ["npm", "config", "get", "registry"])).trim()
  const [config, port] = [path.join(folder, "config.yaml"), await freePort()]
  writeFileSync(config, settings(folder, uplink))
  const program = path.join(root, "tools", "release", "node_modules", "verdaccio", "bin", "verdaccio")
  const child = spawn(process.execPath, [program, "--config", config, "--listen", `127.0.0.1:${port}`], {
    cwd: folder,
    env: { ...outside() },
    stdio: "ignore"
  })
  const url = `http://127.0.0.1:${port}/`
  try {
    await ready(url, child)
    const token = `//127.0.0.1:${port}/:_authToken=${await register(url)}\n`
    return {
      url,
      npmrc: `registry=${url}\n${token}`,
      npmrcOfScope: `@etude:registry=${url}\n${token}`,
      close: () => void child.kill()
    }
  } catch (error) {
    child.kill()
    throw error
  }
}
