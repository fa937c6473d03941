/** Serves the files of a folder on this machine. */
import { existsSync, readFileSync, statSync } from "node:fs"
import { createServer, type Server } from "node:http"
import path from "node:path"

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml"
}

/** Listens on the loopback; port 0 is any that is free. */
export const serve = (folder: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(({ url = "/" }, response) => {
      const asked = path.join(folder, path.normalize(decodeURI(new URL(url, "http://localhost").pathname)))
      const file = existsSync(asked) && statSync(asked).isDirectory() ? path.join(asked, "index.html") : asked
      if (!file.startsWith(folder) || !existsSync(file)) response.writeHead(404).end("There is no such page.")
      else {
        response.writeHead(200, { "content-type": types[path.extname(file)] ?? "text/plain; charset=utf-8" })
        response.end(readFileSync(file))
      }
    })
    server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server))
  })
