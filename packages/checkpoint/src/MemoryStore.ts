/** Checkpoints in memory: for tests, notebooks and short runs. They go with the layer's scope. */
import type { Checkpoints, Loaded, RunDescription, Saved } from "@etude/core/Checkpoints"
import { CheckpointMissing } from "@etude/core/Errors"
import { mapEntry } from "@etude/core/Lookup"
import * as Tensors from "@etude/core/Tensors"
import { type TensorData, type TrainState, tensorGroups, toData } from "@etude/core/TrainState"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as CheckpointId from "./CheckpointId.ts"
import * as Store from "./Store.ts"

const copied = (tensor: TensorData): TensorData => ({
  ...tensor,
  shape: [...tensor.shape],
  values: tensor.values.slice()
})

/** What a caller gets is a copy: nothing that is done to it is seen by others. */
const copyOf = ({ data, ...loaded }: Loaded): Loaded => ({
  ...structuredClone(loaded),
  data: {
    plain: structuredClone(data.plain),
    tensors: Object.fromEntries(Object.entries(data.tensors).map(([name, tensor]) => [name, copied(tensor)]))
  }
})

/** An empty store. */
export const make: Effect.Effect<Store.StoreService> = Effect.sync(() => {
  const stored = new Map<string, Loaded>()
  const usedIds = new Set<string>()
  const ids = () => CheckpointId.sorted([...stored.keys()])
  const list = Effect.sync(() => ids().map((id) => copyOf(mapEntry(stored, id)).saved))
  const load = (id: string) =>
    Effect.suspend(() => {
      const checkpoint = stored.get(id)
      return checkpoint === undefined
        ? Effect.fail(new CheckpointMissing({ id, known: ids() }))
        : Effect.succeed(copyOf(checkpoint))
    })

  const prepare = (state: TrainState, description: RunDescription, savers?: ReadonlyArray<string>) =>
    Effect.sync(() => {
      const position = CheckpointId.positionOf(state.plain)
      const id = CheckpointId.free(position, new Set([...stored.keys(), ...usedIds]))
      usedIds.add(id)
      const bytes = tensorGroups
        .flatMap((group) => Tensors.leaves(state[group]))
        .reduce((sum, { size, dtype }) => sum + size * (dtype === "bool" ? 1 : 4), 0)
      const values = Store.valuesOf(state.plain)
      const by = savers === undefined ? {} : { savers: [...savers] }
      const saved: Saved = { id, path: `memory:${id}`, ...position, values, ...by, bytes }
      const write = Effect.sync(() => {
        stored.set(id, copyOf({ saved, description, data: toData(state), passedOver: [] }))
        usedIds.delete(id)
        return saved
      })
      return { saved, write } satisfies Store.Prepared
    })

  return {
    prepare,
    load,
    latest: Effect.suspend(() => Store.latest(ids(), load)),
    best: (monitor, better) => Effect.map(list, (saved) => Store.best(saved, monitor, better)),
    list,
    verify: (id) => Effect.map(load(id), ({ saved }) => saved),
    delete: (id) => Effect.sync(() => void stored.delete(id))
  } satisfies Store.StoreService
})

/** An empty store in memory. */
export const layer: Layer.Layer<Checkpoints | Store.Store> = Store.layer(make)
