/**
 * The laws of searchers and pruners in one line each: what an author calls in a test file of Vitest. Each registers the tests of all
 * laws, and each test fails with `LawBroken`: which law, what was found, and how to see it again.
 *
 * ```ts
 * import * as laws from "@etude/study/Laws"
 * import { annealing } from "./Annealing.ts"
 *
 * laws.searcher(annealing)
 * ```
 *
 * It needs `@etude/testing`, `@effect/vitest` and `vitest`.
 */
import { describe, it } from "@effect/vitest"
import type { Statement } from "@etude/testing/laws/Statement"
import * as PrunerLaw from "./laws/PrunerLaw.ts"
import * as SearcherLaw from "./laws/SearcherLaw.ts"
import type { Pruner } from "./Pruner.ts"
import type { Searcher } from "./Searcher.ts"

/** In milliseconds: whole studies are simulated, and a machine may be busy. */
const timeout = 60_000

const suite = (name: string, statements: ReadonlyArray<Statement<never>>): void => {
  describe(`${name} keeps the laws`, () => {
    for (const { statement, check } of statements) it.effect(statement, () => check, timeout)
  })
}

/**
 * That a searcher is a function of its arguments, gives settings of the space with any history, other ones with another key, as many as
 * it counts, and depends on the history only if it says so.
 */
export const searcher = (searcher: Searcher, options: SearcherLaw.SearcherOptions = {}): void =>
  suite(options.name ?? "the searcher", SearcherLaw.of(searcher, options))

/**
 * That a pruner is a function of its arguments, that a lower value never ends what would go on, that only paused trials are promoted,
 * that the only trial and the best one are trained to their end, and that every study ends.
 */
export const pruner = (pruner: Pruner, options: PrunerLaw.PrunerOptions = {}): void =>
  suite(options.name ?? "the pruner", PrunerLaw.of(pruner, options))
