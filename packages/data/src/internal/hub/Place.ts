/** What is asked for, checked, and where it lies in the cache. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { cacheFolder } from "../files/cacheFolder.ts"
import { HubError } from "./HubError.ts"

export interface HubOptions {
  /** Such as `datasets/ylecun/mnist`, or `openai-community/gpt2` for a model. */
  readonly repo: string
  /**
   * A commit (40 hexadecimal digits), which names the same files for ever, or a branch or tag, which is looked up each
   * time: `Hub.commit` tells which commit it is now.
   */
  readonly revision: string
  /** Address of the hub. Default: `HF_ENDPOINT`, else the client's own. */
  readonly endpoint?: string
  /** A token that may read the repository. Default: `HF_TOKEN`, else none. */
  readonly token?: string
  /** The cache. Default: `hub` in Etude's cache folder (`ETUDE_CACHE`). */
  readonly cache?: string
  /** Whether to take what is in the cache and nothing else. Default: whether `HF_HUB_OFFLINE` is 1. */
  readonly offline?: boolean
  /** Tries of a request that the hub refuses for the moment, or that breaks without a byte. Default: 5. */
  readonly tries?: number
  /**
   * Seconds before the second try, twice as many before the next, and so on; what the hub asks for (`Retry-After`) counts
   * more, up to 60. Default: 1.
   */
  readonly waitSeconds?: number
  /** Seconds without an answer or a byte after which a request is given up. Default: 60. */
  readonly timeoutSeconds?: number
}

/** What is asked for, with all defaults. */
export interface Place {
  readonly repo: { readonly type: "dataset" | "model"; readonly name: string }
  readonly revision: string
  /** For messages. */
  readonly source: string
  readonly endpoint: string | undefined
  readonly token: string | undefined
  /** The repository's folder in the cache. */
  readonly folder: string
  readonly isOffline: boolean
  readonly tries: number
  readonly waitSeconds: number
  readonly timeoutSeconds: number
}

const variable = (name: string): string | undefined => (process.env[name] === "" ? undefined : process.env[name])

const invalid = (source: string, found: string, advice: string) =>
  Effect.fail(new HubError({ reason: "invalid", source, found, advice }))

const nameShape = /^[\w.-]+(?:\/[\w.-]+)?$/

const isSegment = (segment: string): boolean => segment !== "" && segment !== "." && segment !== ".."

/** Whether a path of a repository stays inside the folder that it is put into, on every system. */
export const isSafePath = (file: string): boolean =>
  file.split("/").every(isSegment) && !/[\\\0]/.test(file) && !/(?:^|\/)[A-Za-z]:/.test(file)

const repoOf = (repo: string): Place["repo"] =>
  repo.startsWith("datasets/")
    ? { type: "dataset", name: repo.slice(9) }
    : { type: "model", name: repo.replace(/^models\//, "") }

const isEndpoint = (endpoint: string): boolean => URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)

/** The options, checked. */
export const placeOf = (options: HubOptions): Effect.Effect<Place, HubError> =>
  Effect.suspend(() => {
    const { revision, tries = 5, waitSeconds = 1, timeoutSeconds = 60 } = options
    const repo = repoOf(options.repo)
    const endpoint = (options.endpoint ?? variable("HF_ENDPOINT"))?.replace(/\/+$/, "")
    const token = options.token ?? variable("HF_TOKEN")
    const source = `${options.repo}@${revision}`
    if (!nameShape.test(repo.name) || !repo.name.split("/").every(isSegment)) {
      const advice = "Name it as its page does, datasets with `datasets/` before: datasets/OWNER/NAME."
      return invalid("repo", `"${options.repo}", which is no name of a repository`, advice)
    }
    if (revision === "") return invalid("revision", "an empty name", "Give a commit, a branch such as main, or a tag.")
    if (endpoint !== undefined && !isEndpoint(endpoint)) {
      return invalid("endpoint", `"${endpoint}", which is no address`, "Give one such as https://hub.example.org.")
    }
    if (token !== undefined && !token.startsWith("hf_")) {
      return invalid(
        "token",
        "a token that does not start with hf_",
        "Look at HF_TOKEN: make one on the hub's page of settings."
      )
    }
    const host = endpoint === undefined ? "default" : new URL(endpoint).host.replaceAll(/[^\w.-]/g, "_")
    const cache = options.cache ?? cacheFolder("hub")
    return Effect.succeed<Place>({
      repo,
      revision,
      source,
      endpoint,
      token,
      folder: path.join(cache, host, `${repo.type}s--${repo.name.replace("/", "--")}`),
      isOffline: options.offline ?? variable("HF_HUB_OFFLINE") === "1",
      tries,
      waitSeconds,
      timeoutSeconds
    })
  })

/** Whether a revision is a commit, which never changes. */
export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision)

export const refFile = ({ folder, revision }: Place): string => path.join(folder, "refs", encodeURIComponent(revision))

/** Where a file of a commit is found by its own name. */
export const snapshotFile = ({ folder }: Place, commit: string, file: string): string =>
  path.join(folder, "snapshots", commit, ...file.split("/"))

/** The list of a commit's files. */
export const listFile = ({ folder }: Place, commit: string): string => path.join(folder, "lists", `${commit}.json`)

export const blobFile = ({ folder }: Place, sum: string): string => path.join(folder, "blobs", sum)
