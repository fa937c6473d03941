/** A callback as the loop sees it, and where callbacks register. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Schema from "effect/Schema"
import type * as Best from "../../Best.ts"
import type { Problem } from "../../Errors.ts"
import type { Known, Values } from "../../Event.ts"
import type { HookEvents, HookName, TimedPart } from "../../Hooks.ts"
import type { Transform } from "../../Transform.ts"

/** The state of a callback: what its handlers are given and may answer with. */
export interface CallbackState<S> {
  readonly schema: Schema.Codec<S, any>
  readonly initial: S
  /** For state that is kept elsewhere (in a library's generator, say): how to read it when it is saved, and to put it back. */
  readonly outside?: { readonly read: () => S; readonly restore: (state: S) => void }
}

/** A callback, whatever its kind, as the loop sees it. */
export interface Definition {
  readonly id: string
  readonly kind: "observer" | "controller" | "transform"
  /** Ids that come before this one where they are present. */
  readonly after?: ReadonlyArray<string>
  /** The monitors that it reads; each must be a value of the task. */
  readonly monitors?: ReadonlyArray<string>
  /** The monitors that it compares values of; their metrics must say which way is better where it does not. */
  readonly judges?: ReadonlyArray<Best.RuleInput>
  /** The monitors whose best values it goes by as the run records them: a direction against the metric's is refused. */
  readonly follows?: ReadonlyArray<Best.RuleInput>
  /** The best values, by monitor or rule, whose weights the run keeps for `Decision.restoreBest`. */
  readonly keepBest?: ReadonlyArray<Best.RuleInput>
  /** The best value with whose weights the run is to end, whichever way it ends; `endWith` of the config goes before it. */
  readonly endWith?: Best.RuleInput
  /** Patterns over parameters that are not trained until somebody decides to `thaw` them. */
  readonly freezes?: ReadonlyArray<string>
  /** Whether the run validates, tests or predicts with this callback's tensors; one callback of a run may. */
  readonly evaluates?: boolean
  /**
   * Of a transform whose tensors average the parameters: the run ends with these, unless it ends with best weights or its config says
   * with which; training can continue from the last ones. Running statistics are measured anew with them, over the training data: so
   * many batches, or all.
   */
  readonly endsWithAverage?: { readonly batches?: number }
  readonly state?: CallbackState<any>
  readonly hooks?: { readonly [H in HookName]?: unknown }
  readonly transform?: Transform
  readonly onEvent?: (event: Known) => void
  readonly measures?: (event: HookEvents["batchEnd"]) => Values
  readonly onTime?: (part: TimedPart, milliseconds: number) => void
  /** Whether the run continues without this callback when one of its handlers fails. */
  readonly optional?: boolean
  /** Looks, before the first step, whether everything it needs is there (a writable folder, say). */
  readonly check?: Effect.Effect<ReadonlyArray<Problem>>
  /** Runs once, on all four exits and when nothing was begun, in reverse of the callbacks' order. */
  readonly finalizer?: (exit: Exit.Exit<unknown, unknown>) => Effect.Effect<void>
}

/** Where callbacks' layers register; `train` provides it. */
export class CallbackRegistry extends Context.Service<
  CallbackRegistry,
  { readonly register: (definition: Definition) => Effect.Effect<void> }
>()("@etude/core/CallbackRegistry") {}
