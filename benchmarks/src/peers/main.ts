/**
 * Compares Etude with Keras, PyTorch, Lightning and TensorFlow.js on this machine's processor, prints the figures and
 * writes them as JSON. About a quarter of an hour.
 *
 * Flags: `--models logistic,mlp,lenet-5,resnet,transformer,transformer-dropout`, `--batches 32,64,256`, `--peers etude,…` (see `Protocol.ts`), `--rounds 5`,
 * `--seconds 0.5` (of a round), `--starts 3` (of each peer, at batches of 64), `--quick` (a smoke test: short rounds, batches of
 * 64; figures without meaning), `--profile` (where Etude's step goes; slows it a little), `--markdown` (prints tables for a
 * README too), `--threads 2` (of each peer; all processors by default), `--backend native` (of TensorFlow.js's peers), `--output FILE` (default: benchmarks/peers.json for a
 * whole run, else nothing is written).
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"
import * as Effect from "effect/Effect"
import * as Machine from "../Machine.ts"
import * as Aims from "./Aims.ts"
import * as Cell from "./Cell.ts"
import * as Endurance from "./Endurance.ts"
import * as Flags from "./Flags.ts"
import * as Peer from "./Peer.ts"
import { type Collection, needs, setUp } from "./Python.ts"
import * as Report from "./Report.ts"

const flags = (() => {
  const read = Flags.read(process.argv.slice(2))
  if (!("problem" in read)) return read
  process.stderr.write(`${read.problem}\n`)
  process.exit(2)
})()

const say = (text: string) => Effect.sync(() => process.stderr.write(`${text}\n`))

const program = (scratch: string) =>
  Effect.gen(function* () {
    const description = Machine.describe()
    const wanted = new Set(
      flags.models
        .flatMap((model) => Flags.batchesOf(model, flags).flatMap((batchSize) => flags.peersAt(model, batchSize)))
        .map(needs)
        .filter((one): one is Collection => one !== undefined)
    )
    const interpreters = yield* setUp(wanted)
    const place: Peer.Place = { interpreters, scratch, threads: flags.threads }
    const leftOut = [...wanted].flatMap((name) => {
      const found = interpreters[name]
      return "interpreter" in found ? [] : [`Left out, what needs ${name}: ${found.message}`]
    })
    const note = <A>(what: string, effect: Effect.Effect<A, Peer.PeerLost>): Effect.Effect<A | undefined> =>
      Effect.catchTag(effect, "PeerLost", ({ message }) =>
        Effect.sync(() => {
          leftOut.push(`Left out: ${what}: ${message}`)
          return undefined
        })
      )
    /** The best that each gives; asked at both ends of the run, since a machine's speed is not constant. */
    const multiply = Effect.gen(function* () {
      const torch = wanted.has("torch") && "interpreter" in interpreters.torch
      const own = yield* note("matrix multiplication", Peer.multiply("tensorflow", flags.backend, place))
      const other = torch
        ? yield* note("PyTorch's matrix multiplication", Peer.multiply("torch", flags.backend, place))
        : undefined
      return { ...(own === undefined ? {} : { tensorflow: own }), ...(other === undefined ? {} : { torch: other }) }
    })

    const before = yield* multiply
    const cells: Array<Cell.Cell> = []
    for (const model of flags.models) {
      const { problem, batches } = model
      for (const batchSize of Flags.batchesOf(model, flags)) {
        yield* say(`Measuring ${problem}, batches of ${batchSize} …`)
        const { peersAt, backend, rounds, seconds, profiled } = flags
        const peers = peersAt(model, batchSize)
        const starts = batchSize === Flags.mainBatchSize(model) ? flags.starts : 1
        const options = { problem, batchSize, batches, peers, backend, rounds, seconds, starts, profiled }
        cells.push(yield* Cell.measure(options, place))
      }
    }
    const enduring = (["etudeNative", "etudeGraph", "etude"] as const).find((peer) =>
      cells.some(({ rows }) => rows.some((row) => row.peer === peer && row.figures !== undefined))
    )
    const endurance =
      enduring === undefined
        ? undefined
        : yield* say(`Measuring the memory of a long run …`).pipe(
            Effect.andThen(
              note(
                "the memory of a long run",
                Endurance.measure({ peer: enduring, backend: flags.backend, ...flags.long }, place)
              )
            )
          )
    const after = yield* multiply
    const matmul = Object.fromEntries(
      (["tensorflow", "torch"] as const).flatMap((by) => {
        const best = Math.max(before[by] ?? 0, after[by] ?? 0)
        return best === 0 ? [] : [[by, best]]
      })
    )
    const versions = Object.assign({}, ...cells.flatMap(({ rows }) => rows.map((row) => row.versions ?? {})))
    return {
      description,
      command: ["npm run bench:peers", ...(process.argv.length > 2 ? ["--", ...process.argv.slice(2)] : [])].join(" "),
      threads: flags.threads,
      matmul,
      leftOut,
      versions,
      cells,
      ...(endurance === undefined ? {} : { endurance }),
      aims: Aims.all(cells, endurance)
    } satisfies Report.Results
  })

const results = await Effect.runPromise(
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(path.join(tmpdir(), "etude-peers-"))),
    program,
    (scratch) => Effect.sync(() => rmSync(scratch, { recursive: true, force: true }))
  )
)
console.log(Report.text(results))
if (flags.markdown) console.log(`\n${Report.markdown(results)}`)
const output = flags.output ?? (flags.whole ? path.join(import.meta.dirname, "..", "..", "peers.json") : undefined)
if (output !== undefined) {
  writeFileSync(output, `${JSON.stringify(results, null, 2)}\n`)
  console.log(`\nWritten to ${path.relative(process.cwd(), output)}.`)
}
