/** Where weights of `initialize` come from beside files and folders: the Hugging Face hub, and runs by their names. */
import * as path from "node:path"
import { type Located, type Sources, SourceUnavailable } from "@etude/checkpoint/Initialize"
import type * as Hub from "@etude/data/Hub"
import * as Effect from "effect/Effect"
import * as Output from "./Output.ts"
import * as RunLookup from "./RunLookup.ts"

const example = "hub:OWNER/NAME/model.safetensors@REVISION, a commit, a branch such as main, or a tag"

/** A repository of two names, datasets with one word before, a file in it, and a revision. */
const addressShape = /^(?<repo>(?:(?:datasets|models)\/)?[^/@]+\/[^/@]+)\/(?<path>.+)@(?<revision>[^@]+)$/

const notInstalled = (from: string, cause: unknown) =>
  new SourceUnavailable({
    from,
    found: "files of the hub need the package @etude/data, which is not installed",
    advice: "Install it with @huggingface/hub, or download the file and give its path.",
    cause
  })

/** A file of the hub, downloaded once; its account has the commit, whatever the revision was. */
const fromHub = (address: string): Effect.Effect<Located, SourceUnavailable> =>
  Effect.gen(function* () {
    const from = `hub:${address}`
    const { repo, path: file, revision } = addressShape.exec(address)?.groups ?? {}
    if (repo === undefined || file === undefined || revision === undefined) {
      return yield* new SourceUnavailable({
        from,
        found: "it names no file of a revision",
        advice: `Write ${example}.`
      })
    }
    const hub = yield* Effect.tryPromise({
      try: (): Promise<typeof Hub> => import("@etude/data/Hub"),
      catch: (cause) => notInstalled(from, cause)
    })
    yield* Output.note(`Looking for ${from}.`)
    return yield* Effect.gen(function* () {
      const commit = yield* hub.commit({ repo, revision })
      return { path: yield* hub.file({ repo, revision: commit, path: file }), name: `hub:${repo}/${file}@${commit}` }
    }).pipe(
      Effect.mapError((cause) => {
        const { source, found, advice } = cause
        return new SourceUnavailable({ from, found: `${source}: ${found}`, advice, cause })
      })
    )
  })

/** A run in the folder of runs. */
const fromRun =
  (runs: string) =>
  (name: string): Effect.Effect<Located, SourceUnavailable> =>
    RunLookup.locate(path.join(runs, name)).pipe(
      Effect.map((folder) => ({ path: folder })),
      Effect.mapError(
        ({ path: place, problems }) =>
          new SourceUnavailable({
            from: `run:${name}`,
            found: `${place}: ${problems.join("; ")}`,
            advice: "`etude runs list` shows the runs and their names."
          })
      )
    )

/** The sources of a config, whose runs lie in that folder. */
export const sources = (runs: string): Effect.Success<typeof Sources> => ({ hub: fromHub, run: fromRun(runs) })
