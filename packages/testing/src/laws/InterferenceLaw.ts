/** Law 2: callbacks don't interfere: neither their order nor the presence of one that only looks or draws changes a run. */
import type { Backend } from "@etude/core/Backend"
import type { StepExecutor } from "@etude/core/StepExecutor"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Plugins from "../doubles/Plugins.ts"
import * as Trajectory from "../subjects/Trajectory.ts"
import { LawBroken } from "./LawBroken.ts"
import { ranOr } from "./LawRun.ts"

export interface InterferenceOptions extends Omit<Trajectory.Subject, "callbacks"> {
  /** The callbacks of the run, by name; each layer holds one callback whose id is that name. */
  readonly callbacks?: { readonly [id: string]: Trajectory.Plugins }
  /** Callbacks whose presence must not change anything, by id. An onlooker and an idle drawer are always among them. */
  readonly bystanders?: { readonly [id: string]: Trajectory.Plugins }
}

const merge = (layers: ReadonlyArray<Trajectory.Plugins>): Trajectory.Plugins => Layer.mergeAll(Layer.empty, ...layers)

/** Every rotation of the list, forwards and backwards: each element stands once at each place, and before and after each other. */
const orders = <A>(list: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  [list, list.toReversed()]
    .flatMap((way) => way.map((_, index) => [...way.slice(index), ...way.slice(0, index)]))
    .slice(1)

/**
 * Runs the subject with its callbacks' layers in every rotation, and with each bystander before and after them; everything
 * must be equal bit for bit, but for the state and tensors of the bystander itself.
 */
export const check = (options: InterferenceOptions): Effect.Effect<void, LawBroken, Backend | StepExecutor> =>
  Effect.gen(function* () {
    const { callbacks = {}, bystanders = {}, ...subject } = options
    const entries = Object.entries(callbacks)
    const broken = (found: string, reproduce: string) =>
      new LawBroken({ law: "interference", subject: subject.name, found, reproduce })
    const run = (layers: ReadonlyArray<Trajectory.Plugins>, reproduce: string) =>
      ranOr(Trajectory.record({ ...subject, callbacks: merge(layers) }), (found) => broken(found, reproduce))
    const layers = entries.map(([, layer]) => layer)
    const alone = yield* run(layers, "train it")
    for (const order of orders(entries)) {
      const ids = order.map(([id]) => id).join(", ")
      const reproduce = `train it with the layers listed as ${ids}, and as ${entries.map(([id]) => id).join(", ")}`
      const permuted = yield* run(
        order.map(([, layer]) => layer),
        reproduce
      )
      const found = Trajectory.difference(permuted, alone)
      if (found !== undefined) return yield* broken(`with the layers listed as ${ids}, ${found}`, reproduce)
    }
    const added = { onlooker: Plugins.onlooker(), idleDrawer: Plugins.idleDrawer(), ...bystanders }
    for (const [id, layer] of Object.entries(added)) {
      for (const [where, list] of [
        ["before", [layer, ...layers]],
        ["after", [...layers, layer]]
      ] as const) {
        const reproduce = `train it with ${id} listed ${where} the others, and without it`
        const found = Trajectory.difference(yield* run(list, reproduce), alone, { ignoring: [id] })
        if (found !== undefined) return yield* broken(`with ${id} listed ${where} the others, ${found}`, reproduce)
      }
    }
  })
