import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import process from "node:process"

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
const installed = (): string | undefined =>
  [process.env["ETUDE_CHROMIUM"], ...places].find((place) => place !== undefined && existsSync(place))

/** Where Chromium is; Debian's is installed where there is none and this may be done. */
export const chromium = (): string | undefined => {
  const found = installed()
  if (found !== undefined || process.getuid?.() !== 0) return found
  try {
    execFileSync("apt-get", ["update", "-qq"], { stdio: "ignore" })
    execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], { stdio: "ignore" })
  } catch {
    return undefined
  }
  return installed()
}
