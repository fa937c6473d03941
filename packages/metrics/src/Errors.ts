/** The errors of metrics. Each is thrown where it occurs, and reaches the caller inside the run's error. */
import * as Schema from "effect/Schema"

export { LabelOutOfRange } from "@etude/core/Errors"

/** Tensors that don't fit together or don't fit the metric. */
export class ShapeMismatch extends Schema.TaggedError<ShapeMismatch>()("ShapeMismatch", {
  metric: Schema.String,
  outputs: Schema.Array(Schema.Natural),
  targets: Schema.Array(Schema.Natural),
  expected: Schema.String
}) {
  override get message() {
    return (
      `${this.metric} got outputs of shape [${this.outputs.join(", ")}] and targets of shape ` +
      `[${this.targets.join(", ")}], expected ${this.expected}.`
    )
  }
}

/** Invalid options of a metric, with all problems. */
export class OptionsInvalid extends Schema.TaggedError<OptionsInvalid>()("OptionsInvalid", {
  metric: Schema.String,
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return `${this.metric} can't be made: ${this.problems.join("; ")}.`
  }
}
