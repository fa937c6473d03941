/**
 * Which Node the command runs on. Older ones lack what its modules import, and would stop with a SyntaxError about one of
 * them: this module imports nothing, so that it can run first.
 */

/** Runtimes that can replace Node; the Node version that they report is not theirs. */
const otherRuntimes = ["bun", "deno"]

/**
 * Whether this is Node itself.
 *
 * @param versions as in `process.versions`
 */
export const isNode = (versions: { readonly [name: string]: string | undefined }): boolean =>
  otherRuntimes.every((name) => versions[name] === undefined)

const parts = (version: string): ReadonlyArray<number> =>
  (/(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version) ?? []).slice(1).map((part) => Number(part ?? 0))

/**
 * Why the command cannot run here, as one line; `undefined` where it can.
 *
 * @param versions as in `process.versions`
 * @param needed as in the `engines` of a package.json: `>=22.19`
 */
export const refusal = (
  versions: { readonly [name: string]: string | undefined },
  needed: string
): string | undefined => {
  if (!isNode(versions)) return undefined
  const [actual, least] = [parts(versions["node"] ?? ""), parts(needed)]
  const differing = Array.from(least.entries()).find(([place, part]) => part !== actual[place])
  if (differing === undefined) return undefined
  const [place, part] = differing
  if ((actual[place] ?? 0) > part) return undefined
  return (
    `etude needs Node ${needed.replace(/^>=/, "")} or later; this is Node ${versions["node"]}. ` +
    "Install a newer one from https://nodejs.org, or with your version manager (nvm, fnm, volta); nothing was started."
  )
}
